/* SPDX-License-Identifier: Apache-2.0 */
/* The files under a directory of feeds, opened and not read. */
#include "advisory/feed.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

struct walk {
	const struct feed_sink *sink;
	struct arena *arena;    /* of names */
};

static int
take_path(struct walk *walk, int directory, const char *path, struct slice name, struct plim_error *err)
{
	struct stat st;
	const char *reason = feed_skip_reason(name);
	if (reason)
		return walk->sink->skip(walk->sink->context, name, slice_of(reason), err);
	AUTO(fd) int fd = openat(directory, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_sys(err, errno, "%.*s", SLICE_ARG(name));
	if (!S_ISREG(st.st_mode))
		return walk->sink->skip(walk->sink->context, name, SLICE("not a regular file"), err);
	return walk->sink->take(walk->sink->context, name, fd, err);
}

static int walk_directory(struct walk *walk, int directory, struct slice name, unsigned depth, struct plim_error *err);

static int
take_entry(struct walk *walk, int directory, const char *path, struct slice outer, unsigned depth, struct plim_error *err)
{
	struct stat st;
	struct slice name = outer.n ? arena_printf(walk->arena, "%.*s/%s", SLICE_ARG(outer), path) : arena_dup(walk->arena, slice_of(path));
	if (name.p == NULL)
		return error_nomem(err);
	if (fstatat(directory, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_sys(err, errno, "%.*s", SLICE_ARG(name));
	if (S_ISLNK(st.st_mode))
		return walk->sink->skip(walk->sink->context, name, SLICE("a link, which is not followed"), err);
	if (!S_ISDIR(st.st_mode))
		return take_path(walk, directory, path, name, err);
	AUTO(fd) int fd = openat(directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? error_sys(err, errno, "%.*s", SLICE_ARG(name)) : walk_directory(walk, fd, name, depth + 1, err);
}

static int
walk_directory(struct walk *walk, int directory, struct slice name, unsigned depth, struct plim_error *err)
{
	struct dirent **entries;
	int r = 0, n;
	if (depth > LIMIT_DOCUMENT_DEPTH_COUNT)
		return error_set(err, PLIM_ELIMIT, "%.*s: directories nested deeper than limit DOCUMENT_DEPTH_COUNT", SLICE_ARG(name));
	/* Bytewise: the same directory gives the same database whatever the locale. */
	if ((n = scandirat(directory, ".", &entries, NULL, file_names_by_bytes)) < 0)
		return error_sys(err, errno, "%.*s", SLICE_ARG(name));
	for (int i = 0; i < n; i++) {
		const char *entry = entries[i]->d_name;
		if (r == 0 && strcmp(entry, ".") != 0 && strcmp(entry, "..") != 0)
			r = take_entry(walk, directory, entry, name, depth, err);
		free(entries[i]);
	}
	free(entries);
	return r;
}

int
feeds_walk(const char *path, const struct feed_sink *sink, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct walk walk = { sink, arena };
	AUTO(fd) int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (arena == NULL)
		return error_nomem(err);
	if (directory < 0)
		return error_sys(err, errno, "%s", path);
	return walk_directory(&walk, directory, SLICE_NONE, 0, err);
}
