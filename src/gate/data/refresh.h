/* SPDX-License-Identifier: Apache-2.0 */
/* One file of a feed: what is kept of it, and what its server, or a mirror, has by now. */
#ifndef GATE_DATA_REFRESH_H
#define GATE_DATA_REFRESH_H

#include "advisory/source.h"
#include "gate/run.h"
#include "store/download.h"

#include <plimsoll/database.h>

enum refresh_fate {
	REFRESH_FAILED,       /* nobody gave it */
	REFRESH_ABSENT,       /* there is none yet, and there need not be */
	REFRESH_KEPT,         /* nobody was asked */
	REFRESH_SAME,         /* it has not changed */
	REFRESH_NEW,
};

struct refresh {
	const struct source_file *file;
	const char *path;              /* where it is kept */
	struct slice name;             /* as the reader is told it; told when it is */
	enum refresh_fate fate;
	bool had;
	struct downloaded old;         /* when had */
	int old_fd;
	struct download coming;
	struct downloaded new;         /* of one that is new, or the old one as it is told now */
	int new_fd;
	struct slice why;              /* it failed, or was refused */
	bool refused;                  /* what is new is not taken */
	bool left_out;                 /* nor is what was had */
};

struct refreshing {
	struct run *run;
	const struct plim_database_update *how;
	struct arena *arena;
	const char *directory;         /* below which all is kept */
	int64_t now;
	uint64_t most;                 /* bytes of one file; 0: limit FEED_FILE_BYTES */
	uint64_t fetched;              /* bytes, so far */
	struct download *coming;       /* at hand, for telling how far it is */
};

/* Fills `*out`, which names its file; an error is one that no other file is spared. */
int refresh(struct refreshing *in, struct refresh *out, struct plim_error *err);
void refresh_done(struct refresh *refresh);

#endif
