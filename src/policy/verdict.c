/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a verdict, and what it says as a whole. */
#include "policy/verdict.h"

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

/* The verdict itself lives in its arena. */
void
verdict_free(struct verdict *verdict)
{
	if (verdict)
		arena_free(verdict->arena);
}
