/* SPDX-License-Identifier: Apache-2.0 */
/* Versions of Go's modules ("v1.2.3-rc.1", "v2") and of its toolchains and standard library ("go1.21rc2"). */
#include "version/semver.h"

#include "base/error.h"
#include "version/range.h"
#include "version/text.h"

static const struct semver_rules rules = { .wildcards = "", .least = 1 };

struct go_version {
	enum { GO_REFUSED, GO_TOOLCHAIN, GO_MODULE } kind;
	struct semver number;    /* a toolchain's patch is absent in "go1.21", the language's version */
	struct slice stage;      /* a toolchain's "rc" or "beta" */
	struct slice stage_number;
};

static bool
take_number(struct slice *rest, struct slice *out)
{
	*out = take_run(rest, is_digit);
	return out->n > 0 && !number_is_padded(*out);
}

/* The numbers of a toolchain; before 1.21 a release without a patch was the release. */
static bool
take_toolchain(struct slice *rest, struct semver *out)
{
	do
		if (!take_number(rest, &out->number[out->numbers++]))
			return false;
	while (out->numbers < 3 && take_char(rest, '.'));
	if (out->numbers == 1)
		out->number[1] = out->number[2] = SLICE("0");
	if (out->numbers == 2 && rest->n == 0 && number_order(out->number[1], SLICE("21")) < 0)
		out->number[2] = SLICE("0");
	return true;
}

static bool
parse_toolchain(struct slice text, struct go_version *out)
{
	struct slice suffix;
	/* Vendors append "-NAME". */
	slice_cut(text, '-', &text, &suffix);
	if (!take_toolchain(&text, &out->number))
		return false;
	if (text.n == 0)
		return true;
	out->stage = take_run(&text, is_lower);
	if (out->number.numbers != 2 || out->stage.n == 0)
		return false;
	return text.n == 0 || (take_number(&text, &out->stage_number) && text.n == 0);
}

static struct go_version
parse(struct slice text)
{
	struct go_version version = { .kind = GO_REFUSED };
	if (slice_skip(&text, SLICE("go")))
		version.kind = parse_toolchain(text, &version) ? GO_TOOLCHAIN : GO_REFUSED;
	else if (take_char(&text, 'v'))
		version.kind = semver_parse(text, &rules, &version.number) ? GO_MODULE : GO_REFUSED;
	return version;
}

static int
check(struct slice version, struct plim_error *err)
{
	if (version.n == 0)
		return error_set(err, PLIM_EFORMAT, "the version is empty");
	if (parse(version).kind == GO_REFUSED)
		return error_set(err, PLIM_EFORMAT, "neither a module's version, as v1.2.3, nor a toolchain's, as go1.21.3");
	return 0;
}

/* None comes before any, zero included. */
static int
order_optional(struct slice a, struct slice b)
{
	return a.n == 0 || b.n == 0 ? (a.n > 0) - (b.n > 0) : number_order(a, b);
}

static int
order_toolchains(const struct go_version *a, const struct go_version *b)
{
	int order = semver_order_numbers(&a->number, &b->number, 2);
	if (order == 0)
		order = order_optional(a->number.number[2], b->number.number[2]);
	if (order == 0)
		order = slice_cmp(a->stage, b->stage);
	return order ? order : order_optional(a->stage_number, b->stage_number);
}

static int
compare(struct slice a, struct slice b)
{
	struct go_version x = parse(a), y = parse(b);
	if (x.kind == GO_REFUSED || y.kind == GO_REFUSED)
		return refused_order(a, x.kind == GO_REFUSED, b, y.kind == GO_REFUSED);
	if (x.kind != y.kind)
		return x.kind < y.kind ? -1 : 1;
	return x.kind == GO_MODULE ? semver_order(&x.number, &y.number) : order_toolchains(&x, &y);
}

/* "go1.21" is not comparable with "v1.21". */
static bool
bound_holds(const struct version_bound *bound, struct slice version)
{
	if (parse(version).kind != parse(bound->version).kind)
		return bound->relation == VERSION_NOT_EQUAL;
	return version_relation_holds(bound->relation, compare(version, bound->version));
}

static const struct version_bounds bounds = { .scheme = &version_go, .signs = version_signs_plain, .holds = bound_holds };

const struct version_scheme version_go = { .name = "go", .check = check, .compare = compare, .bounds = &bounds };

/* without the v */

static int
check_bare(struct slice version, struct plim_error *err)
{
	return semver_check(version, &rules, err);
}

static int
compare_bare(struct slice a, struct slice b)
{
	return semver_compare(a, b, &rules);
}

const struct version_scheme version_go_bare = { .name = "go", .check = check_bare, .compare = compare_bare };
