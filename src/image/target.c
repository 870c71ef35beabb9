/* SPDX-License-Identifier: Apache-2.0 */
/* Targets: what people write, what lies there, and who reads it. */
#include "image/image.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/set.h"
#include "image/store.h"
#include "image/target.h"
#include "net/reference.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

struct transport {
	const char *name;
	enum target_kind kind;
	/* Fills a set whose source is open; NULL for a tree. */
	int (*fill)(struct image_set *set, struct plim_error *err);
	bool has_reference;
};

static const struct transport transports[] = {
	{ "docker-archive", TARGET_ARCHIVE, docker_open, true },
	{ "oci", TARGET_LAYOUT, layout_open, true },
	{ "oci-archive", TARGET_ARCHIVE, layout_open, true },
	{ "rootfs", TARGET_TREE, NULL, false },
	{ "host", TARGET_HOST, NULL, false },
	{ "sbom", TARGET_DOCUMENT, NULL, false },
	{ "docker", TARGET_REGISTRY, layout_open, false },
	{ "docker-daemon", TARGET_ENGINE, docker_open, false },
	{ "containers-storage", TARGET_STORAGE, storage_open, false },
	{ "docker-storage", TARGET_STORAGE, docker_image_open, false },
};

static const struct transport *
transport_find(struct slice name)
{
	for (size_t i = 0; i < sizeof transports / sizeof *transports; i++)
		if (slice_is(name, transports[i].name))
			return &transports[i];
	return NULL;
}

/* A target taken apart; slices point into the argument. */
struct written {
	const struct transport *transport;    /* NULL for a bare path */
	struct slice path, reference;
};

static bool
is_directory(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
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
sniff_directory(int fd, const struct transport **out, struct plim_error *err)
{
	static const char *const of_layout[] = { "oci-layout", "index.json", NULL };
	static const char *const of_tree[] = { "bin", "etc", "usr", "var", "lib", NULL };
	bool layout = has_any(fd, of_layout), tree = has_any(fd, of_tree);
	if (layout && tree)
		return error_set(err, PLIM_EUSAGE, "both an OCI layout and a root directory: say oci: or rootfs:");
	if (!layout && !tree)
		return error_set(err, PLIM_EUSAGE,
		                 "neither an OCI layout (oci-layout, index.json) nor a root directory (bin, etc, lib, usr, var)");
	*out = transport_find(layout ? SLICE("oci") : SLICE("rootfs"));
	return 0;
}

static int
sniff_archive(struct source *source, const struct transport **out, struct plim_error *err)
{
	bool docker = source_has(source, "manifest.json");
	if (!docker && !source_has(source, "index.json"))
		return error_set(err, PLIM_EUSAGE, "a tar archive with neither manifest.json nor index.json: not an image");
	*out = transport_find(docker ? SLICE("docker-archive") : SLICE("oci-archive"));
	return 0;
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
split_reference(struct written *target)
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

static struct written
written_parse(struct slice text)
{
	struct written target = { .path = text };
	struct slice name, rest;
	if (slice_cut(text, ':', &name, &rest))
		target.transport = transport_find(name);
	if (target.transport)
		target.path = rest;
	if (target.transport && target.transport->has_reference)
		split_reference(&target);
	if (target.transport && target.transport->kind == TARGET_HOST && target.path.n == 0)
		target.path = SLICE("/");
	return target;
}

/* A file that is not there must not become a question to a registry, which would tell its name to strangers. */
static bool
looks_like_file(struct slice path)
{
	static const char *const ends[] = { ".tar", ".tgz", ".tar.gz", ".tar.zst", ".tar.xz", ".tar.bz2", ".oci", ".img", ".json" };
	struct slice reference = path;
	if (slice_starts(path, SLICE("/")) || slice_starts(path, SLICE(".")) || slice_starts(path, SLICE("~")))
		return true;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (slice_skip_end(&reference, slice_of(ends[i])))
			return true;
	return false;
}

static int
named_target(const struct transport *transport, const char *between, struct slice address, struct arena *arena, struct target *out, struct plim_error *err)
{
	*out = (struct target){ .kind = transport->kind, .fd = -1, .transport = slice_of(transport->name), .address = arena_dup(arena, address),
		                .name = arena_printf(arena, "%s:%s%.*s", transport->name, between, SLICE_ARG(address)) };
	return out->name.p && out->address.p ? 1 : error_nomem(err);
}

static int
registry_target(struct slice address, struct arena *arena, struct target *out, struct plim_error *err)
{
	struct reference reference;
	int r = reference_parse(address, &reference, err);
	if (r < 0)
		return error_wrap(err, r, "docker://%.*s", SLICE_ARG(slice_first(address, 300)));
	return named_target(transport_find(SLICE("docker")), "//", address, arena, out, err);
}

/* An engine takes names and the beginnings of ids alike. */
static int
engine_target(struct slice address, struct arena *arena, struct target *out, struct plim_error *err)
{
	if (address.n == 0 || address.n > 512 || slice_find(address, 0) != SIZE_MAX)
		return error_set(err, PLIM_EUSAGE, "docker-daemon: needs a reference or an id");
	return named_target(transport_find(SLICE("docker-daemon")), "", address, arena, out, err);
}

static int
store_open(const char *path, int *out, struct plim_error *err)
{
	*out = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*out >= 0)
		return 0;
	if (errno == ENOENT)
		return error_set(err, PLIM_ENOTFOUND, "there is no store at %s", path);
	return error_sys(err, errno, "%s", path);
}

/* Two kinds of stores: how one is written, and how it keeps its files. */
struct store_kind {
	const char *transport;
	int (*find)(struct slice address, struct arena *arena, struct store_place *out, struct plim_error *err);
	int (*driver)(int root, struct slice named, struct slice *out, struct plim_error *err);
};

static const struct store_kind containers_storage = { "containers-storage", store_find, store_driver },
                               docker_storage = { "docker-storage", docker_root_find, docker_root_driver };

/* The place is the machine's, the reference what it is called. */
static int
storage_target(const struct store_kind *kind, struct slice address, struct arena *arena, struct target *out, struct plim_error *err)
{
	struct store_place place;
	struct slice driver;
	AUTO(fd) int fd = -1;
	int r = kind->find(address, arena, &place, err);
	if (r == 0)
		r = store_open(place.directory, &fd, err);
	if (r == 0 && (r = kind->driver(fd, place.driver, &driver, err)) < 0)
		error_wrap(err, r, "%s", place.directory);
	if (r < 0)
		return error_wrap(err, r, "%s:%.*s", kind->transport, SLICE_ARG(slice_first(address, 300)));
	*out = (struct target){ .kind = TARGET_STORAGE, .fd = fd, .transport = slice_of(kind->transport), .reference = place.reference, .driver = driver,
		                .name = arena_printf(arena, "%s:%.*s", kind->transport, SLICE_ARG(place.reference)) };
	if (out->name.p == NULL)
		return error_nomem(err);
	fd_take(&fd);
	return 1;
}

/* 1 with the target where it is no file of ours: "docker://REF", "docker-daemon:REF", "containers-storage:REF", or a word that is neither a file nor looks like one. */
static int
try_elsewhere(struct slice text, struct arena *arena, struct target *out, struct plim_error *err)
{
	struct slice address = text, name, rest;
	struct reference reference;
	if (slice_skip(&address, SLICE("docker://")))
		return registry_target(address, arena, out, err);
	if (slice_skip(&address, SLICE("docker-daemon:")))
		return engine_target(address, arena, out, err);
	if (slice_skip(&address, SLICE("containers-storage:")))
		return storage_target(&containers_storage, address, arena, out, err);
	if (slice_skip(&address, SLICE("docker-storage:")))
		return storage_target(&docker_storage, address, arena, out, err);
	if (slice_starts(text, SLICE("docker:/")))
		return error_set(err, PLIM_EUSAGE, "%.*s: write docker://REFERENCE", SLICE_ARG(slice_first(text, 300)));
	bool transported = slice_cut(text, ':', &name, &rest) && transport_find(name);
	if (transported || path_exists(text) || looks_like_file(text) || reference_parse(text, &reference, NULL) < 0)
		return 0;
	return registry_target(text, arena, out, err);
}

static int
no_such_path(struct slice path, struct plim_error *err)
{
	struct slice first;
	if (!slice_cut(path, ':', &first, &(struct slice){ 0 }) || slice_find(first, '/') != SIZE_MAX)
		return error_set(err, PLIM_ENOTFOUND, "no such file or directory: %.*s", SLICE_ARG(path));
	return error_set(err, PLIM_ENOTFOUND,
	                 "no such file or directory: %.*s (transports are docker-archive:, oci:, oci-archive:, rootfs:, host:, sbom:, docker://, docker-daemon:, docker-storage: and containers-storage:)",
	                 SLICE_ARG(path));
}

static int
open_path(const struct written *target, int *out, struct plim_error *err)
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

struct slice
target_below(struct slice text, struct slice directory, struct arena *arena)
{
	struct slice name, path, transport = SLICE("");
	const struct transport *found = slice_cut(text, ':', &name, &path) ? transport_find(name) : NULL;
	bool file = found == NULL || found->kind == TARGET_ARCHIVE || found->kind == TARGET_LAYOUT || found->kind == TARGET_DOCUMENT || target_is_tree(found->kind);
	if (found && found->kind == TARGET_HOST && path.n == 0)
		return arena_dup(arena, text);
	if (found)
		transport = slice_first(text, name.n + 1);
	else
		path = text;
	if (!file || slice_starts(path, SLICE("/")) || directory.p == NULL)
		return arena_dup(arena, text);
	return arena_printf(arena, "%.*s%.*s/%.*s", SLICE_ARG(transport), SLICE_ARG(directory), SLICE_ARG(path));
}

static struct slice
target_name(const struct written *target, struct arena *arena)
{
	struct slice path = target->path;
	while (path.n > 1 && slice_skip_end(&path, SLICE("/")))
		continue;
	if (target->transport && target->transport->kind == TARGET_HOST && slice_is(path, "/"))
		return SLICE("host:");
	struct slice base = path_base(path);
	bool referred = target->reference.p != NULL;
	return arena_printf(arena, "%s%s%.*s%s%.*s", target->transport ? target->transport->name : "",
	                    target->transport ? ":" : "", SLICE_ARG(base.n ? base : path), referred ? ":" : "",
	                    SLICE_ARG(target->reference));
}

/* What was opened against what was asked for; a bare word of a file is found out later, from its members. */
static int
settle(const struct written *written, struct target *out, struct plim_error *err)
{
	const struct transport *transport = written->transport;
	bool directory = is_directory(out->fd);
	int r = transport == NULL && directory ? sniff_directory(out->fd, &transport, err) : 0;
	if (r < 0)
		return r;
	out->kind = transport ? transport->kind : TARGET_ARCHIVE;
	out->transport = transport ? slice_of(transport->name) : SLICE_NONE;
	struct stat st;
	bool file = out->kind == TARGET_ARCHIVE || out->kind == TARGET_DOCUMENT;
	if (file && (fstat(out->fd, &st) < 0 || !S_ISREG(st.st_mode)))
		return error_set(err, PLIM_EUSAGE, "not a regular file");
	if (!file && !directory)
		return error_set(err, PLIM_EUSAGE, "not a directory%s",
		                 out->kind == TARGET_LAYOUT ? "; for a layout packed as a tar say oci-archive:" : "");
	return 0;
}

int
target_open(const char *text, struct arena *arena, struct target *out, struct plim_error *err)
{
	int r = try_elsewhere(slice_of(text), arena, out, err);
	if (r != 0)
		return r < 0 ? r : 0;
	struct written written = written_parse(slice_of(text));
	AUTO(fd) int fd = -1;
	struct target target = { .name = target_name(&written, arena), .reference = arena_dup(arena, written.reference) };
	if (target.name.p == NULL || (written.reference.p && target.reference.p == NULL))
		return error_nomem(err);
	r = open_path(&written, &fd, err);
	target.fd = fd;
	if (r < 0 || (r = settle(&written, &target, err)) < 0)
		return error_wrap(err, r, "%.*s", SLICE_ARG(target.name));
	*out = target;
	fd_take(&fd);
	return 0;
}

static int
new_set(const struct target *target, const struct platform *platforms, size_t n, struct image_set **out, struct plim_error *err)
{
	AUTO(image_set) struct image_set *set = calloc(1, sizeof *set);
	if (set == NULL)
		return error_nomem(err);
	set->directory = -1;
	if ((set->arena = arena_new(LIMIT_IMAGE_SET_BYTES)) == NULL)
		return error_nomem(err);
	set->name = arena_dup(set->arena, target->name);
	set->reference = arena_dup(set->arena, target->reference);
	set->platforms = platforms;
	set->platform_count = n;
	set->platform_found = arena_make_array(set->arena, n, bool);
	if (set->name.p == NULL || set->platform_found == NULL || (target->reference.p && set->reference.p == NULL))
		return error_nomem(err);
	*out = ptr_take(&set);
	return 0;
}

/* An engine writes no name into the archive of what it was asked for by id. */
static int
call_by_address(struct image_set *set, struct slice address, struct plim_error *err)
{
	struct slice name = arena_dup(set->arena, address);
	if (name.p == NULL)
		return error_nomem(err);
	vec_each(&set->images, image)
		image->reference = name;
	return 0;
}

static int
fill(struct image_set *set, const struct target *target, struct plim_error *err)
{
	const struct transport *transport = transport_find(target->transport);
	int r = transport == NULL ? sniff_archive(set->source, &transport, err) : 0;
	if (r < 0)
		return r;
	set->transport = transport->name;
	r = transport->fill ? transport->fill(set, err) : 0;
	return r == 0 && target->kind == TARGET_ENGINE ? call_by_address(set, target->address, err) : r;
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
image_set_of(const struct target *target, struct source *taken, const struct platform *platforms, size_t platform_count,
             struct image_set **out, struct plim_error *err)
{
	AUTO(source) struct source *source = taken;
	AUTO(image_set) struct image_set *set = NULL;
	int r = new_set(target, platforms, platform_count, &set, err);
	if (r < 0)
		return r;
	set->source = ptr_take(&source);
	if (set->source == NULL)
		set->directory = target->fd;
	if ((r = fill(set, target, err)) < 0)
		return error_wrap(err, r, "%.*s", SLICE_ARG(set->name));
	if ((r = check_complete(set, err)) < 0)
		return r;
	set->platforms = NULL;
	*out = ptr_take(&set);
	return 0;
}

/* The source of a target in this very process. */
static int
source_of(struct target *target, struct source **out, struct plim_error *err)
{
	int r = 0;
	if (target->kind == TARGET_ARCHIVE)
		r = source_open_archive(fd_take(&target->fd), out, err);
	else if (target->kind == TARGET_LAYOUT)
		r = source_open_directory(fd_take(&target->fd), out, err);
	else if (!target_is_tree(target->kind))
		r = error_set(err, PLIM_EUSAGE, "whoever reads it must fetch it");
	return r < 0 ? error_wrap(err, r, "%.*s", SLICE_ARG(target->name)) : 0;
}

int
image_set_open(const char *text, const struct platform *platforms, size_t platform_count, struct image_set **out,
               struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(source) struct source *source = NULL;
	struct target target;
	if (arena == NULL)
		return error_nomem(err);
	int r = target_open(text, arena, &target, err);
	if (r < 0 || (r = source_of(&target, &source, err)) < 0)
		return r;
	return image_set_of(&target, ptr_take(&source), platforms, platform_count, out, err);
}
