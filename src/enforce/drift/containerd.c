/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containerd's running tasks: a bundle each, and the mount table of this machine, which tells the directories under its rootfs.  Which image that was is
 * in a database of its own that is not read here: it is named by whoever asks, or the lower directories stand for it.
 */
#include "enforce/drift/container.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "codec/proc.h"

#include <fcntl.h>
#include <string.h>

extern const struct container_engine engine_containerd;

/* Docker keeps its own records of those. */
#define DOCKERS "moby"

struct task {
	const char *directory;         /* of the bundle */
	struct slice id;
};

/* The table of this process: a container's own has only what that sees. */
static int
read_mounts(struct arena *arena, struct slice *out, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t n;
	int r = file_read(AT_FDCWD, "/proc/self/mountinfo", LIMIT_LIVE_BYTES, &bytes, &n, err);
	if (r < 0)
		return r;
	*out = arena_dup(arena, (struct slice){ bytes, n });
	return out->p ? 0 : error_nomem(err);
}

static bool
is_at(struct slice place, const char *path)
{
	AUTO(strbuf) struct strbuf plain = { 0 };
	mount_put_name(&plain, place);
	return !plain.failed && slice_is(strbuf_slice(&plain), path);
}

/* The last one hides those before. */
static bool
find_mount(struct slice mounts, const char *path, struct mount_line *out)
{
	struct mount_line mount;
	bool found = false;
	for (struct slice line; slice_next(&mounts, '\n', &line);)
		if (mount_line_parse(line, &mount) && is_at(mount.place, path)) {
			*out = mount;
			found = true;
		}
	return found;
}

static int
find_layers(const struct mount_line *mount, struct arena *arena, struct container *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf upper = { 0 };
	AUTO(strbuf) struct strbuf path = { 0 };
	if (!mount_option(mount->options, "upperdir", &upper))
		return error_set(err, PLIM_EUNSUPPORTED, "its rootfs is of the kind %.*s, not an overlay", SLICE_ARG(mount->kind));
	struct slice paths = strbuf_slice(&upper);
	overlay_next(&paths, &path);
	out->root = "/";
	out->own = 1;
	out->mark = arena_dup(arena, strbuf_slice(&path));
	return out->mark.p ? lower_mounted(mount->options, out->mark, arena, out, err) : error_nomem(err);
}

static int
read_task(const struct task *task, struct slice mounts, struct arena *arena, struct container *out, struct plim_error *err)
{
	struct mount_line mount;
	struct slice text, rootfs = arena_printf(arena, "%s/rootfs", task->directory);
	int r = rootfs.p ? container_file(task->directory, "config.json", arena, &text, err) : error_nomem(err);
	if (r < 0)
		return r;
	if (text.p == NULL)
		return error_set(err, PLIM_ENOTFOUND, "config.json is not there");
	if ((r = bundle_record_parse(text, arena, out, err)) < 0)
		return error_wrap(err, r, "config.json");
	out->id = task->id;
	if (!find_mount(mounts, rootfs.p, &mount))
		return error_set(err, PLIM_ENOTFOUND, "its rootfs is not mounted where this process sees it");
	return find_layers(&mount, arena, out, err);
}

static int
add_tasks(const char *state, struct slice name_space, struct slice mounts, struct containers *into, struct plim_error *err)
{
	struct slice *ids, path = arena_printf(into->arena, "%s/%.*s", state, SLICE_ARG(name_space));
	size_t n;
	int r = path.p ? container_names(path.p, into->arena, &ids, &n, err) : error_nomem(err);
	/* Gone meanwhile, or no directory: of the other name spaces that says nothing. */
	if (r == PLIM_ENOTFOUND)
		return 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct plim_error why = { 0 };
		struct container found = { .engine = &engine_containerd };
		struct task task = { arena_printf(into->arena, "%s/%.*s", path.p, SLICE_ARG(ids[i])).p, ids[i] };
		if (task.directory == NULL)
			return error_nomem(err);
		if (read_task(&task, mounts, into->arena, &found, &why) < 0)
			r = container_unread(into, &engine_containerd, ids[i], &why, err);
		else
			r = containers_add(into, &found, err);
	}
	return r;
}

static int
list(const struct container_places *places, struct containers *into, struct plim_error *err)
{
	struct slice *spaces, mounts, path = arena_printf(into->arena, "%s/io.containerd.runtime.v2.task", places->containerd ? places->containerd : "/run/containerd");
	size_t n;
	int r = path.p ? container_names(path.p, into->arena, &spaces, &n, err) : error_nomem(err);
	if (r < 0 || (r = read_mounts(into->arena, &mounts, err)) < 0)
		return r;
	for (size_t i = 0; r == 0 && i < n; i++)
		if (!slice_is(spaces[i], DOCKERS))
			r = add_tasks(path.p, spaces[i], mounts, into, err);
	return r;
}

const struct container_engine engine_containerd = { .name = "containerd", .list = list };
