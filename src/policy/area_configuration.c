/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration checks and own rules: which can be asked of this target, and what came of each. */
#include "policy/judge.h"

#include "base/error.h"
#include "policy/tables.h"

/* How far a check could be asked. */
enum applicability {
	APPLIES_NOT,
	APPLIES_UNKNOWN,
	APPLIES_DAMAGED,   /* unknown, and what was read of its files is asked all the same */
	APPLIES_PARTLY,    /* a file was missing or empty: a violation counts, the absence of any does not */
	APPLIES,
};

/* What the files of one check are together. */
struct sighting {
	bool read, lacking, unknown, damaged;
	struct slice first_missing;    /* and how: "PATH is empty" */
};

static const char *
sight_words(enum sight sight)
{
	return sight == SIGHT_ABSENT ? "is missing" : sight == SIGHT_EMPTY ? "is empty" : "could not be read";
}

static int
judge_unseen(struct judging *judging, const struct check *check, struct slice path, enum sight sight, struct slice reason,
             struct plim_error *err)
{
	struct slice text = judge_text(judging, "%.*s needs %.*s, which %s%s%.*s", SLICE_ARG(check->id), SLICE_ARG(path), sight_words(sight),
	                               reason.n ? ": " : "", SLICE_ARG(reason));
	return judge_unknown(judging, UNKNOWN_UNREADABLE, AREA_CONFIGURATION, check->id, text, UINT32_MAX, err);
}

static int
judge_need(struct judging *judging, const struct check *check, const struct check_need *need, struct sighting *seen,
           struct plim_error *err)
{
	struct slice reason = SLICE_NONE;
	enum sight sight = judge_sight(judging, need->path, &reason);
	bool lacks = sight == SIGHT_EMPTY || (sight == SIGHT_ABSENT && need->need != NEED_MAY);
	if (sight <= SIGHT_EMPTY && (seen->first_missing.n == 0 || (lacks && !seen->lacking)))
		seen->first_missing = judge_text(judging, "%.*s %s", SLICE_ARG(need->path), sight_words(sight));
	seen->read = seen->read || sight == SIGHT_READ;
	seen->lacking = seen->lacking || lacks;
	if (sight < SIGHT_PARTLY && (sight == SIGHT_READ || need->need != NEED_MUST))
		return 0;
	seen->damaged = seen->damaged || sight == SIGHT_PARTLY;
	seen->unknown = seen->unknown || sight != SIGHT_PARTLY;
	return judge_unseen(judging, check, need->path, sight, reason, err);
}

static bool
must_exist(const struct check *check)
{
	for (size_t i = 0; i < check->need_count; i++)
		if (check->needs[i].need != NEED_MAY)
			return true;
	return false;
}

static int
judge_needs(struct judging *judging, const struct check *check, enum applicability *out, struct slice *reason, struct plim_error *err)
{
	struct sighting seen = { .read = check->need_count == 0 };
	int r = 0;
	*out = APPLIES_PARTLY;
	*reason = SLICE("there is no operating system");
	/* A binary on scratch has no accounts to keep: that is an answer, not a gap.  A key or an SSH server may lie beside it all the same. */
	if (must_exist(check) && judging->inventory->os.none)
		return 0;
	for (size_t i = 0; r == 0 && i < check->need_count; i++)
		r = judge_need(judging, check, &check->needs[i], &seen, err);
	*out = seen.unknown ? APPLIES_UNKNOWN : seen.damaged ? APPLIES_DAMAGED : !seen.read || seen.lacking ? APPLIES_PARTLY : APPLIES;
	*reason = seen.first_missing;
	return r;
}

static int
see_row(void *context, const struct fact_row *row, struct plim_error *err)
{
	(void)row, (void)err;
	*(bool *)context = true;
	return 0;
}

static int
judge_applies(struct judging *judging, const struct check *check, enum applicability *out, struct slice *reason, struct plim_error *err)
{
	struct plim_error why = { 0 };
	bool seen = false;
	if (check->applies.n == 0)
		return 0;
	int r = facts_query(judging->facts, check->applies, NULL, see_row, &seen, &why);
	if (r < 0) {
		*out = APPLIES_UNKNOWN;
		return judge_query_failure(judging, check, AREA_CONFIGURATION, r, &why, err);
	}
	if (!seen) {
		*out = APPLIES_NOT;
		*reason = check->not_applicable;
	}
	return 0;
}

static int
judge_check(struct judging *judging, const struct selected *selected, enum applicability *out, struct slice *reason, struct plim_error *err)
{
	size_t before = judging->findings.n;
	int r = judge_needs(judging, selected->check, out, reason, err);
	if (r == 0 && *out >= APPLIES_DAMAGED)
		r = judge_applies(judging, selected->check, out, reason, err);
	if (r == 0 && *out >= APPLIES_DAMAGED)
		r = judge_query(judging, selected, AREA_CONFIGURATION, err);
	if (*out == APPLIES_PARTLY)
		*out = judging->findings.n > before ? APPLIES : APPLIES_NOT;
	return r;
}

/* What a bill of materials has no rows of would look like no violation. */
static int
judge_told(struct judging *judging, const struct check *rule, bool *told, struct plim_error *err)
{
	static const char *const known[] = { "package", "os_version", "osquery_os_version", "deb_packages", "rpm_packages", "apk_packages", "sbom", "vulnerability", NULL };
	AUTO(facts) struct facts *facts = NULL;
	*told = true;
	if (!inventory_is_document(judging->inventory))
		return 0;
	int r = policy_tables_open(&judging->tables, &facts, err);
	if (r < 0 || (r = facts_check(facts, rule->query, NULL, err)) < 0)
		return r;
	const char *other = facts_reads_beyond(facts, known);
	*told = other == NULL;
	return *told ? 0 : judge_unknown(judging, UNKNOWN_UNREADABLE, AREA_RULES, rule->id,
	                                 judge_text(judging, "a bill of materials does not tell what is in the table %s", other), UINT32_MAX, err);
}

static int
judge_rule(struct judging *judging, const struct selected *rule, struct plim_error *err)
{
	bool told;
	int r = judge_told(judging, rule->check, &told, err);
	return r < 0 || !told ? r : judge_query(judging, rule, AREA_RULES, err);
}

/* What came of one, and in numbers of the whole area. */

static enum check_outcome
outcome_of(bool violated, bool doubted, bool applies)
{
	return violated ? CHECK_FAIL : doubted ? CHECK_UNKNOWN : applies ? CHECK_PASS : CHECK_NOT_APPLICABLE;
}

static struct slice
why_out_of_scope(struct judging *judging, const struct selected *selected)
{
	if (judge_leaves_out(judging, &selected->terms))
		return SLICE("the policy asks for it elsewhere only");
	enum inventory_kind kind = inventory_kind(judging->inventory);
	if (selected->check->scope == CHECK_OF_IMAGES && kind != INVENTORY_IMAGE)
		return judge_text(judging, "%s does not have it", inventory_kind_words(kind));
	return selected->check->scope == CHECK_OF_HOSTS && kind != INVENTORY_HOST ? SLICE("only a host has it") : SLICE_NONE;
}

static bool
reads_packages(const struct judging *judging)
{
	static const char *const listed[] = { "package", "package_file", "unaccounted_file", "apk_packages" };
	for (size_t i = 0; i < sizeof listed / sizeof *listed; i++)
		if (facts_uses(judging->facts, listed[i]))
			return true;
	return false;
}

static struct slice
gap_words(struct judging *judging, const struct inventory_gap *gap)
{
	return judge_text(judging, "%.*s%s%.*s", SLICE_ARG(gap->path), gap->path.n ? ": " : "", SLICE_ARG(gap->reason));
}

/* A database of packages that could not be read: what it lists is missing from whatever is asked of packages. */
static int
judge_lists(struct judging *judging, const struct check *check, enum area area, struct plim_error *err)
{
	const struct inventory_gap *gap = judge_missing_list(judging);
	if (gap == NULL || !reads_packages(judging))
		return 0;
	return judge_unknown(judging, judge_gap_kind(gap), area, check->id, gap_words(judging, gap), gap->layer, err);
}

/* Of rules the area says once what of packages is missing; none of those that read packages passes for it. */
static bool
is_missing_packages(struct judging *judging, enum area area, struct slice *reason)
{
	const struct inventory *inventory = judging->inventory;
	for (size_t i = 0; area == AREA_RULES && i < inventory->gap_count; i++) {
		const struct inventory_gap *gap = &inventory->gaps[i];
		if ((!slice_is(gap->subject, "packages") && !slice_is(gap->subject, "software")) || !reads_packages(judging))
			continue;
		*reason = gap_words(judging, gap);
		return true;
	}
	return false;
}

/* A check that needs files by name has its answer from them; without such, or where it asks for any file, it is about all. */
static bool
is_about_all_files(const struct judging *judging, const struct check *check)
{
	return check->need_count ? facts_uses(judging->facts, "file") : facts_reads_more_than_live(judging->facts);
}

static int
judge_one(struct judging *judging, const struct selected *selected, enum area area, struct check_result *out, struct plim_error *err)
{
	size_t findings = judging->findings.n, unknowns = judging->unknowns.n;
	enum applicability applies = APPLIES;
	struct slice reason = SLICE_NONE;
	if ((out->reason = why_out_of_scope(judging, selected)).n) {
		out->outcome = CHECK_OUT_OF_SCOPE;
		return 0;
	}
	facts_set_parameters(judging->facts, selected->parameters, selected->check->parameters.n);
	facts_forget_reads(judging->facts);
	int r = area == AREA_RULES ? judge_rule(judging, selected, err) : judge_check(judging, selected, &applies, &reason, err);
	if (r == 0 && judge_lacks_machine(judging, &out->reason)) {
		/* Whatever it found or could not tell, it found in tables that have no rows here. */
		judging->findings.n = findings;
		judging->unknowns.n = unknowns;
		out->outcome = CHECK_OUT_OF_SCOPE;
		return 0;
	}
	if (r == 0)
		r = judge_machine_gaps(judging, selected->check, area, err);
	if (r == 0 && area == AREA_CONFIGURATION && judging->unknowns.n == unknowns && applies == APPLIES)
		r = judge_lists(judging, selected->check, area, err);
	bool doubted = judging->unknowns.n > unknowns;
	if (doubted)
		reason = judging->unknowns.at[unknowns].reason;
	/* A file that nobody saw may be in a directory that nobody could read. */
	else if (applies == APPLIES)
		doubted = is_missing_packages(judging, area, &reason) || (is_about_all_files(judging, selected->check) && judge_misses_files(judging, &reason));
	out->outcome = outcome_of(judging->findings.n > findings, doubted, applies != APPLIES_NOT);
	out->reason = doubted || out->outcome == CHECK_NOT_APPLICABLE ? reason : SLICE_NONE;
	return r;
}

static void
count(struct area_state *state, enum check_outcome outcome)
{
	state->evaluated += outcome == CHECK_PASS || outcome == CHECK_FAIL;
	state->not_applicable += outcome == CHECK_NOT_APPLICABLE || outcome == CHECK_OUT_OF_SCOPE;
}

/* Each of a list, into the verdict. */
static int
judge_each(struct judging *judging, enum area area, const struct selected *at, size_t n, struct plim_error *err)
{
	struct verdict *v = judging->verdict;
	struct check_result *all = arena_make_array(judging->arena, v->check_count + n + 1, struct check_result);
	int r = all ? 0 : error_nomem(err);
	if (all && v->check_count)
		memcpy(all, v->checks, v->check_count * sizeof *all);
	v->checks = all;
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct check_result *result = &all[v->check_count++];
		enum severity severity = at[i].terms.severity != SEVERITY_UNKNOWN ? at[i].terms.severity : at[i].check->severity;
		*result = (struct check_result){ area, at[i].check->id, at[i].check->control, at[i].check->title, severity, 0, SLICE_NONE };
		r = judge_one(judging, &at[i], area, result, err);
		count(&v->areas[area], result->outcome);
	}
	return r;
}

/* A standard that was written for another system applies to nothing here, and finds nothing. */
static int
judge_enough(struct judging *judging, size_t evaluated, struct plim_error *err)
{
	const struct demand *wanted = &judging->policy->minimum_evaluated;
	if (!wanted->set || evaluated >= (size_t)wanted->value)
		return 0;
	struct finding finding = {
		.rule = SLICE("configuration/minimum-evaluated"), .area = AREA_CONFIGURATION, .severity = SEVERITY_HIGH,
		.title = SLICE("Fewer checks were evaluated than the policy demands"),
		.message = judge_text(judging, "%zu of %zu checks were evaluated, %jd at least are demanded", evaluated, judging->policy->selected.n, (intmax_t)wanted->value),
		.evidence = EVIDENCE_NONE,
	};
	finding.evidence.setting = SLICE("minimum_evaluated");
	return judge_entry(judging, &wanted->terms, &finding, err);
}

/* In the words and numbers of the verdict's checks, which reports count too. */
static struct slice
count_words(struct judging *judging, size_t first)
{
	const struct verdict *v = judging->verdict;
	const struct area_state *state = &v->areas[AREA_CONFIGURATION];
	size_t out = 0;
	for (size_t i = first; i < v->check_count; i++)
		out += v->checks[i].outcome == CHECK_OUT_OF_SCOPE;
	return out ? judge_text(judging, "%zu checks evaluated, %zu not applicable, %zu out of scope", state->evaluated, state->not_applicable - out, out)
	           : judge_text(judging, "%zu checks evaluated, %zu not applicable", state->evaluated, state->not_applicable);
}

int
judge_configuration(struct judging *judging, struct plim_error *err)
{
	const struct policy *policy = judging->policy;
	struct area_state *state = &judging->verdict->areas[AREA_CONFIGURATION];
	size_t first = judging->verdict->check_count;
	int r = judge_each(judging, AREA_CONFIGURATION, policy->selected.at, policy->selected.n, err);
	/* Checks none of which looked at anything must not read as passed. */
	if (state->not_applicable == policy->selected.n)
		state->result = RESULT_OUT_OF_SCOPE;
	judge_note(judging, AREA_CONFIGURATION, count_words(judging, first));
	if (r == 0)
		r = judge_scap(judging, first, err);
	return r < 0 ? r : judge_enough(judging, state->evaluated, err);
}

int
judge_rules(struct judging *judging, struct plim_error *err)
{
	struct area_state *state = &judging->verdict->areas[AREA_RULES];
	size_t before = judging->verdict->check_count;
	int r = judge_each(judging, AREA_RULES, judging->policy->rules.at, judging->policy->rules.n, err);
	if (r == 0)
		r = judge_tests(judging, err);
	size_t n = judging->verdict->check_count - before;
	if (n > 0 && state->not_applicable == n) {
		state->result = RESULT_OUT_OF_SCOPE;
		judge_note(judging, AREA_RULES, SLICE("none of the rules is about it"));
	}
	return r;
}
