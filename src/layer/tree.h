/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file system that a container sees: layers applied in order as a
 * runtime does (OCI image layer specification; containerd's behaviour where
 * it is silent).  Nodes point into the blocks; nothing is copied.
 *
 * In each layer whiteouts and opaque marks are applied first, to what lies
 * below only; then entries in their order.  Links among the parents of a path
 * are followed inside the tree; a missing parent becomes a directory of mode
 * 0755 of root; a parent that is a file, or links in a circle, are errors as they are to a runtime.  A directory entry over a directory
 * keeps its content and takes its attributes; anything else replaces what was there.  A hard link shares
 * the content of its target, found among what was there by then, else later in the same layer.
 */
#ifndef LAYER_TREE_H
#define LAYER_TREE_H

#include "base/strbuf.h"
#include "layer/block.h"

struct tree;

struct node {
	struct node *parent;       /* NULL for the root */
	struct slice name;         /* last component; "" for the root */
	union {
		struct node **children;    /* of a directory, sorted bytewise by name */
		struct node *last;         /* while building: the child of the greatest name so far */
	};
	uint32_t child_count;
	uint32_t layer, entry;     /* which entry describes it; entry ENTRY_NONE for an implied directory */
	uint32_t content_layer, content_entry;    /* whose bytes it has: differs from the above for a hard link */
	uint32_t reserved;         /* the tree's own book-keeping */
};

/*
 * `blocks[i]` is layer i from the bottom; NULL for a layer that could not be read (it changes nothing).  The same block may
 * appear several times.  All are borrowed and must outlive the tree.  Errors name layer and path.
 */
int tree_build(const struct block *const *blocks, size_t count, struct tree **out, struct plim_error *err);
void tree_free(struct tree *tree);
AUTO_DEFINE(tree, struct tree, tree_free)

const struct node *tree_root(const struct tree *tree);
size_t tree_count(const struct tree *tree);    /* nodes, the root included */

/* The node at a path, following links among its parents but not at its end; NULL if there is none.  A leading slash is fine. */
const struct node *tree_find(const struct tree *tree, struct slice path);
/* As tree_find, following links at the end too, inside the tree, LIMIT_LINK_DEPTH_COUNT at most; NULL also for a cycle. */
const struct node *tree_resolve(const struct tree *tree, struct slice path);
/*
 * Calls `see` with what tree_resolve goes through: each directory, link and
 * file that is looked up by its name in its parent, also where the path leads nowhere.  Answers the last directory or file
 * that is there.
 */
typedef void tree_step_fn(void *context, const struct node *node);
const struct node *tree_each_step(const struct tree *tree, struct slice path, tree_step_fn *see, void *context);
const struct node *tree_child(const struct node *directory, struct slice name);

/*
 * A link of a lower layer through which layer `layer` writes or removes; NULL where it does not.  It was followed; a runtime that unpacks
 * each layer by itself does not see it and makes a directory in its place.
 */
const struct node *tree_doubt(const struct tree *tree, uint32_t layer);

/* Depth first, children in order: the next node after `node`, NULL at the end; start with the root. */
const struct node *tree_after(const struct node *node);
/* The next node that is not below `node`. */
const struct node *tree_behind(const struct node *node);

/* The absolute path ("/" for the root), appended. */
void node_path(const struct node *node, struct strbuf *into);
/*
 * The entry that describes it (an invented one for an implied directory); for a hard link that of its content, under
 * its own path, with set-id bits of either.  A hard link without content keeps its type and is unreadable.  `path` is as the
 * layer wrote it; where links stand among its parents node_path tells the real one.
 */
struct entry node_entry(const struct tree *tree, const struct node *node);
/* Its type alone. */
enum entry_type node_entry_type(const struct tree *tree, const struct node *node);

#endif
