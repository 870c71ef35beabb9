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
 * Feeds, where and when they were fetched, how old they are at a time (as check takes it; NULL: now), who signed the data, and which releases are
 * covered.  With public keys' files (NULL-terminated; NULL: none) one of them must have signed.  `path` may be NULL here and below.
 */
PLIM_API int plim_database_status(const char *path, const char *at, const char *const *keys, FILE *into, struct plim_error *err);
/* Everything about one id or alias, as JSON; PLIM_ENOTFOUND when nothing is known. */
PLIM_API int plim_database_show(const char *path, const char *id, FILE *into, struct plim_error *err);
/* What is said of the packages whose names match a glob, one statement a line. */
PLIM_API int plim_database_search(const char *path, const char *package, FILE *into, struct plim_error *err);

struct plim_database_signing {
	const char *key;                      /* whose role is data: a file or a "pkcs11:" URI */
	const char *companion;                /* what it may sign; NULL: beside the key */
	const char *passphrase_file;
};

/* Signs a database; a signature of the same key is replaced, others stay. */
PLIM_API int plim_database_sign(const char *path, const struct plim_database_signing *how, FILE *into, struct plim_error *err);

/* Packs a database with its signatures into one file; the same gives the same bytes. */
PLIM_API int plim_database_export(const char *path, const char *file, FILE *into, struct plim_error *err);

/* What leads from one database to another, with the other's signatures. */
PLIM_API int plim_database_delta(const char *from, const char *to, const char *file, FILE *into, struct plim_error *err);

/*
 * Packs a signed database into a directory for a mirror, with deltas from those that are there (the last seven) and an index.json
 * that leads to them; what is older is removed.  `options` may be NULL.
 */
PLIM_API int plim_database_publish(const struct plim_run_options *options, const char *path, const char *directory, FILE *into, struct plim_error *err);

/*
 * Puts a signed database into a registry, as db update --from takes it: `address` is oci://HOST/PATH:TAG.  One that is newer, and what is no database,
 * stays there.  `options` may be NULL.
 */
PLIM_API int plim_database_push(const struct plim_run_options *options, const char *path, const char *address, FILE *into, struct plim_error *err);

struct plim_database_taking {
	const char *file;                     /* packed, a delta, or a database as it is */
	const char *const *keys;              /* public keys' files, one of which must have signed it; NULL-terminated; NULL: nobody need have */
	bool allow_older;
};

/* Takes it in the place of the one at `path`, which stands where anything is wrong.  `options` may be NULL. */
PLIM_API int plim_database_import(const struct plim_run_options *options, const struct plim_database_taking *what, const char *path, FILE *into,
                                  struct plim_error *err);

struct plim_database_following {
	const char *const *mirrors;           /* addresses of index.json, as db publish writes it, or oci://REF; asked in this order; NULL-terminated */
	const char *const *keys;              /* one of which must have signed; NULL: an error, but with */
	bool allow_unsigned;
	bool allow_older;
};

/*
 * Takes the newest database that the first mirror to give one has, as a delta from the one at `path` where there is one that is smaller, and
 * writes what became of each mirror.  Nothing is transferred but the index where that database is there already, nor that where it has not
 * changed.  Whatever fails leaves what is there.  `options` may be NULL.
 */
PLIM_API int plim_database_follow(const struct plim_run_options *options, const struct plim_database_following *how, const char *path, FILE *into,
                                  struct plim_error *err);

#endif
