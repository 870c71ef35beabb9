/* SPDX-License-Identifier: Apache-2.0 */
/* The advisory data: one file, built from feeds, asked by id and by package. */
#ifndef PLIMSOLL_DATABASE_H
#define PLIMSOLL_DATABASE_H

#include <plimsoll/error.h>
#include <plimsoll/run.h>

#include <stdio.h>

/*
 * Compiles the feeds under `directory` into `path` (NULL: the default place) and writes what became of each file, taken or skipped with the
 * reason.  A file that stands there is replaced whole or not at all.  `options` may be NULL.
 */
PLIM_API int plim_database_build(const struct plim_run_options *options, const char *directory, const char *path, FILE *into, struct plim_error *err);

/* Feeds, dates, and which releases are covered.  `path` may be NULL here and below. */
PLIM_API int plim_database_status(const char *path, FILE *into, struct plim_error *err);
/* Everything about one id or alias, as JSON; PLIM_ENOTFOUND when nothing is known. */
PLIM_API int plim_database_show(const char *path, const char *id, FILE *into, struct plim_error *err);
/* What is said of the packages whose names match a glob, one statement a line. */
PLIM_API int plim_database_search(const char *path, const char *package, FILE *into, struct plim_error *err);

#endif
