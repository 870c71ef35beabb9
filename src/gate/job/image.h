/* SPDX-License-Identifier: Apache-2.0 */
/* What the process that reads documents is asked. */
#ifndef GATE_JOB_IMAGE_H
#define GATE_JOB_IMAGE_H

#include "gate/job/jobs.h"
#include "image/target.h"

/* SAY_START: the target, whose file comes beside it, unless it is a layout. */
struct image_order {
	struct target target;
	const struct platform *platforms;
	size_t platform_count;
};
extern const struct wire_struct wire_image_order;

/* SAY_READ: blobs of a compressed archive; answered by SAY_BLOB, SAY_BLOCK, SAY_PLAIN or SAY_GAP for each, then SAY_DONE. */
struct read_order {
	bool *wanted;
	size_t n;
	struct wishes wishes;
};
extern const struct wire_struct wire_read_order;

#endif
