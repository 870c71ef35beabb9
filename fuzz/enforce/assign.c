/* SPDX-License-Identifier: Apache-2.0 */
/* Signed assign files, and what a guard remembers. */
#include "../fuzz.h"
#include "base/arena.h"
#include "enforce/assign.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct assign_reading inside = { NULL, NULL };
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf text = { 0 };
	struct assign *read, *again;
	struct plim_error err = { 0 };
	if (assign_read(SLICE("fuzz"), (struct slice){ (const char *)data, size }, &inside, arena, &read, &err) < 0)
		return 0;
	assign_find(read, SLICE("registry.example.com/team/web"), SLICE("prod-eu"));
	fuzz_demand(assign_write(read, &text, &err) == 0);
	fuzz_demand(assign_read(SLICE("again"), strbuf_slice(&text), &inside, arena, &again, &err) == 0 && again->rule_count == read->rule_count);
	for (size_t i = 0; i < read->rule_count; i++)
		fuzz_demand(digest_eq(&read->rules[i].digest, &again->rules[i].digest));
	return 0;
}
