/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The append-only log: what was decided, by whose policy, in what order.  A
 * file of lines (log_entry.h), each of which names the hash of what is before
 * it, so that nothing can be changed, taken out or put in between unseen; what
 * is cut off at the end is seen by who keeps the hash of the last entry.
 *
 * Any number of processes append at once: who writes holds flock(2) on the
 * file, which the kernel takes from whoever is killed.  Nothing that is written
 * is ever removed or written over, but that a write which failed takes its own
 * bytes back.  What a kill or a crash left of an entry, a torn line, stays
 * where it is: the next entry begins a line of its own behind it, and its
 * `previous` covers it.
 *
 * A file that would become larger than LOG_SEGMENT_BYTES is renamed to
 * FILE.1, FILE.2, ...: the oldest has the lowest number, and the chain goes on
 * from one to the next.
 */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "store/log_entry.h"

#include <plimsoll/error.h>

#include <stdio.h>

/* Where entries go. */
struct log_place {
	char *path;                   /* NULL: nowhere */
	bool asked;                   /* somebody named it: not writing there is an error */
};

void auto_log_place(struct log_place *place);

/*
 * `chosen` (--log) where it is not NULL, else $PLIMSOLL_LOG, else below $XDG_STATE_HOME or ~/.local/state; where there is none of them,
 * nowhere, and that no error.
 */
int log_place_find(const char *chosen, struct log_place *out, struct plim_error *err);

/*
 * Appends the entries, all of them or none, with the time of now, and waits until they are on the disk.  The file is made, mode 0600;
 * its directory is not.  PLIM_ELIMIT after LOG_WAIT_MS without a turn; PLIM_EFORMAT for a file that is no log.
 */
int log_append(const char *path, const struct log_entry *entries, size_t count, struct plim_error *err);

/*
 * What commands call: appends to the place, and makes the directory of the default one.  Failing is an error only where somebody asked for
 * this place, else a line in `warnings` (NULL: none).
 */
int log_record(const struct log_place *place, const struct log_entry *entries, size_t count, FILE *warnings, struct plim_error *err);

#endif
