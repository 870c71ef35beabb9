/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Squashing.  While layers are applied a hash finds a directory's child; what
 * is removed only leaves the hash, so that dropping a whole subtree costs the
 * same as dropping a file.  At the end one pass in order of making, parents
 * before children, tells who is still reachable, and children are sorted.
 */
#include "layer/tree.h"

#include "base/error.h"
#include "base/limits.h"
#include "layer/tree_walk.h"

#include <sys/random.h>

/* While building, in child_count: removed, or below something that was. */
#define DEAD UINT32_MAX

struct node *
node_at(const struct tree *tree, uint32_t number)
{
	return &tree->chunks.at[number / CHUNK_NODES][number % CHUNK_NODES];
}

/* The hash of children. */

static uint32_t *
bucket_of(const struct tree *tree, const struct node *parent, struct slice name)
{
	uint64_t hash = slice_hash(name, tree->seed ^ (uint64_t)(uintptr_t)parent);
	return &tree->buckets[hash & (tree->bucket_count - 1)];
}

static void
chain_add(struct tree *tree, uint32_t number)
{
	struct node *node = node_at(tree, number);
	uint32_t *bucket = bucket_of(tree, node->parent, node->name);
	node->reserved = *bucket;
	*bucket = number + 1;
}

static void
chain_remove(struct tree *tree, const struct node *node)
{
	uint32_t *link = bucket_of(tree, node->parent, node->name);
	while (*link && node_at(tree, *link - 1) != node)
		link = &node_at(tree, *link - 1)->reserved;
	if (*link)
		*link = node->reserved;
}

/* Most entries of most images stay. */
static uint32_t
buckets_expected(const struct tree *tree)
{
	uint64_t entries = 0;
	uint32_t count = 1024;
	for (size_t i = 0; i < tree->layers; i++)
		entries += tree->blocks[i] ? block_entry_count(tree->blocks[i]) : 0;
	while (count < entries && count < UINT32_C(1) << 22)
		count *= 2;
	return count;
}

static int
buckets_grow(struct tree *tree, struct plim_error *err)
{
	if (tree->made < tree->bucket_count)
		return 0;
	uint32_t count = tree->bucket_count ? tree->bucket_count * 2 : buckets_expected(tree);
	uint32_t *buckets = calloc(count, sizeof *buckets);
	if (buckets == NULL)
		return error_nomem(err);
	free(tree->buckets);
	tree->buckets = buckets;
	tree->bucket_count = count;
	for (uint32_t i = 0; i < tree->made; i++)
		if (node_at(tree, i)->parent && node_at(tree, i)->child_count != DEAD)
			chain_add(tree, i);
	return 0;
}

/* In place of a directory's last child: its children did not come in order. */
static struct node no_order;

static void
last_note(struct node *directory, struct node *child)
{
	if (directory->last == NULL || (directory->last != &no_order && slice_cmp(child->name, directory->last->name) >= 0))
		directory->last = child;
	else
		directory->last = &no_order;
}

/* Archives are mostly sorted: a name behind the last one is new, and nobody need look for it. */
static bool
is_behind_last(const struct node *directory, struct slice name)
{
	return directory->last == NULL || (directory->last != &no_order && slice_cmp(name, directory->last->name) > 0);
}

struct node *
tree_lookup(const struct tree *tree, const struct node *directory, struct slice name)
{
	if (tree->buckets == NULL)
		return (struct node *)tree_child(directory, name);
	if (is_behind_last(directory, name))
		return NULL;
	for (uint32_t number = *bucket_of(tree, directory, name); number; number = node_at(tree, number - 1)->reserved) {
		struct node *node = node_at(tree, number - 1);
		if (node->parent == directory && slice_eq(node->name, name))
			return node;
	}
	return NULL;
}

int
node_new(struct tree *tree, struct node *parent, struct slice name, struct node **out, struct plim_error *err)
{
	if (tree->made >= LIMIT_TREE_NODE_COUNT)
		return error_set(err, PLIM_ELIMIT, "more than TREE_NODE_COUNT (%ju) files", (uintmax_t)LIMIT_TREE_NODE_COUNT);
	int r = buckets_grow(tree, err);
	if (r < 0)
		return r;
	if (tree->made % CHUNK_NODES == 0) {
		struct node *nodes = malloc(CHUNK_NODES * sizeof *nodes), **chunk = nodes ? vec_push(&tree->chunks) : NULL;
		if (chunk == NULL) {
			free(nodes);
			return error_nomem(err);
		}
		*chunk = nodes;
	}
	struct node *node = node_at(tree, tree->made);
	*node = (struct node){ .parent = parent, .name = name };
	if (parent) {
		chain_add(tree, tree->made);
		last_note(parent, node);
	}
	tree->made++;
	*out = node;
	return 0;
}

/* Applying layers. */

struct pending {
	struct node *node;
	uint32_t entry;    /* the hard link that made it; another one may describe the node later */
};

struct apply {
	struct tree *tree;
	const struct block *block;
	uint32_t layer;
	struct slice dir;       /* the parent of the last entry, NULL node when it may be another by now */
	struct node *dir_node;
	VEC(struct pending) pending;
};

static void
auto_apply(struct apply *apply)
{
	vec_done(&apply->pending);
}

static void
node_kill(struct apply *apply, struct node *node)
{
	chain_remove(apply->tree, node);
	node->child_count = DEAD;
	apply->dir_node = NULL;
}

static void
node_describe(struct apply *apply, struct node *node, uint32_t entry)
{
	node->layer = node->content_layer = apply->layer;
	node->entry = node->content_entry = entry;
}

/* An empty directory in the place of `node`: whatever was below goes with the old one. */
static int
node_empty(struct apply *apply, struct node *node, struct plim_error *err)
{
	struct tree *tree = apply->tree;
	struct node *fresh = NULL;
	struct node old = *node;
	if (node->parent)
		node_kill(apply, node);
	node->child_count = DEAD;
	apply->dir_node = NULL;
	int r = node_new(tree, old.parent, old.name, &fresh, err);
	if (r < 0)
		return r;
	fresh->layer = old.layer;
	fresh->entry = old.entry;
	fresh->content_layer = old.content_layer;
	fresh->content_entry = old.content_entry;
	if (old.parent == NULL)
		tree->root = fresh;
	return 0;
}

/* Whiteouts: a path that leads nowhere below removes nothing. */
static int
apply_walk(struct apply *apply, struct slice path, unsigned flags, struct node **out, struct plim_error *err)
{
	return tree_walk(apply->tree, path, flags | WALK_APPLY, apply->layer, out, err);
}

static int
whiteout_apply(struct apply *apply, struct slice path, struct plim_error *err)
{
	struct node *node = NULL;
	int r = apply_walk(apply, path, 0, &node, err);
	if (r == 0 && node && node->parent)
		node_kill(apply, node);
	return r;
}

static int
opaque_apply(struct apply *apply, struct slice path, struct plim_error *err)
{
	struct node *node = NULL;
	int r = apply_walk(apply, path, WALK_FOLLOW, &node, err);
	if (r < 0 || node == NULL || !node_is_directory(apply->tree, node))
		return r;
	return node_empty(apply, node, err);
}

/* The content of a hard link, if its target is there and has one. */
static int
hardlink_resolve(struct apply *apply, struct node *node, uint32_t entry, struct plim_error *err)
{
	struct node *target = NULL;
	struct slice path = block_entry(apply->block, entry).link;
	int r = apply_walk(apply, path, 0, &target, err);
	if (r < 0 || target == NULL || target == node || node_is_directory(apply->tree, target))
		return r;
	node->content_layer = target->content_layer;
	node->content_entry = target->content_entry;
	return 0;
}

static int
hardlink_apply(struct apply *apply, struct node *node, uint32_t entry, struct plim_error *err)
{
	node->content_entry = ENTRY_NONE;
	int r = hardlink_resolve(apply, node, entry, err);
	if (r < 0 || node->content_entry != ENTRY_NONE)
		return r;
	struct pending *pending = vec_push(&apply->pending);
	if (pending == NULL)
		return error_nomem(err);
	*pending = (struct pending){ node, entry };
	return 0;
}

static bool
is_pending(const struct apply *apply, const struct pending *pending)
{
	const struct node *node = pending->node;
	return node->child_count != DEAD && node->layer == apply->layer && node->entry == pending->entry &&
	       node->content_entry == ENTRY_NONE;
}

static int
pending_try(struct apply *apply, const struct pending *pending, bool *progress, struct plim_error *err)
{
	if (!is_pending(apply, pending))
		return 0;
	int r = hardlink_resolve(apply, pending->node, pending->entry, err);
	*progress |= pending->node->content_entry != ENTRY_NONE;
	return r;
}

/* Links to what came later, and links to those: forth and back, so that a chain in either order takes one round. */
static int
pending_resolve(struct apply *apply, struct plim_error *err)
{
	bool progress = apply->pending.n > 0;
	int r = 0;
	for (uint64_t round = 0; r == 0 && progress && round < LIMIT_LINK_DEPTH_COUNT; round++) {
		progress = false;
		for (size_t i = 0; r == 0 && i < apply->pending.n; i++)
			r = pending_try(apply, &apply->pending.at[i], &progress, err);
		for (size_t i = apply->pending.n; r == 0 && i > 0; i--)
			r = pending_try(apply, &apply->pending.at[i - 1], &progress, err);
	}
	apply->pending.n = 0;
	return r;
}

/* Archives go directory by directory: mostly the parent is that of the entry before. */
static int
parent_get(struct apply *apply, struct slice path, struct node **out, struct plim_error *err)
{
	struct slice dir = path_dir(path);
	if (apply->dir_node == NULL || !slice_eq(dir, apply->dir)) {
		int r = apply_walk(apply, dir, WALK_FOLLOW | WALK_CREATE, &apply->dir_node, err);
		if (r < 0)
			return r;
		apply->dir = dir;
	}
	*out = apply->dir_node;
	return 0;
}

static int
root_apply(struct apply *apply, uint32_t index, enum entry_type type, struct plim_error *err)
{
	if (type != ENTRY_DIRECTORY)
		return error_set(err, PLIM_EFORMAT, "the root as something other than a directory");
	node_describe(apply, apply->tree->root, index);
	return 0;
}

/* The node that the entry will describe: the one there, where nothing hangs below it that must go. */
static int
place_get(struct apply *apply, struct slice path, enum entry_type type, struct node **out, struct plim_error *err)
{
	struct node *parent, *node;
	int r = parent_get(apply, path, &parent, err);
	if (r < 0)
		return r;
	node = tree_lookup(apply->tree, parent, path_base(path));
	bool was_directory = node && node_is_directory(apply->tree, node);
	if (node && was_directory && type != ENTRY_DIRECTORY) {
		node_kill(apply, node);
		node = NULL;
	}
	if (node && !was_directory)
		apply->dir_node = NULL;
	if (node) {
		/* The new layer's own bytes: an implied directory named itself after another entry. */
		node->name = path_base(path);
		*out = node;
		return 0;
	}
	return node_new(apply->tree, parent, path_base(path), out, err);
}

/*
 * Whiteouts were applied before all entries: what one finds now, its own layer
 * brought or leads to by a link.  Runtimes fail, remove the new file, or follow the link.
 */
static int
whiteout_check(struct apply *apply, struct slice path, struct plim_error *err)
{
	struct node *node = NULL;
	int r = apply_walk(apply, path, 0, &node, err);
	if (r < 0 || node == NULL)
		return r;
	return error_set(err, PLIM_EFORMAT, "a whiteout of what its own layer brings or leads to");
}

static int
entry_apply(struct apply *apply, uint32_t index, struct plim_error *err)
{
	struct slice path = block_entry_path(apply->block, index);
	enum entry_type type = block_entry_type(apply->block, index);
	struct node *node;
	if (type == ENTRY_WHITEOUT)
		return whiteout_check(apply, path, err);
	if (type == ENTRY_OPAQUE)
		return 0;
	if (path.n == 0)
		return root_apply(apply, index, type, err);
	int r = place_get(apply, path, type, &node, err);
	if (r < 0)
		return r;
	node_describe(apply, node, index);
	return type == ENTRY_HARDLINK ? hardlink_apply(apply, node, index, err) : 0;
}

static int
removal_apply(struct apply *apply, uint32_t index, struct plim_error *err)
{
	switch (block_entry_type(apply->block, index)) {
	case ENTRY_WHITEOUT:
		return whiteout_apply(apply, block_entry_path(apply->block, index), err);
	case ENTRY_OPAQUE:
		return opaque_apply(apply, block_entry_path(apply->block, index), err);
	default:
		return 0;
	}
}

static int
entries_each(struct apply *apply, int (*one)(struct apply *, uint32_t, struct plim_error *), struct plim_error *err)
{
	uint32_t n = block_entry_count(apply->block);
	for (uint32_t i = 0; i < n; i++) {
		int r = one(apply, i, err);
		if (r < 0) {
			AUTO(strbuf) struct strbuf path = { 0 };
			strbuf_put_printable(&path, slice_first(block_entry_path(apply->block, i), 256));
			return error_wrap(err, r, "\"%.*s\"", SLICE_ARG(strbuf_slice(&path)));
		}
		if (i % BLOCK_REST_ENTRIES == BLOCK_REST_ENTRIES - 1)
			block_rest(apply->block);
	}
	return 0;
}

static int
layer_apply(struct apply *apply, struct plim_error *err)
{
	int r = entries_each(apply, removal_apply, err);
	if (r == 0)
		r = entries_each(apply, entry_apply, err);
	return r < 0 ? r : pending_resolve(apply, err);
}

/* Finishing. */

/* Counts living children and spreads death: a parent always has a lower number.  `reserved` is now whether they have to be sorted. */
static void
children_count(struct tree *tree)
{
	tree->alive = 0;
	for (uint32_t i = 0; i < tree->made; i++) {
		struct node *node = node_at(tree, i);
		if (node->parent && node->parent->child_count == DEAD)
			node->child_count = DEAD;
		node->reserved = node->last == &no_order;
		if (node->child_count == DEAD)
			continue;
		tree->alive++;
		if (node->parent)
			node->parent->child_count++;
	}
}

static int
child_cmp(const void *a, const void *b)
{
	return slice_cmp((*(struct node *const *)a)->name, (*(struct node *const *)b)->name);
}

static void
children_fill(struct tree *tree)
{
	struct node **next = tree->children;
	for (uint32_t i = 0; i < tree->made; i++) {
		struct node *node = node_at(tree, i);
		if (node->child_count == DEAD)
			continue;
		node->children = next;
		next += node->child_count;
		node->child_count = 0;
		if (node->parent)
			node->parent->children[node->parent->child_count++] = node;
	}
}

/* Children before parents, for they give them their places in `reserved`. */
static void
children_sort(struct tree *tree)
{
	for (uint32_t i = tree->made; i-- > 0;) {
		struct node *node = node_at(tree, i);
		if (node->child_count == DEAD || node->child_count == 0)
			continue;
		if (node->reserved)
			qsort(node->children, node->child_count, sizeof *node->children, child_cmp);
		for (uint32_t c = 0; c < node->child_count; c++)
			node->children[c]->reserved = c;
	}
}

static int
tree_finish(struct tree *tree, struct plim_error *err)
{
	children_count(tree);
	free(tree->buckets);
	tree->buckets = NULL;
	tree->children = calloc(tree->alive, sizeof *tree->children);
	if (tree->children == NULL)
		return error_nomem(err);
	children_fill(tree);
	children_sort(tree);
	return 0;
}

static int
tree_new(const struct block *const *blocks, size_t count, struct tree **out, struct plim_error *err)
{
	AUTO(tree) struct tree *tree = calloc(1, sizeof *tree);
	if (tree == NULL || (tree->paths = arena_new(LIMIT_TREE_PATH_BYTES)) == NULL || (tree->doubts = calloc(count + 1, sizeof *tree->doubts)) == NULL)
		return error_nomem(err);
	tree->blocks = blocks;
	tree->layers = count;
	if (getrandom(&tree->seed, sizeof tree->seed, GRND_NONBLOCK) < 0)
		tree->seed = (uint64_t)(uintptr_t)tree;
	int r = node_new(tree, NULL, SLICE(""), &tree->root, err);
	if (r < 0)
		return r;
	tree->root->entry = tree->root->content_entry = ENTRY_NONE;
	*out = ptr_take(&tree);
	return 0;
}

int
tree_build(const struct block *const *blocks, size_t count, struct tree **out, struct plim_error *err)
{
	AUTO(tree) struct tree *tree = NULL;
	if (count > LIMIT_LAYER_COUNT)
		return error_set(err, PLIM_ELIMIT, "%zu layers, beyond limit LAYER_COUNT (%ju)", count, (uintmax_t)LIMIT_LAYER_COUNT);
	int r = tree_new(blocks, count, &tree, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++) {
		AUTO(apply) struct apply apply = { .tree = tree, .block = blocks[i], .layer = (uint32_t)i };
		if (blocks[i] && (r = layer_apply(&apply, err)) < 0)
			return error_wrap(err, r, "layer %zu", i);
	}
	if ((r = tree_finish(tree, err)) < 0)
		return r;
	*out = ptr_take(&tree);
	return 0;
}

void
tree_free(struct tree *tree)
{
	if (tree == NULL)
		return;
	vec_each(&tree->chunks, chunk)
		free(*chunk);
	vec_done(&tree->chunks);
	free(tree->children);
	free(tree->buckets);
	free(tree->doubts);
	arena_free(tree->paths);
	free(tree);
}
