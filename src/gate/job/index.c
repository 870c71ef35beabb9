/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that reads what leads to a published database: SAY_START with its file and a number, enum index_form; it answers SAY_INDEX with struct
 * published_index of a mirror's, struct published_artifact of a registry's.
 */
#include "gate/job/jobs.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "gate/data/published.h"
#include "gate/data/published_artifact.h"
#include "process/sandbox.h"

static int
answer_mirror(struct slice text, struct arena *arena, struct strbuf *into, struct plim_error *err)
{
	struct published_index index;
	int r = published_parse(text, arena, &index, err);
	if (r == 0)
		wire_write(&wire_published_index, &index, into);
	return r;
}

static int
answer_artifact(struct slice text, struct arena *arena, struct strbuf *into, struct plim_error *err)
{
	struct published_artifact artifact;
	int r = published_artifact_parse(text, arena, &artifact, err);
	if (r == 0)
		wire_write(&wire_published_artifact, &artifact, into);
	return r;
}

static int (*const answers[])(struct slice text, struct arena *arena, struct strbuf *into, struct plim_error *err) = {
	[INDEX_MIRROR] = answer_mirror,
	[INDEX_ARTIFACT] = answer_artifact,
};

static int
run(int channel, struct message *start, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf bytes = { 0 };
	AUTO(free) char *text = NULL;
	uint32_t form = number_of(&start->body);
	size_t size;
	if (form >= sizeof answers / sizeof *answers)
		return error_set(err, PLIM_EFORMAT, "an index of no form");
	int r = arena ? sandbox_enter(CONFINED_WORKER, -1, err) : error_nomem(err);
	if (r < 0 || (r = file_read_fd(start->fd[0], LIMIT_DOCUMENT_BYTES, &text, &size, err)) < 0 ||
	    (r = answers[form]((struct slice){ text, size }, arena, &bytes, err)) < 0)
		return r;
	return bytes.failed ? error_nomem(err) : channel_send(channel, SAY_INDEX, strbuf_slice(&bytes), err);
}

int
job_index(int channel)
{
	return job_answer(channel, run);
}
