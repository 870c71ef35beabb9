/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Under which names the final tree shows what was kept of layers: a content
 * has one row in its block, and as many names as hard links and symbolic links give it.
 */
#include "catalog/inventory.h"
#include "catalog/keep.h"
#include "catalog/resolver.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/vec.h"

/* Rows of a kind in the order of layers and entries: where those of one entry begin. */
size_t
rows_of_entry(const struct shown_rows *rows, uint32_t layer, uint32_t entry)
{
	size_t low = 0, high = rows->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct shown_row *row = &rows->at[middle];
		if (row->layer < layer || (row->layer == layer && row->row.entry < entry))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
is_of_entry(const struct shown_rows *rows, size_t at, uint32_t layer, uint32_t entry)
{
	return at < rows->n && rows->at[at].layer == layer && rows->at[at].row.entry == entry;
}

/* Configuration files. */

struct config_walk {
	struct inventory *inventory;
	VEC(struct config_file) files;
	const struct node *tops[41];    /* /etc, and the directories that links led into: as many as a kernel follows */
	size_t depth;
	size_t steps;                   /* nodes looked at: links to each other multiply, with or without files */
};

static void
auto_config_walk(struct config_walk *walk)
{
	vec_done(&walk->files);
}

static int walk_below(struct config_walk *walk, const struct node *top, struct slice prefix, struct plim_error *err);

static int
add_file(struct config_walk *walk, const struct node *node, struct slice path, struct plim_error *err)
{
	const struct shown_rows *rows = &walk->inventory->rows[ROW_CONFIG_FILE];
	struct config_file *file = vec_push(&walk->files);
	if (file == NULL || path.p == NULL)
		return error_nomem(err);
	*file = (struct config_file){ path, node, NULL };
	size_t at = node->content_entry == ENTRY_NONE ? rows->n : rows_of_entry(rows, node->content_layer, node->content_entry);
	if (is_of_entry(rows, at, node->content_layer, node->content_entry))
		file->row = &rows->at[at];
	return 0;
}

/* Around in a circle, or too deep for any program, there is nothing that has no shorter name. */
static int
walk_link(struct config_walk *walk, const struct node *directory, struct slice path, struct plim_error *err)
{
	for (size_t i = 0; i < walk->depth; i++)
		for (const struct node *top = walk->tops[i]; top; top = top->parent)
			if (top == directory)
				return 0;
	if (walk->depth == sizeof walk->tops / sizeof *walk->tops)
		return 0;
	return walk_below(walk, directory, path, err);
}

/* The name that `node`, below `top`, has where that is reached as `prefix`. */
static struct slice
name_below(const struct config_walk *walk, const struct node *top, const struct node *node, struct slice prefix)
{
	struct strbuf *scratch = walk->inventory->scratch;
	strbuf_clear(scratch);
	node_path(top, scratch);
	size_t skip = top->parent ? scratch->n : 0;
	strbuf_clear(scratch);
	node_path(node, scratch);
	return arena_printf(walk->inventory->arena, "%.*s%.*s", SLICE_ARG(prefix), SLICE_ARG(slice_from(strbuf_slice(scratch), skip)));
}

static int
walk_one(struct config_walk *walk, const struct node *top, const struct node *node, struct slice prefix, struct plim_error *err)
{
	const struct tree *tree = walk->inventory->tree;
	enum entry_type type = node_entry_type(tree, node);
	if (type == ENTRY_FILE || type == ENTRY_HARDLINK)
		return add_file(walk, node, name_below(walk, top, node, prefix), err);
	if (type != ENTRY_SYMLINK)
		return 0;
	AUTO(strbuf) struct strbuf real = { 0 };
	node_path(node, &real);
	const struct node *target = real.failed ? NULL : tree_resolve(tree, strbuf_slice(&real));
	if (target == NULL)
		return real.failed ? error_nomem(err) : 0;
	type = node_entry_type(tree, target);
	struct slice path = name_below(walk, top, node, prefix);
	if (type == ENTRY_DIRECTORY)
		return walk_link(walk, target, path, err);
	return type == ENTRY_FILE || type == ENTRY_HARDLINK ? add_file(walk, target, path, err) : 0;
}

static int
walk_below(struct config_walk *walk, const struct node *top, struct slice prefix, struct plim_error *err)
{
	int r = prefix.p ? 0 : error_nomem(err);
	walk->tops[walk->depth++] = top;
	const struct node *behind = tree_behind(top);
	for (const struct node *node = tree_after(top); r == 0 && node && node != behind && walk->steps <= LIMIT_CONFIG_NAME_COUNT; node = tree_after(node)) {
		walk->steps++;
		r = walk_one(walk, top, node, prefix, err);
	}
	walk->depth--;
	return r;
}

int
list_config_files(struct inventory *inventory, struct plim_error *err)
{
	AUTO(config_walk) struct config_walk walk = { .inventory = inventory };
	const struct node *top = tree_resolve(inventory->tree, SLICE("etc"));
	if (top == NULL || node_entry_type(inventory->tree, top) != ENTRY_DIRECTORY)
		return 0;
	int r = walk_below(&walk, top, SLICE("/etc"), err);
	/* The list ends early: a last name that nobody can read fails whoever comes to it. */
	if (r == 0 && walk.steps > LIMIT_CONFIG_NAME_COUNT && vec_push(&walk.files) == NULL)
		return error_nomem(err);
	struct config_file *kept = r == 0 ? arena_make_array(inventory->arena, walk.files.n, struct config_file) : NULL;
	if (kept == NULL)
		return r < 0 ? r : error_nomem(err);
	if (walk.files.n)
		memcpy(kept, walk.files.at, walk.files.n * sizeof *kept);
	inventory->config_files = kept;
	inventory->config_file_count = walk.files.n;
	return 0;
}

/* Xattrs. */

struct xattr_walk {
	const struct inventory *inventory;
	VEC(struct shown_row) rows;
};

static void
auto_xattr_walk(struct xattr_walk *walk)
{
	vec_done(&walk->rows);
}

static struct slice
key_of(const struct shown_row *row)
{
	return block_field(row->block, &row->row, EXTENDED_ATTRIBUTE_KEY);
}

static bool
has_key(const struct xattr_walk *walk, size_t from, struct slice key)
{
	for (size_t i = from; i < walk->rows.n; i++)
		if (slice_eq(key_of(&walk->rows.at[i]), key))
			return true;
	return false;
}

/* `from`: the rows of this node so far, which count before these. */
static int
add_xattrs(struct xattr_walk *walk, const struct node *node, uint32_t layer, uint32_t entry, size_t from, struct plim_error *err)
{
	const struct shown_rows *all = &walk->inventory->rows[ROW_EXTENDED_ATTRIBUTE];
	size_t at = entry == ENTRY_NONE ? all->n : rows_of_entry(all, layer, entry);
	size_t own = walk->rows.n;
	for (; is_of_entry(all, at, layer, entry); at++) {
		if (own > from && has_key(walk, from, key_of(&all->at[at])))
			continue;
		struct shown_row *row = vec_push(&walk->rows);
		if (row == NULL)
			return error_nomem(err);
		*row = all->at[at];
		row->node = node;
	}
	return 0;
}

/* A hard link's own header sets attributes of the file that it links, as runtimes do. */
static int
node_xattrs(struct xattr_walk *walk, const struct node *node, struct plim_error *err)
{
	size_t from = walk->rows.n;
	int r = add_xattrs(walk, node, node->layer, node->entry, from, err);
	if (r == 0 && (node->content_layer != node->layer || node->content_entry != node->entry))
		r = add_xattrs(walk, node, node->content_layer, node->content_entry, from, err);
	return r;
}

int
list_xattrs(struct inventory *inventory, struct plim_error *err)
{
	AUTO(xattr_walk) struct xattr_walk walk = { .inventory = inventory };
	struct shown_rows *rows = &inventory->rows[ROW_EXTENDED_ATTRIBUTE];
	int r = 0;
	for (const struct node *node = tree_root(inventory->tree); r == 0 && rows->n && node; node = tree_after(node))
		r = node_xattrs(&walk, node, err);
	struct shown_row *kept = r == 0 ? arena_make_array(inventory->arena, walk.rows.n, struct shown_row) : NULL;
	if (kept == NULL)
		return r < 0 ? r : error_nomem(err);
	if (walk.rows.n)
		memcpy(kept, walk.rows.at, walk.rows.n * sizeof *kept);
	*rows = (struct shown_rows){ kept, walk.rows.n };
	return 0;
}
