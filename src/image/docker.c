/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Docker archives: manifest.json names configurations and layers by path.
 * Since Docker 25 the same file is an OCI layout, too; manifest.json still
 * decides, for only it says which images were saved, and index.json adds the
 * digests that it lacks.
 */
#include "image/set.h"

#include "base/error.h"
#include "base/limits.h"

#include <stdio.h>

/* "blobs/sha256/HEX", "HEX.json", "HEX" and "sha256:HEX" promise a digest; other names promise nothing. */
static bool
digest_in_name(struct slice path, struct digest *out)
{
	char text[DIGEST_TEXT_SIZE + 16];
	struct slice name = path_base(path);
	struct slice algorithm = SLICE("sha256");
	if (digest_parse(name, out))
		return true;
	slice_skip_end(&name, SLICE(".json"));
	struct slice rest = path;
	if (slice_skip(&rest, SLICE("blobs/")))
		slice_cut(rest, '/', &algorithm, &rest);
	if (algorithm.n > 8 || name.n > 128)
		return false;
	int n = snprintf(text, sizeof text, "%.*s:%.*s", SLICE_ARG(algorithm), SLICE_ARG(name));
	return digest_parse((struct slice){ text, (size_t)n }, out);
}

static int
clean_path(struct image_set *set, struct slice path, struct slice *out, struct plim_error *err)
{
	*out = member_path_clean(SLICE(""), path, set->arena);
	if (out->p)
		return 0;
	if (arena_full(set->arena))
		return set_no_memory(set, err);
	return error_set(err, PLIM_EFORMAT, "'%.*s' leads out of the archive", SLICE_ARG(path));
}

static int
load_config(struct image_set *set, const struct docker_entry *entry, struct image *image, struct slice *out,
            struct plim_error *err)
{
	struct slice path;
	struct digest named;
	int r = clean_path(set, entry->config, &path, err);
	if (r < 0)
		return r;
	if (digest_in_name(path, &named)) {
		image->config_digest = named;
		return set_load(set, path, &named, UINT64_MAX, out, err);
	}
	if ((r = set->source->ops->load(set->source, path, set->arena, out, err)) < 0)
		return r;
	image->config_digest = digest_of(*out);
	return set_note_document(set, *out, err);
}

/* A layer is known by where its bytes are, so that links to one file are one blob. */
static int
add_layer(struct image_set *set, struct slice written, size_t *out, struct plim_error *err)
{
	struct slice path;
	struct image_blob blob = { .size = UINT64_MAX };
	uint64_t size;
	int r = clean_path(set, written, &path, err);
	if (r < 0 || (r = set->source->ops->find(set->source, path, set->arena, &blob.name, &size, err)) < 0)
		return r;
	if (slice_starts(path, SLICE("blobs/")) && digest_in_name(path, &blob.digest))
		blob.name = path;
	return set_add_blob(set, &blob, out, err);
}

static int
add_layers(struct image_set *set, const struct docker_entry *entry, size_t *blobs, struct plim_error *err)
{
	for (size_t i = 0; i < entry->layers.n; i++) {
		int r = add_layer(set, entry->layers.at[i], &blobs[i], err);
		if (r < 0)
			return error_wrap(err, r, "layer %zu", i);
	}
	return 0;
}

static int
add_entry(struct image_set *set, const struct docker_entry *entry, struct slice reference, struct plim_error *err)
{
	struct image image = { .reference = reference, .names = entry->tags.at, .name_count = entry->tags.n };
	struct slice config;
	AUTO(free) size_t *blobs = calloc(entry->layers.n + 1, sizeof *blobs);
	if (blobs == NULL)
		return error_nomem(err);
	int r = load_config(set, entry, &image, &config, err);
	if (r < 0 || (r = add_layers(set, entry, blobs, err)) < 0)
		return r;
	return set_add_image(set, &image, config, blobs, NULL, entry->layers.n, err);
}

/* 1 when the reference means this entry; `*reference` is the name by which it does. */
static int
entry_is_meant(const struct image_set *set, const struct docker_entry *entry, size_t at, struct slice *reference,
               struct plim_error *err)
{
	uint64_t position;
	*reference = entry->tags.n ? entry->tags.at[0] : SLICE_NONE;
	if (set->reference.p == NULL)
		return 1;
	int r = reference_position(set->reference, &position, err);
	if (r != 0)
		return r < 0 ? r : position == at;
	for (size_t i = 0; i < entry->tags.n; i++) {
		if (!reference_matches(set->reference, entry->tags.at[i]))
			continue;
		*reference = entry->tags.at[i];
		return 1;
	}
	return 0;
}

static int
no_such_entry(const struct image_set *set, const struct docker_entry *entries, size_t n, struct plim_error *err)
{
	VEC(struct slice) names = { 0 };
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < entries[i].tags.n && names.n < 64; k++) {
			struct slice *name = vec_push(&names);
			if (name)
				*name = entries[i].tags.at[k];
		}
	}
	int r = reference_error(set->reference, names.at, names.n, err);
	vec_done(&names);
	return r;
}

static int
add_entries(struct image_set *set, const struct docker_entry *entries, size_t n, struct plim_error *err)
{
	bool any = false;
	for (size_t i = 0; i < n; i++) {
		struct slice reference;
		int r = entry_is_meant(set, &entries[i], i, &reference, err);
		if (r < 0)
			return r;
		if (r == 0)
			continue;
		any = true;
		if ((r = add_entry(set, &entries[i], reference, err)) < 0)
			return error_wrap(err, r, "image %zu", i);
	}
	return any || set->reference.p == NULL ? 0 : no_such_entry(set, entries, n, err);
}

/* Two lists of layers for one configuration would be two images for two readers. */
static int
merge_layers(struct image_set *set, const struct image *image, const struct manifest *manifest, struct plim_error *err)
{
	if (image->layer_count != manifest->layer_count)
		return error_set(err, PLIM_EFORMAT, "index.json leads to %zu layers, manifest.json to %zu", manifest->layer_count,
		                 image->layer_count);
	for (size_t i = 0; i < image->layer_count; i++) {
		struct image_blob *blob = &set->blobs.at[image->layers[i].blob];
		const struct descriptor *layer = &manifest->layers[i];
		/* They are the arena's, and of nobody else. */
		((struct image_layer *)(uintptr_t)image->layers)[i].media_type = layer->media_type;
		if (blob->digest.algorithm == DIGEST_NONE)
			continue;
		if (!digest_eq(&blob->digest, &layer->digest))
			return error_set(err, PLIM_EFORMAT, "layer %zu: index.json and manifest.json name different blobs", i);
		blob->size = layer->size;
		blob->media_type = layer->media_type;
	}
	return 0;
}

static int
merge_manifest(struct image_set *set, const struct layout_entry *entry, struct plim_error *err)
{
	struct slice path = set_blob_path(set, &entry->descriptor->digest), bytes;
	struct manifest *manifest;
	int r;
	if (path.p == NULL)
		return set_no_memory(set, err);
	if ((r = set_load(set, path, &entry->descriptor->digest, entry->descriptor->size, &bytes, err)) < 0)
		return r;
	if ((r = manifest_parse(bytes, set->arena, &manifest, err)) < 0)
		return error_wrap(err, r, "%.*s", SLICE_ARG(path));
	vec_each(&set->images, image) {
		if (!digest_eq(&image->config_digest, &manifest->config.digest) || image->manifest_digest.algorithm != DIGEST_NONE)
			continue;
		if ((r = merge_layers(set, image, manifest, err)) < 0)
			return r;
		image->manifest_digest = entry->descriptor->digest;
		if (entry->index)
			image->index_digest = *entry->index;
	}
	return 0;
}

int
docker_open(struct image_set *set, struct plim_error *err)
{
	struct slice bytes;
	struct docker_entry *entries;
	size_t n;
	int r = set->source->ops->load(set->source, SLICE("manifest.json"), set->arena, &bytes, err);
	if (r < 0)
		return r;
	if ((r = docker_manifest_parse(bytes, set->arena, &entries, &n, err)) < 0)
		return error_wrap(err, r, "manifest.json");
	if ((r = add_entries(set, entries, n, err)) < 0 || !source_has(set->source, "index.json"))
		return r;
	return layout_walk(set, true, merge_manifest, err);
}
