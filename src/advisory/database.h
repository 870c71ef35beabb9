/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiled advisory data: one immutable file that any number of processes
 * map at once (format.h).  Its header holds the root of a hash tree over blocks
 * of the file; a block is verified when it is first touched, and the root is the data
 * digest of a verdict.  Whatever a lookup reads has bounds that were checked.
 */
#ifndef ADVISORY_DATABASE_H
#define ADVISORY_DATABASE_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/strbuf.h"

#include <plimsoll/error.h>

#define DATABASE_VERSION 6

/* One feed as it went in. */
struct data_feed {
	struct slice name;             /* "alpine-secdb v3.20/main", "osv AlmaLinux", "kev" */
	struct slice format;           /* "alpine-secdb", "osv", "debian-tracker", "kev", "epss" */
	struct digest digest;          /* of the file it came in */
	struct slice url;              /* where it was fetched; absent of a file that was at hand */
	int64_t snapshot;              /* seconds: the newest date in it, DATE_NONE when it gives none */
	int64_t fetched;               /* seconds, DATE_NONE when it was not */
	uint64_t records;
	bool sample;                   /* declares itself sample data */
	bool own;                      /* of a database that is open: the release's own feed, not one that collects from others */
};

struct database;

/* PLIM_ENOTFOUND when there is no such file; PLIM_EFORMAT, PLIM_EDIGEST, PLIM_EUNSUPPORTED name it and the offset. */
int database_open(const char *path, struct database **out, struct plim_error *err);
/* The same of an open file (borrowed), which messages call `name`. */
int database_open_fd(int fd, const char *name, struct database **out, struct plim_error *err);
void database_close(struct database *database);
AUTO_DEFINE(database, struct database, database_close)

struct digest database_digest(const struct database *database);
/* What is signed of it, one envelope a line, borrowed; absent where nothing is. */
struct slice database_signatures(const struct database *database);
/* The file without its signatures; borrowed. */
struct slice database_bytes(const struct database *database);
/* In the file's order; borrowed. */
const struct data_feed *database_feeds(const struct database *database, size_t *count);
/* Any feed is sample data: what it says is not for judging. */
bool database_is_sample(const struct database *database);

/* $XDG_CACHE_HOME/plimsoll/advisories.db, or under ~/.cache; the caller's to free, NULL when there is no home. */
char *database_default_path(void);

/* Canonical JSON of everything known about one id or alias (`db show`); PLIM_ENOTFOUND when nothing is. */
int database_show(const struct database *database, struct slice id, struct strbuf *into, struct plim_error *err);
/* One line a statement, tab-separated: ecosystem, package, id, state, fixed version (`db search`); a glob of names. */
int database_search(const struct database *database, struct slice package, struct strbuf *into, struct plim_error *err);

#endif
