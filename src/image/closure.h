/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that a manifest or an index leads to, for whoever copies an image whole: whatever its entries are, images or not.
 */
#ifndef IMAGE_CLOSURE_H
#define IMAGE_CLOSURE_H

#include "image/manifest.h"
#include "image/source.h"

struct closure_item {
	bool is_manifest;          /* or an index; else a blob */
	struct digest digest;
	uint64_t size;
	struct slice media_type;
};

struct closure {
	const struct closure_item *items;    /* each once, and before what leads to it: the root is the last */
	size_t n;
};

/*
 * Loads manifests and indexes from the source, compares each with its digest and size, and loads no blob.  Texts and items are in the
 * arena.  PLIM_ELIMIT beyond INDEX_DEPTH_COUNT or INDEX_ENTRY_COUNT.
 */
int closure_collect(struct source *source, const struct descriptor *root, struct arena *arena, struct closure *out, struct plim_error *err);

#endif
