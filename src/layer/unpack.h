/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A squashed tree as files, for a scanner that knows nothing else.  Every path
 * is made of the tree's own names, which neither climb nor lead through a
 * link.  Owners, permissions with set-id bits and times are the tree's: who
 * makes it sees to it that nobody else gets in, and that its owners can be
 * given.  Devices, pipes, sockets and xattrs are left out.
 */
#ifndef LAYER_UNPACK_H
#define LAYER_UNPACK_H

#include "layer/tree.h"

/* Writes the body of a file into the empty file `into`; PLIM_ENOTFOUND: it was not read. */
typedef int unpack_body_fn(void *context, uint32_t layer, uint32_t entry, int into, struct plim_error *err);

/*
 * Fills the empty directory `root` (borrowed).  Links that are absolute, or climb above the root, lead to the same place within it: whoever
 * looks at the files from outside would else look at the machine's own.  Errors name the path.
 */
int tree_unpack(const struct tree *tree, int root, unpack_body_fn *body, void *context, struct plim_error *err);

#endif
