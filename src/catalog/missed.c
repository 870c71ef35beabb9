/* SPDX-License-Identifier: Apache-2.0 */
/* Files that programs of the image reach through links, and that no cataloger saw under a name that it knows. */
#include "catalog/resolver.h"

#include "base/error.h"
#include "base/glob.h"
#include "catalog/cataloger.h"
#include "catalog/file_index.h"

struct search {
	const struct inventory *inventory;
	const struct cataloger *cataloger;
	VEC(struct missed_file) missed;
	size_t first, behind_roots;      /* of what this cataloger misses; that its roots lead to */
};

/* A root is mostly among the paths, too. */
static bool
is_noted(const struct search *search, struct slice path)
{
	for (size_t i = search->first; i < search->behind_roots; i++)
		if (slice_eq(search->missed.at[i].path, path))
			return true;
	return false;
}

/* `path` as the cataloger knows it, without its first slash. */
static int
look_at(struct search *search, struct slice path, struct plim_error *err)
{
	const struct inventory *inventory = search->inventory;
	const struct node *node = tree_resolve(inventory->tree, path);
	if (node == NULL || node->content_entry == ENTRY_NONE)
		return 0;
	struct entry entry = block_entry(inventory->blocks[node->content_layer], node->content_entry);
	if (entry.type != ENTRY_FILE || ((entry.flags & ENTRY_EXTRACTED) && cataloger_wants(search->cataloger, entry.path)))
		return 0;
	struct slice known_as = arena_printf(inventory->arena, "/%.*s", SLICE_ARG(path));
	if (known_as.p == NULL)
		return error_nomem(err);
	if (is_noted(search, known_as))
		return 0;
	struct missed_file *file = vec_push(&search->missed);
	if (file == NULL)
		return error_nomem(err);
	*file = (struct missed_file){ node->content_layer, node->content_entry, known_as };
	return 0;
}

static int
look_beside(struct search *search, struct slice directory, struct slice name, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	strbuf_put(&path, directory);
	strbuf_putc(&path, '/');
	strbuf_put(&path, name);
	return path.failed ? error_nomem(err) : look_at(search, strbuf_slice(&path), err);
}

/* WILDCARDS in etc/pam.d, where the directory or a file in it may be a link. */
static int
look_into(struct search *search, struct slice directory, struct slice name, struct plim_error *err)
{
	const struct node *node = tree_resolve(search->inventory->tree, directory);
	if (node == NULL || node_entry_type(search->inventory->tree, node) != ENTRY_DIRECTORY)
		return 0;
	int r = 0;
	for (uint32_t i = 0; r == 0 && i < node->child_count; i++)
		if (glob_match(name, node->children[i]->name))
			r = look_beside(search, directory, node->children[i]->name, err);
	return r;
}

/* A link of either name; of the file's, wherever it is, where no directory is told. */
static int
look_behind(struct search *search, const struct node *link, struct slice directory, struct slice name, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	bool is_file = glob_match(name, link->name) && (directory.n == 0 || slice_eq(link->parent->name, directory));
	if (!is_file && !slice_eq(link->name, directory))
		return 0;
	node_path(link, &path);
	struct slice at = strbuf_slice(&path);
	slice_skip(&at, SLICE("/"));
	return path.failed ? error_nomem(err) : is_file ? look_at(search, at, err) : look_into(search, at, name, err);
}

static int
look_anywhere(struct search *search, struct slice directory, struct slice name, struct plim_error *err)
{
	const struct inventory *inventory = search->inventory;
	int r = 0;
	for (size_t i = 0; r == 0 && i < inventory->node_count; i++)
		if (FILE_TYPE(inventory->files.kinds[i]) == ENTRY_SYMLINK)
			r = look_behind(search, inventory->nodes[i], directory, name, err);
	return r;
}

static int
look_for(struct search *search, struct slice glob, struct plim_error *err)
{
	struct slice rest = glob;
	if (!glob_is_pattern(glob))
		return look_at(search, glob, err);
	bool anywhere = slice_skip(&rest, SLICE("**/"));
	struct slice directory = path_dir(rest), name = path_base(rest);
	if (glob_is_pattern(directory))
		return 0;
	return anywhere ? look_anywhere(search, directory, name, err) : look_into(search, directory, name, err);
}

static int
missed_cmp(const void *a, const void *b)
{
	const struct missed_file *one = a, *other = b;
	if (one->layer != other->layer)
		return one->layer < other->layer ? -1 : 1;
	if (one->entry != other->entry)
		return one->entry < other->entry ? -1 : 1;
	return slice_cmp(one->path, other->path);
}

/* Of many links to one file the first name says as much as all of them: what was found from `first` on is of one glob. */
static void
drop_further_names(struct search *search, size_t first)
{
	struct missed_file *at = search->missed.at;
	size_t kept = first;
	if (search->missed.n - first > 1)
		qsort(at + first, search->missed.n - first, sizeof *at, missed_cmp);
	for (size_t i = first; i < search->missed.n; i++)
		if (i == first || at[i].layer != at[kept - 1].layer || at[i].entry != at[kept - 1].entry)
			at[kept++] = at[i];
	search->missed.n = kept;
}

static int
look_for_all(struct search *search, const char *const *paths, struct plim_error *err)
{
	int r = 0;
	for (; r == 0 && paths && *paths; paths++) {
		size_t first = search->missed.n;
		r = look_for(search, slice_of(*paths), err);
		drop_further_names(search, first);
	}
	return r;
}

struct names {
	VEC(struct slice) at;
};

static void
auto_names(struct names *names)
{
	vec_done(&names->at);
}

/* Hard links that some cataloger wants by their name: a layer's reader knows a file by the name that has the bytes. */
static int
further_names(const struct inventory *inventory, const struct collector *wanted, struct names *names, struct plim_error *err)
{
	for (size_t i = 0; i < inventory->node_count; i++) {
		const struct node *node = inventory->nodes[i];
		if (node->content_entry == ENTRY_NONE || (node->entry == node->content_entry && node->layer == node->content_layer))
			continue;
		strbuf_clear(inventory->scratch);
		node_path(node, inventory->scratch);
		struct entry named = { .path = strbuf_slice(inventory->scratch), .type = ENTRY_FILE };
		slice_skip(&named.path, SLICE("/"));
		if (!wanted->wants(wanted->context, &named))
			continue;
		struct slice *name = vec_push(&names->at);
		if (name == NULL || (*name = arena_dup(inventory->arena, named.path)).p == NULL)
			return error_nomem(err);
	}
	return 0;
}

static int
look_at_names(struct search *search, const struct names *names, struct slice glob, struct plim_error *err)
{
	size_t first = search->missed.n;
	int r = 0;
	for (size_t i = 0; r == 0 && i < names->at.n; i++)
		r = glob_match(glob, names->at.at[i]) ? look_at(search, names->at.at[i], err) : 0;
	drop_further_names(search, first);
	return r;
}

/* Names as good as any, whatever cataloger it is. */
static int
look_at_further_names(struct search *search, struct plim_error *err)
{
	AUTO(names) struct names names = { 0 };
	struct collector wanted = { 0 };
	int r = catalogers_collector(false, &wanted, err);
	if (r < 0)
		return r;
	r = further_names(search->inventory, &wanted, &names, err);
	catalogers_collector_done(&wanted);
	for (const struct cataloger *const *c = catalogers; r == 0 && names.at.n && *c; c++) {
		search->cataloger = *c;
		search->first = search->behind_roots = search->missed.n;
		for (const char *const *glob = (*c)->on_wish ? NULL : (*c)->paths; r == 0 && glob && *glob; glob++)
			r = look_at_names(search, &names, slice_of(*glob), err);
	}
	return r;
}

static int
keep_missed(const struct search *search, const struct missed_file **out, size_t *out_count, struct plim_error *err)
{
	struct missed_file *kept = arena_make_array(search->inventory->arena, search->missed.n, struct missed_file);
	if (kept == NULL)
		return error_nomem(err);
	if (search->missed.n)
		memcpy(kept, search->missed.at, search->missed.n * sizeof *kept);
	*out = kept;
	*out_count = search->missed.n;
	return 0;
}

int
inventory_missed(const struct inventory *inventory, const struct missed_file **out, size_t *out_count, struct plim_error *err)
{
	struct search search = { .inventory = inventory };
	int r = 0;
	*out = NULL;
	*out_count = 0;
	for (const struct cataloger *const *c = catalogers; r == 0 && *c; c++) {
		search.cataloger = *c;
		search.first = search.missed.n;
		r = look_for_all(&search, (*c)->roots, err);
		search.behind_roots = search.missed.n;
		if (r == 0 && (*c)->follows)
			r = look_for_all(&search, (*c)->paths, err);
	}
	if (r == 0)
		r = look_at_further_names(&search, err);
	if (r == 0)
		r = keep_missed(&search, out, out_count, err);
	vec_done(&search.missed);
	return r;
}
