/* SPDX-License-Identifier: Apache-2.0 */
/* npm's versions and ranges: semver with a "v" that may stand before it; "^1.2 || >=2.1 <3", "1.2 - 1.4", "1.x". */
#include "version/semver.h"

#include "base/error.h"
#include "version/text.h"

#define NUMBER_MOST "9007199254740991"    /* what JavaScript counts exactly */
#define LENGTH_MOST 256                   /* npm refuses a longer one */

static const struct semver_rules rules = { .most = NUMBER_MOST, .wildcards = "", .least = 3 };
static const struct semver_rules partial = { .most = NUMBER_MOST, .wildcards = "xX*", .behind_wildcards = true, .least = 1 };

static struct slice
bare(struct slice version)
{
	version = slice_trim_wide(version);
	take_char(&version, 'v');
	return version;
}

static int
check(struct slice version, struct plim_error *err)
{
	if (version.n > LENGTH_MOST)
		return error_set(err, PLIM_EFORMAT, "longer than %d characters", LENGTH_MOST);
	return semver_check(bare(version), &rules, err);
}

static int
compare(struct slice a, struct slice b)
{
	return semver_compare(bare(a), bare(b), &rules);
}

enum comparison { CARET, TILDE, EQUAL, GREATER_EQUAL, GREATER, LESS_EQUAL, LESS };

/* One alternative between "||": all its comparators hold, and one names a pre-release of the same three numbers if it is asked for one. */
struct alternative {
	const struct semver *have;
	bool holds, named;
};

/* Whether the first `n` numbers are above: a pre-release of the next such version is not above yet. */
static bool
is_past(const struct semver *have, const struct semver *want, unsigned n)
{
	uint64_t last, next;
	if (semver_order_numbers(have, want, n) <= 0)
		return false;
	if (have->pre.n == 0 || semver_order_numbers(have, want, n - 1) != 0)
		return true;
	for (unsigned i = n; i < 3; i++)
		if (!number_is_zero(have->number[i]))
			return true;
	return !slice_to_u64(want->number[n - 1], 10, &last) || !slice_to_u64(have->number[n - 1], 10, &next) || next != last + 1;
}

static bool
is_within(const struct semver *have, const struct semver *want, unsigned width)
{
	return semver_order(have, want) >= 0 && semver_order_numbers(have, want, width) == 0;
}

static bool
comparison_holds(enum comparison op, const struct semver *have, const struct semver *want)
{
	unsigned n = want->numbers;
	int order = n == 3 ? semver_order(have, want) : semver_order_numbers(have, want, n);
	if (n == 0)
		return op != GREATER && op != LESS;
	switch (op) {
	case CARET: return is_within(have, want, semver_caret_width(want));
	case TILDE: return is_within(have, want, n < 2 ? n : 2);
	case EQUAL: return n == 3 ? order == 0 : is_within(have, want, n);
	case GREATER_EQUAL: return semver_order(have, want) >= 0;
	case GREATER: return n == 3 ? order > 0 : is_past(have, want, n);
	case LESS_EQUAL: return order <= 0;
	case LESS: return order < 0;
	}
	return false;
}

static void
alternative_add(struct alternative *alternative, enum comparison op, const struct semver *want)
{
	const struct semver *have = alternative->have;
	alternative->holds &= comparison_holds(op, have, want);
	alternative->named |= want->pre.n > 0 && semver_order_numbers(have, want, 3) == 0;
}

static bool
is_prefix(char c)
{
	return c == 'v' || c == '=';
}

static bool
is_build_char(char c)
{
	return is_alnum(c) || c == '-' || c == '.';
}

/* Behind less than three numbers, too. */
static bool
skip_build(struct slice *rest)
{
	struct slice build;
	return !take_char(rest, '+') || ((build = take_run(rest, is_build_char)).n > 0 && slice_find_text(build, SLICE("..")) == SIZE_MAX);
}

/*
 * "=v1.2": npm passes over such signs before numbers.  Where it takes all
 * three as they are, and does not count with them, only one "v" may be there.
 */
static bool
take_partial(struct slice *rest, bool counted, struct semver *out)
{
	skip_spaces(rest);
	struct slice prefix = take_run(rest, is_prefix);
	if (!semver_take(rest, &partial, out) || !skip_build(rest))
		return false;
	return counted || out->numbers < 3 || prefix.n == 0 || slice_is(prefix, "v");
}

/* "A - B", the whole of an alternative; false leaves `rest` alone. */
static bool
take_hyphen(struct slice text, struct alternative *alternative)
{
	struct semver low, high;
	if (!take_partial(&text, false, &low) || text.n == 0)
		return false;
	size_t before = text.n;
	skip_spaces(&text);
	if (text.n == before || !take_char(&text, '-'))
		return false;
	before = text.n;
	skip_spaces(&text);
	if (text.n == before || !take_partial(&text, false, &high) || slice_trim_wide(text).n > 0)
		return false;
	alternative_add(alternative, GREATER_EQUAL, &low);
	alternative_add(alternative, LESS_EQUAL, &high);
	return true;
}

static enum comparison
take_comparison(struct slice *rest)
{
	static const struct {
		const char *sign;
		enum comparison op;
	} signs[] = { { "^", CARET }, { "~>", TILDE }, { "~", TILDE }, { ">=", GREATER_EQUAL }, { ">", GREATER }, { "<=", LESS_EQUAL }, { "<", LESS }, { "=", EQUAL } };
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (slice_skip(rest, slice_of(signs[i].sign)))
			return signs[i].op;
	return EQUAL;
}

static bool
take_comparators(struct slice text, struct alternative *alternative)
{
	for (skip_spaces(&text); text.n > 0; skip_spaces(&text)) {
		struct semver want;
		enum comparison op = take_comparison(&text);
		bool counted = op == CARET || op == TILDE;
		if (!take_partial(&text, counted, &want) || (want.disordered && !counted))
			return false;
		if (text.n && !slice_starts(text, SLICE(" ")) && !slice_starts(text, SLICE("\t")))
			return false;
		alternative_add(alternative, op, &want);
	}
	return true;
}

static int
satisfies(struct slice range, struct slice version, bool *inside, struct plim_error *err)
{
	struct semver have;
	struct slice rest = range, text;
	bool any = false, more = true;
	semver_parse(bare(version), &rules, &have);
	while (more) {
		size_t at = slice_find_text(rest, SLICE("||"));
		more = at != SIZE_MAX;
		text = slice_first(rest, at);
		rest = more ? slice_from(rest, at + 2) : SLICE_NONE;
		struct alternative alternative = { &have, true, have.pre.n == 0 };
		if (!take_hyphen(text, &alternative) && !take_comparators(text, &alternative))
			return error_set(err, PLIM_EFORMAT, "no range of npm: '%.*s'", SLICE_ARG(text));
		any |= alternative.holds && alternative.named;
	}
	*inside = any;
	return 0;
}

const struct version_scheme version_npm = { .name = "npm", .check = check, .compare = compare, .satisfies = satisfies };
