/* SPDX-License-Identifier: Apache-2.0 */
/* plim_convert: files of verdicts to verdicts. */
#include <plimsoll/convert.h>

#include "base/error.h"
#include "base/limits.h"
#include "gate/verdicts.h"
#include "policy/verdict_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int
open_file(const char *path, int *out, struct plim_error *err)
{
	bool standard = strcmp(path, "-") == 0;
	*out = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return *out < 0 ? error_sys(err, errno, "it cannot be opened") : 0;
}

/* What several files are about has no name but its own, where that is one. */
static void
name_target(struct plim_verdicts *v, struct slice target)
{
	if (v->count == 0)
		v->target = target;
	else if (!slice_eq(v->target, target))
		v->target = SLICE("several verdicts");
}

static int
take(struct plim_verdicts *v, struct slice bytes, struct plim_error *err)
{
	struct verdict_list list;
	int r = verdict_list_parse(bytes, v->arena, &list, err);
	if (r < 0)
		return r;
	struct verdict **grown = reallocarray(v->verdicts, v->count + list.n, sizeof *grown);
	if (grown == NULL)
		return error_nomem(err);
	v->verdicts = grown;
	name_target(v, list.target);
	for (size_t i = 0; i < list.n; i++)
		v->verdicts[v->count++] = &list.at[i];
	return 0;
}

/* A file of anybody is parsed where nothing can be done with it. */
static int
read_file(struct plim_verdicts *v, const char *path, struct plim_error *err)
{
	AUTO(process) struct process reader = { .channel = -1 };
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	AUTO(fd) int fd = -1;
	watching_stage(&v->run->watching, (struct plim_progress){ .stage = PLIM_STAGE_VERDICT });
	int r = open_file(path, &fd, err);
	if (r < 0 || (r = zygote_spawn(v->run->zygote, JOB_VERDICT, &reader, err)) < 0 ||
	    (r = channel_send_with(reader.channel, SAY_START, SLICE(""), &fd, 1, err)) < 0 ||
	    (r = run_expect(v->run, &reader, SAY_VERDICT, &message, err)) < 0)
		return r;
	return take(v, message.body, err);
}

static size_t
count_paths(const char *const *paths)
{
	size_t n = 0;
	while (paths[n])
		n++;
	return n;
}

int
plim_convert(const struct plim_convert_options *options, struct plim_verdicts **out, struct plim_error *err)
{
	struct plim_run_options run = options->run ? *options->run : (struct plim_run_options){ 0 };
	AUTO(verdicts) struct plim_verdicts *v = calloc(1, sizeof *v);
	if (v == NULL)
		return error_nomem(err);
	v->judge.channel = -1;
	if ((v->arena = arena_new(count_paths(options->paths) * LIMIT_VERDICT_BYTES)) == NULL)
		return error_nomem(err);
	/* There is no layer that could be kept. */
	run.no_cache = true;
	int r = run_start(&run, &v->run, err);
	if (r < 0)
		return r;
	for (const char *const *path = options->paths; *path; path++)
		if ((r = read_file(v, *path, err)) < 0)
			return error_wrap(err, r, "%s", *path);
	watching_end(&v->run->watching);
	*out = ptr_take(&v);
	return 0;
}
