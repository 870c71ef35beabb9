/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was made of a layer, kept for the next run.  One file an entry, named
 * by a digest over what the layer is and by whom it was read; written beside
 * and renamed, so that any number of processes share it without a lock; the
 * block first, then a trailer with its checksum.  What is damaged is removed
 * and made anew.
 */
#ifndef STORE_CACHE_H
#define STORE_CACHE_H

#include "base/auto.h"
#include "base/digest.h"
#include "base/slice.h"

#include <plimsoll/error.h>

struct cache;

/* Below $XDG_CACHE_HOME or ~/.cache; `*out` is NULL, and that no error, where there is neither or it cannot be made. */
int cache_open(struct cache **out, struct plim_error *err);
void cache_close(struct cache *cache);
AUTO_DEFINE(cache, struct cache, cache_close)

struct cache_layer {
	struct digest stored;      /* of the bytes as stored, as whoever hashed them says */
	uint64_t size;             /* how many those were */
	struct digest plain;       /* of the plain bytes */
};

struct cache_entry {
	int fd;                    /* of the file, the caller's; the block is its first `length` bytes */
	uint64_t length;
	struct cache_layer layer;
};

/*
 * The entry of a layer whose stored bytes have the digest `stored`, read with `options` (any bytes that change what comes out; may be
 * empty).  False when there is none that is sound.
 */
bool cache_find(struct cache *cache, const struct digest *stored, struct slice options, struct cache_entry *out);
/* Whether there is a file for it at all: a hint, not an answer. */
bool cache_has(struct cache *cache, const struct digest *stored, struct slice options);

/* Keeps a block.  Failing to is no error: the next run is slower, that is all. */
void cache_keep(struct cache *cache, const struct cache_layer *layer, struct slice options, struct slice block);

struct cache_status {
	const char *directory;     /* borrowed */
	size_t entries;
	uint64_t bytes, limit;
};

int cache_status(struct cache *cache, struct cache_status *out, struct plim_error *err);
/* Removes the least recently used until `most` bytes are left; 0 removes all. */
int cache_shrink(struct cache *cache, uint64_t most, struct plim_error *err);

#endif
