/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's side of a private directory. */
#include "gate/scan/scratch.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static int
take_directory(struct scratch *out, struct message *message, struct plim_error *err)
{
	out->directory = fd_take(&message->fd[0]);
	out->path = slice_dup(message->body);
	if (out->directory < 0)
		return error_set(err, PLIM_EPROCESS, "a private directory that is none");
	return out->path ? 0 : error_nomem(err);
}

int
scratch_open(struct run *run, struct scratch *out, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	const char *place = getenv("TMPDIR");
	if (place == NULL || place[0] != '/')
		place = "/tmp";
	int r = zygote_spawn(run->zygote, JOB_SCRATCH, &out->owner, err);
	if (r < 0 || (r = channel_send(out->owner.channel, SAY_START, slice_of(place), err)) < 0 ||
	    (r = run_expect(run, &out->owner, SAY_DONE, &message, err)) < 0)
		return r;
	return take_directory(out, &message, err);
}

int
scratch_directory(const struct scratch *scratch, const char *name, unsigned mode, int *out, struct plim_error *err)
{
	if (mkdirat(scratch->directory, name, 0700) < 0 || fchmodat(scratch->directory, name, mode, 0) < 0)
		return error_sys(err, errno, "%s/%s", scratch->path, name);
	*out = openat(scratch->directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return *out < 0 ? error_sys(err, errno, "%s/%s", scratch->path, name) : 0;
}

void
scratch_close(struct run *run, struct scratch *scratch)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	if (scratch->owner.channel >= 0 && channel_send(scratch->owner.channel, SAY_DONE, SLICE(""), NULL) == 0)
		run_expect(run, &scratch->owner, SAY_DONE, &message, NULL);
	process_close(&scratch->owner);
	auto_fd(&scratch->directory);
	free(scratch->path);
	*scratch = SCRATCH_NONE;
}
