/* SPDX-License-Identifier: Apache-2.0 */
/* The process that reads a mirror's index: SAY_START with its file; it answers SAY_INDEX with struct published_index. */
#include "gate/jobs.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "gate/published.h"
#include "process/sandbox.h"

static int
run(int channel, struct message *start, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf bytes = { 0 };
	AUTO(free) char *text = NULL;
	struct published_index index;
	size_t size;
	int r = arena ? sandbox_enter(CONFINED_WORKER, -1, err) : error_nomem(err);
	if (r < 0 || (r = file_read_fd(start->fd[0], LIMIT_DOCUMENT_BYTES, &text, &size, err)) < 0 ||
	    (r = published_parse((struct slice){ text, size }, arena, &index, err)) < 0)
		return r;
	wire_write(&wire_published_index, &index, &bytes);
	return bytes.failed ? error_nomem(err) : channel_send(channel, SAY_INDEX, strbuf_slice(&bytes), err);
}

int
job_index(int channel)
{
	return job_answer(channel, run);
}
