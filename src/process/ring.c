/* SPDX-License-Identifier: Apache-2.0 */
/* Windows of shared memory, counted out and back over a channel. */
#include "process/ring.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Later than the hasher's own map: nobody else will ever write. */
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif
#define RING_SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL)

enum { RING_MEMORY, RING_FILLED, RING_FREE };

struct ring {
	int channel;
	char *at;
	size_t size;
	size_t windows;
	size_t filled, freed;    /* windows so far */
	bool gone;               /* the reader has */
};

static int
ring_memory(struct ring *ring, struct plim_error *err)
{
	AUTO(fd) int fd = memfd_create("plimsoll-ring", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0 || ftruncate(fd, (off_t)ring->size) < 0)
		return error_sys(err, errno, "shared memory");
	ring->at = mmap(NULL, ring->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ring->at == MAP_FAILED)
		return error_sys(err, errno, "shared memory");
	if (fcntl(fd, F_ADD_SEALS, RING_SEALS) < 0)
		return error_sys(err, errno, "sealing shared memory");
	/* A reader that went at once is no error: the bytes are hashed all the same. */
	ring->gone = channel_send_with(ring->channel, RING_MEMORY, SLICE(""), &fd, 1, NULL) < 0;
	return 0;
}

int
ring_open(int channel, uint64_t size, struct ring **out, struct plim_error *err)
{
	AUTO(ring) struct ring *ring = calloc(1, sizeof *ring);
	if (ring == NULL)
		return error_nomem(err);
	ring->channel = channel;
	ring->windows = size > RING_WINDOW_BYTES ? RING_WINDOWS : 1;
	ring->size = ring->windows * RING_WINDOW_BYTES;
	ring->at = MAP_FAILED;
	int r = ring_memory(ring, err);
	if (r < 0)
		return r;
	*out = ptr_take(&ring);
	return 0;
}

void
ring_close(struct ring *ring)
{
	if (ring && ring->at != MAP_FAILED)
		munmap(ring->at, ring->size);
	free(ring);
}

/* One window comes back.  A reader that gives back what it was not given is a liar, and left alone. */
static void
ring_wait(struct ring *ring)
{
	struct message message;
	if (channel_receive(ring->channel, &message, NULL) < 0) {
		ring->gone = true;
		return;
	}
	ring->gone = message.kind != RING_FREE || ring->freed == ring->filled;
	ring->freed++;
	message_done(&message);
}

bool
ring_window(struct ring *ring, char **out)
{
	while (!ring->gone && ring->filled - ring->freed == ring->windows)
		ring_wait(ring);
	*out = ring->at + ring->filled % ring->windows * RING_WINDOW_BYTES;
	return !ring->gone;
}

void
ring_filled(struct ring *ring, size_t n)
{
	uint32_t count = (uint32_t)n;
	ring->filled++;
	if (!ring->gone)
		ring->gone = channel_send(ring->channel, RING_FILLED, (struct slice){ (const char *)&count, sizeof count }, NULL) < 0;
}

struct ring_stream {
	struct stream stream;
	int channel;
	struct slice memory;
	size_t taken;
	bool ended;
};

/* The hasher is trusted with bytes, not with our address space: every number is checked here too. */
static int
ring_next(struct stream *stream, struct slice *piece, struct plim_error *err)
{
	struct ring_stream *ring = (struct ring_stream *)stream;
	uint32_t n = 0;
	struct message message;
	*piece = SLICE("");
	if (ring->ended)
		return 0;
	/* The writer may have said its last and gone: what it said is still to be heard. */
	if (ring->taken)
		channel_send(ring->channel, RING_FREE, SLICE(""), NULL);
	int r = channel_receive(ring->channel, &message, err);
	if (r < 0)
		return r;
	bool good = message.kind == RING_FILLED && message.body.n == sizeof n;
	if (good)
		memcpy(&n, message.body.p, sizeof n);
	message_done(&message);
	if (!good || n > RING_WINDOW_BYTES)
		return error_set(err, PLIM_EFORMAT, "the stored bytes came in disorder");
	size_t windows = ring->memory.n / RING_WINDOW_BYTES;
	*piece = (struct slice){ ring->memory.p + ring->taken++ % windows * RING_WINDOW_BYTES, n };
	ring->ended = n == 0;
	return 0;
}

static void
ring_stream_close(struct stream *stream)
{
	struct ring_stream *ring = (struct ring_stream *)stream;
	if (ring->memory.n)
		munmap((void *)ring->memory.p, ring->memory.n);
	free(ring);
}

static const struct stream_ops ring_ops = { .next = ring_next, .close = ring_stream_close };

static int
ring_map(struct ring_stream *ring, int fd, struct plim_error *err)
{
	uint64_t size;
	int seals = fcntl(fd, F_GET_SEALS);
	if (fd < 0 || seals < 0 || !(seals & F_SEAL_SHRINK) || !file_size(fd, &size) || size < RING_WINDOW_BYTES)
		return error_set(err, PLIM_EFORMAT, "no shared memory for the stored bytes");
	void *at = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return error_sys(err, errno, "shared memory");
	ring->memory = (struct slice){ at, (size_t)size };
	return 0;
}

int
stream_of_ring(int channel, struct stream **out, struct plim_error *err)
{
	AUTO(stream) struct stream *held = NULL;
	struct message message;
	struct ring_stream *ring = calloc(1, sizeof *ring);
	if (ring == NULL)
		return error_nomem(err);
	ring->stream.ops = &ring_ops;
	ring->channel = channel;
	held = &ring->stream;
	int r = channel_receive(channel, &message, err);
	if (r < 0)
		return r;
	r = ring_map(ring, message.fd[0], err);
	message_done(&message);
	if (r == 0)
		*out = ptr_take(&held);
	return r;
}
