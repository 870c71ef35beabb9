/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's side of building a database: it opens files and passes them on, and takes the finished file for hostile. */
#ifndef GATE_DATA_FEEDING_H
#define GATE_DATA_FEEDING_H

#include "advisory/feed.h"
#include "gate/run.h"

/* One that was fetched. */
struct feeding_file {
	struct slice name;             /* as the reader knows it */
	int fd;                        /* lent */
	struct feed_origin origin;
};

struct feeding {
	const char *directory;         /* NULL: these files */
	const struct feeding_file *files;
	size_t file_count;
	const char *previous;          /* a database from before, for the days of fixes; may be NULL */
	int64_t now;                   /* seconds */
};

/*
 * Has the feeds read; the reports are filled whatever comes of them.  The database arrives as a sealed memory file; its
 * digest is that of the hash tree in it.  PLIM_ENOTFOUND where there is no feed.
 */
int feeding(struct run *run, const struct feeding *what, struct feed_reports *reports, struct slice *database, struct digest *digest,
            struct plim_error *err);

#endif
