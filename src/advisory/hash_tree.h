/* SPDX-License-Identifier: Apache-2.0 */
/* The hash tree of a database file (format.h), made by whoever writes one. */
#ifndef ADVISORY_HASH_TREE_H
#define ADVISORY_HASH_TREE_H

#include "base/digest.h"
#include "base/strbuf.h"

/* Appends the hash of each block, and of the leaves of each FORMAT_FAN blocks. */
void hash_tree_leaves(struct slice blocks, struct strbuf *leaves);
void hash_tree_nodes(struct slice leaves, struct strbuf *nodes);
/* Whatever stands in the root's place counts as zeros; false without memory. */
bool hash_tree_root(struct slice header, struct slice nodes, struct digest *root);

#endif
