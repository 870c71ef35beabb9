/* SPDX-License-Identifier: Apache-2.0 */
/* The query of a check or rule: every row that it answers is a violation. */
#include "policy/judge.h"

#include "base/error.h"
#include "base/limits.h"
#include "facts/table_live.h"
#include "policy/exposure.h"

int
judge_query_failure(struct judging *judging, const struct check *check, enum area area, int failure, const struct plim_error *why,
                    struct plim_error *err)
{
	if (failure != PLIM_EQUERY && failure != PLIM_ELIMIT)
		return error_set(err, failure, "%s", why->text);
	enum unknown_kind kind = failure == PLIM_ELIMIT || limit_is_named(slice_of(why->text)) ? UNKNOWN_LIMIT : UNKNOWN_UNREADABLE;
	return judge_unknown(judging, kind, area, check->id, judge_text(judging, "%s", why->text), UINT32_MAX, err);
}

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

/* Without one of its columns a step is not meant for this row. */
static int
row_mend(const struct violations *violations, const struct fact_row *row, struct mend_steps *out, struct plim_error *err)
{
	const struct selected *selected = violations->selected;
	const struct mend_steps *steps = &selected->check->mend;
	const struct mend_values values = { row, selected->parameters, selected->check->parameters.n };
	struct mend_step *filled = arena_make_array(violations->judging->arena, steps->n + 1, struct mend_step);
	if (filled == NULL)
		return error_nomem(err);
	*out = (struct mend_steps){ filled, 0 };
	for (size_t i = 0; i < steps->n; i++)
		out->n += mend_step_fill(&steps->at[i], &values, violations->judging->arena, &filled[out->n]);
	return 0;
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
	int r = row_mend(violations, row, &finding.mend, err);
	return r < 0 ? r : judge_entry(violations->judging, &violations->selected->terms, &finding, err);
}

/* What a query about vulnerabilities may miss is said of the check, as the area `vulnerabilities` says it of itself. */
static int
judge_asked_data(struct judging *judging, const struct check *check, enum area area, struct plim_error *err)
{
	const struct matches *matches;
	size_t before = judging->unknowns.n;
	judging->data_doubted[area] = false;
	int r = judge_vulnerability_data(judging, area, &matches, err);
	for (size_t i = before; r == 0 && i < judging->unknowns.n; i++) {
		struct unknown *unknown = &judging->unknowns.at[i];
		unknown->reason = judge_text(judging, "%.*s: %.*s", SLICE_ARG(unknown->subject), SLICE_ARG(unknown->reason));
		unknown->subject = check->id;
		r = unknown->reason.p ? 0 : error_nomem(err);
	}
	return r;
}

int
judge_query(struct judging *judging, const struct selected *selected, enum area area, struct plim_error *err)
{
	struct violations violations = { judging, selected, area, 0 };
	struct plim_error why = { 0 };
	struct slice lack;
	int r = facts_query(judging->facts, selected->check->query, NULL, see_violation, &violations, &why);
	bool about_data = facts_uses(judging->facts, "vulnerability");
	if (about_data && (r == 0 || matching_lacks_data(&judging->matching, &lack)))
		return judge_asked_data(judging, selected->check, area, err);
	return r < 0 ? judge_query_failure(judging, selected->check, area, r, &why, err) : 0;
}

bool
judge_lacks_machine(struct judging *judging, struct slice *reason)
{
	AUTO(strbuf) struct strbuf why = { 0 };
	if (!live_is_lacking(judging->facts, judging->inventory, &why))
		return false;
	*reason = judge_text(judging, "%.*s", SLICE_ARG(strbuf_slice(&why)));
	return true;
}

int
judge_machine_gaps(struct judging *judging, const struct check *check, enum area area, struct plim_error *err)
{
	struct slice why;
	int r = 0;
	for (size_t at = 0; r == 0 && live_next_gap(judging->facts, judging->inventory, &at, &why);)
		r = judge_unknown(judging, UNKNOWN_UNREADABLE, area, check->id, judge_text(judging, "%.*s", SLICE_ARG(why)), UINT32_MAX, err);
	return r;
}
