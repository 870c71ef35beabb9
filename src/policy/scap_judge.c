/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of a policy's SCAP profiles: what its checks answered of them.
 * Nothing here passes that nobody evaluated.
 */
#include "policy/judge.h"

#include "base/error.h"
#include "scap/rules.h"

struct scap_judging {
	struct judging *judging;
	const struct scap_entry *entry;
	const struct check_result *checks;     /* of the policy's selected, in their order */
	struct slice unfit;                    /* why none of its rules says anything of this target; absent: they do */
	size_t evaluated, not_applicable, out_of_scope;
	struct {
		struct slice reason;
		struct strbuf names;
		size_t n;
	} open[4];                             /* rules that nobody answered, by the reason */
	size_t open_count;
};

/* The heavier one wins: what failed fails, and what is unknown is no pass. */
static const int weights[] = {
	[CHECK_OUT_OF_SCOPE] = 0, [CHECK_NOT_APPLICABLE] = 1, [CHECK_PASS] = 2, [CHECK_UNKNOWN] = 3, [CHECK_FAIL] = 4,
};

static const struct check_result *
result_of(const struct scap_judging *s, const struct scap_check *check)
{
	const struct policy *policy = s->judging->policy;
	for (size_t i = 0; i < policy->selected.n; i++)
		if (policy->selected.at[i].check == check->check && policy->selected.at[i].parameters == check->parameters)
			return &s->checks[i];
	return NULL;
}

static int
by_checks(struct scap_judging *s, const struct scap_answer *answer, struct check_result *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf names = { 0 };
	out->outcome = CHECK_OUT_OF_SCOPE;
	for (size_t i = 0; i < answer->n; i++) {
		const struct check_result *result = result_of(s, &answer->checks[i]);
		strbuf_printf(&names, "%s%.*s", i ? " " : "", SLICE_ARG(result->id));
		if (i == 0 || weights[result->outcome] > weights[out->outcome]) {
			out->outcome = result->outcome;
			out->reason = result->reason;
		}
	}
	out->control = names.failed ? SLICE_NONE : arena_dup(s->judging->arena, strbuf_slice(&names));
	return out->control.p ? 0 : error_nomem(err);
}

/* Absent: it is in scope. */
static struct slice
why_out_of_scope(const struct scap_judging *s, const struct scap_chosen_rule *rule)
{
	if (judge_leaves_out(s->judging, &s->entry->terms))
		return SLICE("the policy asks for it elsewhere only");
	bool of_host = inventory_kind(s->judging->inventory) == INVENTORY_HOST;
	return !of_host && scap_rule_is_of_hosts(rule->rule->id) ? SLICE("only a host has it") : scap_why_unasked(rule);
}

static int
judge_rule(struct scap_judging *s, size_t at, struct check_result *out, struct plim_error *err)
{
	const struct scap_chosen_rule *rule = &s->entry->selection.rules.at[at];
	const struct scap_answer *answer = &s->entry->answers[at];
	*out = (struct check_result){
		.area = AREA_CONFIGURATION, .id = rule->rule->id, .title = rule->rule->title.n ? rule->rule->title : rule->rule->id,
		.severity = rule->severity == SEVERITY_UNKNOWN ? SEVERITY_MEDIUM : rule->severity, .outcome = CHECK_UNKNOWN,
	};
	if ((out->reason = why_out_of_scope(s, rule)).p) {
		out->outcome = CHECK_OUT_OF_SCOPE;
		return 0;
	}
	out->reason = s->unfit;
	if (s->unfit.p)
		return 0;
	if (answer->n && !answer->trouble.p)
		return by_checks(s, answer, out, err);
	out->reason = answer->trouble;
	return answer->trouble.p ? 0 : judge_scanned(s->judging, (size_t)(s->entry - s->judging->policy->scap.at), at, out, err);
}

/* what is not known, together: a profile may have hundreds of rules */

#define NAMES_MOST 8

static int
note_open(struct scap_judging *s, const struct check_result *result)
{
	size_t at = 0, most = sizeof s->open / sizeof *s->open;
	while (at < s->open_count && !slice_eq(s->open[at].reason, result->reason))
		at++;
	/* The last place is for all the reasons that have none of their own. */
	if (at == s->open_count && s->open_count < most)
		s->open[s->open_count++].reason = result->reason;
	else if (at == s->open_count)
		s->open[at = most - 1].reason = SLICE("for various reasons");
	if (s->open[at].n++ < NAMES_MOST)
		strbuf_printf(&s->open[at].names, "%s%.*s", s->open[at].n > 1 ? ", " : "", SLICE_ARG(scap_short_id(result->id, "rule")));
	return 0;
}

static int
judge_unknown_of(struct scap_judging *s, struct slice reason, struct plim_error *err)
{
	return judge_unknown(s->judging, UNKNOWN_NOT_EVALUATED, AREA_CONFIGURATION, s->entry->selection.profile->id, reason, UINT32_MAX, err);
}

static int
judge_open(struct scap_judging *s, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < s->open_count; i++) {
		struct slice names = strbuf_slice(&s->open[i].names);
		struct slice reason = judge_text(s->judging, "%zu %s not evaluated: %.*s: %.*s%s", s->open[i].n, s->open[i].n == 1 ? "rule was" : "rules were",
		                                 SLICE_ARG(s->open[i].reason), SLICE_ARG(names), s->open[i].n > NAMES_MOST ? ", ..." : "");
		r = s->open[i].names.failed ? error_nomem(err) : judge_unknown_of(s, reason, err);
	}
	return r;
}

static int
judge_missing(struct scap_judging *s, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < s->entry->selection.missing.n; i++)
		r = judge_unknown_of(s, judge_text(s->judging, "the profile selects %.*s, which the benchmark does not have",
		                                   SLICE_ARG(slice_first(s->entry->selection.missing.at[i], 200))), err);
	return r;
}

/* A standard of which nothing was asked finds nothing. */
static int
judge_nothing(struct scap_judging *s, size_t n, struct plim_error *err)
{
	if (s->evaluated || s->open_count || judge_leaves_out(s->judging, &s->entry->terms))
		return 0;
	return judge_unknown_of(s, judge_text(s->judging, "nothing was evaluated: %zu of %zu rules are not applicable or out of scope", s->not_applicable + s->out_of_scope, n), err);
}

static int
judge_rules_of(struct scap_judging *s, struct check_result *out, struct plim_error *err)
{
	size_t n = s->entry->selection.rules.n;
	int r = 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = judge_rule(s, i, &out[i], err);
		s->evaluated += out[i].outcome == CHECK_PASS || out[i].outcome == CHECK_FAIL;
		s->not_applicable += out[i].outcome == CHECK_NOT_APPLICABLE;
		s->out_of_scope += out[i].outcome == CHECK_OUT_OF_SCOPE;
		/* Why a check could not tell is said once already. */
		if (r == 0 && out[i].outcome == CHECK_UNKNOWN && out[i].control.p == NULL)
			r = note_open(s, &out[i]);
	}
	if (r == 0)
		r = judge_open(s, err);
	if (r == 0)
		r = judge_missing(s, err);
	return r < 0 ? r : judge_nothing(s, n, err);
}

static int
judge_entry_of(struct scap_judging *s, struct check_result *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf why = { 0 };
	if (scap_benchmark_fit(s->entry->selection.benchmark, &s->judging->inventory->os, &why) != SCAP_FITS)
		s->unfit = judge_text(s->judging, "%.*s", SLICE_ARG(strbuf_slice(&why)));
	int r = judge_rules_of(s, out, err);
	struct slice outside = s->out_of_scope ? judge_text(s->judging, ", %zu out of scope", s->out_of_scope) : SLICE_NONE;
	judge_note(s->judging, AREA_CONFIGURATION, judge_text(s->judging, "%.*s%sSCAP %.*s: %zu of %zu rules evaluated, %zu not applicable%.*s",
	           SLICE_ARG(s->judging->verdict->areas[AREA_CONFIGURATION].note), s->judging->verdict->areas[AREA_CONFIGURATION].note.n ? "; " : "",
	           SLICE_ARG(scap_short_id(s->entry->selection.profile->id, "profile")), s->evaluated, s->entry->selection.rules.n, s->not_applicable,
	           SLICE_ARG(outside)));
	for (size_t i = 0; i < sizeof s->open / sizeof *s->open; i++)
		strbuf_done(&s->open[i].names);
	return r;
}

int
judge_scap(struct judging *judging, size_t first, struct plim_error *err)
{
	const struct policy *policy = judging->policy;
	struct verdict *v = judging->verdict;
	size_t rules = 0;
	int r = 0;
	for (size_t i = 0; i < policy->scap.n; i++)
		rules += policy->scap.at[i].selection.rules.n;
	struct check_result *all = rules ? arena_make_array(judging->arena, v->check_count + rules, struct check_result) : v->checks;
	if (all == NULL && rules)
		return error_nomem(err);
	if (rules && v->check_count)
		memcpy(all, v->checks, v->check_count * sizeof *all);
	v->checks = all;
	for (size_t i = 0; r == 0 && i < policy->scap.n; i++) {
		struct scap_judging s = {
			.judging = judging, .entry = &policy->scap.at[i], .checks = all + first,
		};
		r = judge_entry_of(&s, all + v->check_count, err);
		v->check_count += s.entry->selection.rules.n;
		if (s.evaluated && v->areas[AREA_CONFIGURATION].result == RESULT_OUT_OF_SCOPE)
			v->areas[AREA_CONFIGURATION].result = RESULT_PASS;
	}
	return r;
}
