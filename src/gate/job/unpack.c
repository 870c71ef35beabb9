/* SPDX-License-Identifier: Apache-2.0 */
/* Makes files of blocks and bodies, below one directory, for a scanner. */
#include "gate/job/scan.h"

#include "base/error.h"
#include "base/limits.h"
#include "gate/pieces.h"
#include "layer/bodies.h"
#include "layer/unpack.h"
#include "process/sandbox.h"

struct unpacking {
	struct arena *arena;
	struct pieces pieces;
	struct body_places places;
	VEC(int) files;            /* of bodies */
	const size_t *blobs;       /* of each layer */
	uint64_t left;             /* of LIMIT_SCAN_TREE_BYTES */
};

static void
auto_unpacking(struct unpacking *u)
{
	vec_each (&u->files, file)
		close(*file);
	vec_done(&u->files);
	body_places_done(&u->places);
	pieces_done(&u->pieces);
	arena_free(u->arena);
}

static int
take_copy(struct unpacking *u, struct message *message, struct plim_error *err)
{
	struct slice body = message->body;
	uint32_t blob = number_of(&body);
	int *kept = message->fd[0] < 0 ? NULL : vec_push(&u->files);
	if (kept == NULL)
		return message->fd[0] < 0 ? error_set(err, PLIM_EFORMAT, "a file of bodies that is none") : error_nomem(err);
	*kept = fd_take(&message->fd[0]);
	return body_places_add(&u->places, *kept, blob == UINT32_MAX ? UINT64_MAX : blob, err);
}

static int
put_body(void *context, uint32_t layer, uint32_t entry, int into, struct plim_error *err)
{
	struct unpacking *u = context;
	const struct body_place *place = body_place_find(&u->places, u->blobs[layer], entry);
	return place ? body_copy(place, into, &u->left, err) : PLIM_ENOTFOUND;
}

static int
unpack(struct unpacking *u, uint32_t image, int root, struct plim_error *err)
{
	AUTO(tree) struct tree *tree = NULL;
	const struct block *const *blocks;
	size_t n;
	int r = pieces_blocks(&u->pieces, image, u->arena, &blocks, &u->blobs, &n, err);
	if (r < 0 || (r = tree_build(blocks, n, &tree, err)) < 0)
		return r;
	body_places_sort(&u->places);
	return tree_unpack(tree, root, put_body, u, err);
}

/* Until it knows which image is meant. */
static int
gather(struct unpacking *u, int channel, uint32_t *image, struct plim_error *err)
{
	for (;;) {
		AUTO(message) struct message message = { .fd = { -1, -1 } };
		int r = channel_receive(channel, &message, err);
		struct slice body = message.body;
		if (r == 0 && message.kind == SAY_DONE) {
			*image = number_of(&body);
			return 0;
		}
		if (r == 0)
			r = message.kind == SAY_COPY ? take_copy(u, &message, err) : pieces_take(&u->pieces, &message, err);
		if (r < 0)
			return r;
	}
}

static int
run(int channel, struct message *start, struct plim_error *err)
{
	AUTO(unpacking) struct unpacking u = { .arena = arena_new(0), .left = LIMIT_SCAN_TREE_BYTES };
	struct sandbox_path root = { start->fd[0], SANDBOX_READ | SANDBOX_WRITE };
	uint32_t image;
	if (u.arena == NULL)
		return error_nomem(err);
	int r = sandbox_enter_writing(&root, 1, err);
	if (r < 0 || (r = gather(&u, channel, &image, err)) < 0 || (r = unpack(&u, image, start->fd[0], err)) < 0)
		return r;
	return channel_send(channel, SAY_DONE, SLICE(""), err);
}

int
job_unpack(int channel)
{
	return job_answer(channel, run);
}
