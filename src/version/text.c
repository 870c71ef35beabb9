/* SPDX-License-Identifier: Apache-2.0 */
#include "version/text.h"

bool
take_char(struct slice *rest, char c)
{
	if (rest->n == 0 || rest->p[0] != c)
		return false;
	*rest = slice_from(*rest, 1);
	return true;
}

int
take_word(struct slice *rest, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct slice word = slice_of(words[i]);
		if (rest->n < word.n || !slice_eq_nocase(slice_first(*rest, word.n), word))
			continue;
		*rest = slice_from(*rest, word.n);
		return (int)i;
	}
	return -1;
}

bool
slice_is_only(struct slice s, bool (*in_run)(char))
{
	take_run(&s, in_run);
	return s.n == 0;
}

int
slice_cmp_nocase(struct slice a, struct slice b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++) {
		uint8_t x = (uint8_t)to_lower(a.p[i]), y = (uint8_t)to_lower(b.p[i]);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.n > b.n) - (a.n < b.n);
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct slice
slice_trim_wide(struct slice s)
{
	take_run(&s, is_blank);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

void
skip_spaces(struct slice *rest)
{
	take_run(rest, is_blank);
}

static bool
is_zero(char c)
{
	return c == '0';
}

int
number_order(struct slice a, struct slice b)
{
	take_run(&a, is_zero);
	take_run(&b, is_zero);
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return slice_cmp(a, b);
}

int
numbers_order(struct slice a, struct slice b, size_t n, bool padded)
{
	for (size_t i = 0; i < n && (a.n || b.n); i++) {
		if (!padded && (a.n == 0 || b.n == 0))
			return (a.n > 0) - (b.n > 0);
		int order = number_order(take_run(&a, is_digit), take_run(&b, is_digit));
		if (order)
			return order;
		a = slice_from(a, 1);
		b = slice_from(b, 1);
	}
	return 0;
}

size_t
numbers_count(struct slice text)
{
	size_t n = 0;
	for (; text.n; n++) {
		take_run(&text, is_digit);
		text = slice_from(text, 1);
	}
	return n;
}

bool
number_is_zero(struct slice digits)
{
	return slice_is_only(digits, is_zero);
}

bool
number_is_padded(struct slice digits)
{
	return digits.n > 1 && digits.p[0] == '0';
}

int
refused_order(struct slice a, bool a_refused, struct slice b, bool b_refused)
{
	if (a_refused != b_refused)
		return a_refused ? -1 : 1;
	return slice_cmp(a, b);
}
