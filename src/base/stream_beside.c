/* SPDX-License-Identifier: Apache-2.0 */
/* Hashing beside whatever makes the bytes: one piece is hashed while the next is made. */
#include "base/error.h"
#include "base/stream.h"

#include <pthread.h>
#include <semaphore.h>

struct beside {
	struct stream stream;
	struct stream *below;
	struct hasher *hasher;
	pthread_t thread;
	sem_t given, done;
	struct slice piece;    /* the thread's between `given` and `done`; absent: it shall end */
	bool busy;
};

static void *
hash_pieces(void *context)
{
	struct beside *beside = context;
	for (;;) {
		while (sem_wait(&beside->given) < 0)
			continue;
		if (beside->piece.p == NULL)
			return NULL;
		hasher_add(beside->hasher, beside->piece);
		sem_post(&beside->done);
	}
}

static void
await(struct beside *beside)
{
	while (beside->busy && sem_wait(&beside->done) < 0)
		continue;
	beside->busy = false;
}

static int
beside_next(struct stream *stream, struct slice *piece, struct plim_error *err)
{
	struct beside *beside = (struct beside *)stream;
	int r = stream_next(beside->below, piece, err);
	await(beside);
	if (r < 0 || piece->n == 0)
		return r;
	beside->piece = *piece;
	beside->busy = true;
	sem_post(&beside->given);
	return 0;
}

static void
beside_close(struct stream *stream)
{
	struct beside *beside = (struct beside *)stream;
	await(beside);
	beside->piece = SLICE_NONE;
	sem_post(&beside->given);
	pthread_join(beside->thread, NULL);
	sem_destroy(&beside->given);
	sem_destroy(&beside->done);
	stream_close(beside->below);
	free(beside);
}

static const struct stream_ops beside_ops = { .next = beside_next, .close = beside_close };

int
stream_tee_beside(struct hasher *hasher, struct stream **out, struct plim_error *err)
{
	struct beside *beside = calloc(1, sizeof *beside);
	if (beside == NULL)
		return error_nomem(err);
	beside->stream.ops = &beside_ops;
	beside->hasher = hasher;
	sem_init(&beside->given, 0, 0);
	sem_init(&beside->done, 0, 0);
	int number = pthread_create(&beside->thread, NULL, hash_pieces, beside);
	if (number != 0) {
		free(beside);
		return error_sys(err, number, "a thread");
	}
	*out = &beside->stream;
	return 0;
}

void
stream_beside_put(struct stream *stream, struct stream *below)
{
	((struct beside *)stream)->below = below;
}
