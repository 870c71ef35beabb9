/* SPDX-License-Identifier: Apache-2.0 */
/* A second reading of a target, of which files are made. */
#ifndef GATE_SCAN_COPYING_H
#define GATE_SCAN_COPYING_H

#include "gate/analysis.h"

/*
 * Fills the empty directory `root` (borrowed) with the files of one image, 0 for a tree.  What is read passes through `scratch`, a directory, in
 * files without a name.  Whatever is wrong with it is an error: half a tree would be another.
 */
int copying_unpack(struct analysis *analysis, size_t image, int scratch, int root, struct plim_error *err);

#endif
