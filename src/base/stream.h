/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stream of bytes that is read once, forward, in pieces that it lends.
 * Streams stack: file, hash, inflate, hash, tar.  A stream owns the one below
 * it and closes it.
 */
#ifndef BASE_STREAM_H
#define BASE_STREAM_H

#include "base/auto.h"
#include "base/digest.h"
#include "base/slice.h"

#include <plimsoll/error.h>

struct stream;

struct stream_ops {
	/* Lends the next piece, valid until the next call; an empty piece is the end.  After an error only close. */
	int (*next)(struct stream *stream, struct slice *piece, struct plim_error *err);
	/* Releases everything, the struct itself included. */
	void (*close)(struct stream *stream);
	/* Passes over `n` bytes without reading them: how many were passed, which may be fewer.  NULL: the stream cannot. */
	uint64_t (*skip)(struct stream *stream, uint64_t n);
};

struct stream {
	const struct stream_ops *ops;
};

static inline int
stream_next(struct stream *stream, struct slice *piece, struct plim_error *err)
{
	return stream->ops->next(stream, piece, err);
}

/* How many of the next `n` bytes were passed over for nothing; the others must be read. */
static inline uint64_t
stream_skip(struct stream *stream, uint64_t n)
{
	return stream->ops->skip ? stream->ops->skip(stream, n) : 0;
}

static inline void
stream_close(struct stream *stream)
{
	if (stream)
		stream->ops->close(stream);
}
AUTO_DEFINE(stream, struct stream, stream_close)

/* Part of a file, read through a window with pread; `fd` is borrowed.  A file that ends early is PLIM_EFORMAT. */
int stream_of_file(int fd, uint64_t offset, uint64_t length, struct stream **out, struct plim_error *err);

/* Everything that comes out of a pipe; `fd` is taken over, also on failure. */
int stream_of_pipe(int fd, struct stream **out, struct plim_error *err);

/* Bytes in memory, borrowed. */
int stream_of_slice(struct slice bytes, struct stream **out, struct plim_error *err);

/* Passes `below` on, adding each piece to `hasher` and its length to `count` (both borrowed, either may be NULL). */
int stream_tee(struct stream *below, struct hasher *hasher, uint64_t *count, struct stream **out, struct plim_error *err);

/*
 * As stream_tee, but the hashing is done by a thread of its own while `below` makes its next piece; so its pieces must stay valid through
 * the next call.  The hasher has seen everything once the end was read or the stream is closed.  The thread begins at once: `below` is put
 * in later, so that a process can confine itself in between.
 */
int stream_tee_beside(struct hasher *hasher, struct stream **out, struct plim_error *err);
void stream_beside_put(struct stream *beside, struct stream *below);

/* Passes `below` on without owning it: closing the result leaves `below` open. */
int stream_borrow(struct stream *below, struct stream **out, struct plim_error *err);

/* Everything that is left, into memory, the caller's to free; more than `limit` bytes is PLIM_ELIMIT. */
int stream_read_all(struct stream *stream, uint64_t limit, char **out, size_t *out_size, struct plim_error *err);

/* Reads and drops everything that is left. */
int stream_drain(struct stream *stream, struct plim_error *err);

#endif
