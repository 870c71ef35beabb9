/* SPDX-License-Identifier: Apache-2.0 */
/* The image set: images, blobs, and the walk over the bytes of blobs. */
#include "image/image.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/set.h"

int
set_no_memory(const struct image_set *set, struct plim_error *err)
{
	if (arena_full(set->arena))
		return error_set(err, PLIM_ELIMIT, "the documents need more memory than limit IMAGE_SET_BYTES");
	return error_nomem(err);
}

static bool
seen_already(const struct image_set *set, struct slice text)
{
	for (size_t i = 0; i < set->platforms_seen.n; i++)
		if (slice_eq(set->platforms_seen.at[i], text))
			return true;
	return false;
}

static int
note_platform(struct image_set *set, const struct platform *platform, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	platform_text(platform, &text);
	if (seen_already(set, strbuf_slice(&text)))
		return 0;
	struct slice *place = vec_push(&set->platforms_seen);
	if (place == NULL)
		return error_nomem(err);
	*place = arena_dup(set->arena, strbuf_slice(&text));
	return place->p ? 0 : set_no_memory(set, err);
}

int
set_wants_platform(struct image_set *set, const struct platform *platform, bool *out, struct plim_error *err)
{
	bool wanted = set->platform_count == 0;
	for (size_t i = 0; i < set->platform_count; i++) {
		if (!platform_matches(&set->platforms[i], platform))
			continue;
		set->platform_found[i] = wanted = true;
	}
	*out = wanted;
	return note_platform(set, platform, err);
}

static struct slice
path_of(const struct image_set *set, const char *folder, const struct digest *digest)
{
	char hex[DIGEST_TEXT_SIZE];
	return arena_printf(set->arena, "%s/%s/%s", folder, digest_algorithm_name(digest->algorithm), digest_hex(digest, hex));
}

struct slice
set_blob_path(const struct image_set *set, const struct digest *digest)
{
	return path_of(set, "blobs", digest);
}

struct slice
set_manifest_path(const struct image_set *set, const struct digest *digest)
{
	return path_of(set, "manifests", digest);
}

static int
check_digest(struct slice bytes, const struct digest *want, struct plim_error *err)
{
	char named[DIGEST_TEXT_SIZE], found[DIGEST_TEXT_SIZE];
	AUTO(hasher) struct hasher *hasher = hasher_new(want->algorithm);
	if (hasher == NULL)
		return error_nomem(err);
	hasher_add(hasher, bytes);
	struct digest have = hasher_end(hasher);
	if (digest_eq(&have, want))
		return 0;
	return error_set(err, PLIM_EDIGEST, "its digest is %s, it is named as %s", digest_text(&have, found),
	                 digest_text(want, named));
}

int
set_load(struct image_set *set, struct slice path, const struct digest *digest, uint64_t size, struct slice *out,
         struct plim_error *err)
{
	int r = set->source->ops->load(set->source, path, set->arena, out, err);
	if (r < 0)
		return r;
	r = check_digest(*out, digest, err);
	if (r == 0 && size != UINT64_MAX && out->n != size)
		r = error_set(err, PLIM_EFORMAT, "%zu bytes, its descriptor says %ju", out->n, (uintmax_t)size);
	return r < 0 ? error_wrap(err, r, "%.*s", SLICE_ARG(path)) : set_note_document(set, *out, err);
}

int
set_note_document(struct image_set *set, struct slice bytes, struct plim_error *err)
{
	struct slice *place = vec_push(&set->documents);
	if (place == NULL)
		return error_nomem(err);
	*place = bytes;
	return 0;
}

static int
agree(const struct image_blob *have, const struct image_blob *blob, struct plim_error *err)
{
	if (have->size == blob->size)
		return 0;
	return error_set(err, PLIM_EFORMAT, "%.*s: one descriptor says %ju bytes, another %ju", SLICE_ARG(blob->name),
	                 (uintmax_t)have->size, (uintmax_t)blob->size);
}

int
set_add_blob(struct image_set *set, const struct image_blob *blob, size_t *out, struct plim_error *err)
{
	int r;
	void **place = map_place(&set->blob_by_name, blob->name);
	if (place == NULL)
		return error_nomem(err);
	if (*place) {
		*out = (size_t)(uintptr_t)*place - 1;
		return agree(&set->blobs.at[*out], blob, err);
	}
	struct image_blob *added = vec_push(&set->blobs);
	if (added == NULL)
		return error_nomem(err);
	*added = *blob;
	added->offset = added->stored = UINT64_MAX;
	if (set->source->ops->place && (r = set->source->ops->place(set->source, blob->name, &added->offset, &added->stored, err)) < 0)
		return r;
	*place = (void *)(uintptr_t)set->blobs.n;
	*out = set->blobs.n - 1;
	return 0;
}

static size_t
filling_steps(const struct image_config *config)
{
	size_t n = 0;
	for (size_t i = 0; i < config->history_count; i++)
		n += !config->history[i].empty_layer;
	return n;
}

/* The k-th layer was made by the k-th step that is not said to be empty; where their numbers differ nobody knows. */
static void
match_history(struct image *image, struct image_layer *layers)
{
	const struct image_config *config = image->config;
	image->history_mismatch = config->history_count > 0 && filling_steps(config) != image->layer_count;
	if (image->history_mismatch)
		return;
	size_t at = 0;
	for (size_t i = 0; i < config->history_count; i++)
		if (!config->history[i].empty_layer)
			layers[at++].instruction = config->history[i].created_by;
}

static int
fill_layers(struct image_set *set, struct image *image, const size_t *blobs, const struct descriptor *described, size_t n, struct plim_error *err)
{
	const struct image_config *config = image->config;
	if (config->diff_id_count != n)
		return error_set(err, PLIM_EFORMAT, "%zu layers, but %zu diff_ids in the configuration", n, config->diff_id_count);
	struct image_layer *layers = arena_make_array(set->arena, n, struct image_layer);
	if (layers == NULL)
		return set_no_memory(set, err);
	for (size_t i = 0; i < n; i++)
		layers[i] = (struct image_layer){ .blob = blobs[i], .diff_id = config->diff_ids[i], .media_type = described ? described[i].media_type : SLICE_NONE };
	image->layers = layers;
	image->layer_count = n;
	match_history(image, layers);
	return 0;
}

static bool
is_same(const struct image *a, const struct image *b)
{
	if (!digest_eq(&a->config_digest, &b->config_digest) || !digest_eq(&a->manifest_digest, &b->manifest_digest) ||
	    a->layer_count != b->layer_count)
		return false;
	for (size_t i = 0; i < a->layer_count; i++)
		if (a->layers[i].blob != b->layers[i].blob)
			return false;
	return slice_eq(a->platform.os, b->platform.os) && slice_eq(a->platform.architecture, b->platform.architecture) &&
	       slice_eq(a->platform.variant, b->platform.variant);
}

static bool
has_name(const struct image *image, struct slice name)
{
	for (size_t i = 0; i < image->name_count; i++)
		if (slice_eq(image->names[i], name))
			return true;
	return false;
}

static int
fold(struct image_set *set, struct image *into, const struct image *image, struct plim_error *err)
{
	size_t n = into->name_count;
	struct slice *names = arena_make_array(set->arena, n + image->name_count, struct slice);
	if (names == NULL)
		return set_no_memory(set, err);
	if (n)
		memcpy(names, into->names, n * sizeof *names);
	for (size_t i = 0; i < image->name_count; i++)
		if (!has_name(into, image->names[i]))
			names[n++] = image->names[i];
	into->names = names;
	into->name_count = n;
	if (into->reference.p == NULL)
		into->reference = image->reference;
	if (into->index_digest.algorithm == DIGEST_NONE)
		into->index_digest = image->index_digest;
	return 0;
}

static int
keep_image(struct image_set *set, const struct image *image, struct plim_error *err)
{
	vec_each(&set->images, have)
		if (is_same(have, image))
			return fold(set, have, image, err);
	struct image *added = vec_push(&set->images);
	if (added == NULL)
		return error_nomem(err);
	*added = *image;
	return 0;
}

int
set_add_image(struct image_set *set, struct image *image, struct slice config, const size_t *blobs, const struct descriptor *described,
              size_t n, struct plim_error *err)
{
	struct image_config *parsed;
	bool wanted = true, by_index = image->platform.os.p || image->platform.architecture.p;
	int r = image_config_parse(config, set->arena, &parsed, err);
	if (r < 0)
		return r == PLIM_ENOMEM ? set_no_memory(set, err) : error_wrap(err, r, "configuration");
	image->config = parsed;
	if (!by_index) {
		image->platform = parsed->platform;
		r = set_wants_platform(set, &image->platform, &wanted, err);
	}
	if (r < 0 || !wanted)
		return r;
	r = fill_layers(set, image, blobs, described, n, err);
	return r < 0 ? r : keep_image(set, image, err);
}

void
image_set_close(struct image_set *set)
{
	if (set == NULL)
		return;
	source_close(set->source);
	if (set->directory >= 0)
		close(set->directory);
	vec_done(&set->images);
	vec_done(&set->blobs);
	vec_done(&set->platforms_seen);
	vec_done(&set->documents);
	map_done(&set->blob_by_name);
	arena_free(set->arena);
	free(set);
}

struct slice
image_set_name(const struct image_set *set)
{
	return set->name;
}

const char *
image_set_transport(const struct image_set *set)
{
	return set->transport;
}

size_t
image_set_count(const struct image_set *set)
{
	return set->images.n;
}

const struct image *
image_set_image(const struct image_set *set, size_t at)
{
	return &set->images.at[at];
}

int
image_set_directory(const struct image_set *set)
{
	return set->directory;
}

size_t
image_set_blob_count(const struct image_set *set)
{
	return set->blobs.n;
}

const struct image_blob *
image_set_blob(const struct image_set *set, size_t at)
{
	return &set->blobs.at[at];
}

int
image_set_read(struct image_set *set, const bool *wanted, image_blob_fn *fn, void *context, struct plim_error *err)
{
	size_t n = 0;
	if (set->source == NULL)
		return 0;
	AUTO(free) struct source_want *wants = calloc(set->blobs.n + 1, sizeof *wants);
	if (wants == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < set->blobs.n; i++)
		if (wanted == NULL || wanted[i])
			wants[n++] = (struct source_want){ set->blobs.at[i].name, i };
	return n ? set->source->ops->read(set->source, wants, n, fn, context, err) : 0;
}
