/* SPDX-License-Identifier: Apache-2.0 */
/* Deny lists. */
#include "../fuzz.h"
#include "base/arena.h"
#include "trust/deny.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf text = { 0 };
	struct digest digest = digest_of(SLICE("x"));
	struct deny_list *read, *again;
	struct plim_error err = { 0 };
	if (deny_parse((struct slice){ (const char *)data, size }, arena, &read, &err) < 0)
		return 0;
	deny_find(read, &digest, SLICE("registry.example.com/team/web"));
	if (deny_write(read, &text, &err) == 0)
		fuzz_demand(deny_parse(strbuf_slice(&text), arena, &again, &err) == 0 && again->n == read->n && again->serial == read->serial);
	return 0;
}
