/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a verdict. */
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

/* The verdict itself lives in its arena. */
void
verdict_free(struct verdict *verdict)
{
	if (verdict)
		arena_free(verdict->arena);
}
