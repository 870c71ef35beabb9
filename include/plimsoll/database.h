/* SPDX-License-Identifier: Apache-2.0 */
/* The advisory data: one file, built from feeds, asked by id and by package. */
#ifndef PLIMSOLL_DATABASE_H
#define PLIMSOLL_DATABASE_H

#include <plimsoll/error.h>
#include <plimsoll/run.h>

#include <stdio.h>

struct plim_database_sources {
	const char *directory;         /* of the feeds, as their publishers publish them */
	/*
	 * A database from before, or NULL.  Where a feed does not date its fixes, they are known since the day that is in there; one that
	 * is not there yet, of a feed that is, since the day of the feed, or the time of this build where that tells none.
	 */
	const char *previous;
	const char *at;                /* that time, as check takes it; NULL: now */
};

/*
 * Compiles feeds into `path` (NULL: the default place) and writes what became of each file, taken or skipped with the
 * reason.  A file that stands there is replaced whole or not at all.  `options` may be NULL.
 */
PLIM_API int plim_database_build(const struct plim_run_options *options, const struct plim_database_sources *sources, const char *path, FILE *into,
                                 struct plim_error *err);

struct plim_database_update {
	const char *const *feeds;      /* globs of names of sources and of their files, NULL-terminated; NULL: the usual ones */
	const char *const *mirrors;    /* addresses that have HOST/PATH of each file below them, asked in this order, before its publisher; NULL: none */
	bool mirrors_only;             /* the publishers are not asked */
	bool offline;                  /* nobody is: of what was fetched before */
	bool accept_smaller;           /* a feed that lost more than half of its records counts too */
};

/*
 * Fetches what changed of the feeds, compiles them into `path` (NULL: the default place), with what stands there as the database from before,
 * and writes what became of each file.  A feed that cannot be fetched, or is refused, keeps the data that it had: `*behind` is how many are
 * so.  An error where none could be refreshed: what stands there stays.
 */
PLIM_API int plim_database_update(const struct plim_run_options *options, const struct plim_database_update *update, const char *path, FILE *into,
                                  size_t *behind, struct plim_error *err);

/* The sources that are known: a table of them, or where globs (NULL-terminated) are given each file of what they name and its address. */
PLIM_API int plim_database_feeds(const char *const *globs, FILE *into, struct plim_error *err);

/*
 * Feeds, where and when they were fetched, how old they are at a time (as check takes it; NULL: now), and which releases are covered.  `path` may
 * be NULL here and below.
 */
PLIM_API int plim_database_status(const char *path, const char *at, FILE *into, struct plim_error *err);
/* Everything about one id or alias, as JSON; PLIM_ENOTFOUND when nothing is known. */
PLIM_API int plim_database_show(const char *path, const char *id, FILE *into, struct plim_error *err);
/* What is said of the packages whose names match a glob, one statement a line. */
PLIM_API int plim_database_search(const char *path, const char *package, FILE *into, struct plim_error *err);

#endif
