/* SPDX-License-Identifier: Apache-2.0 */
/* Gentoo's ordering, of the Package Manager Specification: NUMBER{.NUMBER}[LETTER]{_SUFFIX[NUMBER]}[-rNUMBER]. */
#include "version/scheme.h"

#include "base/error.h"
#include "version/range.h"
#include "version/text.h"

struct gentoo {
	struct slice first, numbers;    /* ".2.03" */
	char letter;                    /* NUL without one */
	struct slice suffixes;          /* "_rc2_p1" */
	struct slice revision;
};

static const char *const suffix_words[] = { "alpha", "beta", "pre", "rc", "p" };
#define SUFFIX_P 4

static bool
take_numbers(struct slice *rest, struct gentoo *out)
{
	out->first = take_run(rest, is_digit);
	const char *from = rest->p;
	while (take_char(rest, '.'))
		if (take_run(rest, is_digit).n == 0)
			return false;
	out->numbers = slice_range(from, rest->p);
	return out->first.n > 0;
}

/* The next suffix: its index, its number goes to `*number`; -1 where none begins `rest`. */
static int
take_suffix(struct slice *rest, struct slice *number)
{
	if (!take_char(rest, '_'))
		return -1;
	struct slice word = take_run(rest, is_lower);
	*number = take_run(rest, is_digit);
	for (int i = 0; i <= SUFFIX_P; i++)
		if (slice_is(word, suffix_words[i]))
			return i;
	return -1;
}

static bool
parse(struct slice text, struct gentoo *out)
{
	struct slice number;
	*out = (struct gentoo){ 0 };
	if (!take_numbers(&text, out))
		return false;
	if (text.n && is_lower(text.p[0])) {
		out->letter = text.p[0];
		text = slice_from(text, 1);
	}
	const char *from = text.p;
	while (slice_starts(text, SLICE("_")))
		if (take_suffix(&text, &number) < 0)
			return false;
	out->suffixes = slice_range(from, text.p);
	if (text.n == 0)
		return true;
	if (!slice_skip(&text, SLICE("-r")))
		return false;
	out->revision = take_run(&text, is_digit);
	return out->revision.n > 0 && text.n == 0;
}

static int
check(struct slice version, struct plim_error *err)
{
	struct gentoo parsed;
	if (version.n == 0)
		return error_set(err, PLIM_EFORMAT, "the version is empty");
	return parse(version, &parsed) ? 0 : error_set(err, PLIM_EFORMAT, "no version of an ebuild");
}

/* Digits as a fraction's: 05 before 1, and 10 equals 1. */
static int
order_fractions(struct slice a, struct slice b)
{
	while (slice_skip_end(&a, SLICE("0")))
		;
	while (slice_skip_end(&b, SLICE("0")))
		;
	return slice_cmp(a, b);
}

/* Behind the first number one that begins with zero makes both fractions. */
static int
order_numbers(struct slice a, struct slice b)
{
	struct slice x, y;
	while (a.n && b.n) {
		take_char(&a, '.');
		take_char(&b, '.');
		x = take_run(&a, is_digit);
		y = take_run(&b, is_digit);
		int order = x.p[0] == '0' || y.p[0] == '0' ? order_fractions(x, y) : number_order(x, y);
		if (order)
			return order;
	}
	return (a.n > 0) - (b.n > 0);
}

/* None is a "_p" below _p0. */
static int
order_suffixes(struct slice a, struct slice b)
{
	while (a.n || b.n) {
		struct slice x = SLICE_NONE, y = SLICE_NONE;
		bool has_a = a.n > 0, has_b = b.n > 0;
		int word_a = has_a ? take_suffix(&a, &x) : SUFFIX_P, word_b = has_b ? take_suffix(&b, &y) : SUFFIX_P;
		if (word_a != word_b)
			return word_a - word_b;
		if (has_a != has_b)
			return has_a - has_b;
		int order = number_order(x, y);
		if (order)
			return order;
	}
	return 0;
}

static int
compare(struct slice a, struct slice b)
{
	struct gentoo x, y;
	bool good_a = parse(a, &x), good_b = parse(b, &y);
	if (!good_a || !good_b)
		return refused_order(a, !good_a, b, !good_b);
	int order = number_order(x.first, y.first);
	if (order == 0)
		order = order_numbers(x.numbers, y.numbers);
	if (order == 0)
		order = x.letter - y.letter;
	if (order == 0)
		order = order_suffixes(x.suffixes, y.suffixes);
	return order ? order : number_order(x.revision, y.revision);
}

/* "=1.2*" means what begins so, up to where a part of it ends: 1.2.3, not 1.20. */
static bool
is_begun_by(struct slice version, struct slice text)
{
	while (text.n > 1 && text.p[0] == '0' && is_digit(text.p[1]))
		text = slice_from(text, 1);
	while (version.n > 1 && version.p[0] == '0' && is_digit(version.p[1]))
		version = slice_from(version, 1);
	if (!slice_skip(&version, text) || version.n == 0)
		return slice_is_empty(version) && text.n > 0;
	return strchr("._-", version.p[0]) != NULL || is_digit(version.p[0]) != is_digit(text.p[text.n - 1]);
}

static int
bound_check(const struct version_bound *bound, struct plim_error *err)
{
	struct slice text = bound->version, revision;
	if (bound->relation == VERSION_EQUAL)
		slice_skip_end(&text, SLICE("*"));
	if (bound->relation == VERSION_COMPATIBLE && slice_cut_last(text, '-', &text, &revision))
		return error_set(err, PLIM_EFORMAT, "~ takes no revision");
	return check(text, err);
}

static bool
bound_holds(const struct version_bound *bound, struct slice version)
{
	struct slice text = bound->version, revision;
	if (bound->relation == VERSION_EQUAL && slice_skip_end(&text, SLICE("*")))
		return is_begun_by(version, text);
	/* Any revision of it. */
	if (bound->relation == VERSION_COMPATIBLE) {
		slice_cut_last(version, '-', &version, &revision);
		return compare(version, text) == 0;
	}
	return version_relation_holds(bound->relation, compare(version, text));
}

static const struct version_sign signs[] = {
	{ "<=", VERSION_LESS_EQUAL }, { ">=", VERSION_GREATER_EQUAL }, { "<", VERSION_LESS },       { ">", VERSION_GREATER },
	{ "=", VERSION_EQUAL },       { "~", VERSION_COMPATIBLE },     { NULL, VERSION_NO_RELATION },
};
static const struct version_bounds bounds = { .scheme = &version_gentoo, .signs = signs, .check = bound_check, .holds = bound_holds };

const struct version_scheme version_gentoo = {
	.name = "gentoo", .check = check, .compare = compare, .bounds = &bounds, .distribution = true,
};
