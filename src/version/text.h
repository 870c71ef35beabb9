/* SPDX-License-Identifier: Apache-2.0 */
/* What the orderings share: classes of characters, runs, numbers of any length. */
#ifndef VERSION_TEXT_H
#define VERSION_TEXT_H

#include "base/slice.h"

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static inline bool
is_letter(char c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z');
}

static inline bool
is_alnum(char c)
{
	return is_digit(c) || is_letter(c);
}

static inline char
to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Takes the longest run off the front of `rest`; empty where none begins it. */
static inline struct slice
take_run(struct slice *rest, bool (*in_run)(char))
{
	size_t n = 0;
	while (n < rest->n && in_run(rest->p[n]))
		n++;
	struct slice run = { rest->p, n };
	*rest = (struct slice){ rest->p ? rest->p + n : NULL, rest->n - n };
	return run;
}

bool take_char(struct slice *rest, char c);
/* One of the words, without regard to case: its index, or -1.  Longer ones stand before what begins them. */
int take_word(struct slice *rest, const char *const *words, size_t n);

bool slice_is_only(struct slice s, bool (*in_run)(char));
int slice_cmp_nocase(struct slice a, struct slice b);
/* Without blanks at both ends, form feeds and vertical tabs included, as the scripting languages trim. */
struct slice slice_trim_wide(struct slice s);
void skip_spaces(struct slice *rest);

/* Runs of digits by their number, of any length; none counts as zero. */
int number_order(struct slice a, struct slice b);
bool number_is_zero(struct slice digits);
/*
 * Of the first `n` numbers of two texts in which single characters stand
 * between them ("1.2-3").  One that ends earlier comes first; padded, it goes
 * on with zeros.
 */
int numbers_order(struct slice a, struct slice b, size_t n, bool padded);
size_t numbers_count(struct slice text);
/* Digits that begin with a zero and do not end with it. */
bool number_is_padded(struct slice digits);

/* Versions of which one at least is refused: those come before all others, among themselves by their bytes. */
int refused_order(struct slice a, bool a_refused, struct slice b, bool b_refused);

#endif
