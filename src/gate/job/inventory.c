/* SPDX-License-Identifier: Apache-2.0 */
/* The process that takes a stored inventory apart: a file in, the set and the blocks out, as if they had just been read. */
#include "gate/collecting.h"
#include "gate/recording.h"

#include "base/error.h"
#include "base/file.h"
#include "process/sandbox.h"

static int
say_set(int channel, const struct recording *recording, struct plim_error *err)
{
	AUTO(free) char *plain = NULL;
	if (!recording->has_set)
		return channel_send(channel, SAY_READY, SLICE(""), err);
	int r = recording_unpack(&recording->parts[0], &plain, err);
	return r < 0 ? r : channel_send(channel, SAY_SET, (struct slice){ plain, (size_t)recording->parts[0].size }, err);
}

static int
say_part(int channel, const struct recording_part *part, uint32_t blob, struct plim_error *err)
{
	AUTO(free) char *plain = NULL;
	AUTO(fd) int fd = -1;
	int r = recording_unpack(part, &plain, err);
	struct slice bytes = { plain, (size_t)part->size };
	if (r < 0)
		return r;
	if (part->kind == RECORDING_GAP)
		return say_number(channel, SAY_GAP, blob, bytes, err);
	if ((r = say_number(channel, SAY_BLOB, blob, SLICE(""), err)) < 0 || (r = memory_file(bytes, &fd, err)) < 0)
		return r;
	return channel_send_with(channel, SAY_BLOCK, SLICE(""), &fd, 1, err);
}

static int
say_parts(int channel, const struct recording *recording, struct plim_error *err)
{
	for (size_t i = recording->has_set; i < recording->n; i++) {
		int r = say_part(channel, &recording->parts[i], (uint32_t)(i - recording->has_set), err);
		if (r < 0)
			return r;
	}
	return channel_send(channel, SAY_DONE, SLICE(""), err);
}

/* One order to read is all that comes: what was recorded holds the files of second readings already. */
static int
run(int channel, struct message *start, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(map_file) struct slice bytes = SLICE_NONE;
	AUTO(message) struct message order = { .fd = { -1, -1 } };
	struct recording recording;
	int r = sandbox_enter(CONFINED_WORKER, -1, err);
	if (r == 0 && arena == NULL)
		r = error_nomem(err);
	if (r < 0 || (r = file_map_fd(start->fd[0], 0, &bytes, err)) < 0 || (r = recording_parse(bytes, arena, &recording, err)) < 0)
		return r;
	if ((r = say_set(channel, &recording, err)) < 0 || (r = channel_receive(channel, &order, err)) < 0)
		return r == PLIM_ENOTFOUND ? 0 : r;
	return say_parts(channel, &recording, err);
}

int
job_inventory(int channel)
{
	return job_answer(channel, run);
}
