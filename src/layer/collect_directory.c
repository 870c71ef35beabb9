/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An unpacked tree into a block.  The tree belongs to somebody else and may
 * change meanwhile: everything is opened below its directory's descriptor,
 * never through a link, and what was opened is what is described.
 */
#include "base/error.h"
#include "base/limits.h"
#include "base/vec.h"
#include "layer/collect_body.h"
#include "layer/mounted.h"
#include "layer/overlay_marks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#include <linux/limits.h>

#define READ_BYTES ((size_t)256 << 10)
/* Directories that are held open, the deepest ones: a tree may be deeper than a confined process has descriptors (limit WORKER_FD_COUNT). */
#define OPEN_LEVELS 16

/* A directory being walked: its names, sorted, and how far we are. */
struct level {
	int fd;              /* -1: closed until those below it are done */
	dev_t device;
	ino_t inode;
	uint32_t index;      /* of its entry */
	size_t path_size;    /* of its own path, to which the buffer returns */
	char **names;
	size_t n, at;
};

struct walk {
	struct block_builder *into;
	struct body body;
	struct strbuf path;
	char *window;
	VEC(struct level) levels;
};

static void
level_done(struct level *level)
{
	for (size_t i = level->at; i < level->n; i++)
		free(level->names[i]);
	free(level->names);
	auto_fd(&level->fd);
}

static void
auto_walk(struct walk *walk)
{
	vec_each(&walk->levels, level)
		level_done(level);
	vec_done(&walk->levels);
	body_done(&walk->body);
	strbuf_done(&walk->path);
	free(walk->window);
}

static int
problem(struct walk *walk, uint32_t index, int number, const char *what, struct plim_error *err)
{
	struct plim_error why = { 0 };
	error_sys(&why, number, "%s", what);
	return body_fail(&walk->body, index, &why, err);
}

/* Of a name in the deepest directory that has no entry: it was gone, or another thing, when it was looked at. */
static int
name_problem(struct walk *walk, int number, const char *name, struct plim_error *err)
{
	return problem(walk, walk->levels.at[walk->levels.n - 1].index, number, name, err);
}

/* Names of a directory. */

static int
name_cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

struct names {
	char **at;
	size_t n, room;
};

static void
auto_names(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->at[i]);
	free(names->at);
}

static int
names_add(struct names *names, const char *name, struct plim_error *err)
{
	if (names->n >= LIMIT_ENTRY_COUNT)
		return error_set(err, PLIM_ELIMIT, "a directory of more than ENTRY_COUNT (%ju) names", (uintmax_t)LIMIT_ENTRY_COUNT);
	char **place = vec_push(names);
	if (place == NULL || (*place = strdup(name)) == NULL) {
		names->n -= place != NULL;
		return error_nomem(err);
	}
	return 0;
}

static void
auto_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* 0, a code, or a positive errno of the directory's own. */
static int
names_read(int fd, struct names *names, struct plim_error *err)
{
	/* A descriptor of its own: closedir closes it, and the walk keeps `fd`. */
	AUTO(fd) int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO(dir) DIR *dir = own < 0 ? NULL : fdopendir(own);
	if (dir == NULL)
		return errno;
	fd_take(&own);
	for (;;) {
		errno = 0;
		struct dirent *next = readdir(dir);
		if (next == NULL)
			break;
		int r = is_dot(next->d_name) ? 0 : names_add(names, next->d_name, err);
		if (r < 0)
			return r;
	}
	return errno;
}

/* The kernel's own views are no part of what was shipped, and some of their files never end. */
static bool
is_kernel_view(int fd)
{
	static const unsigned long views[] = {
		0x9fa0 /* proc */, 0x62656572 /* sysfs */, 0x1cd1 /* devpts */, 0x27e0eb /* cgroup */, 0x63677270 /* cgroup2 */,
		0x64626720 /* debugfs */, 0x74726163 /* tracefs */, 0x73636673 /* securityfs */, 0xcafe4a11 /* bpf */,
		0x19800202 /* mqueue */, 0xde5e81e4 /* efivarfs */, 0x6165676c /* pstore */,
	};
	struct statfs fs;
	if (fstatfs(fd, &fs) < 0)
		return false;
	for (size_t i = 0; i < sizeof views / sizeof *views; i++)
		if ((unsigned long)fs.f_type == views[i])
			return true;
	return false;
}

/* That far above the deepest one a directory can be closed: it is found again by "..". */
static void
level_close_above(struct walk *walk)
{
	if (walk->levels.n <= OPEN_LEVELS)
		return;
	AUTO(fd) int fd = fd_take(&walk->levels.at[walk->levels.n - 1 - OPEN_LEVELS].fd);
	(void)fd;
}

/* Takes `*fd` over. */
static int
level_push(struct walk *walk, int *fd, uint32_t index, struct plim_error *err)
{
	AUTO(names) struct names names = { 0 };
	struct stat st;
	if (is_kernel_view(*fd))
		return 0;
	if (fstat(*fd, &st) < 0)
		return problem(walk, index, errno, "open directory", err);
	int r = names_read(*fd, &names, err);
	if (r < 0)
		return r;
	if (r > 0 && (r = problem(walk, index, r, "read directory", err)) < 0)
		return r;
	if (names.n)
		qsort(names.at, names.n, sizeof *names.at, name_cmp);
	struct level *level = vec_push(&walk->levels);
	if (level == NULL)
		return error_nomem(err);
	*level = (struct level){ .fd = fd_take(fd), .device = st.st_dev, .inode = st.st_ino, .index = index, .path_size = walk->path.n, .names = ptr_take(&names.at), .n = names.n };
	names.n = 0;
	level_close_above(walk);
	return 0;
}

/*
 * The directory above `below` once more.  Somebody may have moved either meanwhile: what ".." leads to then is another directory, or none of this
 * tree, and what had not been looked at of this one is not known.
 */
static int
level_reopen(struct walk *walk, struct level *level, int below, struct plim_error *err)
{
	struct stat st;
	AUTO(fd) int fd = openat(below, "..", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int number = below < 0 ? ESTALE : fd < 0 || fstat(fd, &st) < 0 ? errno : 0;
	if (number == 0 && (st.st_dev != level->device || st.st_ino != level->inode))
		number = ESTALE;
	if (number == 0) {
		level->fd = fd_take(&fd);
		return 0;
	}
	while (level->at < level->n)
		free(level->names[level->at++]);
	return problem(walk, level->index, number, "return to the directory", err);
}

/* One directory up. */
static int
level_pop(struct walk *walk, struct plim_error *err)
{
	struct level done = walk->levels.at[--walk->levels.n];
	struct level *above = walk->levels.n ? &walk->levels.at[walk->levels.n - 1] : NULL;
	int r = above && above->fd < 0 ? level_reopen(walk, above, done.fd, err) : 0;
	level_done(&done);
	return r;
}

/* Entries. */

static enum entry_type
type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return ENTRY_FILE;
	case S_IFDIR:
		return ENTRY_DIRECTORY;
	case S_IFLNK:
		return ENTRY_SYMLINK;
	case S_IFCHR:
		return ENTRY_CHAR;
	case S_IFBLK:
		return ENTRY_BLOCK;
	case S_IFIFO:
		return ENTRY_FIFO;
	default:
		return ENTRY_SOCKET;
	}
}

static struct entry
entry_of(const struct walk *walk, const struct stat *st)
{
	const struct collector *collector = walk->body.collector;
	struct entry entry = {
		.path = strbuf_slice(&walk->path),
		.type = type_of(st->st_mode),
		.mode = st->st_mode & 07777,
		.uid = id_inside(&collector->uids, st->st_uid),
		.gid = id_inside(&collector->gids, st->st_gid),
		.mtime = st->st_mtime,
	};
	if (entry.type == ENTRY_FILE)
		entry.size = (uint64_t)st->st_size;
	if (entry.type == ENTRY_CHAR || entry.type == ENTRY_BLOCK) {
		entry.major = major(st->st_rdev);
		entry.minor = minor(st->st_rdev);
	}
	return entry;
}

static int
file_read(struct walk *walk, int fd, uint32_t index, const struct entry *entry, struct plim_error *err)
{
	ssize_t got;
	uint64_t left = LIMIT_LAYER_BYTES;
	/* A growing file is read to its end of the moment, but not for ever. */
	do {
		got = read(fd, walk->window, READ_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return problem(walk, index, errno, "read", err);
		int r = body_add(&walk->body, (struct slice){ walk->window, (size_t)got }, err);
		if (r < 0)
			return r;
		left -= (uint64_t)got < left ? (uint64_t)got : left;
	} while (got && left && !body_has_enough(&walk->body));
	if (left == 0)
		return problem(walk, index, EFBIG, "read", err);
	return body_end(&walk->body, index, entry, err);
}

/* Xattrs. */

struct xattrs {
	char names[XATTR_LIST_MAX];    /* each with its NUL */
	size_t n;
	bool unlisted;                 /* this file system has no lists: what it has is asked for by name */
	int number;                    /* errno of what failed, 0 for none */
	char value[XATTR_SIZE_MAX];
};

static bool
is_without(int number)
{
	return number == ENODATA || number == ENOTSUP;
}

static void
xattrs_list(int fd, struct xattrs *out)
{
	ssize_t n = fd >= 0 ? flistxattr(fd, out->names, sizeof out->names) : 0;
	out->unlisted = n < 0 && is_without(errno);
	out->number = n < 0 && !out->unlisted ? errno : 0;
	out->n = n > 0 ? (size_t)n : 0;
}

static const char *
xattrs_next(const struct xattrs *xattrs, const char *name)
{
	const char *next = name ? name + strlen(name) + 1 : xattrs->names;
	return next < xattrs->names + xattrs->n ? next : NULL;
}

/* Absent where there is none, or none any more. */
static struct slice
xattr_value(int fd, struct xattrs *xattrs, const char *name)
{
	ssize_t n = fgetxattr(fd, name, xattrs->value, sizeof xattrs->value);
	if (n < 0 && !is_without(errno))
		xattrs->number = errno;
	return n < 0 ? SLICE_NONE : (struct slice){ xattrs->value, (size_t)n };
}

static const char capability_name[] = "security.capability";

static struct slice
capability_of(int fd, struct xattrs *xattrs)
{
	bool listed = xattrs->unlisted;
	for (const char *name = xattrs_next(xattrs, NULL); name; name = xattrs_next(xattrs, name))
		listed |= strcmp(name, capability_name) == 0;
	return listed ? xattr_value(fd, xattrs, capability_name) : SLICE_NONE;
}

static int
xattrs_tell(struct walk *walk, int fd, uint32_t index, struct xattrs *xattrs, struct plim_error *err)
{
	const struct collector *collector = walk->body.collector;
	int r = 0;
	for (const char *name = xattrs_next(xattrs, NULL); r == 0 && name && collector->xattr; name = xattrs_next(xattrs, name)) {
		struct xattr xattr = { slice_of(name), SLICE_NONE, false };
		if (strcmp(name, capability_name) == 0 || (collector->marks && overlay_notes(xattr.name)) || (xattr.value = xattr_value(fd, xattrs, name)).p == NULL)
			continue;
		r = collector->xattr(collector->context, walk->into, index, &xattr, err);
	}
	return r == 0 && xattrs->number ? problem(walk, index, xattrs->number, "read xattrs", err) : r;
}

/* What the overlay says of the directory or file by an xattr, where this is a directory of one. */
static bool
is_marked(const struct walk *walk, int fd, struct xattrs *xattrs, const char *mark, const char *value)
{
	struct slice is = SLICE_NONE;
	if (walk->body.collector->marks == MARKS_NONE)
		return false;
	for (const char *name = xattrs_next(xattrs, NULL); name && is.p == NULL; name = xattrs_next(xattrs, name))
		if (overlay_mark_is(slice_of(name), mark))
			is = xattr_value(fd, xattrs, name);
	return is.p && (value == NULL || slice_is(is, value));
}

static int
taken_from_elsewhere(struct walk *walk, uint32_t index, const char *what, struct plim_error *err)
{
	struct plim_error why = { 0 };
	error_set(&why, PLIM_EUNSUPPORTED, "the overlay takes its %s from elsewhere, which is not followed", what);
	return body_fail(&walk->body, index, &why, err);
}

static int
file_collect(struct walk *walk, int dirfd, const char *name, struct plim_error *err)
{
	struct stat st;
	uint32_t index;
	struct xattrs xattrs;
	AUTO(fd) int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int number = fd < 0 ? errno : 0;
	if (fd >= 0 ? fstat(fd, &st) < 0 : fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return name_problem(walk, errno, name, err);
	if (!S_ISREG(st.st_mode))
		return name_problem(walk, ESTALE, name, err);
	struct entry entry = entry_of(walk, &st);
	xattrs_list(fd, &xattrs);
	entry.capability = capability_of(fd, &xattrs);
	int r = block_add_entry(walk->into, &entry, &index, err);
	if (r == 0)
		r = xattrs_tell(walk, fd, index, &xattrs, err);
	if (r == 0 && is_marked(walk, fd, &xattrs, "metacopy", NULL))
		return taken_from_elsewhere(walk, index, "content", err);
	if (r < 0 || (number == 0 && !body_begin(&walk->body, &entry)))
		return r;
	if (number)
		return problem(walk, index, number, "open", err);
	return file_read(walk, fd, index, &entry, err);
}

static int
link_collect(struct walk *walk, int dirfd, const char *name, const struct stat *st, struct plim_error *err)
{
	char target[4096];
	uint32_t index;
	struct entry entry = entry_of(walk, st);
	ssize_t n = readlinkat(dirfd, name, target, sizeof target);
	int number = n < 0 ? errno : 0;
	entry.link = (struct slice){ target, n < 0 ? 0 : (size_t)n };
	int r = block_add_entry(walk->into, &entry, &index, err);
	return r < 0 || number == 0 ? r : problem(walk, index, number, "read link", err);
}

/*
 * 1 where it is left out and told.  Until that is known it is opened as a place only: a file system that is mounted when somebody looks stays
 * unmounted, and one whose server is gone is not asked.
 */
static int
directory_leave_out(struct walk *walk, int dirfd, const char *name, const struct stat *st, uint32_t index, struct plim_error *err)
{
	const struct collector *collector = walk->body.collector;
	char room[32];
	struct slice kind = SLICE_NONE;
	const char *why = store_left_out(strbuf_slice(&walk->path));
	if (why == NULL && st->st_dev != walk->levels.at[walk->levels.n - 1].device) {
		AUTO(fd) int place = openat(dirfd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		why = mount_left_out(place, room, &kind);
	}
	int r = why ? collector->left_out(collector->context, walk->into, index, kind, slice_of(why), err) : 0;
	return r < 0 ? r : why != NULL;
}

static int
mark_add(struct walk *walk, enum entry_type type, struct slice path, struct plim_error *err)
{
	const struct entry mark = { .path = path, .type = type };
	return block_add_entry(walk->into, &mark, NULL, err);
}

static int
directory_collect(struct walk *walk, int dirfd, const char *name, const struct stat *st, struct plim_error *err)
{
	uint32_t index;
	struct entry entry = entry_of(walk, st);
	int r = block_add_entry(walk->into, &entry, &index, err);
	if (r == 0 && walk->body.collector->left_out)
		r = directory_leave_out(walk, dirfd, name, st, index, err);
	if (r != 0)
		return r < 0 ? r : 0;
	AUTO(fd) int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return problem(walk, index, errno, "open directory", err);
	struct xattrs xattrs;
	xattrs_list(fd, &xattrs);
	r = xattrs_tell(walk, fd, index, &xattrs, err);
	if (r == 0 && is_marked(walk, fd, &xattrs, "opaque", "y"))
		r = mark_add(walk, ENTRY_OPAQUE, entry.path, err);
	if (r == 0 && is_marked(walk, fd, &xattrs, "redirect", NULL))
		r = taken_from_elsewhere(walk, index, "names", err);
	return r < 0 ? r : level_push(walk, &fd, index, err);
}

/* A name that says that another, or all others of its directory, is not there: 1 where it was one. */
static int
mark_collect(struct walk *walk, const char *name, const struct stat *st, struct plim_error *err)
{
	struct overlay_mark mark = overlay_mark_of(walk->body.collector->marks, name, st);
	struct slice path = strbuf_slice(&walk->path), directory = slice_first(path, path.n - strlen(name));
	AUTO(strbuf) struct strbuf of = { 0 };
	if (mark.type == ENTRY_FILE)
		return 0;
	slice_skip_end(&directory, SLICE("/"));
	strbuf_put(&of, directory);
	if (mark.name.n) {
		strbuf_puts(&of, directory.n ? "/" : "");
		strbuf_put(&of, mark.name);
	}
	if (of.failed)
		return error_nomem(err);
	int r = mark_add(walk, mark.type, strbuf_slice(&of), err);
	return r < 0 ? r : 1;
}

/* Devices, FIFOs and sockets: never opened. */
static int
other_collect(struct walk *walk, const struct stat *st, struct plim_error *err)
{
	struct entry entry = entry_of(walk, st);
	return block_add_entry(walk->into, &entry, NULL, err);
}

/* What the kernel knows of a mounted directory without asking who serves it (statx(2)). */
static int
stat_unasked(int dirfd, const char *name, struct stat *out)
{
	struct statx known;
	if (statx(dirfd, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &known) < 0)
		return -1;
	*out = (struct stat){ .st_mode = known.stx_mode, .st_uid = known.stx_uid, .st_gid = known.stx_gid, .st_mtime = known.stx_mtime.tv_sec };
	return 0;
}

static int
mount_collect(struct walk *walk, int dirfd, const char *name, const struct mount *mount, struct plim_error *err)
{
	const struct collector *collector = walk->body.collector;
	struct stat st;
	uint32_t index;
	if (stat_unasked(dirfd, name, &st) < 0)
		return name_problem(walk, errno, name, err);
	struct entry entry = entry_of(walk, &st);
	int r = block_add_entry(walk->into, &entry, &index, err);
	return r < 0 ? r : collector->left_out(collector->context, walk->into, index, mount->type, slice_of(mount->why), err);
}

static int
name_collect(struct walk *walk, int dirfd, const char *name, struct plim_error *err)
{
	const struct collector *collector = walk->body.collector;
	struct stat st;
	if (walk->path.n)
		strbuf_putc(&walk->path, '/');
	strbuf_puts(&walk->path, name);
	if (walk->path.failed)
		return error_nomem(err);
	if (walk->path.n > LIMIT_PATH_BYTES)
		return name_problem(walk, ENAMETOOLONG, "a path beyond PATH_BYTES", err);
	const struct mount *mount = collector->left_out && collector->mounts ? mounts_find(collector->mounts, strbuf_slice(&walk->path)) : NULL;
	if (mount)
		return mount_collect(walk, dirfd, name, mount, err);
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return name_problem(walk, errno, name, err);
	int r = mark_collect(walk, name, &st, err);
	if (r != 0)
		return r < 0 ? r : 0;
	switch (st.st_mode & S_IFMT) {
	case S_IFDIR:
		return directory_collect(walk, dirfd, name, &st, err);
	case S_IFLNK:
		return link_collect(walk, dirfd, name, &st, err);
	case S_IFREG:
		return file_collect(walk, dirfd, name, err);
	default:
		return other_collect(walk, &st, err);
	}
}

/* The next name of the deepest directory, or one directory up. */
static int
walk_step(struct walk *walk, struct plim_error *err)
{
	struct level *level = &walk->levels.at[walk->levels.n - 1];
	walk->path.n = level->path_size;
	if (level->at == level->n)
		return level_pop(walk, err);
	AUTO(free) char *name = level->names[level->at++];
	return name_collect(walk, level->fd, name, err);
}

int
collect_directory(int dirfd, const struct collector *collector, struct block_builder *into, struct plim_error *err)
{
	AUTO(walk) struct walk walk = { .into = into, .window = malloc(READ_BYTES) };
	int r = walk.window ? body_init(&walk.body, collector, into, err) : error_nomem(err);
	struct stat st;
	uint32_t index;
	if (r < 0)
		return r;
	AUTO(fd) int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_sys(err, errno, "open the tree");
	struct entry root = entry_of(&walk, &st);
	r = block_add_entry(into, &root, &index, err);
	if (r == 0)
		r = level_push(&walk, &fd, index, err);
	while (r == 0 && walk.levels.n)
		r = walk_step(&walk, err);
	return r;
}
