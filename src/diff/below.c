/* SPDX-License-Identifier: Apache-2.0 */
/* What an image is below one of its layers: what that layer replaced or removed. */
#include "diff/comparing.h"

/* A tree of its own for each of the layers that are asked for, which are few. */
static const struct tree *
tree_below(struct side *side, uint32_t layer)
{
	for (size_t i = 0; i < BELOW_MOST; i++)
		if (side->below[i].tree && side->below[i].layer == layer)
			return side->below[i].tree;
	struct below *at = &side->below[side->below_next++ % BELOW_MOST];
	tree_free(at->tree);
	*at = (struct below){ layer, NULL };
	return tree_build(side->inventory->blocks, layer, &at->tree, NULL) < 0 ? NULL : at->tree;
}

bool
below_find(struct side *side, uint32_t layer, struct slice path, struct entry *out)
{
	bool there = side->inventory->image && layer < side->inventory->block_count;
	const struct tree *tree = there ? tree_below(side, layer) : NULL;
	const struct node *node = tree ? tree_find(tree, path) : NULL;
	if (node)
		*out = node_entry(tree, node);
	return node != NULL;
}

void
below_done(struct side *side)
{
	for (size_t i = 0; i < BELOW_MOST; i++)
		tree_free(side->below[i].tree);
}
