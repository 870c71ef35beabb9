/* SPDX-License-Identifier: Apache-2.0 */
/* What a store says of its images, layers and containers: images.json, layers.json and containers.json of containers/storage, and which image a reference means.  Pure. */
#ifndef IMAGE_STORAGE_H
#define IMAGE_STORAGE_H

#include "image/image.h"

struct store_image {
	struct slice id;
	struct digest digest;          /* of its manifest; DIGEST_NONE where it is not said */
	struct string_list names;      /* "localhost/team/web:1" */
	struct string_list names_before;    /* which it has or had: a name goes to the image that got it last */
	struct slice layer;            /* the topmost; absent for none */
	struct string_list mapped;     /* the same for other users: copies of it */
	struct string_list keys;       /* of what is kept beside it: "manifest", "manifest-sha256:HEX", "sha256:HEX" */
};

struct store_layer {
	struct slice id, parent;       /* parent absent for the lowest */
	struct digest diff;            /* of the plain tar; DIGEST_NONE where it is not said */
	uint64_t size;                 /* of it; UINT64_MAX where it is not said */
};

struct store_container {
	struct slice id;
	struct slice image;            /* an image's id; absent where it was made of a directory */
	struct slice name;             /* as it was asked for, podman says so; absent: not told */
	struct slice layer;            /* what it writes to */
	struct string_list names;      /* as people call it */
};

int store_images_parse(struct slice json, struct arena *arena, struct store_image **out, size_t *out_count, struct plim_error *err);
int store_layers_parse(struct slice json, struct arena *arena, struct store_layer **out, size_t *out_count, struct plim_error *err);

int store_containers_parse(struct slice json, struct arena *arena, struct store_container **out, size_t *out_count, struct plim_error *err);

/* A manifest or index of that digest is kept beside the image. */
bool store_image_has(const struct store_image *image, const struct digest *digest);

/* An image that is meant: by which of its names (absent: by its id), and by which digest of a manifest (DIGEST_NONE: none was written). */
struct store_meant {
	const struct store_image *image;
	struct slice name;
	struct digest digest;
};

/*
 * As podman resolves names among the images that are there: an id or its beginning (three digits), a whole name, a short one below localhost
 * or docker.io, the end of one name only; each with a tag (latest where none is written) or a manifest's digest; "NAME@ID" as skopeo
 * writes it.  PLIM_EUSAGE where two images could be meant, PLIM_ENOTFOUND where none is.
 */
int store_image_find(const struct store_image *images, size_t n, struct slice reference, struct arena *arena, struct store_meant *out, struct plim_error *err);

/* The layers of an image, lowest first, as places in `layers`; PLIM_EFORMAT for one that is missing, or that is below itself. */
int store_chain(const struct store_layer *layers, size_t n, struct slice top, struct arena *arena, size_t **out, size_t *out_count, struct plim_error *err);

#endif
