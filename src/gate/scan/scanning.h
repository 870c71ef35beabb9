/* SPDX-License-Identifier: Apache-2.0 */
/* Asking oscap what the judge cannot tell itself: from the judge's wish to what it is answered. */
#ifndef GATE_SCAN_SCANNING_H
#define GATE_SCAN_SCANNING_H

#include "gate/analyze.h"
#include "gate/scan/scratch.h"

/* Of one image: what was unpacked of it serves all its profiles. */
struct scanning {
	struct scratch scratch;
	int root;                  /* of the tree; -1: not unpacked */
	size_t asked;              /* profiles so far */
	struct plim_error trouble; /* why it could not be, at the first */
};
#define SCANNING_NONE ((struct scanning){ .scratch = SCRATCH_NONE, .root = -1 })

/* `wish` is SAY_SCAN; the judge is told what came of it, also where that is nothing.  An error is one of this run, not of the scanner. */
int scanning_answer(struct scanning *scanning, struct analysis *analysis, const struct process *judge, size_t image, const struct message *wish,
                    struct plim_error *err);
void scanning_end(struct run *run, struct scanning *scanning);

#endif
