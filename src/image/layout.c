/* SPDX-License-Identifier: Apache-2.0 */
/* OCI image layouts: index.json, the indexes it leads to, and their manifests. */
#include "image/set.h"

#include "base/error.h"
#include "base/limits.h"

struct walk {
	struct image_set *set;
	bool only_present;
	layout_fn *fn;
	uint64_t visited;
};

static struct slice
entry_name(const struct descriptor *entry)
{
	return entry->image_name.p ? entry->image_name : entry->ref_name;
}

static int
load_descriptor(struct image_set *set, const struct descriptor *of, struct slice *out, struct plim_error *err)
{
	enum media_kind kind = media_kind_of(of->media_type);
	bool is_manifest = kind == MEDIA_INDEX || kind == MEDIA_MANIFEST;
	struct slice path = is_manifest && set->source->manifests_apart ? set_manifest_path(set, &of->digest) : set_blob_path(set, &of->digest);
	if (path.p == NULL)
		return set_no_memory(set, err);
	return set_load(set, path, &of->digest, of->size, out, err);
}

static int
parse_error(const struct image_set *set, const struct descriptor *of, int r, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	if (r == PLIM_ENOMEM)
		return set_no_memory(set, err);
	return error_wrap(err, r, "%s", digest_text(&of->digest, text));
}

static int walk_entry(struct walk *walk, const struct layout_entry *entry, uint64_t depth, struct plim_error *err);

static int
walk_index(struct walk *walk, const struct layout_entry *from, uint64_t depth, struct plim_error *err)
{
	struct image_set *set = walk->set;
	struct slice bytes;
	struct index *index;
	if (depth == LIMIT_INDEX_DEPTH_COUNT)
		return error_set(err, PLIM_ELIMIT, "indexes nested deeper than limit INDEX_DEPTH_COUNT");
	int r = load_descriptor(set, from->descriptor, &bytes, err);
	if (r < 0)
		return r;
	if ((r = index_parse(bytes, set->arena, &index, err)) < 0)
		return parse_error(set, from->descriptor, r, err);
	if (index->n > LIMIT_PLATFORM_COUNT)
		return error_set(err, PLIM_ELIMIT, "an index of %zu entries, more than limit PLATFORM_COUNT", index->n);
	for (size_t i = 0; r >= 0 && i < index->n; i++) {
		struct layout_entry next = *from;
		next.descriptor = &index->entries[i];
		next.index = from->index ? from->index : &from->descriptor->digest;
		if (next.name.p == NULL)
			next.name = entry_name(next.descriptor);
		r = walk_entry(walk, &next, depth + 1, err);
	}
	return r;
}

/*
 * What is written on an entry excuses it from being judged only where its manifest bears that out.  A layout may lack it, as tools that copy
 * images leave attestations out; of a registry that does not show it nobody knows what it will show to others.
 */
static int
is_excused(struct image_set *set, const struct descriptor *of, bool *out, struct plim_error *err)
{
	struct slice bytes;
	struct manifest *manifest;
	*out = false;
	if (!of->is_attestation || media_kind_of(of->media_type) != MEDIA_MANIFEST)
		return 0;
	int r = load_descriptor(set, of, &bytes, err);
	if (r == PLIM_ENOTFOUND && !set->source->manifests_apart) {
		*out = true;
		return 0;
	}
	if (r < 0)
		return r;
	if ((r = manifest_parse_any(bytes, set->arena, &manifest, err)) < 0)
		return parse_error(set, of, r, err);
	*out = manifest_is_attestation(manifest);
	return 0;
}

static int
walk_entry(struct walk *walk, const struct layout_entry *entry, uint64_t depth, struct plim_error *err)
{
	bool excused;
	if (++walk->visited > LIMIT_INDEX_ENTRY_COUNT)
		return error_set(err, PLIM_ELIMIT, "the indexes have more entries than limit INDEX_ENTRY_COUNT");
	int r = is_excused(walk->set, entry->descriptor, &excused, err);
	if (r < 0 || excused)
		return r;
	r = PLIM_EUNSUPPORTED;
	enum media_kind kind = media_kind_of(entry->descriptor->media_type);
	if (kind == MEDIA_INDEX)
		r = walk_index(walk, entry, depth, err);
	else if (kind == MEDIA_MANIFEST)
		r = walk->fn(walk->set, entry, err);
	else
		error_set(err, r, "media type '%.*s' is neither an index nor a manifest that is read here",
		          SLICE_ARG(slice_first(entry->descriptor->media_type, 128)));
	return walk->only_present && (r == PLIM_ENOTFOUND || r == PLIM_EUNSUPPORTED) ? 0 : r;
}

static int
load_index(struct image_set *set, struct index **out, struct plim_error *err)
{
	struct slice bytes;
	int r = 0;
	if (source_has(set->source, "oci-layout")) {
		r = set->source->ops->load(set->source, SLICE("oci-layout"), set->arena, &bytes, err);
		if (r < 0)
			return r;
		if ((r = layout_version_check(bytes, set->arena, err)) < 0)
			return error_wrap(err, r, "oci-layout");
	}
	if ((r = set->source->ops->load(set->source, SLICE("index.json"), set->arena, &bytes, err)) < 0)
		return r;
	r = index_parse(bytes, set->arena, out, err);
	return r < 0 ? error_wrap(err, r, "index.json") : 0;
}

/* Which entries of index.json are meant: all, the one at "@N", or those of a name. */
static int
entry_is_meant(const struct image_set *set, const struct index *index, size_t at, bool *out, struct plim_error *err)
{
	const struct descriptor *entry = &index->entries[at];
	uint64_t position;
	if (set->reference.p == NULL) {
		*out = true;
		return 0;
	}
	int r = reference_position(set->reference, &position, err);
	if (r < 0)
		return r;
	*out = r ? position == at
	         : slice_eq(set->reference, entry->ref_name) || reference_matches(set->reference, entry->image_name) ||
	                   reference_matches(set->reference, entry->ref_name);
	return 0;
}

static int
no_such_entry(const struct image_set *set, const struct index *index, struct plim_error *err)
{
	size_t n = 0;
	AUTO(free) struct slice *names = calloc(index->n + 1, sizeof *names);
	if (names == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < index->n; i++)
		if (entry_name(&index->entries[i]).p)
			names[n++] = entry_name(&index->entries[i]);
	return reference_error(set->reference, names, n, err);
}

int
layout_walk(struct image_set *set, bool only_present, layout_fn *fn, struct plim_error *err)
{
	struct walk walk = { set, only_present, fn, 0 };
	struct index *index;
	bool any = false;
	int r = load_index(set, &index, err);
	for (size_t i = 0; r >= 0 && i < index->n; i++) {
		bool meant = true;
		struct layout_entry entry = { &index->entries[i], entry_name(&index->entries[i]), NULL };
		if (!only_present && (r = entry_is_meant(set, index, i, &meant, err)) < 0)
			return r;
		any |= meant;
		if (meant)
			r = walk_entry(&walk, &entry, 0, err);
	}
	if (r < 0 || any || only_present || set->reference.p == NULL)
		return r;
	return no_such_entry(set, index, err);
}

/* In an archive.  Files of their own are opened by those who read them: what is known of a layer may make that unnecessary. */
static int
layer_find(const struct image_set *set, const struct descriptor *layer, struct slice path, struct plim_error *err)
{
	struct slice place;
	uint64_t size;
	int r = set->source->ops->find(set->source, path, set->arena, &place, &size, err);
	if (r == 0 && size != layer->size)
		r = error_set(err, PLIM_EFORMAT, "%.*s: %ju bytes, the manifest says %ju", SLICE_ARG(path), (uintmax_t)size, (uintmax_t)layer->size);
	return r;
}

static int
add_layer(struct image_set *set, const struct descriptor *layer, size_t *out, struct plim_error *err)
{
	struct slice path = set_blob_path(set, &layer->digest);
	if (path.p == NULL)
		return set_no_memory(set, err);
	bool in_archive = set->source->ops->place != NULL;
	int r = in_archive ? layer_find(set, layer, path, err) : 0;
	if (r < 0)
		return r;
	struct image_blob blob = { layer->digest, layer->size, layer->media_type, path };
	return set_add_blob(set, &blob, out, err);
}

static int
add_layers(struct image_set *set, const struct manifest *manifest, size_t *blobs, struct plim_error *err)
{
	for (size_t i = 0; i < manifest->layer_count; i++) {
		int r = add_layer(set, &manifest->layers[i], &blobs[i], err);
		if (r < 0)
			return error_wrap(err, r, "layer %zu", i);
	}
	return 0;
}

static int
add_manifest(struct image_set *set, struct image *image, const struct descriptor *of, struct plim_error *err)
{
	struct slice bytes, config;
	struct manifest *manifest;
	int r = load_descriptor(set, of, &bytes, err);
	if (r < 0)
		return r;
	if ((r = manifest_parse(bytes, set->arena, &manifest, err)) < 0)
		return parse_error(set, of, r, err);
	if ((r = load_descriptor(set, &manifest->config, &config, err)) < 0)
		return error_wrap(err, r, "configuration");
	AUTO(free) size_t *blobs = calloc(manifest->layer_count + 1, sizeof *blobs);
	if (blobs == NULL)
		return error_nomem(err);
	image->config_digest = manifest->config.digest;
	if ((r = add_layers(set, manifest, blobs, err)) < 0)
		return r;
	return set_add_image(set, image, config, blobs, manifest->layers, manifest->layer_count, err);
}

static int
set_name(struct image_set *set, struct image *image, struct slice name, struct plim_error *err)
{
	if (name.p == NULL)
		return 0;
	struct slice *names = arena_make(set->arena, struct slice);
	if (names == NULL)
		return set_no_memory(set, err);
	*names = name;
	image->reference = name;
	image->names = names;
	image->name_count = 1;
	return 0;
}

static int
add_entry(struct image_set *set, const struct layout_entry *entry, struct plim_error *err)
{
	struct image image = { .manifest_digest = entry->descriptor->digest };
	char text[DIGEST_TEXT_SIZE];
	bool wanted = true;
	int r = 0;
	if (entry->index)
		image.index_digest = *entry->index;
	if (entry->descriptor->has_platform) {
		image.platform = entry->descriptor->platform;
		r = set_wants_platform(set, &image.platform, &wanted, err);
	}
	if (r < 0 || !wanted || (r = set_name(set, &image, entry->name, err)) < 0)
		return r;
	r = add_manifest(set, &image, entry->descriptor, err);
	return r < 0 ? error_wrap(err, r, "manifest %s", digest_text(&entry->descriptor->digest, text)) : 0;
}

int
layout_open(struct image_set *set, struct plim_error *err)
{
	return layout_walk(set, false, add_entry, err);
}
