/* SPDX-License-Identifier: Apache-2.0 */
/* The judge's side of a scan: what it wishes to know, and what it is told. */
#ifndef GATE_JOB_SCAN_ASKING_H
#define GATE_JOB_SCAN_ASKING_H

#include "gate/job/scan.h"
#include "policy/scap_scan.h"

/* Says SAY_SCAN where a profile is to be asked about; `*asked` is false where none is any more. */
int scan_ask(int channel, struct scap_scans *scans, const struct policy *policy, const struct inventory *inventory, uint32_t image, bool *asked,
             struct plim_error *err);
/* Takes SAY_SCANNED. */
int scan_told(struct scap_scans *scans, const struct policy *policy, const struct message *message, struct arena *arena, struct plim_error *err);

#endif
