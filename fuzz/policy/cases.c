/* SPDX-License-Identifier: Apache-2.0 */
/* A file of cases: read, or refused with its place; what one expects can be written, and compared with nothing that came. */
#include "../fuzz.h"

#include "policy/case.h"

static void
touch(const struct policy_case *policy_case)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct case_outcome outcome = { .exit = 3, .error = "none" };
	case_put_expected(policy_case, &text);
	case_put_outcome(&outcome, &text);
	case_fits(policy_case, &outcome, &text);
	outcome.error = NULL;
	outcome.result = RESULT_PASS;
	case_fits(policy_case, &outcome, &text);
	fuzz_touch(strbuf_slice(&text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct slice text = { (const char *)data, size };
	struct case_list cases;
	struct plim_error err;
	if (arena == NULL || cases_parse(SLICE("fuzz.yaml"), text, arena, &cases, &err) < 0)
		return 0;
	fuzz_demand(!cases_is_of_policy(text, arena));
	for (size_t i = 0; i < cases.n; i++)
		touch(&cases.at[i]);
	return 0;
}
