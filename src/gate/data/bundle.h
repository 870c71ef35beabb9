/* SPDX-License-Identifier: Apache-2.0 */
/* A database that comes from elsewhere: out of a file, or fetched. */
#ifndef GATE_DATA_BUNDLE_H
#define GATE_DATA_BUNDLE_H

#include "gate/run.h"
#include "gate/trust/data_signer.h"

struct bundle_source {
	int fd;                    /* a bundle, a database or a delta; borrowed */
	const char *name;          /* for messages */
	struct data_keys keys;
	bool allow_older;
	bool as_it_is;             /* struct bundle_order's */
};

/* Replaces the database at `path` and appends what came of it; whatever fails leaves the old one. */
int bundle_take(struct run *run, const struct bundle_source *source, const char *path, struct strbuf *told, struct plim_error *err);

/* One frame of zstd: the database with its signatures. */
int bundle_pack(const struct database *database, struct strbuf *into, struct plim_error *err);
/* The path of the database that is meant, the caller's to free; NULL: the default place. */
int bundle_place(const char *path, char **out, struct plim_error *err);
/* The database that is in it, every block verified; nothing is replaced. */
int bundle_open(struct run *run, const struct bundle_source *source, struct database **out, struct plim_error *err);

#endif
