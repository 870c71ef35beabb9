/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scanner of somebody else's, oscap, and who prepares for it.
 *
 * The judge asks (SAY_SCAN, struct scan_wish, with a data stream and a tailoring as sealed memory files) in place of an answer about an
 * image, and is told (SAY_SCANNED, struct scan_answer, with a file of results where there is one); then it is asked about the image again.
 *
 * JOB_SCRATCH has a private directory: SAY_START with that below which it shall be; answers SAY_DONE (its path, descriptor).  It removes it
 * once the channel has closed, also where whoever began it was killed, or at SAY_DONE, which it answers.
 *
 * JOB_UNPACK fills a directory: SAY_START with that, then set, blocks and gaps as for the judge, SAY_COPY (number of the blob, UINT32_MAX: the
 * file says; a file of bodies, layer/bodies.h), and SAY_DONE (number of the image), which it answers.
 *
 * JOB_SCAN confines itself and executes the scanner: SAY_START (struct scan_order; a directory for its files, the root that it looks at), then
 * SAY_READ with data stream and tailoring; answers SAY_SCANNED.
 */
#ifndef GATE_JOB_SCAN_H
#define GATE_JOB_SCAN_H

#include "gate/job/jobs.h"

struct scan_wish {
	size_t entry;              /* of the policy's scap */
	struct slice benchmark;    /* id of the one of the data stream that is meant */
	struct slice packages;     /* OVAL that asks for packages which are installed; absent: none */
};
extern const struct wire_struct wire_scan_wish;

struct scan_answer {
	size_t entry;
	struct slice version;      /* "1.4.2"; absent: not known */
	struct slice trouble;      /* why there are no results; absent: there are */
	struct slice packages;     /* what it told of the packages; absent: nothing */
};
extern const struct wire_struct wire_scan_answer;

/* Of a private directory: the tree that is looked at. */
#define SCAN_TREE "tree"

struct scan_order {
	struct slice program;      /* absolute path */
	bool live;                 /* it looks at the running machine, and not at the tree */
	struct slice scratch;      /* path of the private directory */
	struct slice folder;       /* name of the one in it for its files */
	struct slice benchmark, packages;
};
extern const struct wire_struct wire_scan_order;

#endif
