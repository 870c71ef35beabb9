/* SPDX-License-Identifier: Apache-2.0 */
/* Docker's data root: containers/ID/config.v2.json, and beside images which directory a container writes to. */
#include "enforce/drift/container.h"

#include "base/error.h"
#include "image/docker_root.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

extern const struct container_engine engine_docker;

struct docker {
	const char *root;
	struct slice driver;           /* "overlay2" */
	struct slice no_driver;        /* why there is none */
};

/* One line of a file of the layer database, an id. */
static int
layer_id(const struct docker *docker, const struct container *container, const char *name, struct arena *arena, struct slice *out, struct plim_error *err)
{
	struct slice path = arena_printf(arena, "image/%.*s/layerdb/mounts/%.*s/%s", SLICE_ARG(docker->driver), SLICE_ARG(container->id), name);
	int r = path.p ? container_file(docker->root, path.p, arena, out, err) : error_nomem(err);
	if (r < 0)
		return r;
	*out = slice_trim(*out);
	struct slice id = *out;
	slice_skip_end(&id, SLICE("-init"));
	return out->n == 0 || container_is_id(id) ? 0 : error_set(err, PLIM_EFORMAT, "%s: no name of a directory", path.p);
}

static int
overlay(const struct docker *docker, struct slice mount, struct arena *arena, struct container *out, struct plim_error *err)
{
	struct slice lower, init, path = arena_printf(arena, "%.*s/%.*s/lower", SLICE_ARG(docker->driver), SLICE_ARG(mount));
	struct slice writable = arena_printf(arena, "%.*s/%.*s/diff", SLICE_ARG(docker->driver), SLICE_ARG(mount));
	const char *driver = arena_strz(arena, docker->driver);
	out->mark = arena_printf(arena, "%.*s/diff", SLICE_ARG(mount));
	if (path.p == NULL || writable.p == NULL || out->mark.p == NULL || driver == NULL)
		return error_nomem(err);
	int r = container_file(docker->root, path.p, arena, &lower, err);
	if (r < 0 || (r = layer_id(docker, out, "init-id", arena, &init, err)) < 0)
		return r;
	/* Between the image and what is written stands what Docker itself makes. */
	out->own = init.n ? 2 : 1;
	out->fuse = slice_is(docker->driver, "fuse-overlayfs");
	r = lower_parse(slice_trim(lower), driver, writable, arena, out, err);
	return r < 0 || out->layer_count >= out->own ? r : error_set(err, PLIM_EFORMAT, "%s names no directories", path.p);
}

static int
find_layers(const struct docker *docker, struct arena *arena, struct container *out, struct plim_error *err)
{
	struct slice mount;
	if (docker->driver.p == NULL)
		return error_set(err, PLIM_EUNSUPPORTED, "%.*s", SLICE_ARG(docker->no_driver));
	int r = layer_id(docker, out, "mount-id", arena, &mount, err);
	if (r < 0)
		return r;
	if (mount.n == 0)
		return error_set(err, PLIM_ENOTFOUND, "layerdb/mounts does not know its directory");
	out->root = docker->root;
	if (slice_is(docker->driver, "vfs"))
		return container_whole(arena_printf(arena, "vfs/dir/%.*s", SLICE_ARG(mount)), arena, out, err);
	return overlay(docker, mount, arena, out, err);
}

static int
find_tmpfs(const struct docker *docker, struct arena *arena, struct container *out, struct plim_error *err)
{
	struct slice text, path = arena_printf(arena, "containers/%.*s/hostconfig.json", SLICE_ARG(out->id));
	int r = path.p ? container_file(docker->root, path.p, arena, &text, err) : error_nomem(err);
	if (r < 0 || text.p == NULL)
		return r;
	r = docker_tmpfs_parse(text, arena, out, err);
	return r < 0 ? error_wrap(err, r, "hostconfig.json") : 0;
}

/* Options are for what is mounted into its directory: a disk, a server's share. */
static int
find_volume(const struct docker *docker, struct arena *arena, struct container_mount *mount, struct plim_error *err)
{
	struct slice options, path = arena_printf(arena, "volumes/%.*s/opts.json", SLICE_ARG(mount->volume));
	mount->source = arena_printf(arena, "%s/volumes/%.*s/_data", docker->root, SLICE_ARG(mount->volume));
	if (path.p == NULL || mount->source.p == NULL)
		return error_nomem(err);
	int r = container_file(docker->root, path.p, arena, &options, err);
	mount->fetched = r == 0 && options.p;
	return r;
}

static int
find_volumes(const struct docker *docker, struct arena *arena, struct container *out, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < out->mount_count; i++)
		if (out->mounts[i].volume.p)
			r = find_volume(docker, arena, &out->mounts[i], err);
	return r;
}

static int
read_container(const struct docker *docker, struct slice id, struct arena *arena, struct container *out, struct plim_error *err)
{
	struct slice text, path = arena_printf(arena, "containers/%.*s/config.v2.json", SLICE_ARG(id));
	int r = path.p ? container_file(docker->root, path.p, arena, &text, err) : error_nomem(err);
	if (r < 0)
		return r;
	if (text.p == NULL)
		return error_set(err, PLIM_ENOTFOUND, "config.v2.json is not there");
	if ((r = docker_record_parse(text, arena, out, err)) < 0)
		return error_wrap(err, r, "config.v2.json");
	if (!slice_eq(out->id, id))
		return error_set(err, PLIM_EFORMAT, "config.v2.json is of another container");
	out->target = arena_printf(arena, "docker-storage:[%s]%.*s", docker->root, SLICE_ARG(out->image_id));
	if (out->target.p == NULL)
		return error_nomem(err);
	if ((r = find_volumes(docker, arena, out, err)) < 0 || (r = find_tmpfs(docker, arena, out, err)) < 0)
		return r;
	return find_layers(docker, arena, out, err);
}

static int
find_driver(struct docker *docker, struct arena *arena, struct plim_error *err)
{
	struct plim_error why = { 0 };
	AUTO(fd) int fd = open(docker->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? PLIM_ENOTFOUND : docker_root_driver(fd, SLICE_NONE, &docker->driver, &why);
	if (r == 0)
		slice_skip(&docker->driver, SLICE("docker/"));
	else if ((docker->no_driver = arena_printf(arena, "%s", fd < 0 ? "its data root cannot be opened" : why.text)).p == NULL)
		return error_nomem(err);
	return 0;
}

static int
list(const struct container_places *places, struct containers *into, struct plim_error *err)
{
	struct docker docker = { .root = places->docker ? places->docker : "/var/lib/docker" };
	struct slice *ids, path = arena_printf(into->arena, "%s/containers", docker.root);
	size_t n;
	int r = path.p ? container_names(path.p, into->arena, &ids, &n, err) : error_nomem(err);
	if (r < 0 || (r = find_driver(&docker, into->arena, err)) < 0)
		return r;
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct plim_error why = { 0 };
		struct container found = { .engine = &engine_docker };
		if (!container_is_id(ids[i]))
			continue;
		if (read_container(&docker, ids[i], into->arena, &found, &why) < 0)
			r = container_unread(into, &engine_docker, ids[i], &why, err);
		else
			r = containers_add(into, &found, err);
	}
	return r;
}

const struct container_engine engine_docker = { .name = "docker", .list = list };
