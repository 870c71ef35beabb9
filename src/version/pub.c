/* SPDX-License-Identifier: Apache-2.0 */
/* Versions and constraints of Dart's pub: semver in which builds count, "any", "^1.2.3", ">=1.0.0 <2.0.0". */
#include "version/semver.h"

#include "base/error.h"
#include "version/range.h"
#include "version/text.h"

static const struct semver_rules rules = { .most = "9223372036854775807", .wildcards = "", .padded = true, .least = 3 };

static int
check(struct slice version, struct plim_error *err)
{
	return semver_check(version, &rules, err);
}

static int
order(const struct semver *a, const struct semver *b)
{
	int order = semver_order(a, b);
	return order ? order : semver_order_parts(a->build, b->build);
}

static int
compare(struct slice a, struct slice b)
{
	struct semver x, y;
	bool good_a = semver_parse(a, &rules, &x), good_b = semver_parse(b, &rules, &y);
	if (!good_a || !good_b)
		return refused_order(a, !good_a, b, !good_b);
	return order(&x, &y);
}

/* What all constraints together leave. */
struct limits {
	struct semver low, high;
	bool has_low, has_high, with_low, with_high;
};

static void
limit_low(struct limits *limits, const struct semver *version, bool with)
{
	int o = limits->has_low ? order(version, &limits->low) : 1;
	if (o > 0) {
		limits->low = *version;
		limits->with_low = with;
	} else if (o == 0) {
		limits->with_low &= with;
	}
	limits->has_low = true;
}

static void
limit_high(struct limits *limits, const struct semver *version, bool with)
{
	int o = limits->has_high ? order(version, &limits->high) : -1;
	if (o < 0) {
		limits->high = *version;
		limits->with_high = with;
	} else if (o == 0) {
		limits->with_high &= with;
	}
	limits->has_high = true;
}

/* "<2.0.0" leaves out 2.0.0-dev, unless the low end is a pre-release of 2.0.0 itself. */
static bool
shuts_prereleases_out(const struct limits *limits)
{
	if (!limits->has_high || limits->with_high || limits->high.pre.n || limits->high.build.n)
		return false;
	return !limits->has_low || limits->low.pre.n == 0 || semver_order_numbers(&limits->low, &limits->high, 3) != 0;
}

static bool
limits_hold(const struct limits *limits, const struct semver *have)
{
	int low = limits->has_low ? order(have, &limits->low) : 1;
	int high = limits->has_high ? order(have, &limits->high) : -1;
	if (low < 0 || (low == 0 && !limits->with_low) || high > 0 || (high == 0 && !limits->with_high))
		return false;
	return !(shuts_prereleases_out(limits) && have->pre.n && semver_order_numbers(have, &limits->high, 3) == 0);
}

static bool
take_constraint(struct slice *rest, struct limits *limits)
{
	static const struct version_sign signs[] = {
		{ "<=", VERSION_LESS_EQUAL }, { ">=", VERSION_GREATER_EQUAL }, { "<", VERSION_LESS },
		{ ">", VERSION_GREATER },     { NULL, VERSION_EQUAL },
	};
	struct semver version;
	enum version_relation relation = version_sign_take(rest, signs);
	skip_spaces(rest);
	if (!semver_take(rest, &rules, &version))
		return false;
	if (relation == VERSION_EQUAL || relation >= VERSION_GREATER_EQUAL)
		limit_low(limits, &version, relation != VERSION_GREATER);
	if (relation <= VERSION_EQUAL)
		limit_high(limits, &version, relation != VERSION_LESS);
	return true;
}

static bool
is_before_breaking(const struct semver *want, const struct semver *have)
{
	unsigned width = number_is_zero(want->number[0]) ? 2 : 1;
	return order(have, want) >= 0 && semver_order_numbers(have, want, width) == 0;
}

static int
satisfies_caret(struct slice rest, const struct semver *have, bool *inside, struct plim_error *err)
{
	struct semver want;
	skip_spaces(&rest);
	if (!semver_take(&rest, &rules, &want) || slice_trim_wide(rest).n > 0)
		return error_set(err, PLIM_EFORMAT, "behind ^ a version is needed, and nothing else");
	*inside = is_before_breaking(&want, have);
	return 0;
}

static int
satisfies(struct slice range, struct slice version, bool *inside, struct plim_error *err)
{
	struct semver have;
	struct limits limits = { 0 };
	struct slice rest = slice_trim_wide(range);
	semver_parse(version, &rules, &have);
	if (rest.n == 0)
		return error_set(err, PLIM_EFORMAT, "the range is empty");
	*inside = true;
	if (slice_is(rest, "any"))
		return 0;
	if (take_char(&rest, '^'))
		return satisfies_caret(rest, &have, inside, err);
	for (; rest.n > 0; skip_spaces(&rest))
		if (!take_constraint(&rest, &limits))
			return error_set(err, PLIM_EFORMAT, "no constraint of pub: '%.*s'", SLICE_ARG(rest));
	*inside = limits_hold(&limits, &have);
	return 0;
}

const struct version_scheme version_pub = { .name = "pub", .check = check, .compare = compare, .satisfies = satisfies };
