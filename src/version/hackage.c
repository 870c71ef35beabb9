/* SPDX-License-Identifier: Apache-2.0 */
/* Versions of Haskell's packages, "1.2.0.3", and Cabal's ranges: ">=1.2 && <1.4 || ==2.0.*", "^>=1.2.3". */
#include "version/scheme.h"

#include "base/error.h"
#include "base/limits.h"
#include "version/range.h"
#include "version/text.h"

#define DIGITS_MOST 9    /* of one number */

/* "1.2" off the front of `rest`; a star in its last place only where `wild` is asked for. */
static bool
take_numbers(struct slice *rest, struct slice *out, bool *wild)
{
	const char *from = rest->p;
	for (;;) {
		struct slice number = take_run(rest, is_digit);
		if (number.n == 0 || number.n > DIGITS_MOST || number_is_padded(number))
			return false;
		*out = slice_range(from, rest->p);
		if (!take_char(rest, '.'))
			return true;
		if (wild && take_char(rest, '*'))
			return *wild = true;
	}
}

/* "-tag", which old packages have, and which means nothing. */
static bool
take_tags(struct slice *rest)
{
	while (take_char(rest, '-'))
		if (take_run(rest, is_alnum).n == 0)
			return false;
	return true;
}

static bool
parse(struct slice text, struct slice *numbers)
{
	return take_numbers(&text, numbers, NULL) && take_tags(&text) && text.n == 0;
}

static int
check(struct slice version, struct plim_error *err)
{
	struct slice numbers;
	if (version.n == 0)
		return error_set(err, PLIM_EFORMAT, "the version is empty");
	return parse(version, &numbers) ? 0 : error_set(err, PLIM_EFORMAT, "no version of a Haskell package");
}

static int
compare(struct slice a, struct slice b)
{
	struct slice x, y;
	bool good_a = parse(a, &x), good_b = parse(b, &y);
	if (!good_a || !good_b)
		return refused_order(a, !good_a, b, !good_b);
	return numbers_order(x, y, SIZE_MAX, false);
}

struct reading {
	struct slice rest;
	struct slice have;    /* numbers of the version that is asked about */
	unsigned depth;
	bool failed;
};

static bool
is_series(struct slice have, struct slice want)
{
	size_t n = numbers_count(want);
	return numbers_count(have) >= n && numbers_order(have, want, n, false) == 0;
}

/* "^>=1.2.3": from there on within 1.2; of "^>=1" within 1.0. */
static bool
is_same_major(struct slice have, struct slice want)
{
	return numbers_order(have, want, SIZE_MAX, false) >= 0 &&
	       numbers_order(have, want, numbers_count(want) > 1 ? 2 : 1, false) == 0 &&
	       (numbers_count(want) > 1 || numbers_order(have, want, 2, true) <= 0);
}

static bool
relation_holds(enum version_relation relation, struct slice have, struct slice want)
{
	if (relation == VERSION_COMPATIBLE)
		return is_same_major(have, want);
	return version_relation_holds(relation, numbers_order(have, want, SIZE_MAX, false));
}

/* "{1.2, 1.4}": any of them. */
static bool
set_holds(struct reading *in, enum version_relation relation)
{
	bool any = false;
	do {
		struct slice want;
		skip_spaces(&in->rest);
		in->failed |= !take_numbers(&in->rest, &want, NULL);
		any |= !in->failed && relation_holds(relation, in->have, want);
		skip_spaces(&in->rest);
	} while (!in->failed && take_char(&in->rest, ','));
	in->failed |= !take_char(&in->rest, '}');
	return any;
}

static bool
bound_holds(struct reading *in)
{
	static const struct version_sign signs[] = {
		{ "==", VERSION_EQUAL }, { "^>=", VERSION_COMPATIBLE }, { ">=", VERSION_GREATER_EQUAL }, { "<=", VERSION_LESS_EQUAL },
		{ ">", VERSION_GREATER }, { "<", VERSION_LESS },        { NULL, VERSION_NO_RELATION },
	};
	struct slice want;
	bool wild = false;
	enum version_relation relation = version_sign_take(&in->rest, signs);
	skip_spaces(&in->rest);
	if ((relation == VERSION_EQUAL || relation == VERSION_COMPATIBLE) && take_char(&in->rest, '{'))
		return set_holds(in, relation);
	in->failed |= relation == VERSION_NO_RELATION || !take_numbers(&in->rest, &want, relation == VERSION_EQUAL ? &wild : NULL) ||
	              (!wild && !take_tags(&in->rest));
	if (in->failed)
		return false;
	return wild ? is_series(in->have, want) : relation_holds(relation, in->have, want);
}

static bool expression_holds(struct reading *in);

static bool
factor_holds(struct reading *in)
{
	bool holds;
	skip_spaces(&in->rest);
	if (take_char(&in->rest, '(')) {
		if (++in->depth > LIMIT_VERSION_RANGE_DEPTH_COUNT)
			in->failed = true;
		holds = !in->failed && expression_holds(in);
		in->depth--;
		in->failed |= !take_char(&in->rest, ')');
	} else {
		holds = bound_holds(in);
	}
	skip_spaces(&in->rest);
	return holds;
}

static bool
term_holds(struct reading *in)
{
	bool all = factor_holds(in);
	while (!in->failed && slice_skip(&in->rest, SLICE("&&")))
		all &= factor_holds(in);
	return all;
}

static bool
expression_holds(struct reading *in)
{
	bool any = term_holds(in);
	while (!in->failed && slice_skip(&in->rest, SLICE("||")))
		any |= term_holds(in);
	return any;
}

static int
satisfies(struct slice range, struct slice version, bool *inside, struct plim_error *err)
{
	struct reading in = { .rest = range };
	parse(version, &in.have);
	bool holds = expression_holds(&in);
	if (in.failed || in.rest.n > 0)
		return error_set(err, PLIM_EFORMAT, "no range of Cabal, from byte %zu on", range.n - in.rest.n);
	*inside = holds;
	return 0;
}

const struct version_scheme version_hackage = { .name = "hackage", .check = check, .compare = compare, .satisfies = satisfies };
