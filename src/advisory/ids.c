/* SPDX-License-Identifier: Apache-2.0 */
/* CVE ids as numbers, and the order of all ids. */
#include "advisory/format.h"

#include <stdio.h>

#define FIRST_YEAR  1990
#define NUMBER_BITS 26    /* the years above them have six */

struct slice
cve_text(uint32_t key, char into[static CVE_TEXT_SIZE])
{
	int n = snprintf(into, CVE_TEXT_SIZE, "CVE-%u-%04u", (key >> NUMBER_BITS) + FIRST_YEAR, key & ((1u << NUMBER_BITS) - 1));
	return (struct slice){ into, (size_t)n };
}

bool
cve_is_plain(struct slice id)
{
	size_t digits = id.n > 9 ? id.n - 9 : 0;
	return cve_key(id) && (digits == 4 || (digits > 4 && id.p[9] != '0'));
}

uint32_t
cve_key(struct slice id)
{
	struct slice year_text, number_text;
	uint64_t year, number;
	if (!slice_skip(&id, SLICE("CVE-")) || !slice_cut(id, '-', &year_text, &number_text) || year_text.n != 4)
		return 0;
	if (!slice_to_u64(year_text, 10, &year) || !slice_to_u64(number_text, 10, &number))
		return 0;
	if (year < FIRST_YEAR || year >= FIRST_YEAR + 64 || number >= 1u << NUMBER_BITS)
		return 0;
	return (uint32_t)((year - FIRST_YEAR) << NUMBER_BITS | number);
}

size_t
id_digits(struct slice id, uint32_t *number)
{
	size_t n = 0;
	uint64_t value;
	while (n < id.n && n < 9 && id.p[id.n - 1 - n] >= '0' && id.p[id.n - 1 - n] <= '9')
		n++;
	if (n < 2 || n == id.n || !slice_to_u64(slice_from(id, id.n - n), 10, &value))
		return 0;
	*number = (uint32_t)value;    /* of nine digits at most */
	return n;
}

int
id_cmp(struct slice a, struct slice b)
{
	uint32_t left = cve_key(a), right = cve_key(b);
	if (left != right)
		/* 0, no CVE, comes last. */
		return left - 1 < right - 1 ? -1 : 1;
	return slice_cmp(a, b);
}
