/* SPDX-License-Identifier: Apache-2.0 */
/* RubyGems' versions, "1.2.0.pre1", and requirements, "~> 1.2, != 1.2.3". */
#include "version/scheme.h"

#include "base/error.h"
#include "version/range.h"
#include "version/text.h"

/*
 * A version's numbers before its first word, and all from that word on.
 * Zeros at the end of either count for nothing: 1.0.a equals 1.a.
 */
struct gem {
	struct slice numbers, words;
};

static bool
take_parts(struct slice *text, bool (*in_part)(char))
{
	do {
		if (take_run(text, in_part).n == 0)
			return false;
	} while (take_char(text, '.'));
	return true;
}

static bool
is_tail_char(char c)
{
	return is_alnum(c) || c == '-';
}

static bool
is_correct(struct slice text)
{
	text = slice_trim_wide(text);
	if (take_run(&text, is_digit).n == 0)
		return false;
	if (take_char(&text, '.') && !take_parts(&text, is_alnum))
		return false;
	return (!take_char(&text, '-') || take_parts(&text, is_tail_char)) && text.n == 0;
}

static int
check(struct slice version, struct plim_error *err)
{
	if (version.n == 0)
		return error_set(err, PLIM_EFORMAT, "the version is empty");
	return is_correct(version) ? 0 : error_set(err, PLIM_EFORMAT, "no version of RubyGems");
}

static struct gem
split(struct slice text)
{
	text = slice_trim_wide(text);
	size_t at = 0;
	while (at < text.n && (is_digit(text.p[at]) || text.p[at] == '.'))
		at++;
	return (struct gem){ slice_first(text, at), slice_from(text, at) };
}

/* A number, a word, or absent at the end.  A hyphen stands for ".pre.". */
static struct slice
take_segment(struct slice *rest)
{
	while (take_char(rest, '.'))
		;
	if (take_char(rest, '-'))
		return SLICE("pre");
	if (rest->n == 0)
		return SLICE_NONE;
	if (is_digit(rest->p[0]))
		return take_run(rest, is_digit);
	struct slice word = take_run(rest, is_letter);
	/* What check refuses is passed over byte by byte. */
	if (word.n == 0) {
		word = slice_first(*rest, 1);
		*rest = slice_from(*rest, 1);
	}
	return word;
}

/* Words come before numbers, and the end is a zero. */
static int
order_segments(struct slice a, struct slice b)
{
	bool word_a = a.n && !is_digit(a.p[0]), word_b = b.n && !is_digit(b.p[0]);
	if (word_a != word_b)
		return word_a ? -1 : 1;
	return word_a ? slice_cmp(a, b) : number_order(a, b);
}

/* Without the zeros at its end. */
static struct slice
trimmed(struct slice numbers)
{
	struct slice kept = SLICE_NONE, rest = numbers, segment;
	while ((segment = take_segment(&rest)).p)
		if (!number_is_zero(segment))
			kept = slice_range(numbers.p, segment.p + segment.n);
	return kept;
}

/* The segments of a version one after another: its numbers without the last zeros, then its words. */
static struct slice
next(struct gem *gem)
{
	struct slice segment = take_segment(&gem->numbers);
	return segment.p ? segment : take_segment(&gem->words);
}

static int
order(struct gem x, struct gem y)
{
	x.numbers = trimmed(x.numbers);
	y.numbers = trimmed(y.numbers);
	for (;;) {
		struct slice a = next(&x), b = next(&y);
		if (a.p == NULL && b.p == NULL)
			return 0;
		int order = order_segments(a, b);
		if (order)
			return order;
	}
}

static int
compare(struct slice a, struct slice b)
{
	return order(split(a), split(b));
}

/* "~> 1.2.3" is ">= 1.2.3" within 1.2: its numbers but the last. */
static bool
is_compatible(struct slice version, struct slice bound)
{
	struct gem have = split(version), want = split(bound);
	size_t n = numbers_count(want.numbers);
	return order(have, want) >= 0 && numbers_order(have.numbers, want.numbers, n > 1 ? n - 1 : 1, true) == 0;
}

static bool
bound_holds(const struct version_bound *bound, struct slice version)
{
	if (bound->relation == VERSION_COMPATIBLE)
		return is_compatible(version, bound->version);
	return version_relation_holds(bound->relation, compare(version, bound->version));
}

static const struct version_sign signs[] = {
	{ "~>", VERSION_COMPATIBLE }, { ">=", VERSION_GREATER_EQUAL }, { "<=", VERSION_LESS_EQUAL }, { "!=", VERSION_NOT_EQUAL },
	{ ">", VERSION_GREATER },     { "<", VERSION_LESS },           { "=", VERSION_EQUAL },       { NULL, VERSION_EQUAL },
};
static const struct version_bounds bounds = { .scheme = &version_gem, .signs = signs, .holds = bound_holds };

const struct version_scheme version_gem = { .name = "gem", .check = check, .compare = compare, .bounds = &bounds };
