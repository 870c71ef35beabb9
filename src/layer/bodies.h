/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies of regular files as they pass, written one behind the other into a
 * file that only grows: whoever reads a layer needs no right but that to
 * write into one open descriptor.  Which body is whose is told by the number
 * of its entry in the layer's block.  What is read back is input.
 *
 *   record   kind u32, number u64, little-endian: a blob begins; a body begins; `number` bytes of it follow; `number` of its bytes are
 *            zeros; it ends, and is that of entry `number`.  A body without end could not be read.
 */
#ifndef LAYER_BODIES_H
#define LAYER_BODIES_H

#include "base/slice.h"
#include "base/vec.h"

#include <plimsoll/error.h>

struct bodies {
	int fd;                    /* borrowed; -1: nothing is written */
	uint64_t size;             /* so far; LIMIT_WORKER_ANSWER_BYTES bounds it */
};

int bodies_blob(struct bodies *bodies, uint64_t blob, struct plim_error *err);
int bodies_begin(struct bodies *bodies, struct plim_error *err);
int bodies_add(struct bodies *bodies, struct slice piece, struct plim_error *err);
int bodies_end(struct bodies *bodies, uint32_t entry, struct plim_error *err);

/* Where a body is. */
struct body_place {
	uint64_t blob;
	uint32_t entry;
	int fd;                    /* borrowed */
	uint64_t at;
};
struct body_places {
	VEC(struct body_place) list;
};
void body_places_done(struct body_places *places);
static inline void
auto_body_places(struct body_places *places)
{
	body_places_done(places);
}

/* Adds the bodies of one file, which stays open as long as the places; `blob` for all, UINT64_MAX: the file says.  PLIM_EFORMAT with the offset. */
int body_places_add(struct body_places *places, int fd, uint64_t blob, struct plim_error *err);
/* Once all are added; then they can be found.  NULL: there is none. */
void body_places_sort(struct body_places *places);
const struct body_place *body_place_find(const struct body_places *places, uint64_t blob, uint32_t entry);
/* Writes the body into an empty file, holes as holes, LIMIT_SCAN_TREE_BYTES at most with all others: `*left` of them. */
int body_copy(const struct body_place *place, int into, uint64_t *left, struct plim_error *err);

#endif
