/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts on their way from the judge: plain data, read back as any hostile input. */
#include "base/error.h"
#include "base/limits.h"
#include "base/wire.h"
#include "image/target.h"
#include "policy/verdict_file.h"

#define END { WIRE_END, 0, 0, 0, NULL }
#define TABLE(type, ...) { sizeof(type), (const struct wire_field[]){ __VA_ARGS__, END } }

#define EVIDENCE(kind, field) WIRE_PLAIN(kind, struct evidence, field)
static const struct wire_struct wire_evidence = TABLE(struct evidence,
	EVIDENCE(WIRE_SLICE, path), EVIDENCE(WIRE_SLICE, package), EVIDENCE(WIRE_SLICE, package_version), EVIDENCE(WIRE_SLICE, package_type), EVIDENCE(WIRE_SLICE, setting),
	EVIDENCE(WIRE_SLICE, detail), EVIDENCE(WIRE_U32, layer), EVIDENCE(WIRE_DIGEST, layer_digest), EVIDENCE(WIRE_SLICE, instruction),
	WIRE_CHOICE(struct evidence, origin, ORIGIN_APPLICATION));

#define MATCH(kind, field) WIRE_PLAIN(kind, struct match, field)
static const struct wire_struct wire_match = TABLE(struct match,
	MATCH(WIRE_U64, package), MATCH(WIRE_SLICE, id), WIRE_MANY(struct match, aliases, alias_count, &wire_slices),
	WIRE_CHOICE(struct match, state, MATCH_STATE_COUNT - 1), MATCH(WIRE_SLICE, fixed_version),
	WIRE_CHOICE(struct match, severity, SEVERITY_CRITICAL), MATCH(WIRE_REAL, score), MATCH(WIRE_SLICE, vector), MATCH(WIRE_SLICE, source),
	MATCH(WIRE_SLICE, title), MATCH(WIRE_SLICE, url), MATCH(WIRE_U64, published), MATCH(WIRE_U64, fix_known), MATCH(WIRE_REAL, epss),
	MATCH(WIRE_U64, kev_added));

#define STATEMENT(kind, field) WIRE_PLAIN(kind, struct statement_note, field)
static const struct wire_struct wire_statement = TABLE(struct statement_note,
	STATEMENT(WIRE_SLICE, status), STATEMENT(WIRE_SLICE, justification), STATEMENT(WIRE_SLICE, impact), STATEMENT(WIRE_SLICE, action),
	STATEMENT(WIRE_SLICE, vulnerability), STATEMENT(WIRE_SLICE, product), STATEMENT(WIRE_SLICE, author), STATEMENT(WIRE_SLICE, document),
	STATEMENT(WIRE_SLICE, source), STATEMENT(WIRE_SLICE, key), STATEMENT(WIRE_U64, time));

#define STATEMENT_UNUSED(field) WIRE_PLAIN(WIRE_SLICE, struct statement_unused, field)
static const struct wire_struct wire_statement_unused = TABLE(struct statement_unused,
	STATEMENT_UNUSED(status), STATEMENT_UNUSED(vulnerability), STATEMENT_UNUSED(product), STATEMENT_UNUSED(source), STATEMENT_UNUSED(reason));

#define FINDING(kind, field) WIRE_PLAIN(kind, struct finding, field)
static const struct wire_struct wire_finding = TABLE(struct finding,
	FINDING(WIRE_SLICE, id), FINDING(WIRE_SLICE, rule), WIRE_CHOICE(struct finding, area, AREA_COUNT - 1),
	WIRE_CHOICE(struct finding, severity, SEVERITY_CRITICAL), WIRE_CHOICE(struct finding, action, ACTION_FAIL),
	FINDING(WIRE_SLICE, control), FINDING(WIRE_SLICE, title), FINDING(WIRE_SLICE, message),
	WIRE_INSIDE(struct finding, evidence, &wire_evidence), FINDING(WIRE_SLICE, fix_version), FINDING(WIRE_SLICE, fix_command),
	WIRE_MANY(struct finding, references, reference_count, &wire_slices), FINDING(WIRE_BOOL, known), WIRE_REFERS(struct finding, match, &wire_match),
	WIRE_REFERS(struct finding, statement, &wire_statement));

static const struct wire_struct wire_waived = TABLE(struct waived,
	WIRE_INSIDE(struct waived, finding, &wire_finding), WIRE_PLAIN(WIRE_SLICE, struct waived, reason),
	WIRE_PLAIN(WIRE_SLICE, struct waived, owner), WIRE_PLAIN(WIRE_SLICE, struct waived, ticket), WIRE_PLAIN(WIRE_U64, struct waived, until));

#define UNKNOWN(kind_, field) WIRE_PLAIN(kind_, struct unknown, field)
static const struct wire_struct wire_unknown = TABLE(struct unknown,
	UNKNOWN(WIRE_SLICE, kind), WIRE_CHOICE(struct unknown, area, AREA_COUNT - 1), WIRE_CHOICE(struct unknown, action, ACTION_FAIL),
	UNKNOWN(WIRE_SLICE, subject), UNKNOWN(WIRE_SLICE, reason), UNKNOWN(WIRE_U32, layer));

#define NOTE(kind, field) WIRE_PLAIN(kind, struct exception_note, field)
static const struct wire_struct wire_note = TABLE(struct exception_note,
	NOTE(WIRE_SLICE, rule), NOTE(WIRE_SLICE, id), NOTE(WIRE_SLICE, reason), NOTE(WIRE_SLICE, owner), NOTE(WIRE_SLICE, ticket), NOTE(WIRE_U64, until),
	NOTE(WIRE_SLICE, lacking));

#define EXPLANATION(kind, field) WIRE_PLAIN(kind, struct match_reason, field)
static const struct wire_struct wire_explanation = TABLE(struct match_reason,
	EXPLANATION(WIRE_SLICE, package), EXPLANATION(WIRE_SLICE, version), EXPLANATION(WIRE_SLICE, id), EXPLANATION(WIRE_SLICE, feed),
	EXPLANATION(WIRE_BOOL, applies), EXPLANATION(WIRE_SLICE, reason));

static const struct wire_struct wire_area = TABLE(struct area_state,
	WIRE_CHOICE(struct area_state, result, RESULT_FAIL), WIRE_PLAIN(WIRE_SLICE, struct area_state, note),
	WIRE_PLAIN(WIRE_U64, struct area_state, evaluated), WIRE_PLAIN(WIRE_U64, struct area_state, not_applicable));

#define CHECK(kind, field) WIRE_PLAIN(kind, struct check_result, field)
static const struct wire_struct wire_check = TABLE(struct check_result,
	WIRE_CHOICE(struct check_result, area, AREA_COUNT - 1), CHECK(WIRE_SLICE, id), CHECK(WIRE_SLICE, control), CHECK(WIRE_SLICE, title),
	WIRE_CHOICE(struct check_result, severity, SEVERITY_CRITICAL), WIRE_CHOICE(struct check_result, outcome, CHECK_OUT_OF_SCOPE),
	CHECK(WIRE_SLICE, reason));

static const struct wire_struct wire_count = TABLE(struct package_count,
	WIRE_PLAIN(WIRE_SLICE, struct package_count, type), WIRE_PLAIN(WIRE_U64, struct package_count, count));

#define LAYER(kind, field) WIRE_PLAIN(kind, struct layer_summary, field)
static const struct wire_struct wire_layer = TABLE(struct layer_summary,
	LAYER(WIRE_SLICE, instruction), WIRE_CHOICE(struct layer_summary, origin, ORIGIN_APPLICATION), LAYER(WIRE_U64, packages),
	LAYER(WIRE_U64, files), LAYER(WIRE_U64, bytes));

static const struct wire_struct wire_left_out = TABLE(struct left_out,
	WIRE_PLAIN(WIRE_SLICE, struct left_out, path), WIRE_PLAIN(WIRE_SLICE, struct left_out, type), WIRE_PLAIN(WIRE_SLICE, struct left_out, reason));

#define FEED(kind, field) WIRE_PLAIN(kind, struct data_feed, field)
static const struct wire_struct wire_feed = TABLE(struct data_feed,
	FEED(WIRE_SLICE, name), FEED(WIRE_SLICE, format), FEED(WIRE_DIGEST, digest), FEED(WIRE_U64, snapshot), FEED(WIRE_U64, records),
	FEED(WIRE_BOOL, sample));

#define OS(kind, field) WIRE_PLAIN(kind, struct operating_system, field)
static const struct wire_struct wire_os = TABLE(struct operating_system,
	OS(WIRE_BOOL, known), OS(WIRE_BOOL, none), OS(WIRE_SLICE, id), OS(WIRE_SLICE, version_id), OS(WIRE_SLICE, version), OS(WIRE_SLICE, name),
	OS(WIRE_SLICE, codename), OS(WIRE_SLICE, pretty_name), OS(WIRE_SLICE, id_like), OS(WIRE_SLICE, path), OS(WIRE_U32, layer),
	OS(WIRE_U64, support_end), OS(WIRE_BOOL, rolling));

#define VERDICT(kind, field) WIRE_PLAIN(kind, struct verdict, field)
#define AREA(index) { WIRE_STRUCT, offsetof(struct verdict, areas) + (index) * sizeof(struct area_state), 0, 0, &wire_area }
static const struct wire_struct wire_verdict = TABLE(struct verdict,
	VERDICT(WIRE_SLICE, kind), VERDICT(WIRE_SLICE, destination), VERDICT(WIRE_SLICE, policy_name), VERDICT(WIRE_DIGEST, policy_digest), VERDICT(WIRE_DIGEST, data_digest),
	VERDICT(WIRE_BOOL, data_is_sample), WIRE_MANY(struct verdict, feeds, feed_count, &wire_feed), VERDICT(WIRE_U64, evaluated_at),
	VERDICT(WIRE_SLICE, level),
	VERDICT(WIRE_DIGEST, since), VERDICT(WIRE_U64, known_count),
	WIRE_CHOICE(struct verdict, result, RESULT_FAIL),
	AREA(0), AREA(1), AREA(2), AREA(3), AREA(4), AREA(5), AREA(6),
	WIRE_MANY(struct verdict, findings, finding_count, &wire_finding), WIRE_MANY(struct verdict, waived, waived_count, &wire_waived),
	WIRE_MANY(struct verdict, unknowns, unknown_count, &wire_unknown), WIRE_MANY(struct verdict, checks, check_count, &wire_check),
	WIRE_MANY(struct verdict, unused, unused_count, &wire_note),
	WIRE_MANY(struct verdict, expired, expired_count, &wire_note), WIRE_MANY(struct verdict, unapproved, unapproved_count, &wire_note),
	VERDICT(WIRE_U64, vex_documents), VERDICT(WIRE_U64, vex_statements), VERDICT(WIRE_U64, vex_used),
	WIRE_MANY(struct verdict, vex_unused, vex_unused_count, &wire_statement_unused),
	WIRE_MANY(struct verdict, explanations, explanation_count, &wire_explanation), WIRE_INSIDE(struct verdict, os, &wire_os),
	WIRE_MANY(struct verdict, packages, package_type_count, &wire_count), VERDICT(WIRE_U64, file_count),
	VERDICT(WIRE_U64, unaccounted_count), VERDICT(WIRE_U64, unsearched_count),
	WIRE_MANY(struct verdict, left_out, left_out_count, &wire_left_out), WIRE_MANY(struct verdict, layers, layer_count, &wire_layer),
	VERDICT(WIRE_U64, next_day), VERDICT(WIRE_U32, next_passings));
_Static_assert(AREA_COUNT == 7, "each area has its row above");

void
verdict_write(const struct verdict *verdict, struct strbuf *into)
{
	wire_write(&wire_verdict, verdict, into);
}

struct slice
verdict_text(struct arena *arena, struct slice text)
{
	AUTO(strbuf) struct strbuf spelled = { 0 };
	if (slice_is_utf8(text))
		return text;
	for (size_t i = 0; i < text.n; i++)
		if ((uint8_t)text.p[i] < 0x80)
			strbuf_putc(&spelled, text.p[i]);
		else
			strbuf_printf(&spelled, "\\x%02x", (uint8_t)text.p[i]);
	return spelled.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&spelled));
}

static int
spell(void *arena, struct slice *text, struct plim_error *err)
{
	*text = verdict_text(arena, *text);
	return text->p ? 0 : error_nomem(err);
}

int
verdict_spell(struct verdict *verdict, struct plim_error *err)
{
	return wire_each_text(&wire_verdict, verdict, spell, verdict->arena, err);
}

/* The types of packages are keys of a document, each once, in order; reports look at all findings for each layer. */
static int
check_summary(const struct verdict *verdict, struct plim_error *err)
{
	for (size_t i = 0; i < verdict->package_type_count; i++)
		if (!slice_is_utf8(verdict->packages[i].type) || (i > 0 && slice_cmp(verdict->packages[i - 1].type, verdict->packages[i].type) >= 0))
			return error_set(err, PLIM_EFORMAT, "message: types of packages that are out of order");
	if (verdict->layer_count > LIMIT_LAYER_COUNT)
		return error_set(err, PLIM_ELIMIT, "more layers than limit LAYER_COUNT (%ju)", (uintmax_t)LIMIT_LAYER_COUNT);
	return 0;
}

int
verdict_parse(struct slice bytes, struct verdict **out, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(LIMIT_VERDICT_BYTES);
	struct verdict *verdict = arena ? arena_make(arena, struct verdict) : NULL;
	struct slice kept = verdict ? arena_dup(arena, bytes) : SLICE_NONE;
	struct cursor from = cursor_of(kept);
	if (kept.p == NULL)
		return error_nomem(err);
	int r = wire_read(&wire_verdict, &from, arena, verdict, err);
	if (r < 0 || (r = check_summary(verdict, err)) < 0)
		return r;
	verdict->arena = ptr_take(&arena);
	*out = verdict;
	return 0;
}

/* From a file: nobody knows target and image better. */
static const struct wire_struct wire_whole = TABLE(struct verdict,
	VERDICT(WIRE_SLICE, target), VERDICT(WIRE_SLICE, tool_version), WIRE_REFERS(struct verdict, image, &wire_image),
	{ WIRE_STRUCT, 0, 0, 0, &wire_verdict });

static const struct wire_struct wire_list = TABLE(struct verdict_list,
	WIRE_PLAIN(WIRE_SLICE, struct verdict_list, target), WIRE_MANY(struct verdict_list, at, n, &wire_whole));

void
verdict_list_write(const struct verdict_list *list, struct strbuf *into)
{
	wire_write(&wire_list, list, into);
}

int
verdict_list_parse(struct slice bytes, struct arena *arena, struct verdict_list *out, struct plim_error *err)
{
	struct slice kept = arena_dup(arena, bytes);
	struct cursor from = cursor_of(kept);
	*out = (struct verdict_list){ 0 };
	int r = kept.p ? wire_read(&wire_list, &from, arena, out, err) : error_nomem(err);
	for (size_t i = 0; r == 0 && i < out->n; i++)
		r = check_summary(&out->at[i], err);
	if (r == 0 && out->n == 0)
		r = error_set(err, PLIM_EFORMAT, "message: no verdict");
	return r;
}
