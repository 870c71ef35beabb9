/* SPDX-License-Identifier: Apache-2.0 */
/* A comparison as a hostile judge might send it: written again it is the same, and both reports can show it. */
#include "../fuzz.h"

#include "report/comparison.h"

static void
report(const struct diff *diff)
{
	const struct compared pair = { .platform = SLICE("linux/amd64"), .diff = diff };
	const struct comparison comparison = { SLICE("oci:old"), SLICE("oci:new"), &pair, 1, 0, RESULT_PASS, 100, diff->gated };
	for (const struct comparison_writer *const *writer = comparison_writers; *writer; writer++) {
		AUTO(strbuf) struct strbuf text = { 0 };
		(*writer)->write(&comparison, &text);
		fuzz_touch(strbuf_slice(&text));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(diff) struct diff *diff = NULL;
	AUTO(diff) struct diff *again = NULL;
	AUTO(strbuf) struct strbuf first = { 0 };
	AUTO(strbuf) struct strbuf second = { 0 };
	struct slice bytes = { (const char *)data, size };
	if (size > 1 << 16 || diff_parse(bytes, &diff, NULL) < 0)
		return 0;
	diff_write(diff, &first);
	fuzz_demand(slice_eq(bytes, strbuf_slice(&first)));
	fuzz_demand(diff_parse(strbuf_slice(&first), &again, NULL) == 0);
	diff_write(again, &second);
	fuzz_demand(slice_eq(strbuf_slice(&first), strbuf_slice(&second)));
	report(diff);
	return 0;
}
