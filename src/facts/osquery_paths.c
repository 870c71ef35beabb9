/* SPDX-License-Identifier: Apache-2.0 */
/* Paths as osquery finds them. */
#include "facts/osquery_paths.h"

#include "base/auto.h"
#include "base/limits.h"

void
found_paths_done(struct found_paths *found)
{
	strbuf_done(&found->texts);
	vec_done(&found->all);
	vec_done(&found->links);
	map_done(&found->seen);
	arena_free(found->arena);
}

/* The directory behind a node, which may be a link to it; NULL where there is none. */
static const struct node *
directory_of(const struct found_paths *found, const struct node *node)
{
	const struct tree *tree = found->inventory->tree;
	AUTO(strbuf) struct strbuf path = { 0 };
	if (node == NULL || node_entry_type(tree, node) == ENTRY_DIRECTORY)
		return node;
	if (node_entry_type(tree, node) != ENTRY_SYMLINK)
		return NULL;
	node_path(node, &path);
	node = path.failed ? NULL : tree_resolve(tree, strbuf_slice(&path));
	return node && node_entry_type(tree, node) == ENTRY_DIRECTORY ? node : NULL;
}

/* As boost's parent_path: without the last part and the slashes before it. */
static size_t
directory_size(struct slice path)
{
	size_t n = path.n;
	while (n > 0 && path.p[n - 1] != '/')
		n--;
	while (n > 1 && path.p[n - 1] == '/')
		n--;
	return slice_is(path, "/") ? 0 : n;
}

static bool
add(struct found_paths *found, const struct node *node, struct slice path, size_t directory)
{
	struct found_path *one = vec_push(&found->all);
	if (one == NULL)
		return false;
	*one = (struct found_path){ node, found->texts.n, path.n, directory };
	strbuf_put(&found->texts, path);
	return !found->texts.failed;
}

static bool
count_step(struct found_paths *found)
{
	found->over = found->over || ++found->steps > LIMIT_QUERY_GLOB_COUNT;
	return !found->over;
}

/* Nobody looked into what a walk over a host left out: nothing found there is not nothing there. */
static bool
is_left_out(const struct found_paths *found, struct slice path)
{
	while (path.n > 1 && slice_skip_end(&path, SLICE("/")))
		;
	return inventory_left_out(found->inventory, path) != NULL;
}

static bool
is_left_out_node(const struct found_paths *found, const struct node *node)
{
	const struct shown_rows *rows = &found->inventory->rows[ROW_LEFT_OUT];
	for (size_t i = 0; i < rows->n; i++)
		if (rows->at[i].node == node)
			return true;
	return false;
}

bool
found_path_follows(struct slice path)
{
	return slice_ends(path, SLICE("/")) || slice_ends(path, SLICE("/."));
}

/* osquery's daemon works in the root directory: paths that begin nowhere begin there.  False without memory. */
static bool
put_absolute(struct strbuf *into, struct slice path)
{
	if (!slice_starts(path, SLICE("/")))
		strbuf_putc(into, '/');
	strbuf_put(into, path);
	return !into->failed;
}

bool
find_path(struct found_paths *found, struct slice path)
{
	const struct tree *tree = found->inventory->tree;
	const struct node *node = NULL;
	AUTO(strbuf) struct strbuf absolute = { 0 };
	if (path.n == 0)
		return true;
	if (!put_absolute(&absolute, path))
		return false;
	if (found_path_follows(path))
		node = directory_of(found, tree_resolve(tree, strbuf_slice(&absolute)));
	else
		node = tree_find(tree, strbuf_slice(&absolute));
	return node || is_left_out(found, strbuf_slice(&absolute)) ? add(found, node, path, directory_size(path)) : true;
}

static bool
add_content(struct found_paths *found, const struct node *directory, struct slice path)
{
	AUTO(strbuf) struct strbuf child = { 0 };
	bool fine = true;
	if (is_left_out_node(found, directory))
		return add(found, NULL, path, path.n);
	for (size_t i = 0; fine && i < directory->child_count && count_step(found); i++) {
		strbuf_clear(&child);
		strbuf_put(&child, path);
		if (!slice_ends(path, SLICE("/")))
			strbuf_putc(&child, '/');
		strbuf_put(&child, directory->children[i]->name);
		fine = !child.failed && add(found, directory->children[i], strbuf_slice(&child), path.n);
	}
	return fine;
}

bool
find_directory(struct found_paths *found, struct slice directory)
{
	AUTO(strbuf) struct strbuf absolute = { 0 };
	if (directory.n == 0)
		return true;
	if (!put_absolute(&absolute, directory))
		return false;
	if (is_left_out(found, strbuf_slice(&absolute)))
		return add(found, NULL, directory, directory.n);
	const struct node *node = directory_of(found, tree_resolve(found->inventory->tree, strbuf_slice(&absolute)));
	return node ? add_content(found, node, directory) : true;
}

/* glob(3) */

/* A % is any letters; another mark of LIKE is the letter itself to glob. */
static bool
name_matches(const struct found_paths *found, struct slice pattern, struct slice name)
{
	size_t p = 0, n = 0, star = SIZE_MAX, begun = 0;
	if (!found->go && name.n && name.p[0] == '.' && (pattern.n == 0 || pattern.p[0] != '.'))
		return false;
	while (n < name.n) {
		if (p < pattern.n && pattern.p[p] == '%') {
			star = p++;
			begun = n;
		} else if (p < pattern.n && pattern.p[p] == name.p[n]) {
			p++, n++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			n = ++begun;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '%')
		p++;
	return p == pattern.n;
}

/* The first time a directory is come to. */
static bool
is_new(struct found_paths *found, const struct node *directory, bool *fine)
{
	if (found->arena == NULL)
		found->arena = arena_new(0);
	struct slice key = found->arena ? arena_dup(found->arena, (struct slice){ (const char *)&directory, sizeof directory }) : SLICE_NONE;
	void **place = key.p ? map_place(&found->seen, key) : NULL;
	*fine = place != NULL;
	if (place == NULL || *place)
		return false;
	*place = found;
	return true;
}

/* Adds the node that a pattern came to; a directory is told with a slash at its end, which LIKE '/' does not take for the root directory. */
static bool
add_match(struct found_paths *found, const struct node *node, struct strbuf *path)
{
	const struct node *directory = directory_of(found, node);
	size_t size = path->n;
	bool fine = true;
	if (directory && !found->go && path->n && (path->n == 1 || path->p[path->n - 1] != '/'))
		strbuf_putc(path, '/');
	if (path->failed)
		return false;
	if (found->folders)
		fine = !directory || add_content(found, directory, strbuf_slice(path));
	else
		fine = add(found, node, strbuf_slice(path), directory_size(strbuf_slice(path)));
	path->n = size;
	return fine;
}

/* A link to a directory waits until all that is no link was gone through: what is in it is told by its own path where that is below, too. */
static bool
put_off(struct found_paths *found, const struct node *node, const struct strbuf *path)
{
	struct found_path *link = vec_push(&found->links);
	if (link)
		*link = (struct found_path){ node, found->texts.n, path->n, 0 };
	strbuf_put(&found->texts, strbuf_slice(path));
	return link && !found->texts.failed;
}

static bool
add_below(struct found_paths *found, const struct node *node, struct strbuf *path)
{
	const struct node *directory = directory_of(found, node);
	size_t size = path->n;
	bool fine = true;
	if (directory == NULL || !is_new(found, directory, &fine))
		return fine;
	if (is_left_out_node(found, directory))
		return add(found, NULL, strbuf_slice(path), 0);
	if (path->p[path->n - 1] != '/')
		strbuf_putc(path, '/');
	size_t begin = path->n;
	for (size_t i = 0; fine && i < directory->child_count && count_step(found); i++) {
		const struct node *child = directory->children[i];
		path->n = begin;
		strbuf_put(path, child->name);
		fine = !path->failed && add_match(found, child, path);
		if (fine && directory_of(found, child))
			fine = directory_of(found, child) == child ? add_below(found, child, path) : put_off(found, child, path);
	}
	path->n = size;
	return fine;
}

/* More of them may come up on the way. */
static bool
add_below_links(struct found_paths *found)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	bool fine = true;
	for (size_t i = 0; fine && i < found->links.n; i++) {
		strbuf_clear(&path);
		strbuf_put(&path, (struct slice){ found->texts.p + found->links.at[i].text, found->links.at[i].size });
		fine = !path.failed && add_below(found, found->links.at[i].node, &path);
	}
	return fine;
}

static bool glob_step(struct found_paths *found, const struct node *directory, struct strbuf *path, struct slice rest, bool below);

static bool
add_first(struct found_paths *found, const struct node *node, struct strbuf *path)
{
	return directory_of(found, node) == node ? add_below(found, node, path) : put_off(found, node, path);
}

static bool
glob_child(struct found_paths *found, const struct node *child, struct slice name, struct strbuf *path, struct slice rest, bool below)
{
	size_t size = path->n;
	bool fine = true;
	strbuf_put(path, name);
	if (path->failed)
		return false;
	if (rest.n == 0)
		fine = add_match(found, child, path) && (!below || add_first(found, child, path));
	else if (directory_of(found, child))
		fine = glob_step(found, directory_of(found, child), path, rest, below);
	path->n = size;
	return fine;
}

/* To glob(3) . and .. are names as others: .% takes them, too.  NULL: there is no such name. */
static const struct node *
child_of(const struct found_paths *found, const struct node *directory, struct slice name)
{
	if (!found->go && slice_is(name, "."))
		return directory;
	if (!found->go && slice_is(name, ".."))
		return directory->parent ? directory->parent : directory;
	return tree_child(directory, name);
}

static bool
glob_dots(struct found_paths *found, const struct node *directory, struct strbuf *path, struct slice part, struct slice rest, bool below)
{
	static const char *const dots[] = { "..", "." };
	bool fine = true;
	for (size_t i = 0; fine && !found->go && i < sizeof dots / sizeof *dots && count_step(found); i++)
		if (name_matches(found, part, slice_of(dots[i])))
			fine = glob_child(found, child_of(found, directory, slice_of(dots[i])), slice_of(dots[i]), path, rest, below);
	return fine;
}

static bool
glob_names(struct found_paths *found, const struct node *directory, struct strbuf *path, struct slice part, struct slice rest, bool below)
{
	bool fine = glob_dots(found, directory, path, part, rest, below);
	for (size_t i = 0; fine && i < directory->child_count && count_step(found); i++)
		if (name_matches(found, part, directory->children[i]->name))
			fine = glob_child(found, directory->children[i], directory->children[i]->name, path, rest, below);
	return fine;
}

/* Names of the directory that the next part of the pattern takes; `rest` begins with a slash. */
static bool
glob_step(struct found_paths *found, const struct node *directory, struct strbuf *path, struct slice rest, bool below)
{
	size_t size = path->n, slashes = 0;
	bool fine = true;
	while (slashes < rest.n && rest.p[slashes] == '/')
		slashes++;
	strbuf_put(path, slice_first(rest, slashes));
	rest = slice_from(rest, slashes);
	size_t end = slice_find(rest, '/');
	struct slice part = slice_first(rest, end == SIZE_MAX ? rest.n : end), behind = slice_from(rest, part.n);
	if (path->failed)
		return false;
	if (part.n && is_left_out_node(found, directory)) {
		fine = add(found, NULL, strbuf_slice(path), 0);
	} else if (part.n == 0) {
		fine = add_match(found, directory, path);
	} else if (slice_find(part, '%') == SIZE_MAX) {
		const struct node *child = child_of(found, directory, part);
		fine = child == NULL || !count_step(found) || glob_child(found, child, part, path, behind, below);
	} else {
		fine = glob_names(found, directory, path, part, behind, below);
	}
	path->n = size;
	return fine;
}

static bool
glob_paths(struct found_paths *found, struct slice pattern)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	bool below = !found->go && slice_ends(pattern, SLICE("%%"));
	if (!slice_starts(pattern, SLICE("/")))
		return true;
	/* Each pattern tells all that is below it, whatever another one told. */
	map_done(&found->seen);
	found->seen = (struct map){ 0 };
	found->links.n = 0;
	return glob_step(found, tree_root(found->inventory->tree), &path, pattern, below) && add_below_links(found);
}

bool
find_path_like(struct found_paths *found, struct slice pattern)
{
	found->folders = false;
	return glob_paths(found, pattern);
}

bool
find_directory_like(struct found_paths *found, struct slice pattern)
{
	found->folders = true;
	return glob_paths(found, pattern);
}
