/* SPDX-License-Identifier: Apache-2.0 */
/* A mirror's index; what is read of one can be written, and says the same again. */
#include "../fuzz.h"

#include "gate/data/published.h"

static void
demand_same(const struct published_file *a, const struct published_file *b)
{
	fuzz_demand(slice_eq(a->name, b->name) && digest_eq(&a->from, &b->from) && digest_eq(&a->digest, &b->digest) && a->size == b->size);
	fuzz_demand(slice_find(a->name, '/') == SIZE_MAX);
}

static void
again(const struct published_index *index, struct arena *arena)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct published_index read;
	struct plim_error err;
	published_write(index, &text);
	fuzz_demand(text.failed || published_parse(strbuf_slice(&text), arena, &read, &err) == 0);
	if (text.failed)
		return;
	fuzz_demand(digest_eq(&read.root, &index->root) && read.serial == index->serial && read.delta_count == index->delta_count);
	demand_same(&index->bundle, &read.bundle);
	for (size_t i = 0; i < read.delta_count; i++)
		demand_same(&index->deltas[i], &read.deltas[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct published_index index;
	struct plim_error err;
	if (arena && published_parse((struct slice){ (const char *)data, size }, arena, &index, &err) == 0)
		again(&index, arena);
	return 0;
}
