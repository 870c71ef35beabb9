/* SPDX-License-Identifier: Apache-2.0 */
/* Write beside, sync, rename. */
#include "store/atomic.h"

#include "base/auto.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#define NAMES_MOST 100

/* A second in all. */
#define LOCK_TRIES   100
#define LOCK_WAIT_NS 10000000

static int
write_all(int fd, struct slice bytes)
{
	while (bytes.n > 0) {
		ssize_t wrote = write(fd, bytes.p, bytes.n);
		if (wrote < 0 && errno != EINTR)
			return -1;
		if (wrote > 0)
			bytes = slice_from(bytes, (size_t)wrote);
	}
	return fsync(fd);
}

static char *
folder_of(const char *path)
{
	struct slice folder = path_dir(slice_of(path));
	return slice_dup(folder.p == NULL ? SLICE(".") : folder.n == 0 ? SLICE("/") : folder);
}

/* The new file until it has the old one's name. */
struct beside {
	char *path;
	int fd;
	bool named;
};

static void
auto_beside(struct beside *beside)
{
	if (beside->named)
		unlink(beside->path);
	free(beside->path);
	auto_fd(&beside->fd);
}

/* Without a name, where the file system can: whoever is killed leaves nothing then.  What has none gets one through /proc. */
static int
open_nameless(const char *path)
{
	AUTO(free) char *folder = folder_of(path);
	if (folder == NULL || access("/proc/self/fd", X_OK) < 0)
		return -1;
	return open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
}

static int
open_beside(const char *path, struct beside *out, struct plim_error *err)
{
	if (asprintf(&out->path, "%s.XXXXXX", path) < 0) {
		out->path = NULL;
		return error_nomem(err);
	}
	if ((out->fd = open_nameless(path)) >= 0)
		return 0;
	out->fd = mkostemp(out->path, O_CLOEXEC);
	out->named = out->fd >= 0;
	return out->named ? 0 : error_sys(err, errno, "%s", path);
}

static bool
random_letters(char *at, size_t n)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
	unsigned char bytes[16];
	if (n > sizeof bytes || getrandom(bytes, n, 0) != (ssize_t)n)
		return false;
	for (size_t i = 0; i < n; i++)
		at[i] = letters[bytes[i] % 32];
	return true;
}

static int
name(struct beside *beside)
{
	char *end = beside->path + strlen(beside->path) - 6, link[32];
	snprintf(link, sizeof link, "/proc/self/fd/%d", beside->fd);
	for (int i = 0; !beside->named && i < NAMES_MOST; i++) {
		if (!random_letters(end, 6))
			return -1;
		beside->named = linkat(AT_FDCWD, link, AT_FDCWD, beside->path, AT_SYMLINK_FOLLOW) == 0;
		if (!beside->named && errno != EEXIST)
			return -1;
	}
	return beside->named ? 0 : -1;
}

static int
take_place(struct beside *beside, const char *path)
{
	if (name(beside) < 0 || rename(beside->path, path) < 0)
		return -1;
	beside->named = false;
	return 0;
}

static int
write_beside(const char *path, unsigned mode, struct slice bytes, struct beside *out, struct plim_error *err)
{
	int r = open_beside(path, out, err);
	if (r == 0 && (fchmod(out->fd, mode) < 0 || write_all(out->fd, bytes) < 0))
		r = error_sys(err, errno, "%s", path);
	return r;
}

int
atomic_write(const char *path, unsigned mode, struct slice bytes, struct plim_error *err)
{
	AUTO(beside) struct beside beside = { .fd = -1 };
	int r = write_beside(path, mode, bytes, &beside, err);
	if (r == 0 && take_place(&beside, path) < 0)
		r = error_sys(err, errno, "%s", path);
	return r;
}

/* over one that was looked at */

static bool
is_still(const char *path, int old)
{
	struct stat was, is;
	if (stat(path, &is) < 0)
		return old < 0 && errno == ENOENT;
	return old >= 0 && fstat(old, &was) == 0 && was.st_dev == is.st_dev && was.st_ino == is.st_ino;
}

/*
 * Others of us hold it for a look and a rename.  Whoever holds it for longer is none of us, or stands still: nobody waits for that, nor where
 * the file system has no such locks.
 */
static void
lock_folder(const char *path, int *out)
{
	AUTO(free) char *folder = folder_of(path);
	*out = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	for (int i = 0; *out >= 0 && i < LOCK_TRIES && flock(*out, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK; i++)
		nanosleep(&(struct timespec){ .tv_nsec = LOCK_WAIT_NS }, NULL);
}

int
atomic_replace(const char *path, int old, unsigned mode, struct slice bytes, bool *done, struct plim_error *err)
{
	AUTO(beside) struct beside beside = { .fd = -1 };
	*done = false;
	int r = write_beside(path, mode, bytes, &beside, err);
	if (r < 0)
		return r;
	AUTO(fd) int lock = -1;
	lock_folder(path, &lock);
	if (!is_still(path, old))
		return 0;
	*done = take_place(&beside, path) == 0;
	return *done ? 0 : error_sys(err, errno, "%s", path);
}

int
directory_make(const char *path, struct plim_error *err)
{
	AUTO(free) char *copy = slice_dup(slice_of(path));
	if (copy == NULL)
		return error_nomem(err);
	for (char *at = copy + 1;; at++) {
		if (*at != '/' && *at != '\0')
			continue;
		char end = *at;
		*at = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			return error_sys(err, errno, "%s", copy);
		*at = end;
		if (end == '\0')
			return 0;
	}
}

int
directory_make_parent(const char *path, struct plim_error *err)
{
	struct slice parent = path_dir(slice_of(path));
	AUTO(free) char *directory = parent.n ? slice_dup(parent) : NULL;
	return directory ? directory_make(directory, err) : 0;
}
