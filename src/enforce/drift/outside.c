/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is mounted into a container is in no image: volumes, directories of the host, tmpfs.  Each is opened here, through the container's own root while it
 * runs, and a process of its own tells which programs are in it.
 */
#include "enforce/drift/drift.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct outside {
	struct plim_drift *all;
	struct drifted *out;
	const struct running_container *running;    /* NULL: it does not run */
	size_t view;                   /* the one that is looked at, of those that its processes have */
	int root;                      /* of that */
	VEC(struct drift_change) found;
};

static void
auto_outside(struct outside *o)
{
	auto_fd(&o->root);
	vec_done(&o->found);
}

/* The kernel's own views. */
static bool
is_view(struct slice kind)
{
	static const char *const views[] = { "proc", "sysfs", "devpts", "cgroup", "cgroup2", "mqueue", "debugfs", "tracefs", "securityfs", "bpf", "binfmt_misc",
		                             "configfs", "efivarfs", "pstore", "fusectl", "nsfs", "selinuxfs" };
	for (size_t i = 0; i < sizeof views / sizeof *views; i++)
		if (slice_is(kind, views[i]))
			return true;
	return false;
}

static void
auto_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static bool
is_empty(int place)
{
	int fd = openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO(dir) DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (dir == NULL) {
		auto_fd(&fd);
		return false;
	}
	errno = 0;
	for (struct dirent *next; (next = readdir(dir));)
		if (strcmp(next->d_name, ".") != 0 && strcmp(next->d_name, "..") != 0)
			return false;
	return errno == 0;
}

/* With an empty tmpfs and /dev/null runtimes hide parts of the kernel's views. */
static bool
is_mask(const struct outside_mount *mount, int place, const struct stat *st)
{
	if (!slice_starts(mount->place, SLICE("/proc/")) && !slice_starts(mount->place, SLICE("/sys/")))
		return false;
	return S_ISCHR(st->st_mode) || (slice_is(mount->kind, "tmpfs") && S_ISDIR(st->st_mode) && is_empty(place));
}

static const struct running_view *
view_of(const struct outside *o)
{
	return &o->running->views[o->view];
}

static struct slice
place_at(const struct outside *o, size_t i)
{
	return o->running ? view_of(o)->mounts[i].place : o->out->container->mounts[i].place;
}

static size_t
place_count(const struct outside *o)
{
	return o->running ? view_of(o)->mount_count : o->out->container->mount_count;
}

static bool
is_below(struct slice path, struct slice place)
{
	return slice_skip(&path, place) && slice_starts(path, SLICE("/"));
}

/* Another mount inside of this one has the path: it is told there. */
static bool
is_of_another(const struct outside *o, struct slice place, struct slice path)
{
	for (size_t i = 0; i < place_count(o); i++) {
		struct slice other = place_at(o, i);
		if (other.n > place.n && (slice_eq(path, other) || is_below(path, other)))
			return true;
	}
	return false;
}

static bool
is_program(const struct entry *entry)
{
	return entry->type == ENTRY_FILE && ((entry->mode & 0111) || (entry->flags & ENTRY_PROGRAM));
}

/* It is there for a reason, but what it is nobody vouches for. */
static int
add_program(struct outside *o, struct slice path, const struct entry *entry, struct plim_error *err)
{
	struct drift_change *change = vec_push(&o->found);
	bool privileged = entry->mode & 06000;
	if (change == NULL)
		return error_nomem(err);
	*change = (struct drift_change){ .kind = DRIFT_OUTSIDE, .path = arena_dup(o->out->drift->arena, path), .type = SLICE("regular"),
		                         .class = privileged ? DRIFT_PRIVILEGE : DRIFT_PROGRAM, .severity = privileged ? SEVERITY_HIGH : SEVERITY_MEDIUM };
	return change->path.p ? 0 : error_nomem(err);
}

static int
take_block(struct outside *o, struct outside_mount *mount, const struct block *block, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	int r = 0;
	for (uint32_t i = 0; r == 0 && i < block_entry_count(block); i++) {
		struct entry entry = block_entry(block, i);
		strbuf_clear(&path);
		strbuf_printf(&path, "%.*s/%.*s", SLICE_ARG(mount->place), SLICE_ARG(entry.path));
		if (path.failed)
			return error_nomem(err);
		if (!is_program(&entry) || is_of_another(o, mount->place, strbuf_slice(&path)))
			continue;
		mount->programs++;
		if (drift_is_ignored(o->all->ignore, o->all->ignore_count, strbuf_slice(&path)))
			o->out->drift->ignored++;
		else if (mount->programs > LIMIT_DRIFT_OUTSIDE_COUNT)
			return drifted_gap(o->all, o->out, mount->place, err, "more programs than limit DRIFT_OUTSIDE_COUNT");
		else
			r = add_program(o, strbuf_slice(&path), &entry, err);
	}
	for (uint32_t i = 0; r == 0 && i < block_problem_count(block); i++) {
		struct problem problem = block_problem(block, i);
		strbuf_clear(&path);
		strbuf_printf(&path, "%.*s/%.*s", SLICE_ARG(mount->place), SLICE_ARG(problem.entry == ENTRY_NONE ? SLICE("") : block_entry_path(block, problem.entry)));
		r = drifted_gap(o->all, o->out, strbuf_slice(&path), err, "%.*s", SLICE_ARG(problem.message));
	}
	return r;
}

static int
read_directory(struct outside *o, struct outside_mount *mount, int directory, struct plim_error *err)
{
	const struct layer_order order = { .depth = DEPTH_PROGRAMS };
	AUTO(map_file) struct slice bytes = { 0 };
	AUTO(block) struct block *block = NULL;
	AUTO(fd) int fd = -1;
	struct plim_error why = { 0 };
	int r = drift_read_tree(o->all, directory, &order, &fd, &why);
	if (r == 0 && (r = file_map_fd(fd, 0, &bytes, &why)) == 0)
		r = block_open(bytes, &block, &why);
	if (r < 0)
		return r == PLIM_ENOMEM ? error_nomem(err) : drifted_gap(o->all, o->out, mount->place, err, "%s", why.text);
	return take_block(o, mount, block, err);
}

/* A file that is mounted alone is told by its mode. */
static int
read_file(struct outside *o, struct outside_mount *mount, const struct stat *st, struct plim_error *err)
{
	const struct entry entry = { .type = ENTRY_FILE, .mode = st->st_mode & 07777 };
	if (!S_ISREG(st->st_mode) || !is_program(&entry))
		return 0;
	mount->programs = 1;
	if (drift_is_ignored(o->all->ignore, o->all->ignore_count, mount->place)) {
		o->out->drift->ignored++;
		return 0;
	}
	return add_program(o, mount->place, &entry, err);
}

/* Where links stand in the way now it is another place than that which was mounted. */
static int
open_place(const struct outside *o, size_t at, int flags)
{
	struct open_how how = { .flags = (unsigned)flags | O_CLOEXEC | O_NOFOLLOW, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS };
	AUTO(free) char *path = slice_dup(o->running ? place_at(o, at) : o->out->container->mounts[at].source);
	if (path == NULL)
		return -1;
	return o->running ? (int)syscall(SYS_openat2, o->root, path, &how, sizeof how) : open(path, flags | O_CLOEXEC);
}

static int
read_place(struct outside *o, int place, const struct stat *st, struct outside_mount *mount, struct plim_error *err)
{
	if (!S_ISDIR(st->st_mode))
		return read_file(o, mount, st, err);
	AUTO(fd) int directory = openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return drifted_gap(o->all, o->out, mount->place, err, "it cannot be opened: %s", strerror(errno));
	return read_directory(o, mount, directory, err);
}

/* Whoever makes a view begins with what the others see: the same directory at the same place. */
static bool
is_known(const struct outside *o, const struct outside_mount *mount)
{
	vec_each(&o->out->outside, known)
		if (slice_eq(known->place, mount->place) && known->device == mount->device && known->inode == mount->inode)
			return true;
	return false;
}

static int
read_mount(struct outside *o, size_t at, struct plim_error *err)
{
	struct slice kind = o->running ? view_of(o)->mounts[at].kind : SLICE("directory");
	const struct container_mount *record = o->running ? NULL : &o->out->container->mounts[at];
	if (record && record->fetched)
		return drifted_gap(o->all, o->out, record->place, err, "its volume is kept elsewhere, and is not here while the container does not run");
	if ((record && record->source.p == NULL) || is_view(kind))
		return 0;
	struct stat st = { 0 };
	struct outside_mount mount = { .place = place_at(o, at), .kind = kind };
	AUTO(fd) int place = open_place(o, at, O_PATH);
	int why = place >= 0 && fstat(place, &st) == 0 ? 0 : errno, r = 0;
	mount.device = st.st_dev;
	mount.inode = st.st_ino;
	if (is_known(o, &mount) || (why == 0 && is_mask(&mount, place, &st)))
		return 0;
	if (why == 0)
		r = read_place(o, place, &st, &mount, err);
	else if (why != ENOENT || o->running)
		r = drifted_gap(o->all, o->out, mount.place, err, "it cannot be opened: %s", strerror(why));
	struct outside_mount *kept = r == 0 ? vec_push(&o->out->outside) : NULL;
	if (r < 0 || kept == NULL)
		return r < 0 ? r : error_nomem(err);
	*kept = mount;
	return 0;
}

static bool
has_mount(const struct running_view *view, const struct running_mount *mount)
{
	for (size_t i = 0; i < view->mount_count; i++) {
		const struct running_mount *other = &view->mounts[i];
		if (slice_eq(other->place, mount->place) && slice_eq(other->device, mount->device) && slice_eq(other->root, mount->root))
			return true;
	}
	return false;
}

/* It has nothing but what the first one has. */
static bool
is_like_first(const struct outside *o)
{
	for (size_t i = 0; i < place_count(o); i++)
		if (!has_mount(&o->running->views[0], &view_of(o)->mounts[i]))
			return false;
	return o->view > 0;
}

/* The process may have gone, and its number be another's. */
static bool
open_root(struct outside *o)
{
	char path[40];
	struct stat st;
	snprintf(path, sizeof path, "/proc/%ju/root", (uintmax_t)view_of(o)->thread);
	auto_fd(&o->root);
	o->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return o->root >= 0 && fstat(o->root, &st) == 0 && st.st_dev == view_of(o)->root_device && st.st_ino == view_of(o)->root_inode;
}

static int
read_mounts(struct outside *o, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < place_count(o); i++)
		r = read_mount(o, i, err);
	return r;
}

static int
read_view(struct outside *o, struct plim_error *err)
{
	if (open_root(o))
		return read_mounts(o, err);
	return is_like_first(o) ? 0 : drifted_gap(o->all, o->out, SLICE_NONE, err, "what is mounted into it: its process went away");
}

static int
read_views(struct outside *o, struct plim_error *err)
{
	int r = 0;
	for (; r == 0 && o->view < o->running->view_count; o->view++)
		r = read_view(o, err);
	if (r == 0 && o->running->more_views)
		r = drifted_gap(o->all, o->out, SLICE_NONE, err, "its processes have more mount name spaces than limit DRIFT_VIEW_COUNT");
	return r;
}

int
drift_outside(struct plim_drift *all, size_t index, struct drifted *out, struct plim_error *err)
{
	const struct running_container *running = all->running ? &all->running->containers[index] : NULL;
	AUTO(outside) struct outside o = { .all = all, .out = out, .running = running && running->view_count ? running : NULL, .root = -1 };
	if (out->drift == NULL || all->options->inside)
		return 0;
	int r = o.running ? read_views(&o, err) : read_mounts(&o, err);
	return r < 0 ? r : drift_append(out->drift, o.found.at, o.found.n, err);
}
