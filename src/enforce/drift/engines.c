/* SPDX-License-Identifier: Apache-2.0 */
/* The engines, and what reading their directories has in common. */
#include "enforce/drift/container.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

extern const struct container_engine engine_docker, engine_podman, engine_containerd;

const struct container_engine *const container_engines[] = { &engine_docker, &engine_podman, &engine_containerd, NULL };

void
containers_done(struct containers *containers)
{
	vec_done(&containers->list);
	arena_free(containers->arena);
}

/* Links of a store lead to its own directories. */
int
container_directory_open(const char *root, struct slice layer, int *out, struct plim_error *err)
{
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	AUTO(free) char *path = slice_dup(layer);
	AUTO(fd) int at = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (path == NULL)
		return error_nomem(err);
	*out = at < 0 ? -1 : (int)syscall(SYS_openat2, at, path, &how, sizeof how);
	if (*out >= 0)
		return 0;
	if (errno == ENOENT)
		return error_set(err, PLIM_ENOTFOUND, "%s: it is gone", path);
	return error_sys(err, errno, "%s%s", path, errno == EACCES ? " (as root, or podman unshare plimsoll ...)" : "");
}

int
container_file(const char *directory, const char *path, struct arena *arena, struct slice *out, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	AUTO(fd) int at = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t n;
	*out = SLICE_NONE;
	if (at < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : error_sys(err, errno, "%s", directory);
	int r = file_read(at, path, LIMIT_DOCUMENT_BYTES, &bytes, &n, err);
	if (r < 0)
		return r == PLIM_ENOTFOUND ? 0 : r;
	*out = arena_dup(arena, (struct slice){ bytes, n });
	return out->p ? 0 : error_nomem(err);
}

int
container_whole(struct slice directory, struct arena *arena, struct container *out, struct plim_error *err)
{
	out->layers = arena_make_array(arena, 1, struct slice);
	if (out->layers == NULL || directory.p == NULL)
		return error_nomem(err);
	out->layers[0] = out->mark = directory;
	out->layer_count = out->own = 1;
	out->whole = true;
	return 0;
}

int
containers_add(struct containers *into, const struct container *container, struct plim_error *err)
{
	struct container *at = vec_push(&into->list);
	if (at == NULL)
		return error_nomem(err);
	*at = *container;
	return 0;
}

int
container_unread(struct containers *into, const struct container_engine *engine, struct slice id, const struct plim_error *why, struct plim_error *err)
{
	struct container *container = vec_push(&into->list);
	if (container == NULL)
		return error_nomem(err);
	*container = (struct container){ .engine = engine, .id = arena_dup(into->arena, id), .problem = arena_printf(into->arena, "%s", why->text) };
	return container->id.p && container->problem.p ? 0 : error_nomem(err);
}

static int
add_name(const char *name, struct arena *arena, struct slice *list, size_t *n, struct plim_error *err)
{
	if (name[0] == '.')
		return 0;
	if (*n >= LIMIT_CONTAINER_COUNT)
		return error_set(err, PLIM_ELIMIT, "more containers than limit CONTAINER_COUNT");
	list[*n] = arena_dup(arena, slice_of(name));
	return list[(*n)++].p ? 0 : error_nomem(err);
}

int
container_names(const char *path, struct arena *arena, struct slice **out, size_t *out_count, struct plim_error *err)
{
	struct dirent **names = NULL;
	int count = scandir(path, &names, NULL, file_names_by_bytes), r = 0;
	*out_count = 0;
	if (count < 0)
		return errno == ENOENT || errno == ENOTDIR ? error_set(err, PLIM_ENOTFOUND, "%s is not there", path) : error_sys(err, errno, "%s", path);
	*out = arena_make_array(arena, (size_t)count + 1, struct slice);
	if (*out == NULL)
		r = error_nomem(err);
	for (int i = 0; i < count; i++) {
		if (r == 0)
			r = add_name(names[i]->d_name, arena, *out, out_count, err);
		free(names[i]);
	}
	free(names);
	return r;
}
