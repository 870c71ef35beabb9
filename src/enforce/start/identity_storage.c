/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containers/storage, which podman, buildah and CRI-O write: DRIVER-containers/containers.json tells a container's image and layer,
 * DRIVER-images/images.json the image's names and manifests, DRIVER-layers/layers.json that the container's layer lies on the image's.
 */
#include "enforce/start/identity.h"

#include "base/error.h"
#include "image/storage.h"

#include <stdio.h>

static const struct driver {
	const char *name, *root;       /* where a layer's files are, with its id for "%s" */
} drivers[] = { { "overlay", "%s/overlay/%s/merged" }, { "vfs", "%s/vfs/dir/%s" }, { "btrfs", "%s/btrfs/subvolumes/%s" } };

#define DRIVER_COUNT (sizeof drivers / sizeof *drivers)

struct looking {
	const char *const *roots;      /* all of them: images may be in another one */
	const struct oci_bundle *bundle;
	struct arena *arena;
	struct plim_error *err;
};

/* Records live in two files, one of them of what a boot ends. */
static const char *const prefixes[] = { "", "volatile-" };

/* PLIM_ENOTFOUND where there is no such file. */
static int
load(const struct looking *l, const char *root, const char *driver, const char *kind, size_t which, struct slice *out)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s-%s/%s%s.json", root, driver, kind, prefixes[which], kind);
	return identity_record(path, l->arena, out, l->err);
}

static int
broken(const struct looking *l, int r, const char *root, const char *driver, const char *kind)
{
	return error_wrap(l->err, r, "%s/%s-%s", root, driver, kind);
}

/* 1 with the container, 0 where it is not there. */
static int
find_container(const struct looking *l, const char *root, const char *driver, struct store_container *out)
{
	for (size_t which = 0; which < 2; which++) {
		struct store_container *all;
		struct slice text;
		size_t n;
		int r = load(l, root, driver, "containers", which, &text);
		if (r == PLIM_ENOTFOUND)
			continue;
		if (r < 0 || (r = store_containers_parse(text, l->arena, &all, &n, l->err)) < 0)
			return broken(l, r, root, driver, "containers");
		for (size_t i = 0; i < n; i++)
			if (slice_eq(all[i].id, l->bundle->id))
				return *out = all[i], 1;
	}
	return 0;
}

static int
find_image_in(const struct looking *l, const char *root, const char *driver, struct slice id, struct store_image *out)
{
	struct store_image *all;
	struct slice text;
	size_t n;
	int r = load(l, root, driver, "images", 0, &text);
	if (r == PLIM_ENOTFOUND)
		return 0;
	if (r < 0 || (r = store_images_parse(text, l->arena, &all, &n, l->err)) < 0)
		return broken(l, r, root, driver, "images");
	for (size_t i = 0; i < n; i++)
		if (slice_eq(all[i].id, id))
			return *out = all[i], 1;
	return 0;
}

static int
find_image(const struct looking *l, const char *driver, struct slice id, struct store_image *out)
{
	int r = 0;
	for (const char *const *root = l->roots; r == 0 && *root; root++)
		r = find_image_in(l, *root, driver, id, out);
	return r != 0 ? r : error_set(l->err, PLIM_EFORMAT, "the container's image %.*s is in no store", SLICE_ARG(slice_first_text(id, 64)));
}

static bool
is_layer_of(const struct store_image *image, struct slice layer)
{
	bool is = slice_eq(image->layer, layer);
	for (size_t i = 0; !is && i < image->mapped.n; i++)
		is = slice_eq(image->mapped.at[i], layer);
	return is;
}

static int
check_layer(const struct looking *l, const char *root, const char *driver, const struct store_container *container, const struct store_image *image)
{
	for (size_t which = 0; which < 2; which++) {
		struct store_layer *all;
		struct slice text;
		size_t n;
		int r = load(l, root, driver, "layers", which, &text);
		if (r == PLIM_ENOTFOUND)
			continue;
		if (r < 0 || (r = store_layers_parse(text, l->arena, &all, &n, l->err)) < 0)
			return broken(l, r, root, driver, "layers");
		for (size_t i = 0; i < n; i++)
			if (slice_eq(all[i].id, container->layer))
				return is_layer_of(image, all[i].parent) ? 0 : error_set(l->err, PLIM_EFORMAT, "the container's layers are not those of its image");
	}
	return error_set(l->err, PLIM_EFORMAT, "the container's layer is not in the store");
}

static bool
is_plain(struct slice id)
{
	for (size_t i = 0; i < id.n; i++)
		if (!((id.p[i] >= '0' && id.p[i] <= '9') || (id.p[i] >= 'a' && id.p[i] <= 'f')))
			return false;
	return id.n > 0;
}

static int
check_root(const struct looking *l, const char *root, const struct driver *driver, const struct store_container *container)
{
	char path[4096], layer[65];
	if (!is_plain(container->layer) || container->layer.n >= sizeof layer)
		return error_set(l->err, PLIM_EFORMAT, "the name of the container's layer is none");
	snprintf(layer, sizeof layer, "%.*s", SLICE_ARG(container->layer));
	snprintf(path, sizeof path, driver->root, root, layer);
	return identity_check_root(l->bundle, path, l->err);
}

/* names */

/* Of a manifest or an index that is kept beside the image. */
static bool
manifest_of(struct slice key, struct digest *out)
{
	return slice_skip(&key, SLICE("manifest-")) && digest_parse(key, out);
}

static int
add_name(const struct looking *l, const struct store_image *image, struct slice name, struct identity *out)
{
	struct reference reference;
	struct digest digest;
	int r = 0;
	if (reference_parse(name, &reference, NULL) < 0)
		return 0;
	if (image->digest.algorithm != DIGEST_NONE)
		r = identity_place(out, &reference, &image->digest, l->arena, l->err);
	for (size_t i = 0; r == 0 && i < image->keys.n; i++)
		if (manifest_of(image->keys.at[i], &digest))
			r = identity_place(out, &reference, &digest, l->arena, l->err);
	return r;
}

static int
add_names(const struct looking *l, const struct store_image *image, const struct string_list *names, struct identity *out)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < names->n; i++)
		r = add_name(l, image, names->at[i], out);
	return r;
}

/* Beside the image its configuration is kept under its digest; the image's id is something else where layers were pulled in parts. */
static int
add_configuration(const struct looking *l, const struct store_image *image, struct identity *out)
{
	for (size_t i = 0; i < image->keys.n; i++)
		if (digest_parse(image->keys.at[i], &out->digests[0]))
			return out->digest_count = 1, 0;
	return error_set(l->err, PLIM_EFORMAT, "the store does not tell the image's configuration");
}

static int
identify(const struct looking *l, const struct store_container *container, const struct store_image *image, struct identity *out)
{
	int r = add_configuration(l, image, out);
	if (r < 0 || (r = identity_name(out, container->name, l->arena, l->err)) < 0 || (r = add_names(l, image, &image->names, out)) < 0)
		return r;
	return add_names(l, image, &image->names_before, out);
}

static int
find_in(const struct looking *l, const char *root, const struct driver *driver, struct identity *out)
{
	struct store_container container;
	struct store_image image;
	int r = find_container(l, root, driver->name, &container);
	if (r <= 0)
		return r;
	if (container.image.p == NULL)
		return error_set(l->err, PLIM_EUSAGE, "the container was made of a directory, not of an image");
	if ((r = check_root(l, root, driver, &container)) < 0 || (r = find_image(l, driver->name, container.image, &image)) < 0 ||
	    (r = check_layer(l, root, driver->name, &container, &image)) < 0)
		return r;
	r = identify(l, &container, &image, out);
	return r < 0 ? r : 1;
}

static int
find(const char *const *roots, const struct oci_bundle *bundle, struct arena *arena, struct identity *out, struct plim_error *err)
{
	const struct looking l = { roots, bundle, arena, err };
	int r = 0;
	for (const char *const *root = roots; r == 0 && *root; root++)
		for (size_t i = 0; r == 0 && i < DRIVER_COUNT; i++)
			r = find_in(&l, *root, &drivers[i], out);
	return r;
}

const struct identity_finder identity_storage = { "podman", find };

/* CRI-O writes the pod's namespace into the bundle; with podman anybody who may run a container could. */
static int
find_crio(const char *const *roots, const struct oci_bundle *bundle, struct arena *arena, struct identity *out, struct plim_error *err)
{
	int r = find(roots, bundle, arena, out, err);
	if (r > 0)
		out->namespace = oci_bundle_annotation(bundle, "io.kubernetes.cri-o.Namespace");
	return r;
}

const struct identity_finder identity_crio = { "CRI-O", find_crio };
