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
	/* Of one that joins: its files are named so, without directories; what is and has no format is a damaged one.  NULL: nothing tells. */
	bool (*is_document)(struct slice name);
	unsigned depth;                /* of one that joins: so many directories lie between what holds the feed and a file of it */
	/*
	 * In place of `read`: what its files say can only be told of all together.  They are kept until the last one is known; those
	 * whose names differ in the last two components are of one publication.
	 */
	int (*read_all)(const struct feed_file *files, size_t n, struct builder *builder, struct arena *arena, struct data_feed *out,
	                struct plim_error *err);
	bool own;                      /* the release's own: what it says is mended, is, whatever others say */
	/* A release or registry of which it names many packages is covered; otherwise only one that it declares (builder_covers). */
	bool counted;
};

extern const struct feed feed_arch, feed_csaf, feed_debian_list, feed_eol, feed_photon, feed_ubuntu, feed_updateinfo;
extern const struct feed feed_alpine, feed_debian, feed_epss, feed_friendsofphp, feed_github, feed_glsa, feed_kev, feed_nodejs, feed_nvd;
extern const struct feed feed_nvd_overrides, feed_osv, feed_osv_loose, feed_osv_list, feed_oval, feed_rubysec;
extern const struct feed *const feeds[];    /* NULL-terminated */

/* The feed of that format, as a database names it; NULL: none that is known. */
const struct feed *feed_of_format(struct slice format);

/* One document of YAML; what is none is PLIM_EFORMAT. */
struct yaml_document;
int feed_yaml(const struct feed_file *file, struct arena *arena, struct yaml_document **out, struct plim_error *err);
/* A scalar of a mapping, trimmed; absent for anything else. */
struct yaml_node;
struct slice feed_yaml_text(const struct yaml_node *mapping, const char *key);

/* "29 Mar 2023", "January 18, 2013", "August 26th, 2005": seconds, DATE_NONE for what is no such date. */
int64_t feed_date(struct slice text);

/* What became of one file. */
struct feed_report {
	struct slice name;
	bool taken;
	bool refused;                  /* it should have been, and is broken */
	struct slice reason;           /* why it was not */
	struct data_feed feed;         /* when taken */
};

struct feed_reports {
	VEC(struct feed_report) list;
	struct arena *arena;           /* borrowed; owns the texts */
};

/* Where the files under a directory go, one by one. */
struct feed_sink {
	void *context;
	/* An open regular file, lent. */
	int (*take)(void *context, struct slice name, int fd, struct plim_error *err);
	int (*skip)(void *context, struct slice name, struct slice reason, struct plim_error *err);
};

/* Opens every file under `directory`, in the bytewise order of their names.  Links are not followed; nothing is read. */
int feeds_walk(const char *directory, const struct feed_sink *sink, struct plim_error *err);

/*
 * Reading them: decompressing (gzip, zstd, xz, bzip2) and opening tar on the way; of two files of one feed the newer snapshot counts.  Each
 * file is answered for: taken, or skipped with its reason.  Builder and reports are borrowed.
 */
struct feeds_reading;
int feeds_reading_new(struct builder *builder, struct feed_reports *reports, struct feeds_reading **out, struct plim_error *err);
void feeds_reading_free(struct feeds_reading *reading);
AUTO_DEFINE(feeds_reading, struct feeds_reading, feeds_reading_free)
int feeds_take(struct feeds_reading *reading, struct slice name, int fd, struct plim_error *err);
/* No file follows: reads what was kept. */
int feeds_end(struct feeds_reading *reading, struct plim_error *err);
/* What is known of the next files from elsewhere; texts are borrowed until another is told. */
struct feed_origin {
	struct slice url;              /* absent: nothing is known */
	struct slice format;           /* that it must be of */
	int64_t fetched;               /* seconds */
	int64_t modified;              /* of the file; the snapshot of a feed that tells none itself; DATE_NONE */
	bool published;                /* by its publisher itself: then also of one whose newest record is older */
};
void feeds_origin(struct feeds_reading *reading, const struct feed_origin *origin);
int feeds_skip(struct feeds_reading *reading, struct slice name, struct slice reason, struct plim_error *err);

/* Why a file of such a name is not read; NULL for one that is. */
const char *feed_skip_reason(struct slice name);

#endif
