/* SPDX-License-Identifier: Apache-2.0 */
/* Write beside, sync, rename. */
#include "store/atomic.h"

#include "base/auto.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

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

int
atomic_write(const char *path, unsigned mode, struct slice bytes, struct plim_error *err)
{
	AUTO(free) char *beside = NULL;
	if (asprintf(&beside, "%s.XXXXXX", path) < 0) {
		beside = NULL;
		return error_nomem(err);
	}
	AUTO(fd) int fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return error_sys(err, errno, "%s", path);
	if (fchmod(fd, mode) < 0 || write_all(fd, bytes) < 0 || rename(beside, path) < 0) {
		int number = errno;
		unlink(beside);
		return error_sys(err, number, "%s", path);
	}
	return 0;
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
