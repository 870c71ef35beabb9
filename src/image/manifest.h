/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manifests, indexes and the docker archive's manifest.json as structs: pure
 * parsing, no bytes of an image.  All results live in the arena.
 */
#ifndef IMAGE_MANIFEST_H
#define IMAGE_MANIFEST_H

#include "image/image.h"

enum media_kind { MEDIA_OTHER, MEDIA_INDEX, MEDIA_MANIFEST, MEDIA_CONFIG, MEDIA_LAYER };

enum media_kind media_kind_of(struct slice media_type);

struct descriptor {
	struct slice media_type;
	struct digest digest;
	uint64_t size;
	bool has_platform;
	struct platform platform;
	struct slice ref_name;       /* org.opencontainers.image.ref.name: by the book a tag, often a whole reference */
	struct slice image_name;     /* io.containerd.image.name: the whole reference */
	bool is_attestation;         /* annotated as an attestation manifest, and of no platform: what it is its manifest must show */
};

struct manifest {
	struct descriptor config;
	const struct descriptor *layers;
	size_t layer_count;
};

struct index {
	const struct descriptor *entries;
	size_t n;
};

/* One image of a docker archive: paths inside the archive. */
struct docker_entry {
	struct slice config;
	struct string_list tags;
	struct string_list layers;
};

/* Configuration and layers must have media types that are read here, else PLIM_EUNSUPPORTED names them. */
int manifest_parse(struct slice json, struct arena *arena, struct manifest **out, struct plim_error *err);
/* The same of any artifact: whatever its media types are. */
int manifest_parse_any(struct slice json, struct arena *arena, struct manifest **out, struct plim_error *err);
/*
 * Nobody runs it: its configuration is none of an image, or all of its layers are statements of in-toto.  Docker's buildx writes both with the
 * media type of an image's configuration.
 */
bool manifest_is_attestation(const struct manifest *manifest);
int index_parse(struct slice json, struct arena *arena, struct index **out, struct plim_error *err);
int docker_manifest_parse(struct slice json, struct arena *arena, struct docker_entry **out, size_t *out_count,
                          struct plim_error *err);
/* The file oci-layout: only version 1 is read. */
int layout_version_check(struct slice json, struct arena *arena, struct plim_error *err);

#endif
