/* SPDX-License-Identifier: Apache-2.0 */
/* From blocks to what the image has in the end. */
#include "catalog/resolver.h"

#include "base/error.h"
#include "catalog/derived.h"

const char *
origin_name(enum origin origin)
{
	static const char *const names[] = { [ORIGIN_BASE] = "base", [ORIGIN_APPLICATION] = "application" };
	return names[origin];
}

struct slice
path_in_arena(struct arena *arena, const struct node *node)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	node_path(node, &path);
	return arena_dup(arena, strbuf_slice(&path));
}

struct slice
row_field(const struct shown_row *shown, uint32_t field)
{
	return block_field(shown->block, &shown->row, field);
}

/* The first node in tree order wins: one content under several names is one content. */
static int
note_shown(struct inventory *inventory, struct shown_entries *layers, struct plim_error *err)
{
	for (size_t i = 0; i < inventory->block_count; i++) {
		size_t n = inventory->blocks[i] ? block_entry_count(inventory->blocks[i]) : 0;
		/* Only rows ask: a layer without rows and problems needs no index. */
		if (n == 0 || block_row_count(inventory->blocks[i]) + block_problem_count(inventory->blocks[i]) == 0)
			continue;
		layers[i].nodes = arena_make_array(inventory->arena, n, const struct node *);
		if (layers[i].nodes == NULL)
			return error_nomem(err);
	}
	for (const struct node *node = tree_root(inventory->tree); node; node = tree_after(node)) {
		if (node->content_entry == ENTRY_NONE || layers[node->content_layer].nodes == NULL)
			continue;
		const struct node **place = &layers[node->content_layer].nodes[node->content_entry];
		if (*place == NULL)
			*place = node;
	}
	return 0;
}

bool
inventory_next_row(const struct inventory *inventory, enum row_kind kind, struct row_walk *walk, struct shown_row *out)
{
	for (; walk->layer < inventory->block_count; walk->layer++, walk->row = 0) {
		const struct block *block = inventory->blocks[walk->layer];
		const struct node **nodes = inventory->shown[walk->layer].nodes;
		for (; block && nodes && walk->row < block_row_count(block); walk->row++) {
			struct row row = block_row(block, walk->row);
			const struct node *node = row.kind == kind ? nodes[row.entry] : NULL;
			if (node == NULL)
				continue;
			walk->row++;
			*out = (struct shown_row){ block, row, walk->layer, node };
			return true;
		}
	}
	return false;
}

/* Whole blocks are walked through, of which little is looked at after. */
static int
squash(struct inventory *inventory, struct plim_error *err)
{
	blocks_rest(inventory);
	int r = tree_build(inventory->blocks, inventory->block_count, &inventory->tree, err);
	blocks_rest(inventory);
	if (r == 0)
		r = list_nodes(inventory, err);
	return r < 0 ? r : index_files(inventory, err);
}

static int
resolve(struct resolver *r, const char *const *layer_gaps, struct plim_error *err)
{
	struct inventory *inventory = r->inventory;
	int failed = note_shown(inventory, r->layers, err);
	if (failed < 0 || (failed = gather_gaps(r, layer_gaps, err)) < 0 || (failed = resolve_packages(r, err)) < 0)
		return failed;
	if ((failed = find_hidden(r, err)) < 0)
		return failed;
	resolve_os(r);
	if ((failed = find_missing(r, err)) < 0 || (failed = finish_packages(r, err)) < 0 || (failed = list_rows(inventory, err)) < 0)
		return failed;
	if ((failed = resolve_assets(inventory, err)) < 0 || (failed = resolve_owners(inventory, err)) < 0)
		return failed;
	if ((failed = tell_cpan(r, err)) < 0 || (failed = resolve_licenses(inventory, err)) < 0 || (failed = resolve_secrets(r, err)) < 0)
		return failed;
	inventory->gaps = arena_make_array(inventory->arena, r->gaps.n, struct inventory_gap);
	if (inventory->gaps == NULL)
		return error_nomem(err);
	if (r->gaps.n)
		memcpy(inventory->gaps, r->gaps.at, r->gaps.n * sizeof *r->gaps.at);
	inventory->gap_count = r->gaps.n;
	return 0;
}

int
inventory_new(const struct image *image, const struct block *const *blocks, size_t block_count, const char *const *layer_gaps,
              struct inventory **out, struct plim_error *err)
{
	AUTO(inventory) struct inventory *inventory = calloc(1, sizeof *inventory);
	if (inventory == NULL || (inventory->arena = arena_new(0)) == NULL)
		return error_nomem(err);
	const struct block **kept = arena_make_array(inventory->arena, block_count, const struct block *);
	inventory->shown = arena_make_array(inventory->arena, block_count, struct shown_entries);
	inventory->scratch = arena_make(inventory->arena, struct strbuf);
	inventory->derived = arena_make_array(inventory->arena, DERIVED_KIND_COUNT, const struct derived_rows *);
	if (kept == NULL || inventory->derived == NULL || inventory->shown == NULL || inventory->scratch == NULL)
		return error_nomem(err);
	if (block_count)
		memcpy(kept, blocks, block_count * sizeof *kept);
	inventory->image = image;
	inventory->blocks = kept;
	inventory->block_count = block_count;
	int r = squash(inventory, err);
	if (r == 0 && image)
		r = history_split(image, inventory->arena, &inventory->history, err);
	if (r < 0)
		return r;
	struct resolver resolver = { .inventory = inventory, .layers = inventory->shown };
	r = resolve(&resolver, layer_gaps, err);
	vec_done(&resolver.packages);
	vec_done(&resolver.gaps);
	if (r == 0)
		*out = ptr_take(&inventory);
	return r;
}

static void
count_live(const struct block *block, size_t *counts)
{
	for (uint32_t i = 0; i < block_row_count(block); i++) {
		struct row row = block_row(block, i);
		if (row.kind < LIVE_KIND_COUNT)
			counts[row.kind]++;
	}
}

int
inventory_set_live(struct inventory *inventory, const struct block *block, const char *gap, struct plim_error *err)
{
	struct live *live = &inventory->live;
	size_t counts[LIVE_KIND_COUNT] = { 0 };
	*live = (struct live){ .is = true, .block = block, .gap = block ? SLICE_NONE : arena_dup(inventory->arena, slice_of(gap ? gap : "it was not asked")) };
	if (block)
		count_live(block, counts);
	for (size_t kind = 0; kind < LIVE_KIND_COUNT; kind++)
		if ((live->rows[kind].at = arena_make_array(inventory->arena, counts[kind] + 1, uint32_t)) == NULL)
			return error_nomem(err);
	for (uint32_t i = 0; block && i < block_row_count(block); i++) {
		struct row row = block_row(block, i);
		if (row.kind < LIVE_KIND_COUNT)
			live->rows[row.kind].at[live->rows[row.kind].n++] = i;
	}
	return 0;
}

void
inventory_free(struct inventory *inventory)
{
	if (inventory == NULL)
		return;
	tree_free(inventory->tree);
	owners_free(inventory->owners);
	owners_free(inventory->usual_owners);
	for (size_t i = 0; i < inventory->asked_count; i++)
		owners_free(inventory->asked[i].owners);
	if (inventory->scratch)
		strbuf_done(inventory->scratch);
	arena_free(inventory->arena);
	free(inventory);
}

bool
inventory_is_document(const struct inventory *inventory)
{
	return inventory->image == NULL && inventory->rows[ROW_SBOM].n > 0;
}

enum inventory_kind
inventory_kind(const struct inventory *inventory)
{
	if (inventory->image)
		return INVENTORY_IMAGE;
	return inventory->rows[ROW_SBOM].n ? INVENTORY_DOCUMENT : inventory->rows[ROW_HOST].n ? INVENTORY_HOST : INVENTORY_TREE;
}

static const char *const kind_names[][2] = {
	[INVENTORY_IMAGE] = { "image", "an image" }, [INVENTORY_TREE] = { "tree", "a tree" }, [INVENTORY_HOST] = { "host", "a host" },
	[INVENTORY_DOCUMENT] = { "document", "a bill of materials" },
};

const char *
inventory_kind_name(enum inventory_kind kind)
{
	return kind_names[kind][0];
}

const char *
inventory_kind_words(enum inventory_kind kind)
{
	return kind_names[kind][1];
}

const struct shown_row *
inventory_left_out(const struct inventory *inventory, struct slice path)
{
	const struct shown_rows *rows = &inventory->rows[ROW_LEFT_OUT];
	for (size_t i = 0; i < rows->n; i++) {
		struct slice rest = path;
		strbuf_clear(inventory->scratch);
		node_path(rows->at[i].node, inventory->scratch);
		if (slice_skip(&rest, strbuf_slice(inventory->scratch)) && (rest.n == 0 || rest.p[0] == '/'))
			return &rows->at[i];
	}
	return NULL;
}

enum origin
inventory_layer_origin(const struct inventory *inventory, uint32_t layer)
{
	if (inventory->base_layers == 0 || layer == UINT32_MAX)
		return ORIGIN_UNKNOWN;
	return layer < inventory->base_layers ? ORIGIN_BASE : ORIGIN_APPLICATION;
}

void
inventory_set_base(struct inventory *inventory, size_t layers)
{
	inventory->base_layers = layers;
	for (size_t i = 0; i < inventory->package_count; i++)
		inventory->packages[i].origin = inventory_layer_origin(inventory, inventory->packages[i].layer);
}
