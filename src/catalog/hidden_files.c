/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of blocks that no node stands for. */
#include "catalog/hidden_files.h"

/* A bit for each entry of a layer: some node shows it. */
static uint64_t **
shown_bits(const struct inventory *inventory, struct arena *arena)
{
	uint64_t **bits = arena_make_array(arena, inventory->block_count, uint64_t *);
	for (size_t i = 0; bits && i < inventory->block_count; i++) {
		size_t n = inventory->blocks[i] ? block_entry_count(inventory->blocks[i]) : 0;
		bits[i] = arena_make_array(arena, n / 64 + 1, uint64_t);
		if (bits[i] == NULL)
			return NULL;
	}
	return bits;
}

static void
show(uint64_t **bits, uint32_t layer, uint32_t entry)
{
	if (entry != ENTRY_NONE)
		bits[layer][entry / 64] |= UINT64_C(1) << entry % 64;
}

static bool
is_hidden(const struct inventory *inventory, uint64_t *const *bits, uint32_t layer, uint32_t entry)
{
	static const bool files[] = { [ENTRY_FILE] = true, [ENTRY_SYMLINK] = true, [ENTRY_HARDLINK] = true, [ENTRY_CHAR] = true, [ENTRY_BLOCK] = true, [ENTRY_FIFO] = true, [ENTRY_OPAQUE] = false };
	return !(bits[layer][entry / 64] >> entry % 64 & 1) && files[block_entry_type(inventory->blocks[layer], entry)];
}

/* Into `out`, where that is not NULL. */
static size_t
list(const struct inventory *inventory, uint64_t *const *bits, struct hidden_file *out)
{
	size_t n = 0;
	for (uint32_t layer = 0; layer < inventory->block_count; layer++) {
		uint32_t count = inventory->blocks[layer] ? block_entry_count(inventory->blocks[layer]) : 0;
		for (uint32_t entry = 0; entry < count; entry++) {
			if (!is_hidden(inventory, bits, layer, entry))
				continue;
			if (out)
				out[n] = (struct hidden_file){ layer, entry };
			n++;
		}
	}
	return n;
}

static const struct hidden_file_list *
find_hidden_files(const struct inventory *inventory)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	uint64_t **bits = arena ? shown_bits(inventory, arena) : NULL;
	struct hidden_file_list *found = bits ? arena_make(inventory->arena, struct hidden_file_list) : NULL;
	if (found == NULL)
		return NULL;
	for (const struct node *node = tree_root(inventory->tree); node; node = tree_after(node)) {
		show(bits, node->layer, node->entry);
		show(bits, node->content_layer, node->content_entry);
	}
	found->n = list(inventory, bits, NULL);
	struct hidden_file *files = arena_make_array(inventory->arena, found->n, struct hidden_file);
	if (files == NULL)
		return NULL;
	list(inventory, bits, files);
	found->at = files;
	return found;
}

const struct hidden_file_list *
inventory_hidden_files(const struct inventory *inventory)
{
	if (inventory->hidden_files == NULL)
		((struct inventory *)(uintptr_t)inventory)->hidden_files = find_hidden_files(inventory);
	return inventory->hidden_files;
}

bool
hidden_file_is_replaced(const struct inventory *inventory, const struct hidden_file *file)
{
	return tree_find(inventory->tree, block_entry_path(inventory->blocks[file->layer], file->entry)) != NULL;
}
