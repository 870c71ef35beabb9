/* SPDX-License-Identifier: Apache-2.0 */
/* The store of podman, buildah and CRI-O: overlay-containers/containers.json, and which directories a layer is made of. */
#include "enforce/drift/container.h"

#include "base/error.h"
#include "image/store.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

extern const struct container_engine engine_podman;

struct podman {
	const char *root;
	struct slice driver;           /* "overlay" or "vfs" */
};

static int
find_place(const struct container_places *places, struct arena *arena, struct podman *out, struct plim_error *err)
{
	struct store_place place = { .directory = places->podman };
	int r = places->podman ? 0 : store_find(SLICE("-"), arena, &place, err);
	if (r < 0)
		return r;
	AUTO(fd) int fd = open(place.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_set(err, PLIM_ENOTFOUND, "there is no store at %s", place.directory);
	out->root = place.directory;
	r = store_driver(fd, place.driver, &out->driver, err);
	return r < 0 ? error_wrap(err, r, "%s", place.directory) : 0;
}

static int
find_layers(const struct podman *podman, struct arena *arena, struct container *out, struct plim_error *err)
{
	struct slice layer = out->mark, lower;
	if (slice_is(podman->driver, "vfs"))
		return container_whole(arena_printf(arena, "vfs/dir/%.*s", SLICE_ARG(layer)), arena, out, err);
	struct slice path = arena_printf(arena, "overlay/%.*s/lower", SLICE_ARG(layer)), writable = arena_printf(arena, "overlay/%.*s/diff", SLICE_ARG(layer));
	out->mark = arena_printf(arena, "%.*s/diff", SLICE_ARG(layer));
	if (path.p == NULL || writable.p == NULL || out->mark.p == NULL)
		return error_nomem(err);
	out->own = 1;
	int r = container_file(podman->root, path.p, arena, &lower, err);
	return r < 0 ? r : lower_parse(slice_trim(lower), "overlay", writable, arena, out, err);
}

/* What is mounted stands in the bundle that its runtime was given. */
static int
find_mounts(const struct podman *podman, struct arena *arena, struct container *out, struct plim_error *err)
{
	struct container bundle = { 0 };
	struct slice text, path = arena_printf(arena, "%.*s-containers/%.*s/userdata/config.json", SLICE_ARG(podman->driver), SLICE_ARG(out->id));
	int r = path.p ? container_file(podman->root, path.p, arena, &text, err) : error_nomem(err);
	if (r < 0 || text.p == NULL)
		return r;
	if ((r = bundle_record_parse(text, arena, &bundle, err)) < 0)
		return error_wrap(err, r, "userdata/config.json");
	out->mounts = bundle.mounts;
	out->mount_count = bundle.mount_count;
	return 0;
}

static int
complete(const struct podman *podman, struct arena *arena, struct container *out, struct plim_error *err)
{
	struct slice id = out->image_id;
	out->root = podman->root;
	if (slice_skip(&id, SLICE("sha256:"))) {
		out->target = arena_printf(arena, "containers-storage:[%.*s@%s]%.*s", SLICE_ARG(podman->driver), podman->root, SLICE_ARG(id));
		if (out->target.p == NULL)
			return error_nomem(err);
	}
	int r = find_layers(podman, arena, out, err);
	return r < 0 ? r : find_mounts(podman, arena, out, err);
}

static int
add_records(const struct podman *podman, const char *name, struct containers *into, struct plim_error *err)
{
	struct slice text, path = arena_printf(into->arena, "%.*s-containers/%s", SLICE_ARG(podman->driver), name);
	struct container *records;
	size_t n;
	int r = path.p ? container_file(podman->root, path.p, into->arena, &text, err) : error_nomem(err);
	if (r < 0 || text.n == 0)
		return r;
	if ((r = podman_records_parse(text, into->arena, &records, &n, err)) < 0)
		return error_wrap(err, r, "%s/%s", podman->root, path.p);
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct plim_error why = { 0 };
		records[i].engine = &engine_podman;
		if (complete(podman, into->arena, &records[i], &why) < 0)
			r = container_unread(into, &engine_podman, records[i].id, &why, err);
		else
			r = containers_add(into, &records[i], err);
	}
	return r;
}

static int
list(const struct container_places *places, struct containers *into, struct plim_error *err)
{
	struct podman podman = { 0 };
	int r = find_place(places, into->arena, &podman, err);
	if (r < 0 || (r = add_records(&podman, "containers.json", into, err)) < 0)
		return r;
	return add_records(&podman, "volatile-containers.json", into, err);
}

const struct container_engine engine_podman = { .name = "podman", .list = list };
