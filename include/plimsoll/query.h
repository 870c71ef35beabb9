/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of an image by SQL. */
#ifndef PLIMSOLL_QUERY_H
#define PLIMSOLL_QUERY_H

#include <plimsoll/error.h>
#include <plimsoll/run.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct plim_query_options {
	size_t size;
	const char *target;
	const char *platform;    /* NULL where the target has one image */
	const char *format;      /* "table", "line", "json", "jsonl" or "csv"; NULL: "table" */
	const struct plim_run_options *run;    /* NULL: as usual */
	FILE *warnings;          /* where what could not be read is told, one line each; NULL: nowhere */
	/* As in plim_check_options, of whoever asks for vulnerabilities or approved bases; NULL: no policy, the database of the usual place, now. */
	const char *policy, *policy_key, *database, *at;
	const char *const *database_keys;
};

/*
 * Runs one statement on the tables of one image and writes the rows.  A target with several images is PLIM_EUSAGE and names them.
 * ".tables" and ".schema [TABLE]" instead list tables and columns; they need no target.
 */
PLIM_API int plim_query(const struct plim_query_options *options, const char *sql, FILE *into, struct plim_error *err);

#define PLIM_QUERY_CANCEL "\003"

/* Lines of statements, and what becomes of wrong ones. */
struct plim_query_lines {
	/* The next, without its newline, valid until the next call; NULL at the end.  `inside`: a statement has begun, which PLIM_QUERY_CANCEL drops. */
	const char *(*next)(void *context, bool inside);
	/* Told why a statement failed: whether others are wanted all the same. */
	bool (*wrong)(void *context, const struct plim_error *why);
	void *context;
};

/* Calls `see` for each table and column that queries know: `column` NULL for the table itself.  PLIM_ENOMEM. */
PLIM_API int plim_query_tables(void (*see)(void *context, const char *table, const char *column), void *context, struct plim_error *err);

/*
 * Reads the target once and answers statement after statement, each up to its semicolon; what is left at the end is one as well.  While one
 * runs SIGINT ends it, where this process ignores that signal.
 */
PLIM_API int plim_query_session(const struct plim_query_options *options, const struct plim_query_lines *lines, FILE *into, struct plim_error *err);

#endif
