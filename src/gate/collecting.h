/* SPDX-License-Identifier: Apache-2.0 */
/* From bytes to a block, in whichever confined process has the bytes. */
#ifndef GATE_COLLECTING_H
#define GATE_COLLECTING_H

#include "catalog/cataloger.h"
#include "catalog/secret/search.h"
#include "gate/job/jobs.h"

struct collecting {
	struct collector catalogers;
	const struct extra_list *extras;    /* borrowed */
	enum hashed_files hashing;
	struct secret_search *secrets;
	size_t blob;                        /* which extras count */
	uint64_t config_left;               /* of LIMIT_CONFIG_BYTES */
	bool host;                          /* what is mounted below is left out */
};

/* `wishes` are borrowed. */
int collecting_init(struct collecting *collecting, const struct wishes *wishes, struct plim_error *err);
/* Another layer follows in the same process. */
void collecting_begin(struct collecting *collecting, size_t blob);
void collecting_done(struct collecting *collecting);
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
