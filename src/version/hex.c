/* SPDX-License-Identifier: Apache-2.0 */
/* Versions and requirements of Elixir and Hex: "~> 2.0 and != 2.1.3 or == 3.0.0-rc.1". */
#include "version/semver.h"

#include "base/error.h"
#include "version/range.h"
#include "version/text.h"

static const struct semver_rules rules = { .wildcards = "", .least = 3 };
static const struct semver_rules partial = { .wildcards = "", .least = 2 };    /* behind "~>" */

static int
check(struct slice version, struct plim_error *err)
{
	return semver_check(version, &rules, err);
}

static int
compare(struct slice a, struct slice b)
{
	return semver_compare(a, b, &rules);
}

static const struct version_sign signs[] = {
	{ "~>", VERSION_COMPATIBLE }, { ">=", VERSION_GREATER_EQUAL }, { "<=", VERSION_LESS_EQUAL }, { "==", VERSION_EQUAL },
	{ "!=", VERSION_NOT_EQUAL },  { ">", VERSION_GREATER },        { "<", VERSION_LESS },        { NULL, VERSION_EQUAL },
};

static bool
is_not_blank(char c)
{
	return c != ' ';
}

static bool
is_blank(char c)
{
	return c == ' ';
}

static bool
bound_holds(enum version_relation relation, const struct semver *have, const struct semver *want)
{
	if (relation == VERSION_COMPATIBLE)
		return semver_order(have, want) >= 0 && semver_order_numbers(have, want, want->numbers - 1) == 0;
	return version_relation_holds(relation, semver_order(have, want));
}

/* `*rest` is left behind the bound and the blanks after it. */
static bool
take_bound(struct slice *rest, const struct semver *have, bool *holds)
{
	struct semver want;
	enum version_relation relation = version_sign_take(rest, signs);
	take_run(rest, is_blank);
	struct slice text = take_run(rest, is_not_blank);
	take_run(rest, is_blank);
	if (!semver_parse(text, relation == VERSION_COMPATIBLE ? &partial : &rules, &want))
		return false;
	*holds = bound_holds(relation, have, &want);
	return true;
}

/* "and" binds closer than "or". */
static int
satisfies(struct slice range, struct slice version, bool *inside, struct plim_error *err)
{
	struct semver have;
	struct slice rest = range;
	bool any = false, all = true, more = true;
	semver_parse(version, &rules, &have);
	take_run(&rest, is_blank);
	while (more) {
		bool holds;
		if (!take_bound(&rest, &have, &holds))
			return error_set(err, PLIM_EFORMAT, "no requirement of Elixir, before byte %zu", range.n - rest.n);
		all &= holds;
		if ((more = slice_skip(&rest, SLICE("and "))))
			goto next;
		any |= all;
		all = true;
		more = slice_skip(&rest, SLICE("or "));
	next:
		take_run(&rest, is_blank);
	}
	if (rest.n > 0)
		return error_set(err, PLIM_EFORMAT, "no requirement of Elixir, from byte %zu on", range.n - rest.n);
	*inside = any;
	return 0;
}

const struct version_scheme version_hex = { .name = "hex", .check = check, .compare = compare, .satisfies = satisfies };
