/* SPDX-License-Identifier: Apache-2.0 */
/* Files below a directory: an OCI layout as it lies on disk. */
#include "image/source.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

struct directory {
	struct source source;
	int fd;
};

/* Links are followed, for layouts are published with blobs as links, but never out of the directory. */
static int
open_beneath(int root, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, root, path, &how, sizeof how);
	/* Where the kernel or a filter lacks the call, links are not followed at all. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = openat(root, path, (int)how.flags | O_NOFOLLOW);
	return (int)fd;
}

static int
open_error(const char *path, int number, struct plim_error *err)
{
	if (number == ENOENT || number == ENOTDIR)
		return error_set(err, PLIM_ENOTFOUND, "%s: no such file", path);
	if (number == EXDEV)
		return error_set(err, PLIM_EFORMAT, "%s: a link out of the layout's directory", path);
	return error_sys(err, number, "%s", path);
}

int
layout_file_open(int root, struct slice path, int *out, uint64_t *size, struct plim_error *err)
{
	struct stat st;
	AUTO(free) char *name = slice_dup(path);
	if (name == NULL)
		return error_nomem(err);
	AUTO(fd) int fd = open_beneath(root, name);
	if (fd < 0)
		return open_error(name, errno, err);
	if (fstat(fd, &st) < 0)
		return error_sys(err, errno, "%s", name);
	if (!S_ISREG(st.st_mode))
		return error_set(err, PLIM_EFORMAT, "%s: not a regular file", name);
	*size = (uint64_t)st.st_size;
	*out = fd_take(&fd);
	return 0;
}

int
layout_file_size(int root, struct slice path, uint64_t *size, struct plim_error *err)
{
	struct stat st;
	AUTO(free) char *name = slice_dup(path);
	AUTO(fd) int fd = -1;
	if (name == NULL)
		return error_nomem(err);
	if (fstatat(root, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return open_error(name, errno, err);
	*size = (uint64_t)st.st_size;
	return S_ISREG(st.st_mode) ? 0 : layout_file_open(root, path, &fd, size, err);
}

static int
directory_load(struct source *source, struct slice path, struct arena *arena, struct slice *out, struct plim_error *err)
{
	AUTO(fd) int fd = -1;
	AUTO(free) char *bytes = NULL;
	uint64_t size;
	size_t n;
	int r = layout_file_open(((struct directory *)source)->fd, path, &fd, &size, err);
	if (r < 0)
		return r;
	if ((r = file_read_fd(fd, LIMIT_DOCUMENT_BYTES, &bytes, &n, err)) < 0)
		return error_wrap(err, r, "%.*s%s", SLICE_ARG(path), r == PLIM_ELIMIT ? ": beyond limit DOCUMENT_BYTES" : "");
	*out = arena_dup(arena, (struct slice){ bytes, n });
	return out->p ? 0 : error_nomem(err);
}

static int
directory_find(struct source *source, struct slice path, struct arena *arena, struct slice *place, uint64_t *size,
               struct plim_error *err)
{
	AUTO(fd) int fd = -1;
	int r = layout_file_open(((struct directory *)source)->fd, path, &fd, size, err);
	if (r < 0)
		return r;
	*place = arena_dup(arena, path);
	return place->p ? 0 : error_nomem(err);
}

static int
read_one(const struct directory *directory, const struct source_want *want, image_blob_fn *fn, void *context,
         struct plim_error *err)
{
	AUTO(fd) int fd = -1;
	AUTO(stream) struct stream *stored = NULL;
	uint64_t size;
	int r = layout_file_open(directory->fd, want->path, &fd, &size, err);
	if (r < 0 || (r = stream_of_file(fd, 0, size, &stored, err)) < 0)
		return r;
	return fn(context, want->blob, stored, err);
}

static int
directory_read(struct source *source, const struct source_want *wanted, size_t n, image_blob_fn *fn, void *context,
               struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = read_one((struct directory *)source, &wanted[i], fn, context, err);
	return r < 0 ? r : 0;
}

static void
directory_close(struct source *source)
{
	close(((struct directory *)source)->fd);
	free(source);
}

static const struct source_ops directory_ops = {
	.load = directory_load,
	.find = directory_find,
	.read = directory_read,
	.close = directory_close,
};

int
source_open_directory(int taken, struct source **out, struct plim_error *err)
{
	AUTO(fd) int fd = taken;
	struct directory *directory = malloc(sizeof *directory);
	if (directory == NULL)
		return error_nomem(err);
	*directory = (struct directory){ { &directory_ops }, fd_take(&fd) };
	*out = &directory->source;
	return 0;
}
