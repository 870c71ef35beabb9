/* SPDX-License-Identifier: Apache-2.0 */
/* Approvals of exceptions; whatever is claimed can be written, and says the same again. */
#include "../fuzz.h"
#include "base/arena.h"
#include "trust/exceptions.h"

static void
again(const struct exceptions_claim *claim, struct arena *arena)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct exceptions_claim read;
	struct plim_error err;
	if (exceptions_claim_write(claim, &text, &err) < 0)
		return;
	fuzz_demand(exceptions_claim_parse(strbuf_slice(&text), arena, &read, &err) == 0 && read.time == claim->time && slice_eq(read.name, claim->name) &&
	            digest_eq(&read.digest, &claim->digest));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct slice left = { (const char *)data, size };
	struct exceptions_approval found;
	struct plim_error err;
	bool there = true;
	while (there && left.n > 0)
		if (exceptions_approval_next(&left, arena, &found, &there, &err) == 0 && there)
			again(&found.claim, arena);
	return 0;
}
