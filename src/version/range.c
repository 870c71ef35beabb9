/* SPDX-License-Identifier: Apache-2.0 */
#include "version/range.h"

#include "base/error.h"
#include "version/text.h"

/* Which answers of a comparison make it hold: below, equal, above. */
static const bool relation_holds[][3] = {
	[VERSION_LESS] = { true, false, false },          [VERSION_LESS_EQUAL] = { true, true, false },
	[VERSION_EQUAL] = { false, true, false },         [VERSION_NOT_EQUAL] = { true, false, true },
	[VERSION_GREATER_EQUAL] = { false, true, true },  [VERSION_GREATER] = { false, false, true },
};

bool
version_relation_holds(enum version_relation relation, int order)
{
	return relation <= VERSION_GREATER && relation_holds[relation][(order > 0) - (order < 0) + 1];
}

enum version_relation
version_sign_take(struct slice *text, const struct version_sign *signs)
{
	while (signs->sign && !slice_skip(text, slice_of(signs->sign)))
		signs++;
	return signs->relation;
}

static const struct version_sign policy_signs[] = {
	{ "<=", VERSION_LESS_EQUAL }, { ">=", VERSION_GREATER_EQUAL }, { "!=", VERSION_NOT_EQUAL }, { "<", VERSION_LESS },
	{ ">", VERSION_GREATER },     { "=", VERSION_EQUAL },          { NULL, VERSION_NO_RELATION },
};

const struct version_sign version_signs_plain[] = {
	{ "<=", VERSION_LESS_EQUAL }, { ">=", VERSION_GREATER_EQUAL }, { "!=", VERSION_NOT_EQUAL }, { "<", VERSION_LESS },
	{ ">", VERSION_GREATER },     { "==", VERSION_EQUAL },         { "=", VERSION_EQUAL },      { NULL, VERSION_NO_RELATION },
};

const struct version_sign version_signs_debian[] = {
	{ "<<", VERSION_LESS }, { "<=", VERSION_LESS_EQUAL },     { "=", VERSION_EQUAL }, { ">=", VERSION_GREATER_EQUAL },
	{ ">>", VERSION_GREATER }, { NULL, VERSION_NO_RELATION },
};

/* A comma with nothing behind it stays, for nobody to take for an end. */
static bool
bound_take(struct slice *rest, const struct version_sign *signs, struct version_bound *out)
{
	struct slice bound, tail;
	bool more = slice_cut(*rest, ',', &bound, &tail);
	bound = slice_trim_wide(bound);
	out->relation = version_sign_take(&bound, signs);
	out->version = slice_trim_wide(bound);
	if (out->relation == VERSION_NO_RELATION || out->version.n == 0 || (more && slice_trim_wide(tail).n == 0))
		return false;
	*rest = more ? tail : slice_from(*rest, rest->n);
	return true;
}

bool
version_bound_next(struct slice *rest, struct version_bound *out)
{
	return bound_take(rest, policy_signs, out);
}

static int
bound_check(const struct version_bounds *bounds, const struct version_bound *bound, struct plim_error *err)
{
	int r = bounds->check ? bounds->check(bound, err) : bounds->scheme->check(bound->version, err);
	return r < 0 ? error_wrap(err, r, "bound '%.*s'", SLICE_ARG(bound->version)) : 0;
}

static bool
bound_holds(const struct version_bounds *bounds, const struct version_bound *bound, struct slice version)
{
	struct slice release;
	if (bounds->holds)
		return bounds->holds(bound, version);
	if (bounds->any_release && slice_find(bound->version, '-') == SIZE_MAX)
		slice_cut_last(version, '-', &version, &release);
	return version_relation_holds(bound->relation, bounds->scheme->compare(version, bound->version));
}

int
version_bounds_satisfy(const struct version_bounds *bounds, struct slice range, struct slice version, bool *inside,
                       struct plim_error *err)
{
	struct slice rest = slice_trim_wide(range);
	struct version_bound bound;
	if (rest.n == 0 && !bounds->may_be_empty)
		return error_set(err, PLIM_EFORMAT, "the range is empty");
	/* Every bound is read, also when one does not hold: a range is refused or not, whatever it is asked for. */
	bool all = true;
	while (bounds->may_be_empty && slice_skip_end(&rest, SLICE(",")))
		rest = slice_trim_wide(rest);
	while (rest.n > 0) {
		if (bounds->may_be_empty && take_char(&rest, ',')) {
			skip_spaces(&rest);
			continue;
		}
		if (!bound_take(&rest, bounds->signs, &bound))
			return error_set(err, PLIM_EFORMAT, "no bound of versions: '%.*s'", SLICE_ARG(rest));
		int r = bound_check(bounds, &bound, err);
		if (r < 0)
			return r;
		all &= bound_holds(bounds, &bound, version);
	}
	*inside = all;
	return 0;
}

/* intervals */

bool
version_interval_take(struct slice *rest, struct version_interval *out)
{
	struct slice text, tail;
	*out = (struct version_interval){ .with_low = slice_starts(*rest, SLICE("[")) };
	if (!out->with_low && !slice_starts(*rest, SLICE("(")))
		return false;
	size_t end = 1;
	while (end < rest->n && rest->p[end] != ')' && rest->p[end] != ']')
		end++;
	if (end == rest->n)
		return false;
	out->with_high = rest->p[end] == ']';
	text = slice_from(slice_first(*rest, end), 1);
	*rest = slice_from(*rest, end + 1);
	bool both = slice_cut(text, ',', &text, &tail);
	out->low = slice_trim_wide(text);
	out->high = both ? slice_trim_wide(tail) : out->low;
	/* One version alone is meant exactly. */
	return both || (out->low.n > 0 && out->with_low && out->with_high);
}

bool
version_interval_holds(const struct version_interval *interval, int (*compare)(struct slice, struct slice), struct slice version)
{
	int low = interval->low.n ? compare(version, interval->low) : 1;
	int high = interval->high.n ? compare(version, interval->high) : -1;
	return (low > 0 || (low == 0 && interval->with_low)) && (high < 0 || (high == 0 && interval->with_high));
}

int
version_interval_order(const struct version_interval *interval, int (*compare)(struct slice, struct slice))
{
	return interval->low.n && interval->high.n ? compare(interval->low, interval->high) : -1;
}
