/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of an engine: whatever it says, an id is a digest, and a message is text. */
#include "../fuzz.h"

#include "base/digest.h"
#include "net/engine.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct slice json = { (const char *)data, size }, id;
	struct plim_error err = { 0 };
	struct digest digest;
	if (arena == NULL)
		return 0;
	if (engine_id_read(json, arena, &id, &err) == 0)
		fuzz_demand(digest_parse(id, &digest) && digest.algorithm == DIGEST_SHA256);
	fuzz_touch(engine_message_read(json, arena));
	return 0;
}
