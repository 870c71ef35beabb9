/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hasher: bytes in, digests out.  It alone says what a blob is, for it interprets none of them.  Where a worker reads along, it sees the
 * very bytes that were hashed, through a ring.  As many threads as streams were announced; each takes one order at a time.
 */
#include "gate/job/jobs.h"

#include "base/error.h"
#include "process/ring.h"
#include "process/sandbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define THREAD_MOST 64

struct hashing {
	int file;
	struct hash_order order;
	int channel;
	uint64_t told;             /* bytes, of which it was said that they have passed */
	struct hasher *hasher;
	struct ring *ring;         /* NULL when nobody reads along */
	char *window;              /* of our own then */
};

/* A pipe gives a little at a time: a window is worth filling. */
static ssize_t
read_pipe(int pipe, char *into, size_t want)
{
	size_t have = 0;
	while (have < want) {
		ssize_t n = read(pipe, into + have, want - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return n;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

static ssize_t
read_some(const struct hashing *h, uint64_t at, char *into, size_t want)
{
	ssize_t n;
	if (h->order.streamed)
		return read_pipe(h->file, into, want);
	do
		n = pread(h->file, into, want, (off_t)(h->order.offset + at));
	while (n < 0 && errno == EINTR);
	return n;
}

static int
fill_window(struct hashing *h, uint64_t at, char **window, size_t *got, struct plim_error *err)
{
	uint64_t left = h->order.size - at;
	size_t want = left < RING_WINDOW_BYTES ? (size_t)left : RING_WINDOW_BYTES;
	if (h->ring == NULL || !ring_window(h->ring, window))
		*window = h->window;
	ssize_t n = read_some(h, at, *window, want);
	*got = 0;
	if (n < 0)
		return error_sys(err, errno, "read at offset %ju", (uintmax_t)(h->order.offset + at));
	if (n == 0)
		return error_set(err, PLIM_EFORMAT, "the file ends at offset %ju, %ju bytes early", (uintmax_t)(h->order.offset + at), (uintmax_t)left);
	*got = (size_t)n;
	return 0;
}

/* Whoever is told may be busy: what does not reach it is made good by the next. */
static void
tell(struct hashing *h, uint64_t at)
{
	struct hashed partly = { .number = h->order.number, .code = HASHED_PARTLY, .passed = at };
	if (h->order.step == 0 || at - h->told < h->order.step)
		return;
	h->told = at;
	channel_answer(h->channel, SAY_HASHED, (struct slice){ (const char *)&partly, sizeof partly }, NULL, 0, NULL);
}

static int
hash_windows(struct hashing *h, struct plim_error *err)
{
	for (uint64_t at = 0; at < h->order.size;) {
		char *window;
		size_t got;
		int r = fill_window(h, at, &window, &got, err);
		if (r < 0)
			return r;
		at += got;
		/* The reader first: it takes longer. */
		if (h->ring)
			ring_filled(h->ring, got);
		hasher_add(h->hasher, (struct slice){ window, got });
		tell(h, at);
	}
	if (h->ring)
		ring_filled(h->ring, 0);
	return 0;
}

static int
hash_stream(struct hashing *h, int reader, struct digest *digest, struct plim_error *err)
{
	AUTO(ring) struct ring *ring = NULL;
	AUTO(free) char *window = malloc(RING_WINDOW_BYTES);
	AUTO(hasher) struct hasher *hasher = hasher_new((enum digest_algorithm)h->order.algorithm);
	if (hasher == NULL || window == NULL)
		return error_nomem(err);
	int r = reader >= 0 ? ring_open(reader, h->order.size, &ring, err) : 0;
	h->window = window;
	h->hasher = hasher;
	h->ring = ring;
	if (r == 0 && (r = hash_windows(h, err)) == 0)
		*digest = hasher_end(hasher);
	return r;
}

static void
answer(int channel, struct hashed *hashed, int code, const struct plim_error *why)
{
	hashed->code = code;
	if (code < 0)
		snprintf(hashed->text, sizeof hashed->text, "%.255s", why->text);
	channel_send(channel, SAY_HASHED, (struct slice){ (const char *)hashed, sizeof *hashed }, NULL);
}

static void
hash_file(int channel, const struct message *message)
{
	struct hashing h = { .file = message->fd[0], .channel = channel };
	struct hashed hashed = { 0 };
	struct plim_error why = { 0 };
	if (message->body.n != sizeof h.order)
		return;
	memcpy(&h.order, message->body.p, sizeof h.order);
	hashed.number = h.order.number;
	int r = hash_stream(&h, message->fd[1], &hashed.digest, &why);
	answer(channel, &hashed, r, &why);
}

static void
hash_bytes(int channel, const struct message *message)
{
	struct slice bytes = message->body;
	struct hashed hashed = { .number = number_of(&bytes) };
	hashed.digest = digest_of(bytes);
	answer(channel, &hashed, 0, NULL);
}

static void *
serve(void *context)
{
	int channel = *(const int *)context;
	struct message message;
	while (channel_receive(channel, &message, NULL) == 0) {
		if (message.kind == SAY_HASH)
			hash_file(channel, &message);
		else if (message.kind == SAY_HASH_BYTES)
			hash_bytes(channel, &message);
		message_done(&message);
	}
	return NULL;
}

int
job_hasher(int channel)
{
	struct message message;
	struct plim_error err = { 0 };
	if (channel_receive(channel, &message, &err) < 0 || message.kind != SAY_START)
		return 1;
	uint32_t threads = number_of(&message.body);
	message_done(&message);
	int r = sandbox_enter_files(-1, &err);
	for (uint32_t i = 1; r == 0 && i < threads && i < THREAD_MOST; i++) {
		pthread_t thread;
		if (pthread_create(&thread, NULL, serve, &channel) != 0)
			break;
	}
	if (r < 0 || sandbox_enter_calls(CONFINED_HASHER, &err) < 0)
		return 1;
	serve(&channel);
	return 0;
}
