/* SPDX-License-Identifier: Apache-2.0 */
/* Simple signing's payload; what was read is written and read again. */
#include "../fuzz.h"
#include "base/arena.h"
#include "trust/simple_signing.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf text = { 0 };
	struct simple_signing *read, *again = NULL;
	struct plim_error err = { 0 };
	if (simple_signing_parse((struct slice){ (const char *)data, size }, arena, &read, &err) < 0)
		return 0;
	fuzz_demand(simple_signing_write(read, &text, &err) == 0 && simple_signing_parse(strbuf_slice(&text), arena, &again, &err) == 0);
	fuzz_demand(slice_eq(read->repository, again->repository) && slice_eq(read->tag, again->tag) && digest_eq(&read->image, &again->image));
	return 0;
}
