/* SPDX-License-Identifier: Apache-2.0 */
/* The image set while it is being filled: what target, layout and docker archive share. */
#ifndef IMAGE_SET_H
#define IMAGE_SET_H

#include "base/map.h"
#include "base/vec.h"
#include "image/manifest.h"
#include "image/source.h"

struct image_set {
	struct arena *arena;
	struct source *source;     /* NULL for a tree */
	int directory;             /* of a tree, else -1 */
	const char *transport;
	struct slice name;
	VEC(struct image) images;
	VEC(struct image_blob) blobs;
	struct map blob_by_name;   /* to its index plus one */
	VEC(struct slice) documents;    /* what the images' digests name, in the arena */
	/* What was asked for; `platforms` is borrowed for as long as the set is being opened. */
	struct slice reference;
	const struct platform *platforms;
	size_t platform_count;
	bool *platform_found;
	VEC(struct slice) platforms_seen;
};

/* Notes a document whose digest the set will claim. */
int set_note_document(struct image_set *set, struct slice bytes, struct plim_error *err);

int set_no_memory(const struct image_set *set, struct plim_error *err);

/* Notes that there is an image of this platform and answers whether it was asked for. */
int set_wants_platform(struct image_set *set, const struct platform *platform, bool *out, struct plim_error *err);

/* A document that `digest` names, checked against it and, unless UINT64_MAX, against `size`. */
int set_load(struct image_set *set, struct slice path, const struct digest *digest, uint64_t size, struct slice *out,
             struct plim_error *err);
/* "blobs/sha256/HEX", "manifests/sha256/HEX"; absent without memory. */
struct slice set_blob_path(const struct image_set *set, const struct digest *digest);
struct slice set_manifest_path(const struct image_set *set, const struct digest *digest);

/* The blob's index; one that is known by its name already is not added again, but must agree with it. */
int set_add_blob(struct image_set *set, const struct image_blob *blob, size_t *out, struct plim_error *err);

/*
 * Completes `image` (names and digests are there) by its configuration and
 * blobs, and adds it; folds it into one of the same content and platform.
 * `described` is each layer as the manifest has it, NULL where there is none.
 */
int set_add_image(struct image_set *set, struct image *image, struct slice config, const size_t *blobs, const struct descriptor *described,
                  size_t n, struct plim_error *err);

/* Whether `reference`, or "NAME" for "NAME:latest", is what the archive calls `name`. */
bool reference_matches(struct slice reference, struct slice name);
/* "@N" is the N-th entry: 1 with its number, 0 for another kind of reference, negative for a bad number. */
int reference_position(struct slice reference, uint64_t *out, struct plim_error *err);
/* PLIM_ENOTFOUND: nothing of that reference, but those of `names`. */
int reference_error(struct slice reference, const struct slice *names, size_t n, struct plim_error *err);

/* A manifest of a layout, as its index leads to it. */
struct layout_entry {
	const struct descriptor *descriptor;
	struct slice name;                /* absent if none */
	const struct digest *index;       /* outermost index blob that leads there, NULL when index.json itself does */
};

typedef int layout_fn(struct image_set *set, const struct layout_entry *entry, struct plim_error *err);

/* Calls `fn` for each image manifest that the layout's index leads to; `only_present` skips what is not stored or not read here. */
int layout_walk(struct image_set *set, bool only_present, layout_fn *fn, struct plim_error *err);

int layout_open(struct image_set *set, struct plim_error *err);
int docker_open(struct image_set *set, struct plim_error *err);
/* The image that the set's reference means in a store of containers. */
int storage_open(struct image_set *set, struct plim_error *err);
/* The same of Docker's data root, where the reference is an image's id. */
int docker_image_open(struct image_set *set, struct plim_error *err);

#endif
