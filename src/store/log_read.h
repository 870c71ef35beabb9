/* SPDX-License-Identifier: Apache-2.0 */
/* The log from its first line to its last, and whether it is whole. */
#ifndef STORE_LOG_READ_H
#define STORE_LOG_READ_H

#include "store/log_entry.h"

/* Where in a log something is. */
struct log_at {
	uint64_t number;              /* of the entry that is there, or is due there */
	char file[64];                /* "log.2": its name without directories, cut off at its end */
	uint64_t offset;              /* in it */
};

struct log_item {
	struct log_line line;         /* borrowed until the callback returns */
	struct digest hash;           /* of its bytes */
};

struct log_wanted {
	struct digest after;          /* what the first entry has to stand behind, where older files are elsewhere; DIGEST_NONE: nothing */
	struct digest head;           /* an entry that has to be there; DIGEST_NONE: any */
};

struct log_state {
	uint64_t entries, first, last;    /* how many; the numbers of the first and last, 0: none */
	struct digest head;           /* hash of the last entry; DIGEST_NONE: none */
	size_t files;
	bool broken;                  /* at `at`, and why; entries behind it are read all the same */
	struct log_at at;
	char why[512];
	uint64_t torn_lines, torn_bytes;    /* left of entries that were not written whole, and covered by what follows */
	uint64_t tail_bytes;          /* the same at the end, where nothing follows: at `tail` */
	struct log_at tail;
	bool head_found;
	uint64_t head_number;         /* of the wanted entry */
};

/* Called for each entry in order; another answer than 0 ends the walk, and is its answer. */
typedef int log_each_fn(void *context, const struct log_item *item, struct plim_error *err);

/*
 * Walks through the log at `path` as it is at one moment, with all its files.  That it is broken is no error but in `*out`; PLIM_ENOTFOUND: there is
 * none.  `each` may be NULL.
 */
int log_walk(const char *path, const struct log_wanted *wanted, log_each_fn *each, void *context, struct log_state *out, struct plim_error *err);

/* The same of bytes, which are one file. */
int log_walk_bytes(struct slice bytes, const struct log_wanted *wanted, log_each_fn *each, void *context, struct log_state *out,
                   struct plim_error *err);

#endif
