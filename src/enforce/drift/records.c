/* SPDX-License-Identifier: Apache-2.0 */
/* Records of Docker, containers/storage and OCI runtimes.  Strict: what Go would read in two ways is refused. */
#include "enforce/drift/container.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/json_fold.h"
#include "codec/proc.h"
#include "image/storage.h"
#include "image/store.h"

#include <string.h>

bool
container_is_id(struct slice id)
{
	return store_is_id(id);
}

bool
container_is_called(const struct container *container, struct slice text)
{
	return slice_eq(container->name, text) || (text.n >= 3 && slice_starts(container->id, text));
}

static int
parse(struct slice text, enum json_type type, struct arena *arena, const struct json **out, struct plim_error *err)
{
	int r = json_parse(text, arena, out, err);
	if (r < 0 || (r = json_check_folded(*out, arena, err)) < 0)
		return r;
	return json_is(*out, type) ? 0 : error_set(err, PLIM_EFORMAT, "%s expected, found %s", json_type_name(type), json_type_name((*out)->type));
}

/* A text that has to be there. */
static int
must(const struct json *object, const char *key, struct slice *out, struct plim_error *err)
{
	*out = json_get_string(object, key);
	return out->n ? 0 : error_set(err, PLIM_EFORMAT, "no text '%s'", key);
}

static struct slice
text_or_none(const struct json *object, const char *key)
{
	struct slice text = json_get_string(object, key);
	return text.n ? text : SLICE_NONE;
}

static int
must_id(const struct json *object, const char *key, struct slice *out, struct plim_error *err)
{
	int r = must(object, key, out, err);
	return r < 0 || store_is_id(*out) ? r : error_set(err, PLIM_EFORMAT, "'%s' is none of hexadecimal digits", key);
}

/* Mounts; what has no directory of this machine behind it has no source. */
struct mount_keys {
	const char *place, *source;
	const char *volume, *driver;   /* NULL: the record has no names of volumes */
};

/* Where a volume of Docker's own driver is its name tells; of one that an image asks for the record has no source. */
static int
take_volume(const struct json *record, const struct mount_keys *keys, struct container_mount *out, struct plim_error *err)
{
	struct slice name = json_get_string(record, keys->volume), driver = json_get_string(record, keys->driver);
	if (name.n == 0)
		return 0;
	if (slice_find(name, '/') != SIZE_MAX || slice_starts(name, SLICE(".")))
		return error_set(err, PLIM_EFORMAT, "'%s' names no volume", keys->volume);
	out->fetched = driver.n && !slice_is(driver, "local");
	out->volume = out->fetched ? SLICE_NONE : name;
	return 0;
}

static int
take_mounts(const struct json *list, const struct mount_keys *keys, struct arena *arena, struct container *out, struct plim_error *err)
{
	size_t n = json_is(list, JSON_ARRAY) || json_is(list, JSON_OBJECT) ? list->n : 0;
	struct container_mount *mounts = arena_make_array(arena, n + 1, struct container_mount);
	if (mounts == NULL)
		return error_nomem(err);
	out->mounts = mounts;
	out->mount_count = 0;
	int r = 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct slice place = json_get_string(&list->items[i], keys->place), source = json_get_string(&list->items[i], keys->source);
		if (!slice_starts(place, SLICE("/")))
			continue;
		struct container_mount *mount = &mounts[out->mount_count++];
		*mount = (struct container_mount){ .place = place, .source = slice_starts(source, SLICE("/")) ? source : SLICE_NONE };
		r = keys->volume ? take_volume(&list->items[i], keys, mount, err) : 0;
	}
	return r;
}

int
docker_tmpfs_parse(struct slice json, struct arena *arena, struct container *out, struct plim_error *err)
{
	const struct json *root;
	int r = parse(json, JSON_OBJECT, arena, &root, err);
	if (r < 0)
		return r;
	const struct json *tmpfs = json_get(root, "Tmpfs"), *mounts = json_get(root, "Mounts");
	size_t n = json_is(tmpfs, JSON_OBJECT) ? tmpfs->n : 0, more = json_is(mounts, JSON_ARRAY) ? mounts->n : 0;
	struct container_mount *all = arena_make_array(arena, out->mount_count + n + more + 1, struct container_mount);
	if (all == NULL)
		return error_nomem(err);
	if (out->mount_count)
		memcpy(all, out->mounts, out->mount_count * sizeof *all);
	for (size_t i = 0; i < n; i++)
		all[out->mount_count++] = (struct container_mount){ .place = tmpfs->keys[i] };
	for (size_t i = 0; i < more; i++)
		if (slice_is(json_get_string(&mounts->items[i], "Type"), "tmpfs"))
			all[out->mount_count++] = (struct container_mount){ .place = json_get_string(&mounts->items[i], "Target") };
	out->mounts = all;
	return 0;
}

int
docker_record_parse(struct slice json, struct arena *arena, struct container *out, struct plim_error *err)
{
	static const struct mount_keys keys = { "Destination", "Source", "Name", "Driver" };
	const struct json *root;
	int r = parse(json, JSON_OBJECT, arena, &root, err);
	if (r < 0 || (r = must_id(root, "ID", &out->id, err)) < 0 || (r = must(root, "Image", &out->image_id, err)) < 0)
		return r;
	struct slice hex = out->image_id;
	if (!slice_skip(&hex, SLICE("sha256:")) || hex.n != 64 || !store_is_id(hex))
		return error_set(err, PLIM_EFORMAT, "'Image' is no sha256:HEX");
	out->name = text_or_none(root, "Name");
	slice_skip(&out->name, SLICE("/"));
	out->image_name = text_or_none(json_get(root, "Config"), "Image");
	return take_mounts(json_get(root, "MountPoints"), &keys, arena, out, err);
}

static int
podman_record(const struct store_container *record, struct arena *arena, struct container *out, struct plim_error *err)
{
	if (!store_is_id(record->id) || !store_is_id(record->layer) || (record->image.p && !store_is_id(record->image)))
		return error_set(err, PLIM_EFORMAT, "'id', 'layer' or 'image' is none of hexadecimal digits");
	*out = (struct container){ .id = record->id, .image_name = record->name, .mark = record->layer };
	out->name = record->names.n ? record->names.at[0] : SLICE_NONE;
	out->image_id = record->image.p ? arena_printf(arena, "sha256:%.*s", SLICE_ARG(record->image)) : SLICE_NONE;
	return out->image_id.p || record->image.p == NULL ? 0 : error_nomem(err);
}

int
podman_records_parse(struct slice json, struct arena *arena, struct container **out, size_t *out_count, struct plim_error *err)
{
	struct store_container *records;
	size_t n;
	int r = store_containers_parse(json, arena, &records, &n, err);
	struct container *list = r == 0 ? arena_make_array(arena, n + 1, struct container) : NULL;
	if (list == NULL)
		return r < 0 ? r : error_nomem(err);
	for (size_t i = 0; i < n; i++)
		if ((r = podman_record(&records[i], arena, &list[i], err)) < 0)
			return error_wrap(err, r, "container %zu", i);
	*out = list;
	*out_count = n;
	return 0;
}

int
bundle_record_parse(struct slice json, struct arena *arena, struct container *out, struct plim_error *err)
{
	static const char *const image_names[] = { "io.kubernetes.cri.image-name", "io.kubernetes.cri-o.ImageName", "nerdctl/image-name" };
	static const char *const names[] = { "io.kubernetes.cri.container-name", "io.kubernetes.container.name", "nerdctl/name" };
	static const struct mount_keys keys = { "destination", "source", NULL, NULL };
	const struct json *root;
	int r = parse(json, JSON_OBJECT, arena, &root, err);
	if (r < 0)
		return r;
	const struct json *annotations = json_get(root, "annotations");
	for (size_t i = 0; i < 3; i++) {
		out->image_name = out->image_name.p ? out->image_name : text_or_none(annotations, image_names[i]);
		out->name = out->name.p ? out->name : text_or_none(annotations, names[i]);
	}
	return take_mounts(json_get(root, "mounts"), &keys, arena, out, err);
}

int
lower_parse(struct slice text, const char *driver, struct slice writable, struct arena *arena, struct container *out, struct plim_error *err)
{
	size_t n = text.n > 0;
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == ':';
	if (n >= LIMIT_LAYER_COUNT)
		return error_set(err, PLIM_ELIMIT, "more layers than limit LAYER_COUNT");
	out->layers = arena_make_array(arena, n + 1, struct slice);
	out->layer_count = n + 1;
	if (out->layers == NULL)
		return error_nomem(err);
	out->layers[n] = writable;
	for (struct slice part, rest = text; n > 0; n--) {
		slice_cut(rest, ':', &part, &rest);
		out->layers[n - 1] = arena_printf(arena, "%s/%.*s", driver, SLICE_ARG(part));
		if (part.n == 0 || out->layers[n - 1].p == NULL)
			return part.n == 0 ? error_set(err, PLIM_EFORMAT, "'lower' names no directory") : error_nomem(err);
	}
	return 0;
}

static size_t
count_paths(struct slice paths)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	size_t n = 0;
	while (n < LIMIT_LAYER_COUNT && overlay_next(&paths, &path))
		n++;
	return n;
}

int
lower_mounted(struct slice options, struct slice writable, struct arena *arena, struct container *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf lowers = { 0 };
	AUTO(strbuf) struct strbuf path = { 0 };
	if (!mount_option(options, "lowerdir", &lowers))
		return error_set(err, PLIM_EUNSUPPORTED, "its mount does not tell the directories below");
	struct slice paths = strbuf_slice(&lowers);
	size_t n = count_paths(paths);
	if (n == LIMIT_LAYER_COUNT)
		return error_set(err, PLIM_ELIMIT, "more layers than limit LAYER_COUNT");
	out->layer_count = n + (writable.p != NULL);
	out->layers = arena_make_array(arena, n + 1, struct slice);
	if (out->layers == NULL)
		return error_nomem(err);
	out->layers[n] = writable;
	for (; n > 0 && overlay_next(&paths, &path); n--) {
		/* Where there are many, the mount was made from within their directory, which nobody tells. */
		if (!slice_starts(strbuf_slice(&path), SLICE("/")))
			return error_set(err, PLIM_EUNSUPPORTED, "its mount names the directories below from a place that it does not tell");
		if ((out->layers[n - 1] = arena_dup(arena, strbuf_slice(&path))).p == NULL)
			return error_nomem(err);
	}
	return 0;
}
