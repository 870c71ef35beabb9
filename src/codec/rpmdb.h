/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The databases of installed rpm packages, in memory: one back-end per file
 * format.  Each finds all headers that the file holds and lends them one by
 * one; what a header says is codec/rpm_header.h.
 */
#ifndef CODEC_RPMDB_H
#define CODEC_RPMDB_H

#include "base/slice.h"

#include <plimsoll/error.h>

/* Where something is in the file: "page 12", "offset 4096". */
struct rpmdb_place {
	const char *unit;
	uint64_t at;
};

/* Who receives what a database holds.  A negative answer ends the walk and is returned by it. */
struct rpmdb_sink {
	void *context;
	/* One header; the bytes are lent for the call. */
	int (*header)(void *context, struct rpmdb_place place, struct slice blob, struct plim_error *err);
	/* A part that cannot be read, and why.  The walk goes on behind it. */
	int (*damage)(void *context, struct rpmdb_place place, const char *why, struct plim_error *err);
};

struct rpmdb_format {
	const char *name;
	/* 0 = not mine; else bits of evidence. */
	int (*bid)(struct slice head);
	/* An error is one of the database as a whole: its head, or the table of packages cannot be read. */
	int (*each)(struct slice db, const struct rpmdb_sink *sink, struct plim_error *err);
};

extern const struct rpmdb_format rpmdb_sqlite;
extern const struct rpmdb_format rpmdb_ndb;
extern const struct rpmdb_format rpmdb_bdb;

/* The format that bids highest; PLIM_EFORMAT when none does, and for an empty file. */
int rpmdb_find(struct slice db, const struct rpmdb_format **out, struct plim_error *err);

/* For formats that link pages: which ones were read.  A page that is met twice is a cycle, or shared by two records. */
struct page_set {
	uint8_t *bits;
	uint64_t n;
};

int page_set_init(struct page_set *set, uint64_t n, struct plim_error *err);
void page_set_done(struct page_set *set);
static inline void
auto_page_set(struct page_set *set)
{
	page_set_done(set);
}
/* False when `page` was added before; it must be below the size. */
bool page_set_add(struct page_set *set, uint64_t page);

#endif
