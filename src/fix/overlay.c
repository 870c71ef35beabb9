/* SPDX-License-Identifier: Apache-2.0 */
/* Edited paths and the block that they make. */
#include "fix/overlay.h"

#include "base/error.h"

#define FIELDS_MOST 32    /* of any kind of row */

void
overlay_done(struct overlay *overlay)
{
	vec_each (&overlay->list, edited)
		vec_done(&(*edited)->edits);
	vec_done(&overlay->list);
	map_done(&overlay->by_path);
}

static struct slice
real_path(struct overlay *overlay, const struct node *node)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	node_path(node, &path);
	return path.failed ? SLICE_NONE : arena_dup(overlay->arena, slice_from(strbuf_slice(&path), 1));
}

static int
edited_new(struct overlay *overlay, const struct node *node, struct slice path, struct edited **out, struct plim_error *err)
{
	struct edited *edited = arena_make(overlay->arena, struct edited);
	struct edited **place = vec_push(&overlay->list);
	if (edited == NULL || place == NULL) {
		overlay->list.n -= place != NULL;
		return error_nomem(err);
	}
	*edited = (struct edited){ .path = path, .node = node, .entry = node_entry(overlay->from->tree, node) };
	edited->entry.path = path;
	*place = *out = edited;
	return 0;
}

int
overlay_edit(struct overlay *overlay, struct slice path, bool follow, struct edited **out, struct plim_error *err)
{
	const struct tree *tree = overlay->from->tree;
	const struct node *node = follow ? tree_resolve(tree, path) : tree_find(tree, path);
	if (node == NULL || node->parent == NULL)
		return error_set(err, PLIM_ENOTFOUND, "it is not there");
	struct slice real = real_path(overlay, node);
	void **place = real.p ? map_place(&overlay->by_path, real) : NULL;
	if (place == NULL)
		return error_nomem(err);
	int r = 0;
	if (*place == NULL)
		r = edited_new(overlay, node, real, (struct edited **)place, err);
	*out = *place;
	return r;
}

/* the block */

static int
by_path(const void *left, const void *right)
{
	return slice_cmp((*(struct edited *const *)left)->path, (*(struct edited *const *)right)->path);
}

static bool
row_edited(const struct overlay *overlay, const struct edited *edited, const struct row *row, struct slice *fields)
{
	for (size_t i = 0; i < edited->edits.n; i++) {
		const struct row_edit *edit = &edited->edits.at[i];
		bool kept = edit->change ? row_by_change(edit->change, row->kind, fields) : row_by_step(&edit->step, row->kind, row->line, fields, overlay->arena);
		if (!kept)
			return false;
	}
	return true;
}

static int
copy_row(const struct overlay *overlay, struct block_builder *into, uint32_t entry, const struct edited *edited, const struct block *block,
         const struct row *row, struct plim_error *err)
{
	struct slice fields[FIELDS_MOST];
	size_t n = row->n < FIELDS_MOST ? row->n : FIELDS_MOST;
	for (uint32_t i = 0; i < n; i++)
		fields[i] = block_field(block, row, i);
	if (!row_edited(overlay, edited, row, fields))
		return 0;
	return row->kind == ROW_CONFIG_FILE || row->kind == ROW_CONTENT ? block_add_content(into, row->kind, entry, fields, n, err)
	                                    : block_add_row(into, row->kind, entry, row->line, fields, n, err);
}

/* What was read of the bytes below is what there is to read of them here. */
static int
copy_content(struct overlay *overlay, struct block_builder *into, uint32_t entry, const struct edited *edited, struct plim_error *err)
{
	const struct node *node = edited->node;
	if (node->content_entry == ENTRY_NONE)
		return 0;
	const struct block *block = overlay->from->blocks[node->content_layer];
	int r = 0;
	for (uint32_t i = 0; r == 0 && i < block_row_count(block); i++) {
		struct row row = block_row(block, i);
		if (row.entry == node->content_entry)
			r = copy_row(overlay, into, entry, edited, block, &row, err);
	}
	for (uint32_t i = 0; r == 0 && i < block_problem_count(block); i++) {
		struct problem problem = block_problem(block, i);
		if (problem.entry == node->content_entry)
			r = block_add_problem(into, entry, problem.cataloger, problem.message, err);
	}
	return r;
}

static int
add_row(struct block_builder *into, uint32_t entry, const struct fix_change *change, struct plim_error *err)
{
	struct slice fields[PACKAGE_FIELD_COUNT] = { 0 };
	fields[PACKAGE_TYPE] = change->type;
	fields[PACKAGE_NAME] = fields[PACKAGE_SOURCE] = change->name;
	/* Any version there may be is at least this: what advisories say against it counts until they say which one will do. */
	fields[PACKAGE_VERSION] = fields[PACKAGE_SOURCE_VERSION] = change->version.n ? change->version : SLICE("0");
	return block_add_row(into, ROW_PACKAGE, entry, 0, fields, PACKAGE_FIELD_COUNT, err);
}

/* Steps that write a line; packages that were not there. */
static int
add_rows(struct block_builder *into, uint32_t entry, const struct edited *edited, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < edited->edits.n; i++) {
		const struct row_edit *edit = &edited->edits.at[i];
		const struct slice setting[] = { edit->step.words[1], edit->step.words[2] };
		if (edit->change && edit->change->kind == FIX_INSTALL)
			r = add_row(into, entry, edit->change, err);
		else if (edit->change == NULL && edit->step.verb == MEND_SET_VALUE)
			r = block_add_row(into, ROW_LOGIN_DEFS, entry, UINT32_MAX, setting, LOGIN_DEFS_FIELD_COUNT, err);
	}
	return r;
}

static int
put_edited(struct overlay *overlay, struct block_builder *into, struct edited *edited, struct plim_error *err)
{
	uint32_t at;
	if (edited->removed || edited->cleared) {
		const struct entry mark = { .path = edited->path, .type = edited->removed ? ENTRY_WHITEOUT : ENTRY_OPAQUE };
		return block_add_entry(into, &mark, NULL, err);
	}
	/* Nobody took the digest of what it will be. */
	if (edited->edits.n)
		edited->entry.digest = SLICE_NONE;
	if (edited->entry.type == ENTRY_HARDLINK)
		edited->entry.type = ENTRY_FILE;
	int r = block_add_entry(into, &edited->entry, &at, err);
	if (r < 0 || (r = copy_content(overlay, into, at, edited, err)) < 0)
		return r;
	return add_rows(into, at, edited, err);
}

static bool
is_below_removed(const struct overlay *overlay, struct slice path)
{
	for (path = path_dir(path); path.n; path = path_dir(path)) {
		const struct edited *above = map_find(&overlay->by_path, path);
		if (above && (above->removed || above->cleared))
			return true;
	}
	return false;
}

static enum hashed_files
hashing_of(const struct inventory *inventory)
{
	enum hashed_files most = HASH_NOTHING;
	for (size_t i = 0; i < inventory->block_count; i++)
		if (inventory->blocks[i] && block_hashing(inventory->blocks[i]) > most)
			most = block_hashing(inventory->blocks[i]);
	return most;
}

int
overlay_finish(struct overlay *overlay, char **out, size_t *out_size, struct plim_error *err)
{
	AUTO(block_builder) struct block_builder *into = NULL;
	int r = block_builder_new(&into, err);
	if (r < 0)
		return r;
	block_with_digests(into, hashing_of(overlay->from));
	if (overlay->list.n)
		qsort(overlay->list.at, overlay->list.n, sizeof *overlay->list.at, by_path);
	for (size_t i = 0; r == 0 && i < overlay->list.n; i++)
		if (!is_below_removed(overlay, overlay->list.at[i]->path))
			r = put_edited(overlay, into, overlay->list.at[i], err);
	return r < 0 ? r : block_finish(into, out, out_size, err);
}
