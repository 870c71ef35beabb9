/* SPDX-License-Identifier: Apache-2.0 */
/* The conditions that an entry of `deny` may list. */
#include "policy/exposure.h"

#include "advisory/rating.h"
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

static const struct package *
package_of(const struct exposure *exposure, const struct match *match)
{
	return &exposure->judging->inventory->packages[match->package];
}

static enum truth
is_of_ecosystem(const struct exposure *exposure, const struct deny *deny, const struct match *match, struct doubt *doubt)
{
	(void)doubt;
	bool meant = list_matches(&deny->ecosystems, package_of(exposure, match)->type) || (package_type_is_system(package_of(exposure, match)->type) && list_matches(&deny->ecosystems, exposure->matches.system.key));
	return meant ? TRUE : FALSE;
}

/* Advisories name source packages, people what they install. */
static enum truth
is_of_package(const struct exposure *exposure, const struct deny *deny, const struct match *match, struct doubt *doubt)
{
	const struct package *package = package_of(exposure, match);
	(void)doubt;
	return list_matches(&deny->packages, package->name) || (package->source.n && list_matches(&deny->packages, package->source)) ? TRUE : FALSE;
}

static enum truth
is_below_path(const struct exposure *exposure, const struct deny *deny, const struct match *match, struct doubt *doubt)
{
	(void)doubt;
	return list_matches(&deny->paths, package_of(exposure, match)->path) ? TRUE : FALSE;
}

typedef bool tells_fn(const struct rating *rating);

static bool
tells_severity(const struct rating *rating)
{
	return rating->severity != SEVERITY_UNKNOWN;
}

/* A distribution's word is no score. */
static bool
tells_score(const struct rating *rating)
{
	return rating->score >= 0;
}

/* By the first of the sources that the entry names which tells; without names, as the match has it, else as anybody has it. */
static struct rating
rating_for(const struct exposure *exposure, const struct deny *deny, const struct match *match, tells_fn *tells)
{
	struct rating rating = { match->severity, match->score, match->vector };
	if (deny->severity_sources.n == 0)
		return tells(&rating) ? rating : match_rating(exposure->judging->database, match, SLICE_NONE);
	for (size_t i = 0; i < deny->severity_sources.n; i++) {
		rating = match_rating(exposure->judging->database, match, deny->severity_sources.at[i]);
		if (tells(&rating))
			break;
	}
	return rating;
}

static enum truth
is_severe(const struct exposure *exposure, const struct deny *deny, const struct match *match, struct doubt *doubt)
{
	if (deny->at_least == SEVERITY_UNKNOWN)
		return TRUE;
	struct rating rating = rating_for(exposure, deny, match, tells_severity);
	if (tells_severity(&rating))
		return rating.severity >= deny->at_least ? TRUE : FALSE;
	*doubt = (struct doubt){ UNKNOWN_SEVERITY, deny->severity_sources.n ? "none of the sources that count gives a severity"
	                                                                    : "no source gives a severity" };
	return UNCERTAIN;
}

static enum truth
has_score(const struct exposure *exposure, const struct deny *deny, const struct match *match, struct doubt *doubt)
{
	if (deny->cvss < 0)
		return TRUE;
	struct rating rating = rating_for(exposure, deny, match, tells_score);
	if (tells_score(&rating))
		return rating.score >= deny->cvss ? TRUE : FALSE;
	*doubt = (struct doubt){ UNKNOWN_SEVERITY, deny->severity_sources.n ? "none of the sources that count gives a CVSS score"
	                                                                    : "no source gives a CVSS score" };
	return UNCERTAIN;
}

static enum truth
is_of_state(const struct exposure *exposure, const struct deny *deny, const struct match *match, struct doubt *doubt)
{
	(void)exposure, (void)doubt;
	return deny->states == 0 || deny->states & 1u << match->state ? TRUE : FALSE;
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
		return judge_reached(exposure->judging, date_day(match->fix_known) + deny->grace + 1, PASSING_GRACE) ? TRUE : FALSE;
	*doubt = (struct doubt){ UNKNOWN_FIX_DATE, "no source tells since when the fix is known" };
	return UNCERTAIN;
}

static enum truth
is_old(const struct exposure *exposure, const struct deny *deny, const struct match *match, struct doubt *doubt)
{
	if (deny->age < 0)
		return TRUE;
	int64_t published = match_published(exposure->judging->database, match);
	if (published != DATE_NONE)
		return judge_reached(exposure->judging, date_day(published) + deny->age + 1, PASSING_AGE) ? TRUE : FALSE;
	*doubt = (struct doubt){ UNKNOWN_NO_DATA, "no source tells when it was published" };
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
	if (match->epss >= 0)
		return match->epss >= deny->epss ? TRUE : FALSE;
	*doubt = (struct doubt){ UNKNOWN_NO_DATA, exposure->has_epss ? "EPSS has no score for it" : "the advisory data has no EPSS scores" };
	return UNCERTAIN;
}

static condition_fn *const conditions[] = {
	is_in_scope, is_id, is_of_package, is_of_ecosystem, is_below_path, is_of_state, has_wanted_fix, is_exploited, is_severe, has_score,
	is_probable, is_past_grace, is_old,
};

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
