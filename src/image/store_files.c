/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a store: asked for by names that somebody else read, so that none may lead anywhere else. */
#include "image/store.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "image/docker_root.h"
#include "image/source.h"
#include "process/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <linux/openat2.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define KEY_MOST 200

static const struct {
	const char *name;
	const char *files;         /* of a layer, between the driver's directory and its id, and behind it */
	const char *behind;
} drivers[] = { { "overlay", "overlay/", "/diff" }, { "vfs", "vfs/dir/", "" } };

#define DRIVER_COUNT (sizeof drivers / sizeof *drivers)

static bool
has_images(int root, const char *driver)
{
	char path[64];
	struct stat st;
	snprintf(path, sizeof path, "%s-images", driver);
	return fstatat(root, path, &st, 0) == 0;
}

int
store_driver(int root, struct slice named, struct slice *out, struct plim_error *err)
{
	size_t found = 0;
	for (size_t i = 0; i < DRIVER_COUNT; i++) {
		bool it = named.p ? slice_is(named, drivers[i].name) : has_images(root, drivers[i].name);
		if (it)
			*out = slice_of(drivers[i].name);
		found += it;
	}
	if (found == 1)
		return 0;
	if (named.p)
		return error_set(err, PLIM_EUNSUPPORTED, "the storage driver '%.*s' is not read here: overlay and vfs are", SLICE_ARG(slice_first(named, 40)));
	if (found == 0)
		return error_set(err, PLIM_ENOTFOUND, "there is no store of the drivers overlay or vfs");
	return error_set(err, PLIM_EUSAGE, "there are stores of several drivers: write [overlay@/DIRECTORY]REFERENCE or [vfs@/DIRECTORY]REFERENCE");
}

bool
store_is_id(struct slice id)
{
	for (size_t i = 0; i < id.n; i++)
		if (!((id.p[i] >= '0' && id.p[i] <= '9') || (id.p[i] >= 'a' && id.p[i] <= 'f')))
			return false;
	return id.n >= 1 && id.n <= 64;
}

/* A key of lower-case letters, digits and dots is its own name, any other has "=" and its base64. */
static bool
put_key(struct slice key, struct strbuf *path)
{
	char text[KEY_MOST / 3 * 4 + 8];
	bool plain = true;
	for (size_t i = 0; i < key.n; i++) {
		char c = key.p[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (!word && c != ':' && c != '-')
			return false;
		plain &= word;
	}
	if (key.n == 0 || key.n > KEY_MOST)
		return false;
	if (!plain)
		EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)key.p, (int)key.n);
	strbuf_puts(path, plain ? "" : "=");
	strbuf_put(path, plain ? key : slice_of(text));
	return true;
}

/* The path of a document below the store's directory. */
static bool
document_path(struct slice driver, struct slice asked, struct strbuf *out)
{
	struct slice id, key;
	if (slice_skip(&driver, SLICE("docker/")))
		return docker_root_path(driver, asked, out);
	if (slice_is(asked, "storage/images.json") || slice_is(asked, "storage/layers.json")) {
		bool images = slice_is(asked, "storage/images.json");
		strbuf_printf(out, "%.*s-%s", SLICE_ARG(driver), images ? "images/images.json" : "layers/layers.json");
		return true;
	}
	if (!slice_skip(&asked, SLICE("storage/data/")) || !slice_cut(asked, '/', &id, &key) || !store_is_id(id))
		return false;
	strbuf_printf(out, "%.*s-images/%.*s/", SLICE_ARG(driver), SLICE_ARG(id));
	return put_key(key, out);
}

static int
document_open(int root, struct slice driver, struct slice asked, int *fd, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	uint64_t size;
	if (!document_path(driver, asked, &path))
		return error_set(err, PLIM_EFORMAT, "%.*s: no file of a store", SLICE_ARG(slice_first(asked, 300)));
	return path.failed ? error_nomem(err) : layout_file_open(root, strbuf_slice(&path), fd, &size, err);
}

int
store_answer(int channel, int root, struct slice driver, struct slice path, struct plim_error *err)
{
	struct plim_error why = { 0 };
	AUTO(fd) int fd = -1;
	int r = document_open(root, driver, path, &fd, &why);
	if (r < 0)
		return channel_answer(channel, (uint32_t)-r, slice_of(why.text), NULL, 0, err);
	return channel_answer(channel, 0, SLICE(""), &fd, 1, err);
}

/* layers */

int
store_directory_open(int root, const char *path)
{
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

static int
files_open(int root, struct slice driver, struct slice id, int *out, struct plim_error *err)
{
	char path[128];
	for (size_t i = 0; i < DRIVER_COUNT; i++)
		if (slice_is(driver, drivers[i].name))
			snprintf(path, sizeof path, "%s%.*s%s", drivers[i].files, SLICE_ARG(id), drivers[i].behind);
	*out = store_directory_open(root, path);
	if (*out >= 0)
		return 0;
	if (errno == ENOENT)
		return error_set(err, PLIM_ENOTFOUND, "%s: no such directory", path);
	return error_sys(err, errno, "%s%s", path, errno == EACCES ? " (podman unshare plimsoll ...)" : "");
}

/* What is unpacked from chunks, or into a composefs image, may have no metadata from which its tar could be made again. */
static int
check_kind(int root, struct slice driver, struct slice id, struct plim_error *err)
{
	char path[128];
	struct stat st;
	snprintf(path, sizeof path, "%.*s/%.*s/composefs-data", SLICE_ARG(driver), SLICE_ARG(id));
	if (slice_is(driver, "overlay") && fstatat(root, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return error_set(err, PLIM_EUNSUPPORTED, "it is kept as a composefs image, which is not read here");
	return 0;
}

static int
metadata_open(int root, struct slice driver, struct slice id, int *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	uint64_t size;
	strbuf_printf(&path, "%.*s-layers/%.*s.tar-split.gz", SLICE_ARG(driver), SLICE_ARG(id));
	int r = path.failed ? error_nomem(err) : layout_file_open(root, strbuf_slice(&path), out, &size, err);
	if (r == PLIM_ENOTFOUND)
		return error_set(err, PLIM_EUNSUPPORTED, "%s is not there, without which its tar cannot be made again (a layer of zstd:chunked?)", path.p);
	return r;
}

int
store_layer_open(int root, struct slice driver, struct slice blob, int *metadata, int *directory, struct plim_error *err)
{
	AUTO(fd) int fd = -1;
	if (slice_starts(driver, SLICE("docker/")))
		return docker_root_layer_open(root, slice_from(driver, 7), blob, metadata, directory, err);
	if (!slice_skip(&blob, SLICE("layers/")) || !store_is_id(blob))
		return error_set(err, PLIM_EPROCESS, "the process that read the documents names a layer that there is not");
	int r = check_kind(root, driver, blob, err);
	if (r < 0 || (r = metadata_open(root, driver, blob, &fd, err)) < 0 || (r = files_open(root, driver, blob, directory, err)) < 0)
		return r;
	*metadata = fd_take(&fd);
	return 0;
}
