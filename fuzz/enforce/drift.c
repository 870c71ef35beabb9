/* SPDX-License-Identifier: Apache-2.0 */
/* Drift as a hostile judge might send it: written again it is the same, and both reports can show it. */
#include "../fuzz.h"

#include "enforce/drift/drift.h"

static void
report(struct drift *drift)
{
	static const struct container_engine engine = { .name = "docker" };
	const struct container container = { .engine = &engine, .id = SLICE("0123456789abcdef") };
	struct drifted one = { .container = &container, .drift = drift, .result = RESULT_FAIL };
	const struct plim_drift all = { .severity = SEVERITY_MEDIUM, .at = &one, .n = 1, .result = RESULT_FAIL };
	AUTO(strbuf) struct strbuf text = { 0 };
	AUTO(strbuf) struct strbuf json = { 0 };
	drift_text.write(&all, NULL, &text);
	drift_json.write(&all, NULL, &json);
	fuzz_touch(strbuf_slice(&text));
	fuzz_touch(strbuf_slice(&json));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(drift) struct drift *drift = NULL;
	AUTO(strbuf) struct strbuf again = { 0 };
	struct slice bytes = { (const char *)data, size };
	if (size > 1 << 16 || drift_parse(bytes, &drift, NULL) < 0)
		return 0;
	drift_write(drift, &again);
	fuzz_demand(slice_eq(bytes, strbuf_slice(&again)));
	report(drift);
	return 0;
}
