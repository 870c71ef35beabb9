/* SPDX-License-Identifier: Apache-2.0 */
/* Borrowed strings: compare, search, split, convert. */
#include "base/slice.h"

#include <ctype.h>
#include <stdlib.h>

int
slice_cmp(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;
	return order ? order : (a.n > b.n) - (a.n < b.n);
}

int
slice_cmp_qsort(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool
slice_eq_nocase(struct slice a, struct slice b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

bool
slice_among_nocase(struct slice s, const char *const *words)
{
	for (; *words; words++)
		if (slice_eq_nocase(s, slice_of(*words)))
			return true;
	return false;
}

bool
slice_ends(struct slice s, struct slice suffix)
{
	return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

bool
slice_skip_end(struct slice *s, struct slice suffix)
{
	if (!slice_ends(*s, suffix))
		return false;
	s->n -= suffix.n;
	return true;
}

struct slice
slice_first_text(struct slice s, size_t n)
{
	while (n < s.n && n > 0 && ((uint8_t)s.p[n] & 0xc0) == 0x80)
		n--;
	return slice_first(s, n);
}

size_t
slice_find(struct slice s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
	return at ? (size_t)(at - s.p) : SIZE_MAX;
}

size_t
slice_find_last(struct slice s, char c)
{
	const char *at = s.n ? memrchr(s.p, c, s.n) : NULL;
	return at ? (size_t)(at - s.p) : SIZE_MAX;
}

size_t
slice_find_text(struct slice s, struct slice text)
{
	if (text.n == 0)
		return 0;
	const char *at = s.n ? memmem(s.p, s.n, text.p, text.n) : NULL;
	return at ? (size_t)(at - s.p) : SIZE_MAX;
}

static bool
cut_at(struct slice s, size_t at, struct slice *head, struct slice *tail)
{
	if (at == SIZE_MAX) {
		*head = s;
		*tail = SLICE_NONE;
		return false;
	}
	*head = slice_first(s, at);
	*tail = slice_from(s, at + 1);
	return true;
}

bool
slice_cut(struct slice s, char c, struct slice *head, struct slice *tail)
{
	return cut_at(s, slice_find(s, c), head, tail);
}

bool
slice_cut_last(struct slice s, char c, struct slice *head, struct slice *tail)
{
	return cut_at(s, slice_find_last(s, c), head, tail);
}

bool
slice_next(struct slice *rest, char c, struct slice *piece)
{
	if (rest->p == NULL)
		return false;
	slice_cut(*rest, c, piece, rest);
	return true;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool
slice_word(struct slice *rest, struct slice *word)
{
	size_t from = 0;
	while (from < rest->n && is_blank(rest->p[from]))
		from++;
	size_t to = from;
	while (to < rest->n && !is_blank(rest->p[to]))
		to++;
	*word = slice_first(slice_from(*rest, from), to - from);
	*rest = slice_from(*rest, to);
	return word->n > 0;
}

struct slice
slice_line_at(struct slice s, size_t at, size_t *before)
{
	size_t newline = slice_find_last(slice_first(s, at), '\n'), begin = newline == SIZE_MAX ? 0 : newline + 1;
	struct slice line = slice_from(s, begin);
	*before = (at < s.n ? at : s.n) - begin;
	return slice_first(line, slice_find(line, '\n'));
}

struct slice
slice_trim(struct slice s)
{
	while (s.n > 0 && is_blank(s.p[0]))
		s = slice_from(s, 1);
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static unsigned
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	char l = lower(c);
	return l >= 'a' && l <= 'z' ? (unsigned)(l - 'a') + 10 : 99;
}

bool
slice_to_u64(struct slice s, unsigned base, uint64_t *out)
{
	uint64_t value = 0;
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = digit_value(s.p[i]);
		if (digit >= base)
			return false;
		if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, digit, &value))
			return false;
	}
	*out = value;
	return true;
}

bool
slice_to_i64(struct slice s, int64_t *out)
{
	uint64_t value;
	bool minus = slice_skip(&s, SLICE("-"));
	if (!slice_to_u64(s, 10, &value) || value > (uint64_t)INT64_MAX)
		return false;
	*out = minus ? -(int64_t)value : (int64_t)value;
	return true;
}

char *
slice_dup(struct slice s)
{
	char *copy = malloc(s.n + 1);
	if (copy == NULL)
		return NULL;
	if (s.n)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return copy;
}

static uint64_t
mix(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)a * b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t
slice_hash(struct slice s, uint64_t seed)
{
	uint64_t hash = seed ^ (s.n * 0x9e3779b97f4a7c15u);
	const char *p = s.p;
	size_t left = s.n;
	for (; left >= 8; p += 8, left -= 8) {
		uint64_t word;
		memcpy(&word, p, 8);
		hash = mix(hash ^ word, 0xa0761d6478bd642fu);
	}
	uint64_t last = 0;
	if (left)
		memcpy(&last, p, left);
	return mix(hash ^ last, 0xe7037ed1a0b428dbu);
}

/* How many bytes the UTF-8 sequence that begins with `lead` takes; 0 for a byte that begins none. */
static size_t
utf8_length(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead < 0xe0)
		return 2;
	if (lead >= 0xe0 && lead < 0xf0)
		return 3;
	return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

/* The second byte rules out overlong forms, surrogates and what lies above U+10FFFF. */
static bool
utf8_second_fits(uint8_t lead, uint8_t second)
{
	if (lead == 0xe0)
		return second >= 0xa0;
	if (lead == 0xed)
		return second < 0xa0;
	if (lead == 0xf0)
		return second >= 0x90;
	return lead != 0xf4 || second < 0x90;
}

bool
slice_is_utf8(struct slice s)
{
	const uint8_t *p = (const uint8_t *)s.p;
	for (size_t i = 0; i < s.n;) {
		size_t length = utf8_length(p[i]);
		if (length == 0 || s.n - i < length)
			return false;
		for (size_t k = 1; k < length; k++)
			if ((p[i + k] & 0xc0) != 0x80)
				return false;
		if (length > 1 && !utf8_second_fits(p[i], p[i + 1]))
			return false;
		i += length;
	}
	return true;
}

struct slice
path_base(struct slice path)
{
	size_t at = slice_find_last(path, '/');
	return at == SIZE_MAX ? path : slice_from(path, at + 1);
}

struct slice
path_dir(struct slice path)
{
	size_t at = slice_find_last(path, '/');
	return at == SIZE_MAX ? SLICE_NONE : slice_first(path, at);
}
