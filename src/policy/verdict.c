/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a verdict, and what it says as a whole. */
#include "policy/verdict.h"

#include "base/date.h"
#include "base/error.h"
#include "base/map.h"
#include "base/strbuf.h"

const char *
area_name(enum area area)
{
	static const char *const names[AREA_COUNT] = {
		[AREA_BASE_IMAGE] = "base_image",       [AREA_VULNERABILITIES] = "vulnerabilities", [AREA_COMPONENTS] = "components",
		[AREA_CONFIGURATION] = "configuration", [AREA_METADATA] = "metadata",               [AREA_ORIGIN] = "origin",
		[AREA_RULES] = "rules",
	};
	return names[area];
}

const char *
result_name(enum result result)
{
	static const char *const names[] = {
		[RESULT_NOT_REQUIRED] = "not_required", [RESULT_OUT_OF_SCOPE] = "out_of_scope", [RESULT_PASS] = "pass",
		[RESULT_UNKNOWN] = "unknown",           [RESULT_FAIL] = "fail",
	};
	return names[result];
}

const char *
action_name(enum action action)
{
	static const char *const names[] = { [ACTION_WARN] = "warn", [ACTION_UNKNOWN] = "unknown", [ACTION_FAIL] = "fail" };
	return names[action];
}

const char *
check_outcome_name(enum check_outcome outcome)
{
	static const char *const names[] = {
		[CHECK_PASS] = "pass", [CHECK_FAIL] = "fail", [CHECK_UNKNOWN] = "unknown", [CHECK_NOT_APPLICABLE] = "not_applicable",
		[CHECK_OUT_OF_SCOPE] = "out_of_scope",
	};
	return names[outcome];
}

static enum result
result_of(enum action action)
{
	static const enum result results[] = {
		[ACTION_WARN] = RESULT_PASS, [ACTION_UNKNOWN] = RESULT_UNKNOWN, [ACTION_FAIL] = RESULT_FAIL,
	};
	return results[action];
}

static void
raise_result(enum result *result, enum result to)
{
	if (to > *result)
		*result = to;
}

void
verdict_conclude(struct verdict *v)
{
	for (size_t i = 0; i < v->finding_count; i++)
		raise_result(&v->areas[v->findings[i].area].result, result_of(v->findings[i].action));
	for (size_t i = 0; i < v->unknown_count; i++)
		raise_result(&v->areas[v->unknowns[i].area].result, result_of(v->unknowns[i].action));
	for (enum area area = 0; area < AREA_COUNT; area++)
		raise_result(&v->result, v->areas[area].result);
}

/* Of two results of one id the one that must not be read over. */
static bool
is_worse(const struct check_result *a, const struct check_result *b)
{
	static const int ranks[] = {
		[CHECK_OUT_OF_SCOPE] = 0, [CHECK_NOT_APPLICABLE] = 1, [CHECK_PASS] = 2, [CHECK_UNKNOWN] = 3, [CHECK_FAIL] = 4,
	};
	return ranks[a->outcome] > ranks[b->outcome];
}

int
verdict_merge_checks(struct verdict *v, struct plim_error *err)
{
	AUTO(map) struct map seen = { 0 };
	size_t n = 0;
	for (size_t i = 0; i < v->check_count; i++) {
		void **place = map_place(&seen, v->checks[i].id);
		if (place == NULL)
			return error_nomem(err);
		struct check_result *first = *place;
		if (first == NULL) {
			v->checks[n] = v->checks[i];
			*place = &v->checks[n++];
		} else if (is_worse(&v->checks[i], first)) {
			*first = v->checks[i];
		}
	}
	v->check_count = n;
	return 0;
}

bool
verdict_checks_agree(const struct verdict *v)
{
	AUTO(map) struct map checks = { 0 };
	for (size_t i = 0; i < v->check_count; i++) {
		void **place = map_place(&checks, v->checks[i].id);
		if (place == NULL)
			return false;
		*place = &v->checks[i];
	}
	for (size_t i = 0; i < v->finding_count + v->waived_count; i++) {
		const struct finding *finding = i < v->finding_count ? &v->findings[i] : &v->waived[i - v->finding_count].finding;
		const struct check_result *check = map_find(&checks, finding->rule);
		if (check && check->outcome != CHECK_FAIL)
			return false;
	}
	for (size_t i = 0; i < v->unknown_count; i++) {
		const struct check_result *check = map_find(&checks, v->unknowns[i].subject);
		if (check && check->area == v->unknowns[i].area && check->outcome != CHECK_UNKNOWN && check->outcome != CHECK_FAIL)
			return false;
	}
	return true;
}

enum result
verdict_result_without(const struct verdict *v, const char *kind)
{
	enum result result = RESULT_NOT_REQUIRED;
	for (enum area area = 0; area < AREA_COUNT; area++)
		raise_result(&result, v->areas[area].result > RESULT_PASS ? RESULT_PASS : v->areas[area].result);
	for (size_t i = 0; i < v->finding_count; i++)
		raise_result(&result, result_of(v->findings[i].action));
	for (size_t i = 0; i < v->unknown_count; i++)
		if (!slice_is(v->unknowns[i].kind, kind))
			raise_result(&result, result_of(v->unknowns[i].action));
	return result;
}

/* "not_affected, vulnerable_code_not_present: nothing calls it" */
static struct slice
statement_reason(const struct statement_note *s, struct arena *arena)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_puts(&text, "VEX: ");
	strbuf_put(&text, s->status);
	strbuf_puts(&text, s->justification.n ? ", " : "");
	strbuf_put(&text, s->justification);
	strbuf_puts(&text, s->impact.n ? ": " : "");
	strbuf_put(&text, s->impact);
	return text.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&text));
}

/* "vex.json of 2026-01-31", "referrer sha256:..., signed by vendor.pub, of 2026-01-31" */
static struct slice
statement_source(const struct statement_note *s, struct arena *arena)
{
	char day[DATE_TEXT_SIZE];
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_put(&text, s->source);
	strbuf_puts(&text, s->key.n ? ", signed by " : "");
	strbuf_put(&text, s->key);
	if (s->time != DATE_NONE)
		strbuf_printf(&text, "%s of %s", s->key.n ? "," : "", date_day_text(date_day(s->time), day));
	return text.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&text));
}

int
waived_complete(struct waived *waived, struct arena *arena, struct plim_error *err)
{
	const struct statement_note *statement = waived->finding.statement;
	if (waived->until != DATE_NONE)
		return 0;
	if (statement == NULL || (!slice_is(statement->status, "not_affected") && !slice_is(statement->status, "fixed")))
		return error_set(err, PLIM_EFORMAT, "neither an exception nor a statement that waives it");
	waived->reason = statement_reason(statement, arena);
	waived->owner = statement->author.n ? statement->author : SLICE("no author");
	waived->ticket = statement_source(statement, arena);
	return waived->reason.p && waived->ticket.p ? 0 : error_nomem(err);
}

void
waived_describe(const struct waived *waived, struct strbuf *into)
{
	char day[DATE_TEXT_SIZE];
	strbuf_put(into, waived->reason);
	strbuf_puts(into, " (");
	strbuf_put(into, waived->owner);
	strbuf_puts(into, waived->ticket.n ? ", " : "");
	strbuf_put(into, waived->ticket);
	if (waived->until != DATE_NONE)
		strbuf_printf(into, ", until %s", date_day_text(waived->until, day));
	strbuf_putc(into, ')');
}

/* The verdict itself lives in its arena. */
void
verdict_free(struct verdict *verdict)
{
	if (verdict)
		arena_free(verdict->arena);
}
