/* SPDX-License-Identifier: Apache-2.0 */
/* What the image has, in numbers: the summary of the inventory that a verdict carries. */
#include "policy/judge.h"

#include "base/error.h"

static int
count_packages(struct judging *judging, struct plim_error *err)
{
	const struct inventory *inventory = judging->inventory;
	struct verdict *v = judging->verdict;
	v->packages = arena_make_array(judging->arena, inventory->package_count + 1, struct package_count);
	if (v->packages == NULL)
		return error_nomem(err);
	/* Sorted by type. */
	for (size_t i = 0; i < inventory->package_count; i++) {
		struct slice type = inventory->packages[i].type;
		if (inventory->packages[i].scope != PACKAGE_INSTALLED)
			continue;
		if (v->package_type_count == 0 || !slice_eq(v->packages[v->package_type_count - 1].type, type))
			v->packages[v->package_type_count++].type = type;
		v->packages[v->package_type_count - 1].count++;
	}
	return 0;
}

static int
count_layers(struct judging *judging, struct plim_error *err)
{
	const struct inventory *inventory = judging->inventory;
	const struct image *image = inventory->image;
	struct verdict *v = judging->verdict;
	v->layer_count = image ? image->layer_count : 0;
	v->layers = arena_make_array(judging->arena, v->layer_count + 1, struct layer_summary);
	if (v->layers == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < v->layer_count; i++) {
		const struct file_sum *sum = &inventory->files.sums[i];
		enum origin origin = inventory_layer_origin(inventory, (uint32_t)i);
		v->layers[i] = (struct layer_summary){ inventory_instruction(inventory, (uint32_t)i), origin, .files = sum->files, .bytes = sum->bytes };
	}
	for (size_t i = 0; i < inventory->package_count; i++)
		if (inventory->packages[i].scope == PACKAGE_INSTALLED && inventory->packages[i].layer < v->layer_count)
			v->layers[inventory->packages[i].layer].packages++;
	return 0;
}

static int
list_left_out(struct judging *judging, struct plim_error *err)
{
	const struct shown_rows *rows = &judging->inventory->rows[ROW_LEFT_OUT];
	struct verdict *v = judging->verdict;
	v->left_out = arena_make_array(judging->arena, rows->n + 1, struct left_out);
	if (v->left_out == NULL)
		return error_nomem(err);
	for (; v->left_out_count < rows->n; v->left_out_count++) {
		const struct shown_row *row = &rows->at[v->left_out_count];
		struct strbuf *path = judging->inventory->scratch;
		strbuf_clear(path);
		node_path(row->node, path);
		v->left_out[v->left_out_count] = (struct left_out){ arena_dup(judging->arena, strbuf_slice(path)),
			                                            block_field(row->block, &row->row, LEFT_OUT_TYPE), block_field(row->block, &row->row, LEFT_OUT_REASON) };
	}
	return 0;
}

/* Of all layers, as secrets are: what a later one removed everybody can still read. */
static size_t
count_unsearched(const struct inventory *inventory)
{
	size_t n = 0;
	for (size_t i = 0; i < inventory->block_count; i++)
		for (uint32_t k = 0; inventory->blocks[i] && k < block_row_count(inventory->blocks[i]); k++)
			n += block_row(inventory->blocks[i], k).kind == ROW_UNSEARCHED;
	return n;
}

int
judge_summary(struct judging *judging, struct plim_error *err)
{
	const struct inventory *inventory = judging->inventory;
	for (size_t i = 0; i < inventory->block_count; i++)
		judging->verdict->file_count += inventory->files.sums[i].files;
	judging->verdict->unaccounted_count = inventory->unaccounted_count;
	judging->verdict->unsearched_count = count_unsearched(inventory);
	int r = count_packages(judging, err);
	if (r == 0)
		r = list_left_out(judging, err);
	return r < 0 ? r : count_layers(judging, err);
}
