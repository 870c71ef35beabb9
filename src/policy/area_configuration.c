/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration checks and own rules: a query each, every row that it answers is a violation. */
#include "policy/judge.h"

#include "base/error.h"
#include "base/limits.h"

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
};

static int
judge_unseen(struct judging *judging, const struct check *check, struct slice path, enum sight sight, struct slice reason,
             struct plim_error *err)
{
	const char *why = sight == SIGHT_ABSENT ? "is missing" : sight == SIGHT_EMPTY ? "is empty" : "could not be read";
	struct slice text = judge_text(judging, "%.*s needs %.*s, which %s%s%.*s", SLICE_ARG(check->id), SLICE_ARG(path), why,
	                               reason.n ? ": " : "", SLICE_ARG(reason));
	return judge_unknown(judging, UNKNOWN_UNREADABLE, AREA_CONFIGURATION, check->id, text, UINT32_MAX, err);
}

static int
judge_need(struct judging *judging, const struct check *check, const struct check_need *need, struct sighting *seen,
           struct plim_error *err)
{
	struct slice reason = SLICE_NONE;
	enum sight sight = judge_sight(judging, need->path, &reason);
	seen->read = seen->read || sight == SIGHT_READ;
	seen->lacking = seen->lacking || sight == SIGHT_EMPTY || (sight == SIGHT_ABSENT && need->need != NEED_MAY);
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
judge_needs(struct judging *judging, const struct check *check, enum applicability *out, struct plim_error *err)
{
	struct sighting seen = { .read = check->need_count == 0 };
	int r = 0;
	/* A binary on scratch has no accounts to keep: that is an answer, not a gap.  A key may lie beside it all the same. */
	if (must_exist(check) && judging->inventory->os.none) {
		*out = APPLIES_NOT;
		return 0;
	}
	for (size_t i = 0; r == 0 && i < check->need_count; i++)
		r = judge_need(judging, check, &check->needs[i], &seen, err);
	*out = seen.unknown ? APPLIES_UNKNOWN : seen.damaged ? APPLIES_DAMAGED : !seen.read ? APPLIES_NOT : seen.lacking ? APPLIES_PARTLY : APPLIES;
	return r;
}

static int
see_row(void *context, const struct fact_row *row, struct plim_error *err)
{
	(void)row, (void)err;
	*(bool *)context = true;
	return 0;
}

/* A query that ran into its limit, or into what was not kept, leaves its check open; only our own trouble ends the evaluation. */
static int
judge_query_failure(struct judging *judging, const struct check *check, enum area area, int failure, const struct plim_error *why,
                    struct plim_error *err)
{
	if (failure != PLIM_EQUERY && failure != PLIM_ELIMIT)
		return error_set(err, failure, "%s", why->text);
	enum unknown_kind kind = failure == PLIM_ELIMIT || limit_is_named(slice_of(why->text)) ? UNKNOWN_LIMIT : UNKNOWN_UNREADABLE;
	return judge_unknown(judging, kind, area, check->id, judge_text(judging, "%s", why->text), UINT32_MAX, err);
}

static int
judge_applies(struct judging *judging, const struct check *check, enum applicability *out, struct plim_error *err)
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
	*out = seen ? *out : APPLIES_NOT;
	return 0;
}

/* rows */

struct violations {
	struct judging *judging;
	const struct selected *selected;
	enum area area;
	size_t count;
};

static void
put_value(struct strbuf *into, const struct fact_value *value)
{
	if (value->type == FACT_TEXT)
		strbuf_put(into, slice_first(value->text, 300));
	else if (value->type == FACT_INTEGER)
		strbuf_printf(into, "%lld", (long long)value->integer);
	else if (value->type == FACT_REAL)
		strbuf_printf(into, "%g", value->real);
	else
		strbuf_puts(into, "NULL");
}

static struct slice *
evidence_place(struct evidence *evidence, const char *column)
{
	const struct {
		const char *column;
		struct slice *place;
	} places[] = {
		{ "path", &evidence->path }, { "package", &evidence->package }, { "version", &evidence->package_version },
		{ "setting", &evidence->setting },
	};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (strcmp(places[i].column, column) == 0)
			return places[i].place;
	return NULL;
}

static const struct package *
package_named(const struct inventory *inventory, struct slice name)
{
	for (size_t i = 0; name.n > 0 && i < inventory->package_count; i++)
		if (slice_eq(inventory->packages[i].name, name))
			return &inventory->packages[i];
	return NULL;
}

/* The query knows best: its file may be one that a later layer removed. */
static void
evidence_trace(const struct inventory *inventory, struct evidence *evidence)
{
	const struct package *package = package_named(inventory, evidence->package);
	const struct node *node = evidence->path.n ? tree_find(inventory->tree, evidence->path) : NULL;
	if (package)
		evidence->package_type = package->type;
	if (evidence->layer == UINT32_MAX)
		evidence->layer = node ? node->layer : package ? package->layer : UINT32_MAX;
}

/* Columns that evidence has a place for go there, the others are its detail. */
static struct evidence
row_evidence(struct judging *judging, const struct fact_row *row)
{
	struct evidence evidence = EVIDENCE_NONE;
	AUTO(strbuf) struct strbuf detail = { 0 };
	for (size_t i = 0; i < row->n; i++) {
		const struct fact_value *value = &row->values[i];
		struct slice *place = evidence_place(&evidence, row->names[i]);
		if (place && value->type == FACT_TEXT) {
			*place = arena_dup(judging->arena, value->text);
			continue;
		}
		if (strcmp(row->names[i], "layer") == 0) {
			evidence.layer = value->type == FACT_INTEGER && value->integer >= 0 ? (uint32_t)value->integer : UINT32_MAX;
			continue;
		}
		strbuf_printf(&detail, "%s%s=", detail.n ? ", " : "", row->names[i]);
		put_value(&detail, value);
	}
	if (detail.n)
		evidence.detail = arena_dup(judging->arena, strbuf_slice(&detail));
	evidence_trace(judging->inventory, &evidence);
	return evidence;
}

static int
see_violation(void *context, const struct fact_row *row, struct plim_error *err)
{
	struct violations *violations = context;
	const struct check *check = violations->selected->check;
	if (violations->count++ == LIMIT_QUERY_ROW_COUNT)
		return error_set(err, PLIM_ELIMIT, "more rows than limit QUERY_ROW_COUNT");
	struct finding finding = {
		.rule = check->id, .control = check->control, .area = violations->area, .severity = check->severity,
		.title = check->title, .message = check->rationale,
		.evidence = row_evidence(violations->judging, row), .fix_command = check->fix,
		.references = check->references, .reference_count = check->reference_count,
	};
	return judge_entry(violations->judging, &violations->selected->terms, &finding, err);
}

int
judge_query(struct judging *judging, const struct selected *selected, enum area area, struct plim_error *err)
{
	struct violations violations = { judging, selected, area, 0 };
	struct plim_error why = { 0 };
	int r = facts_query(judging->facts, selected->check->query, NULL, see_violation, &violations, &why);
	return r < 0 ? judge_query_failure(judging, selected->check, area, r, &why, err) : 0;
}

static int
judge_check(struct judging *judging, const struct selected *selected, enum applicability *out, struct plim_error *err)
{
	size_t before = judging->findings.n;
	*out = APPLIES_NOT;
	if (judge_leaves_out(judging, &selected->terms))
		return 0;
	int r = judge_needs(judging, selected->check, out, err);
	if (r == 0 && *out >= APPLIES_DAMAGED)
		r = judge_applies(judging, selected->check, out, err);
	if (r == 0 && *out >= APPLIES_DAMAGED)
		r = judge_query(judging, selected, AREA_CONFIGURATION, err);
	if (*out == APPLIES_PARTLY)
		*out = judging->findings.n > before ? APPLIES : APPLIES_NOT;
	return r;
}

int
judge_configuration(struct judging *judging, struct plim_error *err)
{
	struct area_state *state = &judging->verdict->areas[AREA_CONFIGURATION];
	for (size_t i = 0; i < judging->policy->selected.n; i++) {
		enum applicability applicability;
		int r = judge_check(judging, &judging->policy->selected.at[i], &applicability, err);
		if (r < 0)
			return r;
		state->evaluated += applicability == APPLIES;
		state->not_applicable += applicability == APPLIES_NOT;
	}
	/* Checks none of which looked at anything must not read as passed. */
	if (state->not_applicable == judging->policy->selected.n)
		state->result = RESULT_OUT_OF_SCOPE;
	judge_note(judging, AREA_CONFIGURATION, judge_text(judging, "%zu checks evaluated, %zu not applicable", state->evaluated, state->not_applicable));
	return 0;
}

/* What a bill of materials has no rows of would look like no violation. */
static int
judge_told(struct judging *judging, const struct check *rule, bool *told, struct plim_error *err)
{
	static const char *const known[] = { "package", "os_version", "deb_packages", "rpm_packages", "apk_packages", "sbom", NULL };
	const struct fact_provider provider = { facts_inventory_tables, judging->inventory };
	AUTO(facts) struct facts *facts = NULL;
	*told = true;
	if (!inventory_is_document(judging->inventory))
		return 0;
	int r = facts_open(&provider, 1, &facts, err);
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

int
judge_rules(struct judging *judging, struct plim_error *err)
{
	struct area_state *state = &judging->verdict->areas[AREA_RULES];
	int r = 0;
	for (size_t i = 0; r == 0 && i < judging->policy->rules.n; i++) {
		const struct selected *rule = &judging->policy->rules.at[i];
		bool applies = !judge_leaves_out(judging, &rule->terms);
		state->evaluated += applies;
		state->not_applicable += !applies;
		r = applies ? judge_rule(judging, rule, err) : 0;
	}
	return r;
}
