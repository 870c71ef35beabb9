/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays for whoever asks for row 17: the tree's nodes, and each kind's rows. */
#include "catalog/resolver.h"

#include "base/error.h"
#include "catalog/keep.h"

void
blocks_rest(const struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->block_count; i++)
		if (inventory->blocks[i])
			block_rest(inventory->blocks[i]);
}

int
list_nodes(struct inventory *inventory, struct plim_error *err)
{
	const struct node **nodes = arena_make_array(inventory->arena, tree_count(inventory->tree), const struct node *);
	if (nodes == NULL)
		return error_nomem(err);
	for (const struct node *node = tree_after(tree_root(inventory->tree)); node; node = tree_after(node))
		nodes[inventory->node_count++] = node;
	inventory->nodes = nodes;
	return 0;
}

/* The rows of all kinds in one walk: a layer may have very many. */
struct listing {
	VEC(struct shown_row) of[ROW_KIND_COUNT];
};

static void
auto_listing(struct listing *listing)
{
	for (size_t kind = 0; kind < ROW_KIND_COUNT; kind++)
		vec_done(&listing->of[kind]);
}

static int
list_layer(const struct inventory *inventory, uint32_t layer, struct listing *into, struct plim_error *err)
{
	const struct block *block = inventory->blocks[layer];
	const struct node **nodes = inventory->shown[layer].nodes;
	for (uint32_t i = 0; block && nodes && i < block_row_count(block); i++) {
		struct row row = block_row(block, i);
		/* An xattr may be of a hard link's own entry, which has no content: list_xattrs tells them apart. */
		if (row.kind >= ROW_KIND_COUNT || (nodes[row.entry] == NULL && row.kind != ROW_EXTENDED_ATTRIBUTE))
			continue;
		struct shown_row *at = vec_push(&into->of[row.kind]);
		if (at == NULL)
			return error_nomem(err);
		*at = (struct shown_row){ block, row, layer, nodes[row.entry] };
	}
	return 0;
}

int
list_rows(struct inventory *inventory, struct plim_error *err)
{
	AUTO(listing) struct listing listing = { 0 };
	int r = 0;
	for (uint32_t layer = 0; r == 0 && layer < inventory->block_count; layer++)
		r = list_layer(inventory, layer, &listing, err);
	for (size_t kind = 0; r == 0 && kind < ROW_KIND_COUNT; kind++) {
		size_t n = listing.of[kind].n;
		struct shown_row *kept = arena_make_array(inventory->arena, n, struct shown_row);
		if (kept == NULL)
			return error_nomem(err);
		if (n)
			memcpy(kept, listing.of[kind].at, n * sizeof *kept);
		inventory->rows[kind] = (struct shown_rows){ kept, n };
	}
	if (r == 0)
		r = list_xattrs(inventory, err);
	return r < 0 ? r : list_config_files(inventory, err);
}

int
index_files(struct inventory *inventory, struct plim_error *err)
{
	size_t n = inventory->node_count;
	int r = file_index_make(n, inventory->block_count, inventory->arena, &inventory->files, err);
	for (size_t at = 0; r == 0 && at < n; at += BLOCK_REST_ENTRIES) {
		size_t end = n - at < BLOCK_REST_ENTRIES ? n : at + BLOCK_REST_ENTRIES;
		file_index_fill(&inventory->files, inventory->tree, inventory->nodes, at, end);
		blocks_rest(inventory);
	}
	return r;
}
