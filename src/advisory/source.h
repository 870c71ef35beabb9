/* SPDX-License-Identifier: Apache-2.0 */
/* Where publishers publish their feeds: the table sources.def, and the files that its addresses stand for. */
#ifndef ADVISORY_SOURCE_H
#define ADVISORY_SOURCE_H

#include "base/arena.h"
#include "base/vec.h"

#include <plimsoll/error.h>

struct feed_source {
	const char *name;
	bool usual;                    /* fetched where none are named */
	bool led;                      /* at the address stands the name of the file that is beside it */
	const char *format;            /* of feeds.c */
	const char *licence, *cadence, *meaning;
	const char *address, *words;
};

/* One file of a source; texts in the arena that it was made in. */
struct source_file {
	const struct feed_source *source;
	struct slice name;             /* "kev", "osv/npm" */
	struct slice address;          /* as its publisher has it */
	struct slice place;            /* "HOST/PATH" of the address, nothing in it encoded: where a mirror has it, and below which it is kept */
	bool optional;                 /* there may be none yet */
};

struct source_files {
	VEC(struct source_file) list;
};

static inline void
auto_source_files(struct source_files *files)
{
	vec_done(&files->list);
}

/* The next source of a format that is read, NULL at the end; `*at` begins with 0. */
const struct feed_source *source_next(size_t *at);

/* The files of those that a glob names (the source's name, or the file's), of the usual ones where there is no glob; sorted by their names. */
bool source_files(const char *const *globs, size_t n, struct arena *arena, struct source_files *out);
/* The first of the globs that names nothing; NULL: none. */
const char *source_unknown(const char *const *globs, size_t n);

/*
 * PLIM_EUSAGE for a mirror's address that has more than a scheme, a host and a path, naming the host only: credentials and queries, which are
 * often secrets too, would stand in messages, in what is kept, and in the database that is made of it.
 */
int source_mirror_check(struct slice address, struct plim_error *err);

/* What comes from anybody as the name of a file beside another one is that, and nothing else: no path, no hidden file. */
bool source_is_file_name(struct slice name);

/* `address` for a place below `base`, in the arena; absent without memory. */
struct slice source_address(struct slice base, struct slice place, struct arena *arena);

#endif
