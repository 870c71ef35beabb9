/* SPDX-License-Identifier: Apache-2.0 */
/* What waives findings: exceptions, and statements of VEX where no exception does; which exceptions have expired, which took nothing. */
#include "policy/judge.h"

#include "base/date.h"
#include "base/error.h"
#include "base/glob.h"
#include "policy/extend.h"
#include "vex/match.h"

static bool
names_finding(struct slice id, const struct finding *f)
{
	if (slice_eq(id, f->id) || (f->match && slice_eq(id, f->match->id)))
		return true;
	for (size_t i = 0; f->match && i < f->match->alias_count; i++)
		if (slice_eq(id, f->match->aliases[i]))
			return true;
	return false;
}

/* "vulnerabilities" takes every "vulnerabilities/CVE-..."; a glob what it matches. */
static bool
takes_rule(struct slice rule, const struct finding *f)
{
	struct slice rest = f->rule;
	return glob_match(rule, f->rule) || (slice_skip(&rest, rule) && slice_starts(rest, SLICE("/")));
}

static bool
takes(struct slice glob, struct slice text)
{
	return glob.n == 0 || glob_match(glob, text);
}

/* Only a vulnerability's package is known well enough. */
static bool
takes_package(const struct judging *judging, struct slice purl, const struct finding *f)
{
	AUTO(vex_matcher) struct vex_matcher *matcher = NULL;
	const struct vex_target target = { judging->inventory, judging->destination, judging->tag };
	struct plim_error err = { 0 };
	if (purl.n == 0)
		return true;
	return f->match && vex_matcher_new(&target, &matcher, &err) == 0 &&
	       vex_purl_mismatch(matcher, purl, &judging->inventory->packages[f->match->package]) == NULL;
}

/* What cannot be told to be in its scope it does not take. */
static bool
exception_takes(const struct judging *judging, const struct exception *e, const struct finding *f)
{
	if ((e->until_fixed && f->fix_version.n) || scope_takes(&e->scope, judging->destination, &f->evidence) != SCOPE_IN)
		return false;
	return (e->rule.n == 0 || takes_rule(e->rule, f)) && (e->id.n == 0 || names_finding(e->id, f)) &&
	       takes(e->package, f->evidence.package) && takes(e->path, f->evidence.path) && takes(e->setting, f->evidence.setting) &&
	       takes_package(judging, e->purl, f);
}

/* The exception that waives it, NULL if none; every one that could is marked as used. */
static const struct exception *
exception_find(const struct judging *judging, const struct finding *f, const bool *counts, bool *used)
{
	const struct exception *found = NULL;
	for (size_t i = 0; i < judging->policy->exceptions.n; i++) {
		const struct exception *e = &judging->policy->exceptions.at[i];
		if (!counts[i] || !exception_takes(judging, e, f) || judge_reached(judging, e->until + 1, PASSING_EXCEPTION))
			continue;
		used[i] = true;
		found = found ? found : e;
	}
	return found;
}

static int
waive(struct judging *judging, const bool *counts, bool *used, const bool *by_statement, struct plim_error *err)
{
	struct verdict *v = judging->verdict;
	size_t kept = 0;
	v->waived = arena_make_array(judging->arena, judging->findings.n + 1, struct waived);
	if (v->waived == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < judging->findings.n; i++) {
		const struct exception *e = exception_find(judging, &judging->findings.at[i], counts, used);
		if (e)
			v->waived[v->waived_count++] = (struct waived){ judging->findings.at[i], e->reason, e->owner, e->ticket, e->until };
		else if (by_statement[i]) {
			struct waived *waived = &v->waived[v->waived_count++];
			*waived = (struct waived){ .finding = judging->findings.at[i], .until = DATE_NONE };
			int r = waived_complete(waived, judging->arena, err);
			if (r < 0)
				return r;
		} else
			judging->findings.at[kept++] = judging->findings.at[i];
	}
	judging->findings.n = kept;
	return 0;
}

/* Whose findings it is for. */
static enum area
exception_area(const struct policy *policy, const struct exception *e)
{
	struct slice first, rest;
	slice_cut(e->rule, '/', &first, &rest);
	if (e->rule.n == 0)
		return AREA_VULNERABILITIES;
	for (enum area area = 0; area < AREA_COUNT; area++)
		if (slice_is(first, area_name(area)))
			return area;
	for (size_t i = 0; i < policy->catalogue.n; i++)
		if (glob_match(e->rule, policy->catalogue.checks[i].id))
			return AREA_CONFIGURATION;
	return AREA_RULES;
}

/* Each thing that it names, for people and for the finding's id. */
static struct slice
exception_text(struct judging *judging, const struct exception *e)
{
	const struct slice parts[] = { e->rule, e->id, e->package, e->purl, e->path, e->setting };
	AUTO(strbuf) struct strbuf text = { 0 };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].n)
			strbuf_printf(&text, "%s%.*s", text.n ? ", " : "", SLICE_ARG(parts[i]));
	return arena_dup(judging->arena, strbuf_slice(&text));
}

/* A policy's own file has any name: the verdict does not depend on it. */
static struct slice
place_text(struct judging *judging, const struct yaml_node *at)
{
	if (at->doc == judging->policy->doc)
		return judge_text(judging, "line %u", at->line);
	return judge_text(judging, "%.*s:%u", SLICE_ARG(at->doc->name), at->line);
}

static int
judge_unused(struct judging *judging, const struct exception *e, struct plim_error *err)
{
	enum area area = exception_area(judging->policy, e);
	if (!judging->policy->unused_exceptions.set || judging->verdict->areas[area].result == RESULT_OUT_OF_SCOPE)
		return 0;
	struct finding finding = {
		.rule = SLICE("exceptions/unused"), .area = area, .severity = SEVERITY_LOW, .evidence = EVIDENCE_NONE,
		.title = SLICE("An exception is not needed"),
		.message = judge_text(judging, "it takes nothing: %.*s (%.*s)", SLICE_ARG(e->reason), SLICE_ARG(e->owner)),
		.fix_command = judge_text(judging, "Remove it from the policy: %.*s.", SLICE_ARG(place_text(judging, e->at))),
	};
	finding.evidence.setting = exception_text(judging, e);
	return judge_entry(judging, &judging->policy->unused_exceptions.terms, &finding, err);
}

static int
note_unapproved(struct judging *judging, const struct exception *e, struct exception_note note, struct plim_error *err)
{
	struct verdict *v = judging->verdict;
	AUTO(strbuf) struct strbuf lacking = { 0 };
	approvals_suffice(judging->policy, source_of(judging->policy, e->at), date_day(judging->at), &lacking);
	note.lacking = judge_text(judging, "%.*s has %.*s", SLICE_ARG(place_text(judging, e->at)), SLICE_ARG(strbuf_slice(&lacking)));
	v->unapproved[v->unapproved_count++] = note;
	return lacking.failed || note.lacking.p == NULL ? error_nomem(err) : 0;
}

static int
note_exceptions(struct judging *judging, const bool *counts, const bool *used, struct plim_error *err)
{
	struct verdict *v = judging->verdict;
	size_t n = judging->policy->exceptions.n;
	v->unused = arena_make_array(judging->arena, n + 1, struct exception_note);
	v->expired = arena_make_array(judging->arena, n + 1, struct exception_note);
	v->unapproved = arena_make_array(judging->arena, n + 1, struct exception_note);
	if (v->unused == NULL || v->expired == NULL || v->unapproved == NULL)
		return error_nomem(err);
	int r = 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		const struct exception *e = &judging->policy->exceptions.at[i];
		struct exception_note note = { e->rule, e->id, e->reason, e->owner, e->ticket, e->until, SLICE_NONE };
		/* The end of one that takes nothing makes another verdict only where such are findings. */
		bool over = judging->policy->unused_exceptions.set ? judge_reached(judging, e->until + 1, PASSING_EXCEPTION) : date_day(judging->at) > e->until;
		if (over)
			v->expired[v->expired_count++] = note;
		else if (!counts[i])
			r = note_unapproved(judging, e, note, err);
		else if (!used[i] && scope_takes_image(&e->scope, judging->destination) == SCOPE_IN) {
			v->unused[v->unused_count++] = note;
			r = judge_unused(judging, e, err);
		}
	}
	return r;
}

/* Approvals come into force, and keys end: on those days the answer may be another. */
static void
note_approval_days(const struct judging *judging)
{
	for (size_t i = 0; i < judging->policy->approvers.n; i++)
		judge_signer(judging, &judging->policy->approvers.at[i]);
	for (size_t i = 0; judging->policy->approvers.n && i < judging->policy->sources.n; i++)
		for (size_t k = 0; k < judging->policy->sources.at[i].given.n; k++)
			judge_reached(judging, judging->policy->sources.at[i].given.at[k].day, PASSING_KEY);
}

int
judge_exceptions(struct judging *judging, struct plim_error *err)
{
	AUTO(free) bool *counts = calloc(judging->policy->exceptions.n + 1, sizeof *counts);
	AUTO(free) bool *used = calloc(judging->policy->exceptions.n + 1, sizeof *used);
	AUTO(free) bool *by_statement = calloc(judging->findings.n + 1, sizeof *by_statement);
	if (counts == NULL || used == NULL || by_statement == NULL)
		return error_nomem(err);
	note_approval_days(judging);
	for (size_t i = 0; i < judging->policy->exceptions.n; i++)
		counts[i] = exception_counts(judging->policy, &judging->policy->exceptions.at[i], date_day(judging->at));
	int r = judge_vex(judging, by_statement, err);
	if (r == 0)
		r = waive(judging, counts, used, by_statement, err);
	return r < 0 ? r : note_exceptions(judging, counts, used, err);
}
