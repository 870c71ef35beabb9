/* SPDX-License-Identifier: Apache-2.0 */
/* Advisory feeds: one format a file, one array of all in feeds.c. */
#ifndef ADVISORY_FEED_H
#define ADVISORY_FEED_H

#include "advisory/builder.h"

/* One file of a feed, after decompression, outside or inside an archive. */
struct feed_file {
	struct slice name;             /* "secdb.tar.zst/v3.20/main.json", as messages show it */
	struct slice bytes;
};

struct feed {
	const char *format;            /* "osv" */
	/* How sure it is that this is its format: bits of evidence, 0 for not at all. */
	int (*bid)(const struct feed_file *file);
	/*
	 * Reads the whole file into the builder, and what it is called, its snapshot, its number of records and whether it is a
	 * sample into `out` (texts in the arena).  An error with line or offset refuses the feed as a whole.
	 */
	int (*read)(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err);
	bool joins;                    /* all files of one directory are one feed */
};

extern const struct feed feed_alpine, feed_debian, feed_epss, feed_kev, feed_osv, feed_osv_loose;
extern const struct feed *const feeds[];    /* NULL-terminated */

/* What became of one file. */
struct feed_report {
	struct slice name;
	bool taken;
	struct slice reason;           /* why it was not */
	struct data_feed feed;         /* when taken */
};

struct feed_reports {
	VEC(struct feed_report) list;
	struct arena *arena;           /* borrowed; owns the texts */
};

/*
 * Reads every file under `directory`, in the order of their names, decompressing (gzip, zstd, xz, bzip2) and opening tar on the way; of two
 * files of one feed the newer snapshot counts.  Each file is answered for: taken, or skipped with its reason.  Links are not followed.
 */
int feeds_read(const char *directory, struct builder *builder, struct feed_reports *reports, struct plim_error *err);

/* The build as a whole: feeds under `directory` into one database file, written atomically with mode 0644. */
int database_build(const char *directory, const char *path, struct feed_reports *reports, struct digest *digest, uint64_t *size,
                   struct plim_error *err);

#endif
