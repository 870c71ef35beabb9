/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures behind a database; whatever is claimed can be written, and says the same again. */
#include "../fuzz.h"
#include "base/arena.h"
#include "trust/data.h"
#include "trust/dsse.h"

static void
again(const struct data_claim *claim, struct arena *arena)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct data_claim read;
	struct plim_error err;
	if (data_claim_write(claim, &text, &err) < 0)
		return;
	fuzz_demand(data_claim_parse(strbuf_slice(&text), arena, &read, &err) == 0 && read.serial == claim->serial && read.time == claim->time &&
	            read.feed_count == claim->feed_count && digest_eq(&read.root, &claim->root));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct slice left = { (const char *)data, size };
	const struct digest root = digest_of(SLICE("x"));
	struct data_signature found;
	const struct trusted_key *by;
	struct plim_error err;
	bool there;
	fuzz_demand(data_verify(left, &root, NULL, 0, 0, arena, &found, &by, &err) < 0);
	while (data_signature_next(&left, arena, &found, &there, &err) == 0 && there)
		again(&found.claim, arena);
	return 0;
}
