/* SPDX-License-Identifier: Apache-2.0 */
/* The process that reads a file of verdicts: an open file in, what it says out. */
#include "gate/job/jobs.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "policy/verdict_file.h"
#include "process/sandbox.h"

static int
answer(int channel, const struct verdict_list *list, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	verdict_list_write(list, &bytes);
	return bytes.failed ? error_nomem(err) : channel_send(channel, SAY_VERDICT, strbuf_slice(&bytes), err);
}

static int
run(int channel, struct message *start, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(free) char *text = NULL;
	struct verdict_list list;
	size_t size;
	int r = sandbox_enter(CONFINED_WORKER, -1, err);
	if (r < 0)
		return r;
	if (arena == NULL)
		return error_nomem(err);
	r = file_read_fd(start->fd[0], LIMIT_VERDICT_BYTES, &text, &size, err);
	if (r == PLIM_ELIMIT)
		return error_set(err, r, "it is larger than limit VERDICT_BYTES (%ju)", (uintmax_t)LIMIT_VERDICT_BYTES);
	if (r < 0 || (r = verdict_list_read((struct slice){ text, size }, arena, &list, err)) < 0)
		return r;
	return answer(channel, &list, err);
}

int
job_verdict(int channel)
{
	return job_answer(channel, run);
}
