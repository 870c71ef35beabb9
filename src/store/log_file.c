/* SPDX-License-Identifier: Apache-2.0 */
/* Names, turns and sizes. */
#include "store/log_file.h"

#include "base/auto.h"
#include "base/error.h"
#include "base/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#define NUMBER_MOST 999999999
#define TURN_TRIES 100

void
log_files_done(struct log_files *files)
{
	auto_fd(&files->fd);
	files->fd = -1;
	vec_done(&files->numbers);
}

char *
log_file_name(const char *path, uint32_t number)
{
	char *name;
	return asprintf(&name, "%s.%u", path, number) < 0 ? NULL : name;
}

static int
sys_error(struct plim_error *err, int number, const char *path)
{
	int r = error_sys(err, number, "%s", path);
	if (number == ENOENT && err)
		err->code = PLIM_ENOTFOUND;
	return number == ENOENT ? PLIM_ENOTFOUND : r;
}

/* Not waiting: for what is no file nobody may ever come. */
static int
open_regular(const char *path, int flags, int *out, uint64_t *size, struct plim_error *err)
{
	struct stat st;
	AUTO(fd) int fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
	if (fd < 0 || fstat(fd, &st) < 0)
		return sys_error(err, errno, path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, PLIM_EFORMAT, "%s is no regular file", path);
	*size = (uint64_t)st.st_size;
	*out = fd_take(&fd);
	return 0;
}

int
log_file_open(const char *path, uint32_t number, int *out, uint64_t *size, struct plim_error *err)
{
	AUTO(free) char *name = log_file_name(path, number);
	return name ? open_regular(name, O_RDONLY, out, size, err) : error_nomem(err);
}

static int64_t
now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* flock(2) itself would wait as long as somebody who is stopped. */
static int
lock_within(int fd, int how, const char *path, struct plim_error *err)
{
	int64_t begun = now_ms();
	while (flock(fd, how | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_sys(err, errno, "%s: no turn can be had at it", path);
		if (now_ms() - begun >= (int64_t)LIMIT_LOG_WAIT_MS)
			return error_set(err, PLIM_ELIMIT, "%s: another process has not let go of it within limit LOG_WAIT_MS", path);
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	return 0;
}

/* Whoever had the turn before may have renamed the file. */
static bool
is_still(const char *path, int fd)
{
	struct stat held, named;
	return fstat(fd, &held) == 0 && stat(path, &named) == 0 && held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

static int
open_locked(const char *path, int flags, int how, int *out, uint64_t *size, struct plim_error *err)
{
	for (int i = 0; i < TURN_TRIES; i++) {
		AUTO(fd) int fd = -1;
		int r = open_regular(path, flags, &fd, size, err);
		if (r < 0 || (r = lock_within(fd, how, path, err)) < 0)
			return r;
		if (!is_still(path, fd))
			continue;
		*out = fd_take(&fd);
		return 0;
	}
	return error_set(err, PLIM_ESYSTEM, "%s is another file each time that it is opened", path);
}

int
log_file_turn(const char *path, int *out, struct plim_error *err)
{
	uint64_t size;
	return open_locked(path, O_RDWR | O_APPEND | O_CREAT, LOCK_EX, out, &size, err);
}

static int
by_number(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	return (left > right) - (left < right);
}

/* "log.12" behind "log": nothing that is spelled otherwise, for each number has one name. */
static bool
number_of(struct slice name, struct slice base, uint32_t *out)
{
	uint64_t number;
	if (!slice_skip(&name, base) || !slice_skip(&name, SLICE(".")) || name.n == 0 || name.p[0] == '0')
		return false;
	if (!slice_to_u64(name, 10, &number) || number > NUMBER_MOST)
		return false;
	*out = (uint32_t)number;
	return true;
}

static DIR *
directory_of(const char *path)
{
	struct slice dir = path_dir(slice_of(path));
	AUTO(free) char *name = slice_dup(dir.p == NULL ? SLICE(".") : dir.n == 0 ? SLICE("/") : dir);
	return name ? opendir(name) : NULL;
}

int
log_file_numbers(const char *path, struct log_files *out, struct plim_error *err)
{
	DIR *directory = directory_of(path);
	int r = 0;
	if (directory == NULL)
		return sys_error(err, errno, path);
	for (struct dirent *entry; r == 0 && (entry = readdir(directory)) != NULL;) {
		uint32_t number, *at;
		if (!number_of(slice_of(entry->d_name), path_base(slice_of(path)), &number))
			continue;
		if (out->numbers.n >= LIMIT_LOG_SEGMENT_COUNT)
			r = error_set(err, PLIM_ELIMIT, "%s has more files than limit LOG_SEGMENT_COUNT", path);
		else if ((at = vec_push(&out->numbers)) == NULL)
			r = error_nomem(err);
		else
			*at = number;
	}
	closedir(directory);
	if (r == 0 && out->numbers.n)
		qsort(out->numbers.at, out->numbers.n, sizeof *out->numbers.at, by_number);
	return r;
}

/* With a turn of one's own nothing is renamed between the look at the one file and at the others, and no entry half-written. */
int
log_files_open(const char *path, struct log_files *out, struct plim_error *err)
{
	*out = (struct log_files){ .fd = -1 };
	int r = open_locked(path, O_RDONLY, LOCK_SH, &out->fd, &out->size, err);
	if (r == 0 || r == PLIM_ENOTFOUND) {
		struct stat st;
		bool there = r == 0;
		r = log_file_numbers(path, out, err);
		if (r == 0 && there && fstat(out->fd, &st) == 0)
			out->size = (uint64_t)st.st_size;
		if ((r == 0 && !there && out->numbers.n == 0) || r == PLIM_ENOTFOUND)
			r = error_set(err, PLIM_ENOTFOUND, "%s: there is no log", path);
		if (there)
			flock(out->fd, LOCK_UN);
	}
	if (r < 0)
		log_files_done(out);
	return r;
}
