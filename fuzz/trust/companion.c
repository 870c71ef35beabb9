/* SPDX-License-Identifier: Apache-2.0 */
/* What a key may sign; what was read is written and read again. */
#include "../fuzz.h"
#include "trust/companion.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf text = { 0 }, once = { 0 };
	struct companion *read, *again;
	struct plim_error err = { 0 };
	if (companion_parse(SLICE("may.yaml"), (struct slice){ (const char *)data, size }, arena, &read, &err) < 0)
		return 0;
	companion_write(read, &text);
	fuzz_demand(companion_parse(SLICE("may.yaml"), strbuf_slice(&text), arena, &again, &err) == 0);
	companion_write(again, &once);
	fuzz_demand(slice_eq(strbuf_slice(&text), strbuf_slice(&once)));
	companion_allows_repository(read, SLICE("registry.example.com/team/web"), &err);
	return 0;
}
