/* SPDX-License-Identifier: Apache-2.0 */
/* The conditions that an entry of `deny` may list. */
#include "policy/exposure.h"

#include "base/date.h"

typedef enum truth condition_fn(const struct exposure *exposure, const struct deny *deny, const struct match *match, struct doubt *doubt);

static enum truth
is_in_scope(const struct exposure *exposure, const struct deny *deny, const struct match *match, struct doubt *doubt)
{
	const struct package *package = &exposure->judging->inventory->packages[match->package];
	if (deny->terms.scope.at == NULL)
		return TRUE;
	enum scoped scoped = judge_scope(exposure->judging, &deny->terms.scope, evidence_of_package(package), doubt);
	return scoped == SCOPE_OUT ? FALSE : scoped == SCOPE_IN ? TRUE : UNCERTAIN;
}

static enum truth
is_id(const struct exposure *exposure, const struct deny *deny, const struct match *match, struct doubt *doubt)
{
	(void)exposure, (void)doubt;
	if (deny->ids.n == 0)
		return TRUE;
	if (list_matches(&deny->ids, match->id))
		return TRUE;
	for (size_t i = 0; i < match->alias_count; i++)
		if (list_matches(&deny->ids, match->aliases[i]))
			return TRUE;
	return FALSE;
}

static enum truth
is_severe(const struct exposure *exposure, const struct deny *deny, const struct match *match, struct doubt *doubt)
{
	(void)exposure;
	if (deny->at_least == SEVERITY_UNKNOWN)
		return TRUE;
	if (match->severity != SEVERITY_UNKNOWN)
		return match->severity >= deny->at_least ? TRUE : FALSE;
	*doubt = (struct doubt){ UNKNOWN_SEVERITY, "no source gives a severity" };
	return UNCERTAIN;
}

static enum truth
has_wanted_fix(const struct exposure *exposure, const struct deny *deny, const struct match *match, struct doubt *doubt)
{
	(void)exposure, (void)doubt;
	if (deny->fix == FIX_ANY)
		return TRUE;
	return (deny->fix == FIX_AVAILABLE) == (match->state == MATCH_FIXED) ? TRUE : FALSE;
}

static enum truth
is_past_grace(const struct exposure *exposure, const struct deny *deny, const struct match *match, struct doubt *doubt)
{
	if (deny->grace < 0)
		return TRUE;
	if (match->fix_known != DATE_NONE)
		return date_day(exposure->judging->at) - date_day(match->fix_known) > deny->grace ? TRUE : FALSE;
	*doubt = (struct doubt){ UNKNOWN_FIX_DATE, "no source tells since when the fix is known" };
	return UNCERTAIN;
}

static enum truth
is_exploited(const struct exposure *exposure, const struct deny *deny, const struct match *match, struct doubt *doubt)
{
	if (!deny->exploited)
		return TRUE;
	if (exposure->has_kev)
		return match->kev_added != DATE_NONE ? TRUE : FALSE;
	*doubt = (struct doubt){ UNKNOWN_NO_DATA, "the advisory data has no catalogue of exploited vulnerabilities" };
	return UNCERTAIN;
}

static enum truth
is_probable(const struct exposure *exposure, const struct deny *deny, const struct match *match, struct doubt *doubt)
{
	if (deny->epss < 0)
		return TRUE;
	if (exposure->has_epss)
		return match->epss >= deny->epss ? TRUE : FALSE;
	*doubt = (struct doubt){ UNKNOWN_NO_DATA, "the advisory data has no EPSS scores" };
	return UNCERTAIN;
}

static condition_fn *const conditions[] = { is_in_scope, is_id, has_wanted_fix, is_exploited, is_severe, is_probable, is_past_grace };

enum truth
exposure_denies(const struct exposure *exposure, const struct deny *deny, const struct match *match, struct doubt *doubt)
{
	enum truth all = TRUE;
	for (size_t i = 0; i < sizeof conditions / sizeof *conditions && all != FALSE; i++) {
		enum truth truth = conditions[i](exposure, deny, match, doubt);
		all = truth < all ? truth : all;
	}
	return all;
}
