/* SPDX-License-Identifier: Apache-2.0 */
/* An image of a store, whose layers are plain tars that somebody else makes again. */
#include "image/storage.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/set.h"

static int
load(struct image_set *set, struct slice path, struct slice *out, struct plim_error *err)
{
	return set->source->ops->load(set->source, path, set->arena, out, err);
}

static struct slice
data_path(const struct image_set *set, const struct store_image *image, const char *key, const struct digest *digest)
{
	char text[DIGEST_TEXT_SIZE];
	return arena_printf(set->arena, "storage/data/%.*s/%s%s", SLICE_ARG(image->id), key, digest ? digest_text(digest, text) : "");
}

static int
find_image(struct image_set *set, struct store_meant *out, struct plim_error *err)
{
	struct store_image *images;
	struct slice bytes;
	size_t n;
	int r = load(set, SLICE("storage/images.json"), &bytes, err);
	if (r < 0)
		return r;
	if ((r = store_images_parse(bytes, set->arena, &images, &n, err)) < 0)
		return error_wrap(err, r, "images.json");
	return store_image_find(images, n, set->reference, set->arena, out, err);
}

/* layers */

static int
add_layer(struct image_set *set, const struct store_layer *layer, size_t *out, struct plim_error *err)
{
	struct image_blob blob = { layer->diff, layer->size, SLICE("application/vnd.oci.image.layer.v1.tar"),
		                   arena_printf(set->arena, "layers/%.*s", SLICE_ARG(layer->id)) };
	if (blob.name.p == NULL)
		return set_no_memory(set, err);
	if (layer->diff.algorithm == DIGEST_NONE || layer->size == UINT64_MAX)
		return error_set(err, PLIM_EUNSUPPORTED, "%.*s: the store does not know its plain tar (a layer of zstd:chunked, or a partial one?)", SLICE_ARG(blob.name));
	if (layer->size > LIMIT_LAYER_BYTES)
		return error_set(err, PLIM_ELIMIT, "%.*s: %ju bytes are more than limit LAYER_BYTES", SLICE_ARG(blob.name), (uintmax_t)layer->size);
	return set_add_blob(set, &blob, out, err);
}

static int
add_layers(struct image_set *set, struct slice top, size_t **blobs, size_t *n, struct plim_error *err)
{
	struct store_layer *layers;
	struct slice bytes;
	size_t layer_count;
	int r = load(set, SLICE("storage/layers.json"), &bytes, err);
	if (r < 0)
		return r;
	if ((r = store_layers_parse(bytes, set->arena, &layers, &layer_count, err)) < 0 ||
	    (r = store_chain(layers, layer_count, top, set->arena, blobs, n, err)) < 0)
		return error_wrap(err, r, "layers.json");
	for (size_t i = 0; r == 0 && i < *n; i++)
		r = add_layer(set, &layers[(*blobs)[i]], &(*blobs)[i], err);
	return r;
}

/* documents */

static bool
leads_to(struct slice index_bytes, const struct digest *manifest, struct arena *arena)
{
	struct index *index;
	if (index_parse(index_bytes, arena, &index, NULL) < 0)
		return false;
	for (size_t i = 0; i < index->n; i++)
		if (digest_eq(&index->entries[i].digest, manifest))
			return true;
	return false;
}

/* Beside the manifest there may be the index that it was chosen from. */
static int
find_index(struct image_set *set, const struct store_image *stored, struct image *image, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < stored->keys.n && i < LIMIT_PLATFORM_COUNT; i++) {
		struct slice key = stored->keys.at[i], bytes;
		struct digest digest;
		if (!slice_skip(&key, SLICE("manifest-")) || !digest_parse(key, &digest) || digest_eq(&digest, &image->manifest_digest))
			continue;
		struct slice path = data_path(set, stored, "manifest-", &digest);
		r = path.p ? set_load(set, path, &digest, UINT64_MAX, &bytes, err) : set_no_memory(set, err);
		if (r == 0 && image->index_digest.algorithm == DIGEST_NONE && leads_to(bytes, &image->manifest_digest, set->arena))
			image->index_digest = digest;
	}
	return r;
}

/* An old record has no digest: its only manifest has the one that it has. */
static int
load_manifest(struct image_set *set, const struct store_meant *meant, struct image *image, struct manifest **out, struct plim_error *err)
{
	const struct store_image *stored = meant->image;
	struct digest wanted = meant->digest.algorithm != DIGEST_NONE ? meant->digest : stored->digest;
	bool apart = wanted.algorithm != DIGEST_NONE && store_image_has(stored, &wanted);
	struct slice path = data_path(set, stored, apart ? "manifest-" : "manifest", apart ? &wanted : NULL), bytes;
	int r;
	if (path.p == NULL)
		return set_no_memory(set, err);
	if (wanted.algorithm != DIGEST_NONE)
		r = set_load(set, path, &wanted, UINT64_MAX, &bytes, err);
	else if ((r = load(set, path, &bytes, err)) == 0)
		r = set_note_document(set, bytes, err);
	if (r < 0)
		return r;
	image->manifest_digest = wanted.algorithm != DIGEST_NONE ? wanted : digest_of(bytes);
	r = manifest_parse(bytes, set->arena, out, err);
	return r < 0 ? error_wrap(err, r, "manifest") : 0;
}

static int
load_config(struct image_set *set, const struct store_image *stored, const struct descriptor *config, struct slice *out, struct plim_error *err)
{
	struct slice path = data_path(set, stored, "", &config->digest);
	int r = path.p ? set_load(set, path, &config->digest, config->size, out, err) : set_no_memory(set, err);
	return r < 0 ? error_wrap(err, r, "configuration") : 0;
}

/* A manifest of an index may have been asked for by the index's digest. */
static int
resolve_index(struct image_set *set, struct store_meant *meant, struct plim_error *err)
{
	struct slice bytes, path;
	if (meant->digest.algorithm == DIGEST_NONE || digest_eq(&meant->digest, &meant->image->digest) || !store_image_has(meant->image, &meant->digest))
		return 0;
	path = data_path(set, meant->image, "manifest-", &meant->digest);
	int r = path.p ? set_load(set, path, &meant->digest, UINT64_MAX, &bytes, err) : set_no_memory(set, err);
	if (r == 0 && leads_to(bytes, &meant->image->digest, set->arena))
		meant->digest = meant->image->digest;
	return r;
}

int
storage_open(struct image_set *set, struct plim_error *err)
{
	struct store_meant meant;
	struct manifest *manifest;
	struct image image = { 0 };
	struct slice config;
	size_t *blobs, n;
	int r = find_image(set, &meant, err);
	if (r < 0 || (r = resolve_index(set, &meant, err)) < 0 || (r = load_manifest(set, &meant, &image, &manifest, err)) < 0)
		return r;
	image.names = meant.image->names.at;
	image.name_count = meant.image->names.n;
	image.reference = meant.name.p ? meant.name : image.name_count ? image.names[0] : SLICE_NONE;
	image.config_digest = manifest->config.digest;
	if ((r = find_index(set, meant.image, &image, err)) < 0 || (r = load_config(set, meant.image, &manifest->config, &config, err)) < 0 ||
	    (r = add_layers(set, meant.image->layer, &blobs, &n, err)) < 0)
		return r;
	if (n != manifest->layer_count)
		return error_set(err, PLIM_EFORMAT, "the store has %zu layers of it, its manifest %zu", n, manifest->layer_count);
	return set_add_image(set, &image, config, blobs, manifest->layers, n, err);
}
