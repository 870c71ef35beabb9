/* SPDX-License-Identifier: Apache-2.0 */
/* Targets: what people write, what lies there, and who reads it. */
#include "image/image.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/set.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

struct transport {
	const char *name;
	/* Takes `fd` over, also when it fails. */
	int (*open)(struct image_set *set, int fd, struct plim_error *err);
	bool has_reference;
};

/* A target taken apart; slices point into the argument. */
struct target {
	const struct transport *transport;    /* NULL for a bare path */
	struct slice path, reference;
};

static int
open_docker_archive(struct image_set *set, int fd, struct plim_error *err)
{
	int r = source_open_archive(fd, &set->source, err);
	return r < 0 ? r : docker_open(set, err);
}

static int
open_oci_archive(struct image_set *set, int fd, struct plim_error *err)
{
	int r = source_open_archive(fd, &set->source, err);
	return r < 0 ? r : layout_open(set, err);
}

static bool
is_directory(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
open_oci(struct image_set *set, int taken, struct plim_error *err)
{
	AUTO(fd) int fd = taken;
	if (!is_directory(fd))
		return error_set(err, PLIM_EUSAGE, "not a directory; for a layout packed as a tar say oci-archive:");
	int r = source_open_directory(fd_take(&fd), &set->source, err);
	return r < 0 ? r : layout_open(set, err);
}

static int
open_rootfs(struct image_set *set, int taken, struct plim_error *err)
{
	AUTO(fd) int fd = taken;
	if (!is_directory(fd))
		return error_set(err, PLIM_EUSAGE, "not a directory");
	set->directory = fd_take(&fd);
	return 0;
}

static const struct transport transports[] = {
	{ "docker-archive", open_docker_archive, true },
	{ "oci", open_oci, true },
	{ "oci-archive", open_oci_archive, true },
	{ "rootfs", open_rootfs, false },
};

static const struct transport *
transport_find(struct slice name)
{
	for (size_t i = 0; i < sizeof transports / sizeof *transports; i++)
		if (slice_is(name, transports[i].name))
			return &transports[i];
	return NULL;
}

static bool
has_any(int directory, const char *const *names)
{
	struct stat st;
	for (; *names; names++)
		if (fstatat(directory, *names, &st, AT_SYMLINK_NOFOLLOW) == 0)
			return true;
	return false;
}

/* A tree that carries a layout's files in its root could be either: the caller has to say. */
static int
sniff_directory(struct image_set *set, int taken, struct plim_error *err)
{
	static const char *const of_layout[] = { "oci-layout", "index.json", NULL };
	static const char *const of_tree[] = { "bin", "etc", "usr", "var", "lib", NULL };
	AUTO(fd) int fd = taken;
	bool layout = has_any(fd, of_layout), tree = has_any(fd, of_tree);
	if (layout && tree)
		return error_set(err, PLIM_EUSAGE, "both an OCI layout and a root directory: say oci: or rootfs:");
	if (!layout && !tree)
		return error_set(err, PLIM_EUSAGE,
		                 "neither an OCI layout (oci-layout, index.json) nor a root directory (bin, etc, lib, usr, var)");
	set->transport = layout ? "oci" : "rootfs";
	return layout ? open_oci(set, fd_take(&fd), err) : open_rootfs(set, fd_take(&fd), err);
}

static int
sniff_file(struct image_set *set, int fd, struct plim_error *err)
{
	int r = source_open_archive(fd, &set->source, err);
	if (r < 0)
		return r;
	if (source_has(set->source, "manifest.json")) {
		set->transport = "docker-archive";
		return docker_open(set, err);
	}
	if (!source_has(set->source, "index.json"))
		return error_set(err, PLIM_EUSAGE, "a tar archive with neither manifest.json nor index.json: not an image");
	set->transport = "oci-archive";
	return layout_open(set, err);
}

static bool
path_exists(struct slice path)
{
	struct stat st;
	AUTO(free) char *name = slice_dup(path);
	return name && path.n && stat(name, &st) == 0;
}

/* The reference may hold colons and so may the path: the longest part that exists is the path. */
static void
split_reference(struct target *target)
{
	struct slice whole = target->path;
	for (struct slice path = whole, rest; !path_exists(target->path = path);) {
		if (slice_cut_last(path, ':', &path, &rest)) {
			target->reference = slice_from(whole, path.n + 1);
			continue;
		}
		target->path = whole;
		target->reference = SLICE_NONE;
		return;
	}
}

static struct target
target_parse(struct slice text)
{
	struct target target = { .path = text };
	struct slice name, rest;
	if (slice_cut(text, ':', &name, &rest))
		target.transport = transport_find(name);
	if (target.transport)
		target.path = rest;
	if (target.transport && target.transport->has_reference)
		split_reference(&target);
	return target;
}

static int
no_such_path(struct slice path, struct plim_error *err)
{
	struct slice first;
	if (!slice_cut(path, ':', &first, &(struct slice){ 0 }) || slice_find(first, '/') != SIZE_MAX)
		return error_set(err, PLIM_ENOTFOUND, "no such file or directory: %.*s", SLICE_ARG(path));
	return error_set(err, PLIM_ENOTFOUND,
	                 "no such file or directory: %.*s (transports are docker-archive:, oci:, oci-archive: and rootfs:)",
	                 SLICE_ARG(path));
}

static int
open_path(const struct target *target, int *out, struct plim_error *err)
{
	AUTO(free) char *path = slice_dup(target->path);
	if (path == NULL)
		return error_nomem(err);
	if (target->path.n == 0 || memchr(path, 0, target->path.n))
		return error_set(err, PLIM_EUSAGE, "a target needs a path");
	*out = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (*out >= 0)
		return 0;
	if (errno == ENOENT || errno == ENOTDIR)
		return no_such_path(target->path, err);
	return error_sys(err, errno, "%s", path);
}

static struct slice
target_name(const struct target *target, struct arena *arena)
{
	struct slice path = target->path;
	while (path.n > 1 && slice_skip_end(&path, SLICE("/")))
		continue;
	struct slice base = path_base(path);
	bool referred = target->reference.p != NULL;
	return arena_printf(arena, "%s%s%.*s%s%.*s", target->transport ? target->transport->name : "",
	                    target->transport ? ":" : "", SLICE_ARG(base.n ? base : path), referred ? ":" : "",
	                    SLICE_ARG(target->reference));
}

static int
new_set(const struct target *target, const struct platform *platforms, size_t n, struct image_set **out,
        struct plim_error *err)
{
	AUTO(image_set) struct image_set *set = calloc(1, sizeof *set);
	if (set == NULL)
		return error_nomem(err);
	set->directory = -1;
	if ((set->arena = arena_new(LIMIT_IMAGE_SET_BYTES)) == NULL)
		return error_nomem(err);
	set->transport = target->transport ? target->transport->name : NULL;
	set->name = target_name(target, set->arena);
	set->reference = arena_dup(set->arena, target->reference);
	set->platforms = platforms;
	set->platform_count = n;
	set->platform_found = arena_make_array(set->arena, n, bool);
	if (set->name.p == NULL || set->platform_found == NULL || (target->reference.p && set->reference.p == NULL))
		return error_nomem(err);
	*out = ptr_take(&set);
	return 0;
}

static int
open_found(struct image_set *set, const struct target *target, struct plim_error *err)
{
	int fd = -1;
	int r = open_path(target, &fd, err);
	if (r < 0)
		return r;
	if (target->transport)
		r = target->transport->open(set, fd, err);
	else
		r = is_directory(fd) ? sniff_directory(set, fd, err) : sniff_file(set, fd, err);
	return r < 0 ? error_wrap(err, r, "%.*s", SLICE_ARG(set->name)) : 0;
}

static int
platform_missing(const struct image_set *set, const struct platform *wanted, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	AUTO(strbuf) struct strbuf list = { 0 };
	platform_text(wanted, &text);
	for (size_t i = 0; i < set->platforms_seen.n; i++) {
		strbuf_puts(&list, i ? ", " : "");
		strbuf_put(&list, set->platforms_seen.at[i]);
	}
	return error_set(err, PLIM_ENOTFOUND, "%.*s: no image for %s; there are: %s", SLICE_ARG(set->name),
	                 text.p ? text.p : "", list.p ? list.p : "none");
}

/* Each platform that was asked for must be there, and a target without any image is not a clean one. */
static int
check_complete(const struct image_set *set, struct plim_error *err)
{
	if (set->directory >= 0)
		return 0;
	for (size_t i = 0; i < set->platform_count; i++)
		if (!set->platform_found[i])
			return platform_missing(set, &set->platforms[i], err);
	return set->images.n ? 0 : error_set(err, PLIM_EFORMAT, "%.*s: no image in it", SLICE_ARG(set->name));
}

int
image_set_open(const char *text, const struct platform *platforms, size_t platform_count, struct image_set **out,
               struct plim_error *err)
{
	AUTO(image_set) struct image_set *set = NULL;
	struct target target = target_parse(slice_of(text));
	int r = new_set(&target, platforms, platform_count, &set, err);
	if (r < 0 || (r = open_found(set, &target, err)) < 0 || (r = check_complete(set, err)) < 0)
		return r;
	set->platforms = NULL;
	*out = ptr_take(&set);
	return 0;
}
