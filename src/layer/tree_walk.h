/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a tree: what building and finding share. */
#ifndef LAYER_TREE_WALK_H
#define LAYER_TREE_WALK_H

#include "base/arena.h"
#include "base/vec.h"
#include "layer/tree.h"

#define CHUNK_NODES 4096

struct tree {
	const struct block *const *blocks;
	size_t layers;
	struct node *root;
	VEC(struct node *) chunks;    /* of CHUNK_NODES each: nodes never move, and a number of 32 bits names one */
	uint32_t made;                /* nodes in the chunks, replaced ones included */
	uint32_t alive;
	struct node **children;       /* of all directories, in one run */
	uint32_t *buckets;            /* while building: heads of the chains of equal hash, node number plus one */
	uint32_t bucket_count;        /* a power of two */
	uint64_t seed;
	uint64_t link_steps;
	const struct node **doubts;   /* of each layer: the first link of a lower one that it leads through */
	struct arena *paths;          /* of implied directories that no entry's path contains */
};

enum walk_flag {
	WALK_FOLLOW = 1,    /* links at the end too */
	WALK_CREATE = 2,    /* missing directories are made; never for a const tree */
	WALK_APPLY = 4,     /* for a layer that is being applied: links of lower ones are doubtful */
};

/*
 * Goes from the root along `path`.  0 with `*out` NULL when there is nothing
 * (not with WALK_CREATE).  Errors are a circle of links and, with WALK_CREATE, a parent that is no directory.
 */
int tree_walk(struct tree *tree, struct slice path, unsigned flags, uint32_t layer, struct node **out, struct plim_error *err);

struct node *tree_lookup(const struct tree *tree, const struct node *directory, struct slice name);
bool node_is_directory(const struct tree *tree, const struct node *node);
int node_new(struct tree *tree, struct node *parent, struct slice name, struct node **out, struct plim_error *err);
struct node *node_at(const struct tree *tree, uint32_t number);

#endif
