/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Docker Engine: containers/ID/config.v2.json tells the image, image/DRIVER/repositories.json under which names and digests it is known.  That the
 * container's files are that image's is told by layerdb/mounts/ID: the mount, and the chain of layers below it (OCI image-spec, "ChainID").
 */
#include "enforce/start/identity.h"

#include "base/error.h"
#include "image/field.h"

#include <stdio.h>

/* Where a driver mounts a container's files below the data root. */
static const struct {
	const char *driver, *path;     /* with the mount's name for "%s" */
} mounts[] = {
	{ "overlay2", "overlay2/%s/merged" },
	{ "fuse-overlayfs", "fuse-overlayfs/%s/merged" },
	{ "vfs", "vfs/dir/%s" },
	{ "btrfs", "btrfs/subvolumes/%s" },
};

struct container {
	const char *root;              /* the data root */
	const struct oci_bundle *bundle;
	struct arena *arena;
	struct slice driver, name;
	struct digest image;           /* configuration; with containerd's store an index or a manifest */
	struct digest manifest;        /* of the platform; DIGEST_NONE: not told */
};

static bool
is_name(struct slice text, bool hex_only)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (!hex_only && ((c >= 'g' && c <= 'z') || c == '-'))))
			return false;
	}
	return text.n > 0 && text.n <= 128;
}

static int
digest_field(const struct json *object, const char *key, struct digest *out, struct plim_error *err)
{
	struct slice text;
	int r = field_string(object, key, &text, err);
	if (r == 0 && !digest_parse(text, out))
		r = error_set(err, PLIM_EFORMAT, "%s: a digest is needed", key);
	return r;
}

static int
take_manifest(const struct json *json, struct container *out, struct plim_error *err)
{
	const struct json *manifest;
	int r = field_get(json, "ImageManifest", JSON_OBJECT, &manifest, err);
	return r < 0 || manifest == NULL ? r : digest_field(manifest, "digest", &out->manifest, err);
}

static int
take_container(const struct json *json, struct container *out, struct plim_error *err)
{
	const struct json *config;
	struct slice id;
	int r = field_string(json, "ID", &id, err);
	if (r == 0 && !slice_eq(id, out->bundle->id))
		r = error_set(err, PLIM_EFORMAT, "ID: it is another container's");
	if (r < 0 || (r = digest_field(json, "Image", &out->image, err)) < 0 || (r = field_string(json, "Driver", &out->driver, err)) < 0 ||
	    (r = take_manifest(json, out, err)) < 0 || (r = field_get(json, "Config", JSON_OBJECT, &config, err)) < 0 ||
	    (r = field_string(config, "Image", &out->name, err)) < 0)
		return r;
	return is_name(out->driver, false) ? 0 : error_set(err, PLIM_EFORMAT, "Driver: none is told");
}

static int
load_container(struct container *c, struct plim_error *err)
{
	char path[4096];
	const struct json *json;
	snprintf(path, sizeof path, "%s/containers/%.*s/config.v2.json", c->root, SLICE_ARG(c->bundle->id));
	int r = identity_json(path, c->arena, &json, err);
	if (r < 0)
		return r;
	r = take_container(json, c, err);
	return r < 0 ? error_wrap(err, r, "%s", path) : 0;
}

/* layers */

static int
read_mount(const struct container *c, const char *what, struct slice *out, struct plim_error *err)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/image/%.*s/layerdb/mounts/%.*s/%s", c->root, SLICE_ARG(c->driver), SLICE_ARG(c->bundle->id), what);
	int r = identity_record(path, c->arena, out, err);
	*out = r == 0 ? slice_trim(*out) : SLICE_NONE;
	return r;
}

/* The configuration is found by its digest, and is worth what it says only where it has that. */
static int
load_config(const struct container *c, struct image_config **out, struct plim_error *err)
{
	char path[4096], hex[DIGEST_TEXT_SIZE];
	struct slice text;
	snprintf(path, sizeof path, "%s/image/%.*s/imagedb/content/%s/%s", c->root, SLICE_ARG(c->driver), digest_algorithm_name(c->image.algorithm),
	         digest_hex(&c->image, hex));
	int r = identity_record(path, c->arena, &text, err);
	if (r < 0)
		return r;
	struct digest found = digest_by(c->image.algorithm, text);
	if (!digest_eq(&found, &c->image))
		return error_set(err, PLIM_EFORMAT, "%s: it has another digest than its name", path);
	r = image_config_parse(text, c->arena, out, err);
	return r < 0 ? error_wrap(err, r, "%s", path) : 0;
}

static int
check_layers(const struct container *c, struct plim_error *err)
{
	struct image_config *config;
	struct digest chain = { 0 }, below = { 0 };
	struct slice parent;
	int r = load_config(c, &config, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < config->diff_id_count; i++)
		chain = image_chain_over(&chain, &config->diff_ids[i]);
	/* An image of no layers has nothing below. */
	r = read_mount(c, "parent", &parent, err);
	if (r < 0 && !(r == PLIM_ENOTFOUND && config->diff_id_count == 0))
		return r;
	if ((parent.n && !digest_parse(parent, &below)) || !digest_eq(&chain, &below))
		return error_set(err, PLIM_EFORMAT, "the container's layers are not those of its image");
	return 0;
}

static int
check_mount(const struct container *c, const char *format, struct plim_error *err)
{
	char path[4096], below[1024];
	struct slice mount;
	int r = read_mount(c, "mount-id", &mount, err);
	if (r < 0)
		return r;
	if (!is_name(mount, false))
		return error_set(err, PLIM_EFORMAT, "the name of the container's mount is none");
	snprintf(below, sizeof below, "%.*s", SLICE_ARG(mount));
	int n = snprintf(path, sizeof path, "%s/", c->root);
	snprintf(path + n, sizeof path - (size_t)n, format, below);
	return identity_check_root(c->bundle, path, err);
}

/* names */

static int
add_names(const struct container *c, const struct json *references, struct identity *identity, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	digest_text(&c->image, text);
	for (size_t i = 0; references && i < references->n; i++) {
		struct reference reference;
		if (!slice_is(json_string(&references->items[i]), text) || reference_parse(references->keys[i], &reference, NULL) < 0 || reference.digest.algorithm == DIGEST_NONE)
			continue;
		int r = identity_place(identity, &reference, &reference.digest, c->arena, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
load_names(const struct container *c, struct identity *identity, struct plim_error *err)
{
	char path[4096];
	const struct json *json, *all;
	snprintf(path, sizeof path, "%s/image/%.*s/repositories.json", c->root, SLICE_ARG(c->driver));
	int r = identity_json(path, c->arena, &json, err);
	if (r == PLIM_ENOTFOUND)
		return 0;
	if (r < 0 || (r = field_get(json, "Repositories", JSON_OBJECT, &all, err)) < 0)
		return r;
	for (size_t i = 0; r == 0 && all && i < all->n; i++)
		r = add_names(c, &all->items[i], identity, err);
	return r;
}

/* Docker's own store: the image is its configuration. */
static int
find_classic(const struct container *c, const char *format, struct identity *out, struct plim_error *err)
{
	int r = check_mount(c, format, err);
	if (r < 0 || (r = check_layers(c, err)) < 0)
		return r;
	out->digests[out->digest_count++] = c->image;
	return load_names(c, out, err);
}

/* containerd's store in Docker: the image is what its name led to, and names are containerd's; that a name was asked for is only where to look. */
static int
find_in_containerd(const struct container *c, struct identity *out, struct plim_error *err)
{
	char path[4096];
	struct reference name;
	snprintf(path, sizeof path, "%s/rootfs/%.*s/%.*s", c->root, SLICE_ARG(c->driver), SLICE_ARG(c->bundle->id));
	int r = identity_check_root(c->bundle, path, err);
	if (r < 0)
		return r;
	if (c->manifest.algorithm != DIGEST_NONE)
		out->digests[out->digest_count++] = c->manifest;
	return out->repository.p && reference_parse(out->name, &name, NULL) == 0 ? identity_place(out, &name, &c->image, c->arena, err) : 0;
}

static int
find_container(const struct container *c, struct identity *out, struct plim_error *err)
{
	int r = identity_name(out, c->name, c->arena, err);
	for (size_t i = 0; r == 0 && i < sizeof mounts / sizeof *mounts; i++)
		if (slice_is(c->driver, mounts[i].driver))
			return find_classic(c, mounts[i].path, out, err);
	return r < 0 ? r : find_in_containerd(c, out, err);
}

static int
find(const char *const *roots, const struct oci_bundle *bundle, struct arena *arena, struct identity *out, struct plim_error *err)
{
	if (bundle->id.n != 64 || !is_name(bundle->id, true))
		return 0;
	for (; *roots; roots++) {
		struct container c = { .root = *roots, .bundle = bundle, .arena = arena };
		int r = load_container(&c, err);
		if (r == PLIM_ENOTFOUND)
			continue;
		return r < 0 || (r = find_container(&c, out, err)) < 0 ? r : 1;
	}
	return 0;
}

const struct identity_finder identity_docker = { "Docker", find };
