/* SPDX-License-Identifier: Apache-2.0 */
/* Links of processes: their programs, and the sockets that they hold. */
#include "catalog/live/live.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/vec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define PROC_NUMBER 0x9fa0

static void
auto_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* Takes `fd` over. */
static DIR *
dir_open(int fd)
{
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (dir == NULL && fd >= 0)
		close(fd);
	return dir;
}

/* The next name that is a number. */
static bool
next_number(DIR *dir, uint64_t *out)
{
	for (struct dirent *next; (next = readdir(dir));)
		if (slice_to_u64(slice_of(next->d_name), 10, out))
			return true;
	return false;
}

/* 0, a code, or a positive errno of the link's own. */
static int
read_link(struct live_links *links, int directory, const char *name, struct slice *out, struct plim_error *err)
{
	char text[4096];
	ssize_t n = readlinkat(directory, name, text, sizeof text);
	if (n < 0)
		return errno;
	*out = arena_dup(links->arena, (struct slice){ text, (size_t)n });
	return out->p ? 0 : error_set(err, PLIM_ELIMIT, "links of processes are longer than limit LIVE_BYTES");
}

static bool
is_refusal(int number)
{
	return number == EACCES || number == EPERM;
}

/* The kernel marks a program that is gone at its link's end; whether it is gone tells the program itself. */
static int
read_program(struct live_links *links, int directory, struct process_links *out, struct plim_error *err)
{
	struct stat st;
	int r = read_link(links, directory, "exe", &out->path, err);
	out->is_kernel = r == ENOENT;
	if (r != 0)
		return r;
	if (fstatat(directory, "exe", &st, 0) == 0)
		out->on_disk = st.st_nlink > 0;
	if (out->on_disk == 0)
		slice_skip_end(&out->path, SLICE(" (deleted)"));
	return 0;
}

static int
add_holder(struct live_links *links, struct slice target, uint64_t pid, uint64_t fd, struct plim_error *err)
{
	uint64_t inode;
	if (!slice_skip(&target, SLICE("socket:[")) || !slice_skip_end(&target, SLICE("]")) || !slice_to_u64(target, 10, &inode))
		return 0;
	if (links->holder_count >= LIMIT_LIVE_SOCKET_COUNT)
		return error_set(err, PLIM_ELIMIT, "processes hold more sockets than limit LIVE_SOCKET_COUNT (%ju)", (uintmax_t)LIMIT_LIVE_SOCKET_COUNT);
	if (!vec_grow_((void **)&links->holders, &links->holder_room, links->holder_count + 1, sizeof *links->holders))
		return error_nomem(err);
	links->holders[links->holder_count++] = (struct socket_holder){ inode, pid, fd };
	return 0;
}

/* As read_link. */
static int
read_descriptors(struct live_links *links, int directory, uint64_t pid, struct plim_error *err)
{
	char name[24], target[64];
	uint64_t fd;
	int place = openat(directory, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (place < 0)
		return errno;
	AUTO(dir) DIR *dir = dir_open(place);
	if (dir == NULL)
		return error_nomem(err);
	while (next_number(dir, &fd)) {
		snprintf(name, sizeof name, "%ju", (uintmax_t)fd);
		ssize_t n = readlinkat(dirfd(dir), name, target, sizeof target);
		int r = n < 0 ? 0 : add_holder(links, (struct slice){ target, (size_t)n }, pid, fd, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool
is_gone(int number)
{
	return number == ENOENT || number == ESRCH;
}

/* One that ended meanwhile is none. */
static int
read_process(struct live_links *links, int proc, uint64_t pid, struct plim_error *err)
{
	char name[24];
	struct process_links found = { .pid = pid, .on_disk = -1 };
	snprintf(name, sizeof name, "%ju", (uintmax_t)pid);
	AUTO(fd) int directory = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0) {
		links->refused += !is_gone(errno);
		return 0;
	}
	int program = read_program(links, directory, &found, err);
	int cwd = program < 0 ? program : read_link(links, directory, "cwd", &found.cwd, err);
	int root = cwd < 0 ? cwd : read_link(links, directory, "root", &found.root, err);
	int descriptors = root < 0 ? root : read_descriptors(links, directory, pid, err);
	if (descriptors < 0)
		return descriptors;
	links->refused += is_refusal(program) || is_refusal(descriptors);
	if (!vec_grow_((void **)&links->processes, &links->process_room, links->process_count + 1, sizeof *links->processes))
		return error_nomem(err);
	links->processes[links->process_count++] = found;
	return 0;
}

static int
cmp_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
by_inode(const void *left, const void *right)
{
	const struct socket_holder *a = left, *b = right;
	int order = cmp_u64(a->inode, b->inode);
	order = order ? order : cmp_u64(a->pid, b->pid);
	return order ? order : cmp_u64(a->fd, b->fd);
}

int
live_links_read(int proc, bool privileged, struct live_links *out, struct plim_error *err)
{
	struct statfs fs;
	uint64_t pid;
	*out = (struct live_links){ .arena = arena_new(LIMIT_LIVE_BYTES), .privileged = privileged };
	if (out->arena == NULL)
		return error_nomem(err);
	if (fstatfs(proc, &fs) < 0 || fs.f_type != PROC_NUMBER)
		return error_set(err, PLIM_EUNSUPPORTED, "there is no proc file system at /proc");
	AUTO(dir) DIR *dir = dir_open(openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	if (dir == NULL)
		return error_sys(err, errno, "/proc");
	while (next_number(dir, &pid)) {
		int r = read_process(out, proc, pid, err);
		if (r < 0)
			return r;
	}
	if (out->holder_count)
		qsort(out->holders, out->holder_count, sizeof *out->holders, by_inode);
	return 0;
}

void
live_links_done(struct live_links *links)
{
	free(links->processes);
	free(links->holders);
	arena_free(links->arena);
	*links = (struct live_links){ 0 };
}
