/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and mapping whole files. */
#include "base/file.h"

#include "base/auto.h"
#include "base/error.h"
#include "base/strbuf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

static int
open_error(struct plim_error *err, const char *path)
{
	int number = errno;
	int r = error_sys(err, number, "%s", path);
	if (number != ENOENT && number != ENOTDIR)
		return r;
	if (err)
		err->code = PLIM_ENOTFOUND;
	return PLIM_ENOTFOUND;
}

int
file_read_fd(int fd, uint64_t limit, char **out, size_t *out_size, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf all = { 0 };
	for (;;) {
		char *at = strbuf_reserve(&all, 65536);
		if (at == NULL)
			return error_nomem(err);
		ssize_t got = read(fd, at, 65536);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_sys(err, errno, "read at offset %zu", all.n);
		if (got == 0)
			break;
		strbuf_added(&all, (size_t)got);
		if (all.n > limit)
			return error_set(err, PLIM_ELIMIT, "more than %ju bytes", (uintmax_t)limit);
	}
	*out_size = all.n;
	*out = strbuf_take(&all);
	return *out ? 0 : error_nomem(err);
}

int
file_read(int dirfd, const char *path, uint64_t limit, char **out, size_t *out_size, struct plim_error *err)
{
	AUTO(fd) int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return open_error(err, path);
	int r = file_read_fd(fd, limit, out, out_size, err);
	return r < 0 ? error_wrap(err, r, "%s", path) : 0;
}

static int
open_regular(int dirfd, const char *path, int *out, struct stat *st, struct plim_error *err)
{
	AUTO(fd) int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return open_error(err, path);
	if (fstat(fd, st) < 0)
		return error_sys(err, errno, "%s", path);
	if (!S_ISREG(st->st_mode))
		return error_set(err, PLIM_EUSAGE, "%s: not a regular file", path);
	*out = fd_take(&fd);
	return 0;
}

int
file_open_null(int flags)
{
	int fd = open("/dev/null", flags | O_CLOEXEC);
	if (fd >= 0 || (fd = memfd_create("null", MFD_CLOEXEC | MFD_ALLOW_SEALING)) < 0)
		return fd;
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
		return fd;
	close(fd);
	return -1;
}

int
file_open(const char *path, int *out, struct plim_error *err)
{
	struct stat st;
	return open_regular(AT_FDCWD, path, out, &st, err);
}

int
file_map(int dirfd, const char *path, struct slice *out, struct plim_error *err)
{
	struct stat st;
	AUTO(fd) int fd = -1;
	int r = open_regular(dirfd, path, &fd, &st, err);
	if (r < 0)
		return r;
	if (st.st_size == 0) {
		*out = SLICE("");
		return 0;
	}
	void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return error_sys(err, errno, "%s", path);
	*out = (struct slice){ map, (size_t)st.st_size };
	return 0;
}

bool
file_size(int fd, uint64_t *out)
{
	off_t end = lseek(fd, 0, SEEK_END);
	if (end < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return false;
	*out = (uint64_t)end;
	return true;
}

int
file_map_fd(int fd, uint64_t length, struct slice *out, struct plim_error *err)
{
	uint64_t size;
	if (!file_size(fd, &size))
		return error_sys(err, errno, "a file to map");
	if (size < length)
		return error_set(err, PLIM_EFORMAT, "a file of %ju bytes that should have %ju", (uintmax_t)size, (uintmax_t)length);
	size_t n = (size_t)(length ? length : size);
	*out = SLICE("");
	if (n == 0)
		return 0;
	void *map = mmap(NULL, n, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return error_sys(err, errno, "a file of %zu bytes to map", n);
	*out = (struct slice){ map, n };
	return 0;
}

void
file_unmap(struct slice *map)
{
	if (map->n)
		munmap((void *)map->p, map->n);
	*map = SLICE_NONE;
}

int
file_names_by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}
