/* SPDX-License-Identifier: Apache-2.0 */
/* Paths through a tree, links included; and what a finished tree answers. */
#include "layer/tree_walk.h"

#include "base/error.h"
#include "base/limits.h"

#include <assert.h>

/* Room for what links put in front of a path: more than the kernel walks through in practice. */
#define TEXT_BYTES ((size_t)16 << 10)

struct walk {
	struct tree *tree;
	struct node *at;
	struct slice rest;      /* in the path given, or at the end of `text` once a link was followed */
	unsigned flags;
	uint32_t layer;
	unsigned links;
	bool climbed;
	tree_step_fn *see;      /* may be NULL */
	void *context;
	char text[TEXT_BYTES];
};

bool
node_is_directory(const struct tree *tree, const struct node *node)
{
	return node->entry == ENTRY_NONE || block_entry_type(tree->blocks[node->layer], node->entry) == ENTRY_DIRECTORY;
}

/* Also of a hard link to a symlink. */
static bool
is_symlink(const struct tree *tree, const struct node *node)
{
	return node->content_entry != ENTRY_NONE &&
	       block_entry_type(tree->blocks[node->content_layer], node->content_entry) == ENTRY_SYMLINK;
}

/* The next component; false at the end. */
static bool
next_name(struct slice *rest, struct slice *name)
{
	while (slice_next(rest, '/', name))
		if (name->n && !slice_eq(*name, SLICE(".")))
			return true;
	return false;
}

static bool
is_last(struct slice rest)
{
	struct slice name;
	return !next_name(&rest, &name);
}

/* Puts the link's target in front of what is left, from the end of the buffer backwards. */
static int
follow(struct walk *walk, const struct node *node, struct plim_error *err)
{
	struct slice link = block_entry(walk->tree->blocks[node->content_layer], node->content_entry).link, rest = walk->rest;
	size_t end = walk->links ? (rest.p ? (size_t)(rest.p - walk->text) : TEXT_BYTES) : TEXT_BYTES - rest.n;
	if (++walk->links > LIMIT_LINK_DEPTH_COUNT)
		return error_set(err, PLIM_EFORMAT, "more than LINK_DEPTH_COUNT (%ju) links in one path", (uintmax_t)LIMIT_LINK_DEPTH_COUNT);
	if (rest.n + 1 > TEXT_BYTES || end < 1 || link.n > LIMIT_PATH_BYTES || link.n > end - 1)
		return error_set(err, PLIM_EFORMAT, "links that make a path too long");
	if (rest.n)
		memmove(walk->text + end, rest.p, rest.n);
	walk->text[end - 1] = '/';
	memcpy(walk->text + end - 1 - link.n, link.p, link.n);
	walk->rest = (struct slice){ walk->text + end - 1 - link.n, TEXT_BYTES - (end - 1 - link.n) };
	if (slice_starts(link, SLICE("/")))
		walk->at = walk->tree->root;
	return 0;
}

/*
 * A missing directory.  Its name must be the tail of its whole path, in bytes
 * that stay: node_entry relies on it.  Mostly the entry's own path is that.
 */
static int
imply(struct walk *walk, struct slice name, struct node **out, struct plim_error *err)
{
	struct tree *tree = walk->tree;
	if (walk->links || walk->climbed) {
		AUTO(strbuf) struct strbuf path = { 0 };
		node_path(walk->at, &path);
		if (walk->at->parent)
			strbuf_putc(&path, '/');
		strbuf_put(&path, name);
		struct slice whole = path.failed ? SLICE_NONE : arena_dup(tree->paths, strbuf_slice(&path));
		if (whole.p == NULL)
			return arena_full(tree->paths) ? error_set(err, PLIM_ELIMIT, "implied paths beyond limit TREE_PATH_BYTES (%ju)", (uintmax_t)LIMIT_TREE_PATH_BYTES)
			                               : error_nomem(err);
		name = slice_from(whole, whole.n - name.n);
	}
	int r = node_new(tree, walk->at, name, out, err);
	if (r < 0)
		return r;
	(*out)->layer = walk->layer;
	(*out)->entry = (*out)->content_entry = ENTRY_NONE;
	(*out)->content_layer = walk->layer;
	return 0;
}

static void
doubt(struct walk *walk, const struct node *link)
{
	const struct node **doubts = walk->tree->doubts;
	if ((walk->flags & WALK_APPLY) && link->layer < walk->layer && doubts[walk->layer] == NULL)
		doubts[walk->layer] = link;
}

/* One component: 1 to go on, 0 when there is nothing there. */
static int
step(struct walk *walk, struct slice name, struct plim_error *err)
{
	struct tree *tree = walk->tree;
	bool create = walk->flags & WALK_CREATE;
	struct node *child = NULL;
	int r = 0;
	if (create && walk->links && ++tree->link_steps > LIMIT_TREE_LINK_STEP_COUNT)
		return error_set(err, PLIM_ELIMIT, "links beyond limit TREE_LINK_STEP_COUNT (%ju)", (uintmax_t)LIMIT_TREE_LINK_STEP_COUNT);
	if (!node_is_directory(tree, walk->at))
		return create ? error_set(err, PLIM_EFORMAT, "a parent of the path is no directory") : 0;
	if (slice_eq(name, SLICE(".."))) {
		walk->at = walk->at->parent ? walk->at->parent : walk->at;
		walk->climbed = true;
		return 1;
	}
	child = tree_lookup(tree, walk->at, name);
	if (child == NULL && create && (r = imply(walk, name, &child, err)) < 0)
		return r;
	if (child == NULL)
		return 0;
	if (walk->see)
		walk->see(walk->context, child);
	if (is_symlink(tree, child) && ((walk->flags & WALK_FOLLOW) || !is_last(walk->rest))) {
		doubt(walk, child);
		return (r = follow(walk, child, err)) < 0 ? r : 1;
	}
	walk->at = child;
	return 1;
}

/* 1 with `walk->at` at the end of the path, 0 when there is nothing there. */
static int
walk_along(struct walk *walk, struct slice path, struct plim_error *err)
{
	struct slice name;
	int r = 1;
	walk->at = walk->tree->root;
	walk->rest = path;
	walk->links = 0;
	walk->climbed = false;
	while (r > 0 && next_name(&walk->rest, &name))
		r = step(walk, name, err);
	return r;
}

int
tree_walk(struct tree *tree, struct slice path, unsigned flags, uint32_t layer, struct node **out, struct plim_error *err)
{
	struct walk walk;    /* not zeroed: its buffer is large */
	walk.tree = tree;
	walk.flags = flags;
	walk.layer = layer;
	walk.see = NULL;
	int r = walk_along(&walk, path, err);
	if (r < 0)
		return r;
	if (r > 0 && (flags & WALK_CREATE) && !node_is_directory(tree, walk.at))
		return error_set(err, PLIM_EFORMAT, "a parent of the path is no directory");
	*out = r > 0 ? walk.at : NULL;
	return 0;
}

/* A finished tree. */

const struct node *
tree_root(const struct tree *tree)
{
	return tree->root;
}

size_t
tree_count(const struct tree *tree)
{
	return tree->alive;
}

static const struct node *
find(const struct tree *tree, struct slice path, unsigned flags)
{
	struct node *found = NULL;
	/* Without WALK_CREATE nothing is changed. */
	return tree_walk((struct tree *)tree, path, flags, 0, &found, NULL) < 0 ? NULL : found;
}

const struct node *
tree_find(const struct tree *tree, struct slice path)
{
	return find(tree, path, 0);
}

const struct node *
tree_resolve(const struct tree *tree, struct slice path)
{
	return find(tree, path, WALK_FOLLOW);
}

const struct node *
tree_each_step(const struct tree *tree, struct slice path, tree_step_fn *see, void *context)
{
	struct walk walk;
	walk.tree = (struct tree *)tree;    /* without WALK_CREATE nothing is changed */
	walk.flags = WALK_FOLLOW;
	walk.layer = 0;
	walk.see = see;
	walk.context = context;
	walk_along(&walk, path, NULL);
	return walk.at;
}

const struct node *
tree_doubt(const struct tree *tree, uint32_t layer)
{
	return tree->doubts[layer];
}

const struct node *
tree_child(const struct node *directory, struct slice name)
{
	uint32_t low = 0, high = directory->child_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = slice_cmp(directory->children[middle]->name, name);
		if (order == 0)
			return directory->children[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* `reserved` is now a node's place among its siblings. */
const struct node *
tree_behind(const struct node *node)
{
	for (; node->parent; node = node->parent)
		if (node->reserved + 1 < node->parent->child_count)
			return node->parent->children[node->reserved + 1];
	return NULL;
}

const struct node *
tree_after(const struct node *node)
{
	return node->child_count ? node->children[0] : tree_behind(node);
}

static size_t
path_size(const struct node *node)
{
	size_t n = 0;
	for (; node->parent; node = node->parent)
		n += node->name.n + 1;
	return n;
}

void
node_path(const struct node *node, struct strbuf *into)
{
	size_t n = path_size(node);
	if (n == 0) {
		strbuf_putc(into, '/');
		return;
	}
	char *at = strbuf_reserve(into, n);
	if (at == NULL)
		return;
	for (char *end = at + n; node->parent; node = node->parent) {
		end -= node->name.n;
		memcpy(end, node->name.p, node->name.n);
		*--end = '/';
	}
	strbuf_added(into, n);
}

static struct entry
implied_entry(const struct node *node)
{
	size_t n = path_size(node);
	struct slice path = n ? (struct slice){ node->name.p + node->name.n - (n - 1), n - 1 } : SLICE("");
	return (struct entry){ .path = path, .type = ENTRY_DIRECTORY, .mode = 0755 };
}

struct entry
node_entry(const struct tree *tree, const struct node *node)
{
	if (node->entry == ENTRY_NONE)
		return implied_entry(node);
	struct entry own = block_entry(tree->blocks[node->layer], node->entry);
	if (own.type != ENTRY_HARDLINK || node->content_entry == ENTRY_NONE)
		return own;
	struct entry entry = block_entry(tree->blocks[node->content_layer], node->content_entry);
	entry.path = own.path;
	/* Runtimes apply a link's own mode or capability to what it links: what raises privilege must show. */
	if (entry.type == ENTRY_FILE) {
		entry.mode |= own.mode & 06000;
		entry.capability = own.capability.p ? own.capability : entry.capability;
	}
	return entry;
}

enum entry_type
node_entry_type(const struct tree *tree, const struct node *node)
{
	if (node->entry == ENTRY_NONE)
		return ENTRY_DIRECTORY;
	enum entry_type own = block_entry_type(tree->blocks[node->layer], node->entry);
	return own != ENTRY_HARDLINK || node->content_entry == ENTRY_NONE ? own : block_entry_type(tree->blocks[node->content_layer], node->content_entry);
}
