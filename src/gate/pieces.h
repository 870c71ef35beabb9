/* SPDX-License-Identifier: Apache-2.0 */
/* What workers made of a target, as the judge has it: a block or a gap for each blob, and which image has which. */
#ifndef GATE_PIECES_H
#define GATE_PIECES_H

#include "catalog/inventory.h"
#include "gate/job/jobs.h"
#include "policy/policy.h"

struct piece;

/* Valid when zeroed. */
struct pieces {
	struct image_set *set;     /* NULL for a tree */
	struct piece *at;
	size_t n;
};

void pieces_done(struct pieces *pieces);

/* SAY_SET, SAY_BLOCK or SAY_GAP. */
int pieces_take(struct pieces *pieces, struct message *message, struct plim_error *err);

/* Of one image, 0 for a tree.  The inventory keeps a list of blocks in the arena: both live as long as it. */
int pieces_inventory(const struct pieces *pieces, uint32_t image, struct arena *arena, struct inventory **out, struct plim_error *err);

/* The blocks of its layers alone, from the bottom, and the number of the blob of each, in the arena; PLIM_EUNSUPPORTED where one could not be read. */
int pieces_blocks(const struct pieces *pieces, uint32_t image, struct arena *arena, const struct block *const **blocks, const size_t **blobs, size_t *n,
                  struct plim_error *err);

/* The same with another image in its place (of one layer more where `top`, its block, is not NULL). */
int pieces_changed(const struct pieces *pieces, uint32_t at, const struct image *image, const struct block *top, struct arena *arena,
                   struct inventory **out, struct plim_error *err);

/* Of so many blocks without an image, each still to come. */
int pieces_room(struct pieces *pieces, size_t n, struct plim_error *err);
/* As a tree: the blocks of image `at` of `below` (NULL: none), and over them the first `n` of `tops`. */
int pieces_stacked(const struct pieces *below, uint32_t at, const struct pieces *tops, size_t n, struct arena *arena, struct inventory **out, struct plim_error *err);

/* The files for a second reading, in the arena; with those that the tests of a policy (may be NULL) look into. */
int pieces_missed(const struct inventory *inventory, const struct policy *policy, struct arena *arena, struct extra_list *out, struct plim_error *err);

#endif
