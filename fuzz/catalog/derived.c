/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small tree and what is put together out of its files.  The input is records, a 0x1e byte between: a path, for a link " -> TARGET" behind it, then
 * the file's bytes from the next line on.
 */
#include "../fuzz.h"

#include "catalog/derived.h"

static void
add_file(struct block_builder *builder, const struct collector *collector, struct slice record)
{
	struct slice head = SLICE_NONE, body = SLICE_NONE;
	struct plim_error err;
	uint32_t index;
	if (!slice_cut(record, '\n', &head, &body))
		head = record;
	size_t arrow = slice_find_text(head, SLICE(" -> "));
	struct entry entry = { .path = slice_first(head, arrow), .type = ENTRY_FILE, .size = body.n };
	if (arrow != SIZE_MAX)
		entry = (struct entry){ .path = entry.path, .type = ENTRY_SYMLINK, .link = slice_from(head, arrow + 4) };
	if (entry.path.n == 0 || entry.path.p[0] == '/' || block_add_entry(builder, &entry, &index, &err) < 0)
		return;
	if (entry.type == ENTRY_FILE && collector->wants(collector->context, &entry) &&
	    collector->take(collector->context, builder, index, &entry, body, &err) == 0)
		block_entry_read(builder, index, ENTRY_EXTRACTED, SLICE_NONE);
}

static void
derive_all(const struct block *block)
{
	AUTO(inventory) struct inventory *inventory = NULL;
	struct plim_error err;
	if (inventory_new(NULL, &block, 1, NULL, &inventory, &err) < 0)
		return;
	for (int kind = 0; kind < DERIVED_KIND_COUNT; kind++) {
		const struct derived_rows *rows = inventory_derived(inventory, (enum derived_kind)kind);
		for (size_t i = 0; i < rows->n; i++)
			if (rows->at[i].cells)
				fuzz_touch(rows->at[i].cells[0]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(block_builder) struct block_builder *builder = NULL;
	AUTO(block) struct block *block = NULL;
	struct slice rest = { (const char *)data, size };
	struct collector collector;
	struct plim_error err;
	char *bytes;
	size_t length;
	if (block_builder_new(&builder, &err) < 0 || catalogers_collector(false, &collector, &err) < 0)
		return 0;
	for (struct slice record; slice_next(&rest, '\x1e', &record);)
		add_file(builder, &collector, record);
	catalogers_collector_done(&collector);
	if (block_finish(builder, &bytes, &length, &err) < 0)
		return 0;
	if (block_open((struct slice){ bytes, length }, &block, &err) == 0)
		derive_all(block);
	block_close(ptr_take(&block));
	free(bytes);
	return 0;
}
