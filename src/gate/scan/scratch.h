/* SPDX-License-Identifier: Apache-2.0 */
/* A private directory, which a process of its own removes however this run ends. */
#ifndef GATE_SCAN_SCRATCH_H
#define GATE_SCAN_SCRATCH_H

#include "gate/run.h"

/* Closed with `directory` -1 and no process. */
struct scratch {
	struct process owner;
	int directory;
	char *path;
};
#define SCRATCH_NONE ((struct scratch){ { -1, 0 }, -1, NULL })

/* In $TMPDIR, or /tmp. */
int scratch_open(struct run *run, struct scratch *out, struct plim_error *err);
/* A directory in it, for its owner; the caller's to close. */
int scratch_directory(const struct scratch *scratch, const char *name, unsigned mode, int *out, struct plim_error *err);
/* Waits until it is gone. */
void scratch_close(struct run *run, struct scratch *scratch);

#endif
