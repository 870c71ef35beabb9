/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a file that an answer rests on was there and could be read: what nobody saw must not look clean. */
#include "policy/judge.h"

#include "base/glob.h"
#include "catalog/cataloger.h"

static const struct inventory_gap *
gap_find(const struct inventory *inventory, struct slice glob)
{
	for (size_t i = 0; i < inventory->gap_count; i++)
		if (inventory->gaps[i].path.n && glob_match(glob, inventory->gaps[i].path))
			return &inventory->gaps[i];
	return NULL;
}

/* Reached through a link, and no cataloger was led there: its rows are not among those of the path. */
static bool
is_astray(const struct inventory *inventory, struct slice path, const struct node *node, const struct entry *entry)
{
	strbuf_clear(inventory->scratch);
	node_path(node, inventory->scratch);
	return !slice_eq(strbuf_slice(inventory->scratch), path) && !(entry->flags & ENTRY_EXTRACTED);
}

/* What is wrong with a file is known by its own path, whatever links lead there. */
static bool
has_own_gap(const struct inventory *inventory, const struct node *node, struct slice *reason)
{
	strbuf_clear(inventory->scratch);
	node_path(node, inventory->scratch);
	const struct inventory_gap *gap = gap_find(inventory, strbuf_slice(inventory->scratch));
	if (gap)
		*reason = gap->reason;
	return gap != NULL;
}

static enum sight
sight_of_node(const struct inventory *inventory, struct slice path, const struct node *node, struct slice *reason)
{
	struct entry entry = node_entry(inventory->tree, node);
	if (entry.type != ENTRY_FILE && entry.type != ENTRY_HARDLINK) {
		*reason = SLICE("it is not a regular file");
		return SIGHT_UNREADABLE;
	}
	if (entry.size == 0)
		return SIGHT_EMPTY;
	if (has_own_gap(inventory, node, reason))
		return SIGHT_PARTLY;
	if (is_astray(inventory, path, node, &entry)) {
		*reason = SLICE("it is a link to a file that was not read");
		return SIGHT_UNREADABLE;
	}
	return SIGHT_READ;
}

/* The directory before the first wildcard: nothing outside it can match. */
static struct slice
fixed_part(struct slice glob)
{
	size_t wild = 0;
	while (wild < glob.n && glob.p[wild] != '*' && glob.p[wild] != '?')
		wild++;
	size_t slash = slice_find_last(slice_first(glob, wild), '/');
	return slice_first(glob, slash == SIZE_MAX ? 0 : slash);
}

static bool
is_inside(const struct node *node, const struct node *directory)
{
	while (node && node != directory)
		node = node->parent;
	return node != NULL;
}

/* What a glob says of a file's name, which is at hand where the path has to be made: mostly all of it, or its end. */
struct name_test {
	enum { NAME_ANY, NAME_IS, NAME_ENDS, NAME_MATCHES } how;
	struct slice text;
};

static struct name_test
name_test_of(struct slice glob)
{
	struct slice last = path_base(glob), end = last;
	if (slice_find_text(last, SLICE("**")) != SIZE_MAX)
		return (struct name_test){ NAME_ANY, last };
	if (!glob_is_pattern(last))
		return (struct name_test){ NAME_IS, last };
	if (slice_skip(&end, SLICE("*")) && !glob_is_pattern(end))
		return (struct name_test){ NAME_ENDS, end };
	return (struct name_test){ NAME_MATCHES, last };
}

static bool
name_passes(const struct name_test *test, struct slice name)
{
	switch (test->how) {
	case NAME_IS:
		return slice_eq(name, test->text);
	case NAME_ENDS:
		return slice_ends(name, test->text);
	case NAME_MATCHES:
		return glob_match(test->text, name);
	default:
		return true;
	}
}

/* A link has that of the file that it leads to, once a cataloger was led there. */
static bool
has_bytes(const struct inventory *inventory, const struct node *node)
{
	struct entry entry = node_entry(inventory->tree, node);
	if (entry.type != ENTRY_SYMLINK)
		return (entry.type == ENTRY_FILE || entry.type == ENTRY_HARDLINK) && entry.size > 0;
	strbuf_clear(inventory->scratch);
	node_path(node, inventory->scratch);
	const struct node *file = tree_resolve(inventory->tree, strbuf_slice(inventory->scratch));
	if (file == NULL)
		return false;
	entry = node_entry(inventory->tree, file);
	return entry.type == ENTRY_FILE && entry.size > 0 && (entry.flags & ENTRY_EXTRACTED);
}

/* `top` is what the directory `fixed` leads to, whose files have the names that it was asked by. */
static bool
has_content(const struct inventory *inventory, const struct node *node, const struct node *top, struct slice fixed, struct slice glob)
{
	if (!has_bytes(inventory, node))
		return false;
	AUTO(strbuf) struct strbuf asked = { 0 };
	strbuf_clear(inventory->scratch);
	if (top && top->parent)
		node_path(top, inventory->scratch);
	size_t above = inventory->scratch->n;
	strbuf_clear(inventory->scratch);
	node_path(node, inventory->scratch);
	strbuf_put(&asked, fixed);
	strbuf_put(&asked, slice_from(strbuf_slice(inventory->scratch), above));
	return !asked.failed && glob_match(glob, strbuf_slice(&asked));
}

static bool
is_seen_below(const struct inventory *inventory, const struct node *top, struct slice fixed, struct slice glob, const struct name_test *test)
{
	for (const struct node *node = top; node && is_inside(node, top); node = tree_after(node))
		if (name_passes(test, node->name) && has_content(inventory, node, top, fixed, glob))
			return true;
	return false;
}

/* In the whole tree: most files are told apart without being looked at. */
static bool
is_seen_anywhere(const struct inventory *inventory, struct slice glob, const struct name_test *test)
{
	uint16_t mask = test->how == NAME_IS ? UINT16_MAX : test->how == NAME_ENDS && test->text.n ? FILE_NAME_KEY_LAST : 0;
	uint16_t key = file_name_key(test->text);
	size_t i = 0, end = inventory->node_count;
	for (; (i = file_index_named(&inventory->files, i, end, key, mask)) < end; i++)
		if (name_passes(test, inventory->nodes[i]->name) && has_content(inventory, inventory->nodes[i], NULL, SLICE_NONE, glob))
			return true;
	return false;
}

/* A cataloger that wants the file by the name that programs know did not see it: it is behind a link, and nothing led there. */
static bool
is_missed_by(const struct cataloger *cataloger, struct slice known, const struct entry *entry)
{
	if (!cataloger_wants(cataloger, known))
		return false;
	for (const char *const *root = cataloger->roots; root && *root; root++)
		if (slice_is(known, *root))
			return !(entry->flags & ENTRY_EXTRACTED);
	return !(entry->flags & ENTRY_EXTRACTED) || !cataloger_wants(cataloger, entry->path);
}

static enum sight
sight_of_name(const struct inventory *inventory, struct slice known, struct slice *reason)
{
	const struct node *node = tree_resolve(inventory->tree, known);
	struct entry entry = node && node->content_entry != ENTRY_NONE ? block_entry(inventory->blocks[node->content_layer], node->content_entry)
	                                                               : (struct entry){ .type = ENTRY_DIRECTORY };
	if (entry.type != ENTRY_FILE || entry.size == 0)
		return SIGHT_ABSENT;
	strbuf_clear(inventory->scratch);
	node_path(node, inventory->scratch);
	if (slice_eq(strbuf_slice(inventory->scratch), known))
		return SIGHT_READ;
	if (has_own_gap(inventory, node, reason))
		return SIGHT_PARTLY;
	slice_skip(&known, SLICE("/"));
	for (const struct cataloger *const *c = catalogers; *c; c++)
		if (is_missed_by(*c, known, &entry)) {
			*reason = SLICE("there is a link to a file that was not read");
			return SIGHT_PARTLY;
		}
	return SIGHT_READ;
}

/* Of a pattern in the last place alone: what has such a name there, whatever it leads to, and so may the directory. */
static enum sight
sight_of_names(const struct inventory *inventory, struct slice glob, const struct node *directory, struct slice *reason)
{
	enum sight sight = SIGHT_ABSENT;
	for (uint32_t i = 0; directory && i < directory->child_count && sight != SIGHT_PARTLY; i++) {
		AUTO(strbuf) struct strbuf known = { 0 };
		if (!glob_match(path_base(glob), directory->children[i]->name))
			continue;
		strbuf_put(&known, path_dir(glob));
		strbuf_putc(&known, '/');
		strbuf_put(&known, directory->children[i]->name);
		enum sight of_name = known.failed ? SIGHT_PARTLY : sight_of_name(inventory, strbuf_slice(&known), reason);
		sight = of_name > sight ? of_name : sight;
	}
	return sight;
}

static enum sight
sight_of_glob(const struct inventory *inventory, struct slice glob, struct slice *reason)
{
	struct slice fixed = fixed_part(glob);
	if (fixed.n && slice_eq(fixed, path_dir(glob)) && slice_find_text(glob, SLICE("**")) == SIZE_MAX)
		return sight_of_names(inventory, glob, tree_resolve(inventory->tree, fixed), reason);
	struct name_test test = name_test_of(glob);
	const struct node *top = fixed.n ? tree_resolve(inventory->tree, fixed) : NULL;
	bool seen = fixed.n ? is_seen_below(inventory, top, fixed, glob, &test) : is_seen_anywhere(inventory, glob, &test);
	return seen ? SIGHT_READ : SIGHT_ABSENT;
}

static bool
path_is_below(struct slice path, struct slice directory)
{
	return slice_is(directory, "/") || (slice_skip(&path, directory) && (path.n == 0 || path.p[0] == '/'));
}

/* Files may be missing there: a whole layer, or a directory whose names could not be read, or not all. */
static bool
gap_hides_files(const struct inventory *inventory, const struct inventory_gap *gap)
{
	if (!slice_is(gap->subject, "layer"))
		return false;
	const struct node *node = inventory->image || gap->path.n == 0 ? NULL : tree_find(inventory->tree, gap->path);
	return node == NULL || node_entry_type(inventory->tree, node) == ENTRY_DIRECTORY;
}

bool
judge_misses_files(struct judging *judging, struct slice *reason)
{
	const struct inventory *inventory = judging->inventory;
	for (size_t i = 0; i < inventory->gap_count; i++) {
		const struct inventory_gap *gap = &inventory->gaps[i];
		if (!gap_hides_files(inventory, gap))
			continue;
		*reason = gap->path.n ? judge_text(judging, "%.*s: %.*s", SLICE_ARG(gap->path), SLICE_ARG(gap->reason)) : gap->reason;
		return true;
	}
	return false;
}

/* In a tree a gap hides what is below its place, and what a glob may find in any depth, which may be there. */
static bool
has_hole_for(const struct judging *judging, struct slice path, struct slice *reason)
{
	const struct inventory *inventory = judging->inventory;
	bool pattern = glob_is_pattern(path), deep = pattern && slice_find_text(path, SLICE("**")) != SIZE_MAX;
	struct slice fixed = pattern ? fixed_part(path) : path;
	if (inventory->image)
		return !pattern && judge_has_hole(judging, reason);
	for (size_t i = 0; i < inventory->gap_count; i++) {
		const struct inventory_gap *gap = &inventory->gaps[i];
		*reason = gap->reason;
		if (gap_hides_files(inventory, gap) && (gap->path.n == 0 || path_is_below(fixed, gap->path) || (deep && path_is_below(gap->path, fixed))))
			return true;
	}
	return false;
}

static bool
is_regular(const struct inventory *inventory, struct slice path)
{
	const struct node *node = tree_resolve(inventory->tree, path);
	return node && node_entry(inventory->tree, node).type == ENTRY_FILE;
}

enum sight
judge_sight(const struct judging *judging, struct slice path, struct slice *reason)
{
	const struct inventory *inventory = judging->inventory;
	const struct inventory_gap *gap = gap_find(inventory, path);
	if (gap) {
		*reason = gap->reason;
		return is_regular(inventory, gap->path) ? SIGHT_PARTLY : SIGHT_UNREADABLE;
	}
	struct slice place = glob_is_pattern(path) ? fixed_part(path) : path;
	const struct shown_row *left_out = place.n ? inventory_left_out(inventory, place) : NULL;
	if (left_out) {
		*reason = block_field(left_out->block, &left_out->row, LEFT_OUT_REASON);
		return SIGHT_UNREADABLE;
	}
	const struct node *node = glob_is_pattern(path) ? NULL : tree_resolve(inventory->tree, path);
	if (node)
		return sight_of_node(inventory, path, node, reason);
	enum sight sight = glob_is_pattern(path) ? sight_of_glob(inventory, path, reason) : SIGHT_ABSENT;
	struct slice hole = SLICE_NONE;
	if (sight == SIGHT_PARTLY || !has_hole_for(judging, path, &hole))
		return sight;
	*reason = hole;
	return sight == SIGHT_READ ? SIGHT_PARTLY : SIGHT_UNREADABLE;
}
