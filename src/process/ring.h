/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stored bytes on their way from the hasher to one worker: a few windows of
 * shared memory, which only the hasher can write, and a channel on which it
 * says how much is in the next window.  The worker thus sees the very bytes
 * that were hashed and holds no descriptor of the file.
 */
#ifndef PROCESS_RING_H
#define PROCESS_RING_H

#include "base/stream.h"
#include "process/channel.h"

#define RING_WINDOWS 4
#define RING_WINDOW_BYTES ((size_t)256 << 10)

/* The writing side: makes the memory and sends it over `channel` (borrowed).  `size` of all that will come bounds the memory. */
struct ring;
int ring_open(int channel, uint64_t size, struct ring **out, struct plim_error *err);
void ring_close(struct ring *ring);
AUTO_DEFINE(ring, struct ring, ring_close)
/* The next window to fill, waiting for the reader where all are full.  False: the reader has gone, and nobody needs the bytes any more. */
bool ring_window(struct ring *ring, char **out);
/* `n` bytes of it are there; 0 is the end. */
void ring_filled(struct ring *ring, size_t n);

/* The reading side: everything that comes over `channel`, which is borrowed. */
int stream_of_ring(int channel, struct stream **out, struct plim_error *err);

#endif
