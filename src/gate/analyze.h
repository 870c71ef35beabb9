/* SPDX-License-Identifier: Apache-2.0 */
/* From the blobs of an image set to one block each: every byte read once, both digests taken on the way. */
#ifndef GATE_ANALYZE_H
#define GATE_ANALYZE_H

#include "catalog/inventory.h"

struct analysis;

/*
 * Reads what the images of `set` need, or the tree that it is.  A blob that is not what its descriptor or
 * the configuration names is PLIM_EDIGEST, naming both digests; one that reaches a limit is a gap of its layer.
 * `set` is borrowed and must outlive the analysis.
 */
int analysis_new(struct image_set *set, struct analysis **out, struct plim_error *err);
void analysis_free(struct analysis *analysis);
AUTO_DEFINE(analysis, struct analysis, analysis_free)

/*
 * The inventory of image `at` (0 for a tree), with the second read of files that only the final tree
 * makes interesting.  Must not outlive the analysis.
 */
int analysis_inventory(struct analysis *analysis, size_t at, struct inventory **out, struct plim_error *err);

/* The diff ids of one image's layers as computed here, in the arena. */
int analyze_diff_ids(struct image_set *set, const struct image *image, struct arena *arena, struct digest **out,
                     struct plim_error *err);

#endif
