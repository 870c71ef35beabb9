/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cataloger knows one kind of file.  `extract` sees the bytes of one file
 * and adds rows; it runs where the layer is read, and what it adds is kept
 * with the layer.  What is made of the rows of all layers afterwards sees no
 * bytes (resolver.h).  One cataloger a file, one array of all in catalogers.c.
 */
#ifndef CATALOG_CATALOGER_H
#define CATALOG_CATALOGER_H

#include "catalog/rows.h"
#include "layer/collect.h"

/* Where extract puts what it finds. */
struct rows {
	struct block_builder *into;
	uint32_t entry;
	const char *cataloger;
};

/* Adds one row; `n` may be smaller than the kind's fields, the rest is NULL.  `line` from 1, 0 where it means nothing. */
int rows_add(struct rows *rows, enum row_kind kind, uint32_t line, const struct slice *fields, size_t n, struct plim_error *err);

/* Records that a part of the file could not be understood and goes on: the rest of the file is still good. */
int rows_problem(struct rows *rows, struct plim_error *err, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Behind the name of a file, at the end of a problem: told only where no such file is beside it in the end. */
#define NOT_BESIDE " is not beside it"

/* What may be missing in the inventory where a file could not be read. */
enum missing {
	MISSING_SOFTWARE,    /* packages that no distribution brought: what a cataloger reads that does not say otherwise */
	MISSING_PACKAGES,    /* those of a distribution */
	MISSING_OWN,         /* nothing that others rest on: settings, and what is only declared, which nobody judges */
};

struct cataloger {
	const char *name;
	enum missing missing;
	bool on_wish;    /* rows that few ask for, and that are many or dear: it runs only where they are wanted */
	/* NULL-terminated globs (base/glob.h) of clean paths, "var/lib/dpkg/status": whose bytes it wants.  May be NULL beside `bid`. */
	const char *const *paths;
	/*
	 * NULL-terminated paths where a program of the image would look.  When one of them resolves, through links,
	 * to a file of the final tree that was not extracted, a second read of that file follows.  May be NULL.
	 */
	const char *const *roots;
	/*
	 * Each of `paths` is such a root as well, as far as it can be looked up: all of its files in a directory that is named
	 * (etc/pam.d/WILDCARDS), and links of a name, or to a directory of one, anywhere (**, .ssh, authorized_keys; **, WILDCARDS).
	 */
	bool follows;
	/* What it says of a file hangs on the glob that the name takes: of one that has several names it is asked for each glob. */
	bool by_name;
	/*
	 * May be NULL.  Does it want a file for what that begins with (up to COLLECT_HEAD_BYTES), whatever its name?  Asked of
	 * executable files, and of those named like libraries (catalog/program/select.h).  Of large programs it then sees
	 * zeros where instructions and the like were.
	 */
	bool (*bid)(struct slice path, struct slice head);
	/*
	 * Adds the rows of one file.  An error (PLIM_EFORMAT, PLIM_ELIMIT, PLIM_EUNSUPPORTED, with offset or line, without
	 * the path) takes back the rows of this call and becomes a problem of the file: nothing unreadable counts as empty.
	 */
	int (*extract)(struct slice path, struct slice body, struct rows *rows, struct plim_error *err);
};

/* All of them, in the order in which they run; NULL-terminated. */
extern const struct cataloger *const catalogers[];

/* Whether a file of that clean path is one of its own: another cataloger may have read what this one did not. */
bool cataloger_wants(const struct cataloger *cataloger, struct slice path);

/* What is missing where that name told a problem; software for one that nobody has: a block may come from another version. */
enum missing cataloger_missing(struct slice name);

/* For layer/collect.h: a collector that runs all catalogers, those on wish where it says so.  The result is immutable and may be shared by threads. */
int catalogers_collector(bool on_wish, struct collector *out, struct plim_error *err);
void catalogers_collector_done(struct collector *collector);

/* Runs the catalogers that want `path` on one body: the second read, and fuzzing. */
int catalogers_take(const struct collector *collector, struct block_builder *into, uint32_t index, const struct entry *entry,
                    struct slice body, struct plim_error *err);
/* Those that want the last of a file's `n` names as well, and that none of the names before it was enough for. */
int catalogers_take_as(const struct collector *collector, struct block_builder *into, uint32_t index, const struct slice *names, size_t n, struct slice body,
                       struct plim_error *err);

#endif
