/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Docker's data root: a configuration lies under its digest, what a layer is made again of under the digest of its chain; the files themselves
 * are where the driver put them, under a name of its own that stands beside that.
 */
#include "image/docker_root.h"

#include "base/error.h"
#include "base/file.h"
#include "image/source.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

/* How Docker keeps files: a directory for each driver, and where in it those of one name are. */
static const struct {
	const char *name, *behind;
} drivers[] = { { "overlay2", "overlay2/%.*s/diff" }, { "fuse-overlayfs", "fuse-overlayfs/%.*s/diff" }, { "vfs", "vfs/dir/%.*s" } };

#define DRIVER_COUNT (sizeof drivers / sizeof *drivers)

int
docker_root_find(struct slice address, struct arena *arena, struct store_place *out, struct plim_error *err)
{
	struct slice directory = SLICE("/var/lib/docker"), rest = address;
	if (slice_skip(&rest, SLICE("[")) && !slice_cut(rest, ']', &directory, &rest))
		return error_set(err, PLIM_EUSAGE, "'[' without its ']'");
	if (!slice_starts(directory, SLICE("/")))
		return error_set(err, PLIM_EUSAGE, "[%.*s]: write [/DIRECTORY]", SLICE_ARG(slice_first(directory, 300)));
	out->directory = arena_strz(arena, directory);
	out->driver = SLICE_NONE;
	out->reference = arena_dup(arena, rest);
	return out->directory && out->reference.p ? 0 : error_nomem(err);
}

static bool
has_images(int root, const char *driver)
{
	char path[64];
	struct stat st;
	snprintf(path, sizeof path, "image/%s/layerdb", driver);
	return fstatat(root, path, &st, 0) == 0;
}

int
docker_root_driver(int root, struct slice named, struct slice *out, struct plim_error *err)
{
	static const char *const texts[DRIVER_COUNT] = { "docker/overlay2", "docker/fuse-overlayfs", "docker/vfs" };
	size_t found = 0;
	for (size_t i = 0; i < DRIVER_COUNT; i++) {
		bool it = named.p ? slice_is(named, drivers[i].name) : has_images(root, drivers[i].name);
		if (it)
			*out = slice_of(texts[i]);
		found += it;
	}
	if (found == 1)
		return 0;
	if (named.p)
		return error_set(err, PLIM_EUNSUPPORTED, "Docker's storage driver '%.*s' is not read here: overlay2, fuse-overlayfs and vfs are", SLICE_ARG(slice_first(named, 40)));
	if (found == 0)
		return error_set(err, PLIM_ENOTFOUND, "there is no store of Docker's drivers overlay2, fuse-overlayfs or vfs (with containerd's image store Docker has none)");
	return error_set(err, PLIM_EUSAGE, "there are stores of several drivers of Docker's");
}

bool
docker_root_path(struct slice driver, struct slice asked, struct strbuf *out)
{
	if (!slice_skip(&asked, SLICE("docker-root/config/")) || !store_is_id(asked))
		return false;
	strbuf_printf(out, "image/%.*s/imagedb/content/sha256/%.*s", SLICE_ARG(driver), SLICE_ARG(asked));
	return true;
}

static int
document_open(int root, struct slice driver, struct slice chain, const char *name, int *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	uint64_t size;
	strbuf_printf(&path, "image/%.*s/layerdb/sha256/%.*s/%s", SLICE_ARG(driver), SLICE_ARG(chain), name);
	return path.failed ? error_nomem(err) : layout_file_open(root, strbuf_slice(&path), out, &size, err);
}

/* The driver's own name for the layer. */
static int
cache_id(int root, struct slice driver, struct slice chain, char out[static 65], struct plim_error *err)
{
	AUTO(fd) int fd = -1;
	AUTO(free) char *text = NULL;
	size_t n;
	int r = document_open(root, driver, chain, "cache-id", &fd, err);
	if (r < 0 || (r = file_read_fd(fd, 64, &text, &n, err)) < 0)
		return r;
	struct slice id = { text, n };
	if (!store_is_id(id))
		return error_set(err, PLIM_EFORMAT, "layerdb/sha256/%.*s/cache-id: no name of a layer's directory", SLICE_ARG(chain));
	snprintf(out, 65, "%.*s", SLICE_ARG(id));
	return 0;
}

static int
files_open(int root, struct slice driver, struct slice chain, int *out, struct plim_error *err)
{
	char path[128] = "", id[65];
	int r = cache_id(root, driver, chain, id, err);
	for (size_t i = 0; r == 0 && i < DRIVER_COUNT; i++)
		if (slice_is(driver, drivers[i].name))
			snprintf(path, sizeof path, drivers[i].behind, (int)strlen(id), id);
	if (r < 0)
		return r;
	*out = store_directory_open(root, path);
	return *out >= 0 ? 0 : errno == ENOENT ? error_set(err, PLIM_ENOTFOUND, "%s: no such directory", path) : error_sys(err, errno, "%s", path);
}

int
docker_root_layer_open(int root, struct slice driver, struct slice blob, int *metadata, int *directory, struct plim_error *err)
{
	AUTO(fd) int fd = -1;
	if (!slice_skip(&blob, SLICE("layers/")) || !store_is_id(blob))
		return error_set(err, PLIM_EPROCESS, "the process that read the documents names a layer that there is not");
	int r = document_open(root, driver, blob, "tar-split.json.gz", &fd, err);
	if (r < 0 || (r = files_open(root, driver, blob, directory, err)) < 0)
		return r;
	*metadata = fd_take(&fd);
	return 0;
}
