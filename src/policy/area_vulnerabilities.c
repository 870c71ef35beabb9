/* SPDX-License-Identifier: Apache-2.0 */
/* Is the exposure acceptable?  Each match is held against each entry of `deny`. */
#include "policy/exposure.h"

#include "base/error.h"

/* All entries that take one match: the strongest action wins, all are named. */
struct denial {
	bool denied;
	enum action action;
	struct strbuf names;
	bool doubted;
	enum action doubted_action;
	struct doubt doubt;
};

static void
denial_add(struct denial *denial, const struct deny *deny, enum action action)
{
	if (!denial->denied || action > denial->action)
		denial->action = action;
	denial->denied = true;
	strbuf_printf(&denial->names, "%s{%.*s}", denial->names.n ? ", " : "", SLICE_ARG(deny->text));
}

static void
denial_of(const struct exposure *exposure, const struct match *match, struct denial *out)
{
	const struct policy *policy = exposure->judging->policy;
	*out = (struct denial){ 0 };
	for (size_t i = 0; i < policy->denies.n; i++) {
		struct doubt doubt = { 0 };
		enum truth truth = exposure_denies(exposure, &policy->denies.at[i], match, &doubt);
		if (truth == FALSE)
			continue;
		enum action action = judge_action(exposure->judging, &policy->denies.at[i].terms);
		if (truth == TRUE)
			denial_add(out, &policy->denies.at[i], action);
		if (truth != UNCERTAIN || (out->doubted && out->doubted_action >= action))
			continue;
		out->doubted = true;
		out->doubted_action = action;
		out->doubt = doubt;
	}
}

static struct slice
match_message(struct judging *judging, const struct match *match, const struct package *package, const struct denial *denial)
{
	static const char *const states[MATCH_STATE_COUNT] = {
		[MATCH_AFFECTED] = "no fix is known",          [MATCH_WONT_FIX] = "the distribution will not fix it",
		[MATCH_DEFERRED] = "the distribution deferred it", [MATCH_END_OF_LIFE] = "the distribution no longer supports the package",
		[MATCH_UNDER_INVESTIGATION] = "the distribution has not yet decided", [MATCH_NOT_AFFECTED] = "", [MATCH_FIXED] = "",
	};
	struct slice fixed = match->state == MATCH_FIXED ? judge_text(judging, "fixed in %.*s", SLICE_ARG(match->fixed_version))
	                                                 : slice_of(states[match->state]);
	return judge_text(judging, "%.*s %.*s is affected, %.*s (%.*s); denied by %.*s", SLICE_ARG(package->name), SLICE_ARG(package->version),
	                  SLICE_ARG(fixed), SLICE_ARG(match->source), SLICE_ARG(strbuf_slice(&denial->names)));
}

static int
judge_denied(struct judging *judging, const struct match *match, const struct denial *denial, struct plim_error *err)
{
	const struct package *package = &judging->inventory->packages[match->package];
	struct slice *references = arena_make(judging->arena, struct slice);
	if (references == NULL)
		return error_nomem(err);
	*references = match->url;
	struct finding finding = {
		.rule = judge_text(judging, "vulnerabilities/%.*s", SLICE_ARG(match->id)),
		.area = AREA_VULNERABILITIES, .action = denial->action, .severity = match->severity, .match = match,
		.title = judge_text(judging, "%.*s in %.*s%s%.*s", SLICE_ARG(match->id), SLICE_ARG(package->name), match->title.n ? ": " : "",
		                    SLICE_ARG(match->title)),
		.message = match_message(judging, match, package, denial),
		.evidence = evidence_of_package(package),
		.references = references, .reference_count = match->url.n > 0,
	};
	if (match->state == MATCH_FIXED)
		finding.fix_version = match->fixed_version;
	return judge_finding(judging, &finding, err);
}

static int
judge_doubted(struct judging *judging, const struct match *match, const struct doubt *doubt, struct plim_error *err)
{
	const struct package *package = &judging->inventory->packages[match->package];
	int r = judge_unknown(judging, doubt->kind, AREA_VULNERABILITIES,
	                      judge_text(judging, "%.*s in %.*s %.*s", SLICE_ARG(match->id), SLICE_ARG(package->name), SLICE_ARG(package->version)),
	                      slice_of(doubt->reason), package->layer, err);
	if (r == 0)
		judging->unknowns.at[judging->unknowns.n - 1].match = match;
	return r;
}

/* A failure that is certain needs no doubt beside it; a warning does not settle what may be a failure. */
static int
judge_exposed(struct exposure *exposure, const struct match *match, struct plim_error *err)
{
	struct denial denial;
	int r = 0;
	denial_of(exposure, match, &denial);
	if (denial.denied)
		r = judge_denied(exposure->judging, match, &denial, err);
	if (r == 0 && denial.doubted && !(denial.denied && denial.action >= denial.doubted_action))
		r = judge_doubted(exposure->judging, match, &denial.doubt, err);
	strbuf_done(&denial.names);
	return r;
}

int
judge_vulnerabilities(struct judging *judging, struct plim_error *err)
{
	const struct matches *matches;
	int r = judge_vulnerability_data(judging, AREA_VULNERABILITIES, &matches, err);
	if (r < 0 || matches == NULL)
		return r;
	judging->verdict->explanations = judging->matching.explanations;
	judging->verdict->explanation_count = judging->matching.explanation_count;
	struct exposure exposure = {
		.judging = judging, .matches = *matches, .has_kev = matching_has_feed(&judging->matching, "kev"),
		.has_epss = matching_has_feed(&judging->matching, "epss"),
	};
	for (size_t i = 0; r == 0 && i < matches->n; i++)
		r = judge_exposed(&exposure, &matches->at[i], err);
	return r;
}
