/* SPDX-License-Identifier: Apache-2.0 */
/* Has a private directory for as long as somebody needs it, and outlives a run that was killed to remove it. */
#include "gate/job/jobs.h"

#include "base/auto.h"
#include "base/error.h"
#include "process/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>

struct scratch {
	int parent, directory;
	char *path, *name;         /* the name is the end of the path */
	uint64_t moved;
};

static void
auto_scratch(struct scratch *scratch)
{
	auto_fd(&scratch->parent);
	auto_fd(&scratch->directory);
	free(scratch->path);
}

static void
auto_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static bool
is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Calls `fn` for each name of a directory, and says whether there was any. */
static bool
each_name(struct scratch *scratch, int directory, void (*fn)(struct scratch *scratch, int directory, const char *name))
{
	AUTO(fd) int own = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO(dir) DIR *dir = own < 0 ? NULL : fdopendir(own);
	bool any = false;
	if (dir == NULL)
		return false;
	fd_take(&own);
	for (const struct dirent *next; (next = readdir(dir));)
		if (!is_dot(next->d_name)) {
			fn(scratch, directory, next->d_name);
			any = true;
		}
	return any;
}

/* However deep a tree is, nothing is ever more than two levels down. */
static void
bring_up(struct scratch *scratch, int directory, const char *name)
{
	char place[32];
	if (unlinkat(directory, name, 0) == 0 || unlinkat(directory, name, AT_REMOVEDIR) == 0)
		return;
	snprintf(place, sizeof place, ".%ju", (uintmax_t)scratch->moved++);
	fchmodat(directory, name, 0700, 0);
	renameat(directory, name, scratch->directory, place);
}

static void
remove_one(struct scratch *scratch, int directory, const char *name)
{
	if (unlinkat(directory, name, 0) == 0 || unlinkat(directory, name, AT_REMOVEDIR) == 0)
		return;
	AUTO(fd) int inside = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (inside < 0 && fchmodat(directory, name, 0700, 0) == 0)
		inside = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (inside < 0)
		return;
	each_name(scratch, inside, bring_up);
	unlinkat(directory, name, AT_REMOVEDIR);
}

static int
scratch_remove(struct scratch *scratch, struct plim_error *err)
{
	/* What cannot be removed at all, an immutable file perhaps, must not be tried for ever. */
	for (unsigned rounds = 0; rounds < 1u << 20 && each_name(scratch, scratch->directory, remove_one); rounds++)
		if (unlinkat(scratch->parent, scratch->name, AT_REMOVEDIR) == 0)
			return 0;
	if (unlinkat(scratch->parent, scratch->name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	return error_sys(err, errno, "%s", scratch->path);
}

static int
scratch_make(struct scratch *scratch, struct slice parent, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	strbuf_printf(&path, "%.*s/plimsoll-XXXXXX", SLICE_ARG(parent));
	if ((scratch->path = strbuf_take(&path)) == NULL)
		return error_nomem(err);
	/* Made for its owner alone. */
	if (mkdtemp(scratch->path) == NULL)
		return error_sys(err, errno, "a directory in %.*s", SLICE_ARG(parent));
	scratch->name = strrchr(scratch->path, '/') + 1;
	scratch->name[-1] = 0;
	scratch->parent = open(scratch->name > scratch->path + 1 ? scratch->path : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	scratch->name[-1] = '/';
	scratch->directory = openat(scratch->parent, scratch->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return scratch->parent < 0 || scratch->directory < 0 ? error_sys(err, errno, "%s", scratch->path) : 0;
}

/* Ctrl-C is for the run, and this one has to tidy up behind it. */
static void
outlive(void)
{
	prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
	setsid();
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
}

static int
have_directory(int channel, struct message *start, struct plim_error *err)
{
	AUTO(scratch) struct scratch scratch = { .parent = -1, .directory = -1 };
	AUTO(message) struct message last = { .fd = { -1, -1 } };
	outlive();
	int r = scratch_make(&scratch, start->body, err);
	/* Its parent, which it is removed from. */
	struct sandbox_path below = { scratch.parent, SANDBOX_READ | SANDBOX_WRITE };
	if (r == 0)
		r = sandbox_enter_writing(&below, 1, err);
	if (r == 0)
		r = channel_send_with(channel, SAY_DONE, slice_of(scratch.path), &scratch.directory, 1, err);
	bool asked = r == 0 && channel_receive(channel, &last, NULL) == 0;
	int removed = scratch.directory < 0 ? 0 : scratch_remove(&scratch, r < 0 ? NULL : err);
	if (r < 0 || removed < 0)
		return r < 0 ? r : removed;
	return asked ? channel_send(channel, SAY_DONE, SLICE(""), err) : 0;
}

int
job_scratch(int channel)
{
	return job_answer(channel, have_directory);
}
