/* SPDX-License-Identifier: Apache-2.0 */
/* CVE ids as numbers, and the order of all ids. */
#include "advisory/format.h"

#define FIRST_YEAR  1990
#define NUMBER_BITS 26    /* the years above them have six */

/* Four digits at least, ending before `end`; where they begin. */
static char *
put_digits(char *end, uint32_t number)
{
	char *at = end;
	for (; number > 0 || end - at < 4; number /= 10)
		*--at = (char)('0' + number % 10);
	return at;
}

/* By hand: each match spells an id, and printf takes longer than finding its advisory. */
struct slice
cve_text(uint32_t key, char into[static CVE_TEXT_SIZE])
{
	char *end = into + CVE_TEXT_SIZE, *at = put_digits(end, key & ((1u << NUMBER_BITS) - 1));
	*--at = '-';
	at = put_digits(at, (key >> NUMBER_BITS) + FIRST_YEAR) - 4;
	memcpy(at, "CVE-", 4);
	return slice_range(at, end);
}

bool
cve_is_plain(struct slice id)
{
	size_t digits = id.n > 9 ? id.n - 9 : 0;
	return cve_key(id) && (digits == 4 || (digits > 4 && id.p[9] != '0'));
}

/* Nothing but digits, and a number of nine of them at most: ids are compared all the time. */
static bool
digits_read(struct slice text, uint32_t *out)
{
	*out = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		*out = *out * 10 + (uint32_t)(text.p[i] - '0');
	}
	return text.n > 0 && text.n < 10;
}

uint32_t
cve_key(struct slice id)
{
	uint32_t year, number;
	if (id.n < 10 || memcmp(id.p, "CVE-", 4) != 0 || id.p[8] != '-')
		return 0;
	if (!digits_read(slice_range(id.p + 4, id.p + 8), &year) || !digits_read(slice_from(id, 9), &number))
		return 0;
	if (year < FIRST_YEAR || year >= FIRST_YEAR + 64 || number >= 1u << NUMBER_BITS)
		return 0;
	return (year - FIRST_YEAR) << NUMBER_BITS | number;
}

size_t
id_digits(struct slice id, uint32_t *number)
{
	size_t n = 0;
	while (n < id.n && n < 9 && id.p[id.n - 1 - n] >= '0' && id.p[id.n - 1 - n] <= '9')
		n++;
	return n < 2 || n == id.n || !digits_read(slice_from(id, id.n - n), number) ? 0 : n;
}

int
id_cmp(struct slice a, struct slice b)
{
	uint32_t left = cve_key(a), right = cve_key(b);
	if (left == 0 && right == 0)
		return slice_cmp(a, b);
	if (left != right)
		/* 0, no CVE, comes last. */
		return left - 1 < right - 1 ? -1 : 1;
	return slice_cmp(a, b);
}
