/* SPDX-License-Identifier: Apache-2.0 */
/* From bytes to a block, in whichever confined process has the bytes. */
#ifndef GATE_COLLECTING_H
#define GATE_COLLECTING_H

#include "base/map.h"
#include "catalog/cataloger.h"
#include "catalog/secret/search.h"
#include "gate/job/jobs.h"
#include "layer/bodies.h"

struct collecting {
	struct collector catalogers;
	const struct extra_list *extras;    /* borrowed */
	struct map extras_at;               /* by path: a chain through `extra_next`, from the number + 1 of the first */
	size_t *extra_next;
	enum hashed_files hashing;
	struct secret_search *secrets;
	size_t blob;                        /* which extras count */
	uint64_t config_left;               /* of LIMIT_CONFIG_BYTES */
	bool host;                          /* what is mounted below is left out */
	struct bodies bodies;               /* where those of all files go, too */
	bool begun, copies_blob;            /* the body at hand is in there, and so is which blob it is of */
	bool searches, searching;           /* the body at hand, for secrets; it needs more of it */
};

/* `wishes` are borrowed. */
int collecting_init(struct collecting *collecting, const struct wishes *wishes, struct plim_error *err);
/* Another layer follows in the same process. */
void collecting_begin(struct collecting *collecting, size_t blob);
void collecting_done(struct collecting *collecting);
/* From now on the bodies of all files are written into `fd` (borrowed; -1: they are not). */
void collecting_copy(struct collecting *collecting, int fd);
static inline void
auto_collecting(struct collecting *collecting)
{
	collecting_done(collecting);
}

/* What a collector asks and takes: catalogers, and the extras of the blob at hand. */
struct collector collecting_collector(struct collecting *collecting);

/* Says a finished block over the channel. */
int say_block(int channel, struct block_builder *builder, struct plim_error *err);

#endif
