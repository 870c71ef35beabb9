/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest of a database in a registry; what is read of one can be written, and says the same again. */
#include "../fuzz.h"

#include "gate/data/published_artifact.h"

static void
again(const struct published_artifact *artifact, struct arena *arena)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct published_artifact read;
	struct plim_error err;
	published_artifact_write(artifact, &text);
	if (text.failed)
		return;
	fuzz_demand(published_artifact_parse(strbuf_slice(&text), arena, &read, &err) == 0);
	fuzz_demand(digest_eq(&read.layer, &artifact->layer) && read.size == artifact->size && read.serial == artifact->serial && read.time == artifact->time);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct published_artifact artifact;
	struct plim_error err;
	if (arena && published_artifact_parse((struct slice){ (const char *)data, size }, arena, &artifact, &err) == 0)
		again(&artifact, arena);
	return 0;
}
