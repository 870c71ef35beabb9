/* SPDX-License-Identifier: Apache-2.0 */
/* Advisory feeds: one format a file, one array of all in feeds.c. */
#ifndef ADVISORY_FEED_H
#define ADVISORY_FEED_H

#include "advisory/database.h"
#include "advisory/record.h"

/* One file of a feed, after decompression, outside or inside an archive. */
struct feed_file {
	struct slice name;             /* "secdb.tar.zst/v3.20/main.json", as messages show it */
	struct slice bytes;
};

struct feed {
	const char *format;            /* "osv" */
	/*
	 * How sure it is that this is its format, 0 for not at all: looks at name and content.  More than 0 with
	 * `*why` set means: recognised and not read, for this reason (an excerpt, a derived form).
	 */
	int (*bid)(const struct feed_file *file, const char **why);
	/*
	 * Reads the whole file into the builder, and what it is called, its snapshot, its number of records and whether it is a
	 * sample into `out` (texts in the arena).  PLIM_EFORMAT with line or offset: the feed is then refused as a whole.
	 */
	int (*read)(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err);
};

extern const struct feed *const feeds[];    /* NULL-terminated */

/* What became of one file. */
struct feed_report {
	struct slice name;
	bool taken;
	struct slice reason;           /* why it was skipped */
	struct data_feed feed;         /* when taken */
};

/*
 * Reads every file under `directory`, in the order of their names, decompressing (gzip, zstd, xz, bzip2) and opening tar and zip
 * on the way; of two files of one feed the newer snapshot counts.  Each file is answered for: taken, or skipped with its reason.
 */
int feeds_read(const char *directory, struct builder *builder, struct arena *arena, struct feed_report **out, size_t *out_count,
               struct plim_error *err);

/* The build as a whole: feeds under `directory` into one database file, written atomically with mode 0644. */
int database_build(const char *directory, const char *path, struct arena *arena, struct feed_report **out, size_t *out_count,
                   struct digest *digest, struct plim_error *err);

#endif
