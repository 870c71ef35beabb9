/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files from elsewhere, kept below a directory with what was told of them.  Of a file PATH there are, beside each other:
 *
 *   PATH.state       what is kept: its address, marks, time and digest; replaced whole
 *   PATH.HEX         its bytes, by their SHA-256
 *   PATH.XXXXXX.new  bytes that are coming, locked by whoever writes them; PATH.XXXXXX.mark of what they are the beginning
 *
 * So whoever is killed leaves what was kept, and a beginning that the next one goes on with; two write beside each other.
 */
#ifndef STORE_DOWNLOAD_H
#define STORE_DOWNLOAD_H

#include "base/arena.h"
#include "base/digest.h"

#include <plimsoll/error.h>

struct downloaded {
	struct slice address;          /* where it came from, a mirror's too */
	struct slice etag, modified;   /* as its server told them; absent where it did not */
	int64_t modified_at;           /* seconds, DATE_NONE */
	int64_t fetched;               /* seconds: when its server last said that it is this */
	uint64_t size;
	uint64_t records;              /* that were read in it */
	struct digest digest;          /* SHA-256 */
};

/* What is kept of `path` (an absolute one), texts in the arena, its bytes open in `*fd`; PLIM_ENOTFOUND where there is nothing whole. */
int download_open(const char *path, struct arena *arena, struct downloaded *out, int *fd, struct plim_error *err);
/* Replaces what is told of the bytes that are kept. */
int download_tell(const char *path, const struct downloaded *what, struct plim_error *err);

/* One that is coming. */
struct download {
	const char *path;              /* borrowed */
	char *place;                   /* PATH.XXXXXX.new, and beside it */
	char *mark_place;
	int fd, beside;
	uint64_t had;                  /* of an earlier one that broke off */
	char mark[1100];               /* of which it is; empty: nobody knows, and it has none */
};

/* Begins one, or goes on with one that nobody writes any more. */
int download_begin(const char *path, struct download *out, struct plim_error *err);
/* Looks again how much there is, and of which; whoever writes it may have begun anew. */
void download_look(struct download *download);
/* Opens its bytes for reading only. */
int download_read(const struct download *download, int *out, struct plim_error *err);
/* Its size and digest, as it stands. */
int download_measure(const struct download *download, struct digest *digest, uint64_t *size, struct plim_error *err);
/* Keeps it in the place of what is kept; `what` has size and digest of it. */
int download_keep(struct download *download, const struct downloaded *what, struct plim_error *err);
/* Nobody wants its bytes. */
void download_drop(struct download *download);
/* Leaves it, for another time, if it can be gone on with.  Valid on what was kept or dropped. */
void download_done(struct download *download);
static inline void
auto_download(struct download *download)
{
	download_done(download);
}

#endif
