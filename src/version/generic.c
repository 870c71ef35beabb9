/* SPDX-License-Identifier: Apache-2.0 */
/* What upstreams write that belong to no ecosystem: numbers and words, "1.0.2k", "v2.1-rc1", "2023c". */
#include "version/scheme.h"

#include "base/error.h"
#include "version/range.h"
#include "version/text.h"

static bool
is_separator(char c)
{
	return !is_alnum(c);
}

/* "v1.2", "V1.2" */
static struct slice
bare(struct slice version)
{
	version = slice_trim_wide(version);
	if (version.n > 1 && (version.p[0] == 'v' || version.p[0] == 'V') && is_digit(version.p[1]))
		version = slice_from(version, 1);
	return version;
}

/* Words that say "not yet", in their order: they come before the end, all others behind it. */
static const char *const early[] = { "dev", "snapshot", "nightly", "alpha", "a", "beta", "b", "preview", "pre", "m", "milestone", "c", "cr", "rc" };
static const uint8_t early_ranks[] = { 0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4 };

enum { RANK_END = 5, RANK_WORD, RANK_NUMBER };

struct part {
	int rank;
	struct slice text;
};

/* "a", "b", "c" and "m" are early with a number behind them only: 1.0b2 is a beta, 1.0.2b a letter release. */
static int
word_rank(struct slice word, bool before_number)
{
	for (size_t i = 0; i < sizeof early_ranks; i++)
		if (slice_eq_nocase(word, slice_of(early[i])) && (word.n > 1 || before_number))
			return early_ranks[i];
	return RANK_WORD;
}

static struct part
next_written(struct slice *rest)
{
	take_run(rest, is_separator);
	if (rest->n == 0)
		return (struct part){ RANK_END, SLICE_NONE };
	if (is_digit(rest->p[0]))
		return (struct part){ RANK_NUMBER, take_run(rest, is_digit) };
	struct slice word = take_run(rest, is_letter);
	return (struct part){ word_rank(word, rest->n && is_digit(rest->p[0])), word };
}

/* Zeros at the end of a row of numbers say nothing: 1.0 equals 1, and 1.0-rc1 1-rc1. */
static struct part
next(struct slice *rest, size_t *zeros)
{
	if (*zeros > 0) {
		--*zeros;
		return (struct part){ RANK_NUMBER, SLICE("0") };
	}
	struct slice before = *rest;
	struct part part = next_written(rest);
	size_t n = 0;
	for (; part.rank == RANK_NUMBER && number_is_zero(part.text); n++) {
		before = *rest;
		part = next_written(rest);
	}
	if (n == 0 || part.rank != RANK_NUMBER)
		return part;
	*rest = before;
	*zeros = n - 1;
	return (struct part){ RANK_NUMBER, SLICE("0") };
}

static int
compare(struct slice a, struct slice b)
{
	size_t zeros_a = 0, zeros_b = 0;
	a = bare(a);
	b = bare(b);
	for (;;) {
		struct part x = next(&a, &zeros_a), y = next(&b, &zeros_b);
		if (x.rank != y.rank)
			return x.rank - y.rank;
		if (x.rank == RANK_END)
			return 0;
		int order = x.rank == RANK_NUMBER ? number_order(x.text, y.text) : x.rank == RANK_WORD ? slice_cmp_nocase(x.text, y.text) : 0;
		if (order)
			return order;
	}
}

static bool
is_visible(char c)
{
	return c > ' ' && c < 0x7f;
}

static int
check(struct slice version, struct plim_error *err)
{
	version = bare(version);
	if (version.n == 0)
		return error_set(err, PLIM_EFORMAT, "the version is empty");
	if (!is_digit(version.p[0]))
		return error_set(err, PLIM_EFORMAT, "the version does not begin with a digit");
	if (!slice_is_only(version, is_visible))
		return error_set(err, PLIM_EFORMAT, "a character that no version may have");
	return 0;
}

static const struct version_sign signs[] = {
	{ "<=", VERSION_LESS_EQUAL }, { ">=", VERSION_GREATER_EQUAL }, { "==", VERSION_EQUAL }, { "!=", VERSION_NOT_EQUAL },
	{ "<", VERSION_LESS },        { ">", VERSION_GREATER },        { "=", VERSION_EQUAL },  { NULL, VERSION_NO_RELATION },
};
static const struct version_bounds bounds = { .scheme = &version_generic, .signs = signs };

const struct version_scheme version_generic = { .name = "generic", .check = check, .compare = compare, .bounds = &bounds };
