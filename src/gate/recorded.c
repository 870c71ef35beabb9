/* SPDX-License-Identifier: Apache-2.0 */
/* An analysis whose layers were read long ago. */
#include "gate/analysis.h"

#include "base/error.h"
#include "gate/recording.h"
#include "process/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static int
open_file(const char *path, int *out, struct plim_error *err)
{
	struct stat st;
	*out = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (*out < 0)
		return errno == ENOENT || errno == ENOTDIR ? error_set(err, PLIM_ENOTFOUND, "no such file") : error_sys(err, errno, "open");
	return fstat(*out, &st) == 0 && S_ISREG(st.st_mode) ? 0 : error_set(err, PLIM_EUSAGE, "not a regular file");
}

bool
analysis_is_recorded(const char *path)
{
	char head[RECORDING_MAGIC_SIZE];
	AUTO(fd) int fd = -1;
	return open_file(path, &fd, NULL) == 0 && pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head && recording_is((struct slice){ head, sizeof head });
}

/* SAY_READY instead of a set: it is of a tree. */
static int
receive_set(struct analysis *analysis, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	int r = run_expect(analysis->run, &analysis->reader, 0, &message, err);
	if (r < 0 || message.kind == SAY_READY)
		return r;
	if (message.kind != SAY_SET)
		return error_set(err, PLIM_EPROCESS, "the process that read it spoke out of turn");
	return image_set_parse(message.body, &analysis->set, err);
}

static int
begin(struct analysis *analysis, struct plim_error *err)
{
	int r = zygote_spawn(analysis->run->zygote, JOB_INVENTORY, &analysis->reader, err);
	if (r < 0 || (r = channel_send_with(analysis->reader.channel, SAY_START, SLICE(""), &analysis->target.fd, 1, err)) < 0)
		return r;
	return receive_set(analysis, err);
}

int
analysis_open_recorded(struct run *run, const char *path, struct analysis **out, struct plim_error *err)
{
	AUTO(analysis) struct analysis *analysis = NULL;
	int r = analysis_new(run, &analysis, err);
	if (r < 0)
		return r;
	analysis->recorded = true;
	r = open_file(path, &analysis->target.fd, err);
	if (r < 0 || (r = begin(analysis, err)) < 0 || (r = analysis_make_parts(analysis, err)) < 0)
		return r;
	analysis->target.name = analysis->set ? image_set_name(analysis->set) : arena_dup(analysis->arena, path_base(slice_of(path)));
	*out = ptr_take(&analysis);
	return 0;
}
