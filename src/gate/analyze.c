/* SPDX-License-Identifier: Apache-2.0 */
/* The stream of a layer: stored bytes, digest, inflate, digest, tar, block. */
#include "gate/analyze.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/inflate.h"

#include <stdio.h>

/* What is kept of one blob; a tree has one too. */
struct part {
	char *bytes;             /* of the block */
	struct block *block;     /* NULL when the layer could not be read */
	struct digest plain;     /* of the inflated bytes */
	char *gap;               /* why there is no block */
};

/* A file that only the final tree makes interesting, and the path under which a cataloger knows it. */
struct extra {
	size_t blob;
	char *path;
	char *known_as;
};

struct analysis {
	struct image_set *set;
	struct collector catalogers;
	struct part *parts;
	size_t part_count;
	struct extra *extras;
	size_t extra_count;
	size_t blob;             /* being read: the collector's view of extras */
};

static const struct extra *
extra_for(const struct analysis *analysis, struct slice path)
{
	for (size_t i = 0; i < analysis->extra_count; i++)
		if (analysis->extras[i].blob == analysis->blob && slice_is(path, analysis->extras[i].path))
			return &analysis->extras[i];
	return NULL;
}

static bool
wants(void *context, const struct entry *entry)
{
	const struct analysis *analysis = context;
	return analysis->catalogers.wants(analysis->catalogers.context, entry) || extra_for(analysis, entry->path);
}

static int
take(void *context, struct block_builder *into, uint32_t index, const struct entry *entry, struct slice body,
     struct plim_error *err)
{
	const struct analysis *analysis = context;
	struct entry known = *entry;
	const struct extra *extra = extra_for(analysis, entry->path);
	if (extra)
		known.path = slice_of(extra->known_as);
	return catalogers_take(&analysis->catalogers, into, index, &known, body, err);
}

static void
part_done(struct part *part)
{
	block_close(part->block);
	free(part->bytes);
	free(part->gap);
	*part = (struct part){ 0 };
}

static int
part_finish(struct part *part, struct block_builder *builder, struct plim_error *err)
{
	size_t size;
	int r = block_finish(builder, &part->bytes, &size, err);
	return r < 0 ? r : block_open((struct slice){ part->bytes, size }, &part->block, err);
}

/* Stacks the streams over `stored` and fills the builder; the hashers then have seen what was read. */
static int
collect_stored(struct analysis *analysis, struct stream *stored, struct hasher *of_stored, uint64_t *stored_size,
               struct hasher *of_plain, struct block_builder *builder, struct plim_error *err)
{
	AUTO(stream) struct stream *raw = NULL;
	AUTO(stream) struct stream *counted = NULL;
	AUTO(stream) struct stream *inflated = NULL;
	AUTO(stream) struct stream *plain = NULL;
	int r = stream_borrow(stored, &raw, err);
	if (r < 0 || (r = stream_tee(raw, of_stored, stored_size, &counted, err)) < 0)
		return r;
	ptr_take(&raw);
	if ((r = inflate_open_any(counted, LIMIT_LAYER_BYTES, &inflated, err)) < 0)
		return r;
	ptr_take(&counted);
	if ((r = stream_tee(inflated, of_plain, NULL, &plain, err)) < 0)
		return r;
	ptr_take(&inflated);
	struct collector collector = { analysis, wants, take };
	r = collect_tar(plain, &collector, builder, err);
	return r < 0 ? r : stream_drain(plain, err);
}

static int
digest_error(const struct digest *want, const struct digest *have, const char *what, struct plim_error *err)
{
	char named[DIGEST_TEXT_SIZE], found[DIGEST_TEXT_SIZE];
	return error_set(err, PLIM_EDIGEST, "%s is %s, its name says %s", what, digest_text(have, found), digest_text(want, named));
}

/* What a damaged blob deserves to be told first is that it is not the blob which was named. */
static int
verify_stored(const struct image_blob *blob, struct stream *stored, struct hasher *hasher, uint64_t size, int so_far,
              struct plim_error *err)
{
	struct plim_error ignored;
	struct slice piece = { "", 1 };
	while (so_far < 0 && so_far != PLIM_ELIMIT && stream_next(stored, &piece, &ignored) == 0 && piece.n > 0) {
		hasher_add(hasher, piece);
		size += piece.n;
	}
	if (so_far == PLIM_ELIMIT || blob->digest.algorithm == DIGEST_NONE)
		return so_far;
	struct digest found = hasher_end(hasher);
	if (!digest_eq(&found, &blob->digest))
		return digest_error(&blob->digest, &found, "the blob", err);
	if (so_far == 0 && blob->size != UINT64_MAX && size != blob->size)
		return error_set(err, PLIM_EDIGEST, "the blob has %ju bytes, its descriptor says %ju", (uintmax_t)size, (uintmax_t)blob->size);
	return so_far;
}

static int
verify_diff_ids(const struct analysis *analysis, size_t blob, const struct digest *plain, struct plim_error *err)
{
	for (size_t i = 0; i < image_set_count(analysis->set); i++) {
		const struct image *image = image_set_image(analysis->set, i);
		for (size_t k = 0; k < image->layer_count; k++) {
			if (image->layers[k].blob != blob || digest_eq(&image->layers[k].diff_id, plain))
				continue;
			return error_wrap(err, digest_error(&image->layers[k].diff_id, plain, "the plain tar", err), "layer %zu", k);
		}
	}
	return 0;
}

static int
read_part(struct analysis *analysis, size_t at, struct stream *stored, struct part *part, struct plim_error *err)
{
	const struct image_blob *blob = image_set_blob(analysis->set, at);
	enum digest_algorithm algorithm = blob->digest.algorithm ? blob->digest.algorithm : DIGEST_SHA256;
	AUTO(hasher) struct hasher *of_stored = hasher_new(algorithm);
	AUTO(hasher) struct hasher *of_plain = hasher_new(DIGEST_SHA256);
	AUTO(block_builder) struct block_builder *builder = NULL;
	uint64_t size = 0;
	int r = of_stored && of_plain ? block_builder_new(&builder, err) : error_nomem(err);
	if (r < 0)
		return r;
	bool named = blob->digest.algorithm != DIGEST_NONE;
	r = collect_stored(analysis, stored, named ? of_stored : NULL, &size, of_plain, builder, err);
	r = verify_stored(blob, stored, of_stored, size, r, err);
	if (r < 0)
		return r;
	part->plain = hasher_end(of_plain);
	r = verify_diff_ids(analysis, at, &part->plain, err);
	return r < 0 ? r : part_finish(part, builder, err);
}

static int
read_blob(void *context, size_t at, struct stream *stored, struct plim_error *err)
{
	struct analysis *analysis = context;
	struct part fresh = { 0 };
	analysis->blob = at;
	int r = read_part(analysis, at, stored, &fresh, err);
	struct slice name = image_set_blob(analysis->set, at)->name;
	if (r < 0)
		part_done(&fresh);
	if (r == PLIM_ELIMIT && err) {
		fresh.gap = slice_dup(slice_of(err->text));
		r = fresh.gap ? 0 : error_nomem(err);
	}
	if (r < 0)
		return error_wrap(err, r, "layer blob %.*s", SLICE_ARG(name));
	part_done(&analysis->parts[at]);
	analysis->parts[at] = fresh;
	return 0;
}

static int
read_tree(struct analysis *analysis, struct plim_error *err)
{
	AUTO(block_builder) struct block_builder *builder = NULL;
	struct collector collector = { analysis, wants, take };
	int r = block_builder_new(&builder, err);
	if (r < 0 || (r = collect_directory(image_set_directory(analysis->set), &collector, builder, err)) < 0)
		return r;
	part_done(&analysis->parts[0]);
	return part_finish(&analysis->parts[0], builder, err);
}

static bool
is_tree(const struct analysis *analysis)
{
	return image_set_directory(analysis->set) >= 0;
}

static int
read_wanted(struct analysis *analysis, const bool *wanted, struct plim_error *err)
{
	if (is_tree(analysis))
		return read_tree(analysis, err);
	return image_set_read(analysis->set, wanted, read_blob, analysis, err);
}

void
analysis_free(struct analysis *analysis)
{
	if (analysis == NULL)
		return;
	for (size_t i = 0; i < analysis->part_count; i++)
		part_done(&analysis->parts[i]);
	for (size_t i = 0; i < analysis->extra_count; i++) {
		free(analysis->extras[i].path);
		free(analysis->extras[i].known_as);
	}
	catalogers_collector_done(&analysis->catalogers);
	free(analysis->extras);
	free(analysis->parts);
	free(analysis);
}

/* The blobs that the images at hand need: a layout may hold others. */
static bool *
blobs_of(const struct image_set *set, const struct image *only)
{
	bool *wanted = calloc(image_set_blob_count(set) + 1, sizeof *wanted);
	for (size_t i = 0; wanted && i < image_set_count(set); i++) {
		const struct image *image = image_set_image(set, i);
		for (size_t k = 0; (only == NULL || image == only) && k < image->layer_count; k++)
			wanted[image->layers[k].blob] = true;
	}
	return wanted;
}

static int
analysis_of(struct image_set *set, const struct image *only, struct analysis **out, struct plim_error *err)
{
	AUTO(analysis) struct analysis *analysis = calloc(1, sizeof *analysis);
	AUTO(free) bool *wanted = blobs_of(set, only);
	if (analysis == NULL || wanted == NULL)
		return error_nomem(err);
	analysis->set = set;
	analysis->part_count = is_tree(analysis) ? 1 : image_set_blob_count(set);
	analysis->parts = calloc(analysis->part_count + 1, sizeof *analysis->parts);
	if (analysis->parts == NULL)
		return error_nomem(err);
	int r = catalogers_collector(&analysis->catalogers, err);
	if (r < 0 || (r = read_wanted(analysis, wanted, err)) < 0)
		return r;
	*out = ptr_take(&analysis);
	return 0;
}

int
analysis_new(struct image_set *set, struct analysis **out, struct plim_error *err)
{
	return analysis_of(set, NULL, out, err);
}

static size_t
part_of(const struct image *image, size_t layer)
{
	return image ? image->layers[layer].blob : 0;
}

static int
inventory_once(struct analysis *analysis, const struct image *image, struct inventory **out, struct plim_error *err)
{
	size_t n = image ? image->layer_count : 1;
	AUTO(free) const struct block **blocks = calloc(n + 1, sizeof *blocks);
	AUTO(free) const char **gaps = calloc(n + 1, sizeof *gaps);
	if (blocks == NULL || gaps == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++) {
		blocks[i] = analysis->parts[part_of(image, i)].block;
		gaps[i] = analysis->parts[part_of(image, i)].gap;
	}
	return inventory_new(image, blocks, n, gaps, out, err);
}

static int
extra_add(struct analysis *analysis, size_t blob, struct slice path, struct slice known_as, struct plim_error *err)
{
	struct extra *grown = reallocarray(analysis->extras, analysis->extra_count + 1, sizeof *grown);
	if (grown == NULL)
		return error_nomem(err);
	analysis->extras = grown;
	slice_skip(&known_as, SLICE("/"));
	struct extra *extra = &grown[analysis->extra_count++];
	*extra = (struct extra){ blob, slice_dup(path), slice_dup(known_as) };
	return extra->path && extra->known_as ? 0 : error_nomem(err);
}

/* Notes what the inventory missed; answers how many files are new to us, so that a second miss ends it. */
static int
note_missed(struct analysis *analysis, const struct inventory *inventory, const struct image *image, bool *wanted,
            size_t *fresh, struct plim_error *err)
{
	const struct missed_file *missed;
	size_t n;
	int r = inventory_missed(inventory, &missed, &n, err);
	*fresh = 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		size_t blob = part_of(image, missed[i].layer);
		struct slice path = block_entry_path(analysis->parts[blob].block, missed[i].entry);
		analysis->blob = blob;
		if (extra_for(analysis, path))
			continue;
		wanted[blob] = true;
		++*fresh;
		r = extra_add(analysis, blob, path, missed[i].path, err);
	}
	return r;
}

int
analysis_inventory(struct analysis *analysis, size_t at, struct inventory **out, struct plim_error *err)
{
	const struct image *image = is_tree(analysis) ? NULL : image_set_image(analysis->set, at);
	AUTO(inventory) struct inventory *inventory = NULL;
	AUTO(free) bool *wanted = calloc(analysis->part_count + 1, sizeof *wanted);
	size_t fresh = 0;
	if (wanted == NULL)
		return error_nomem(err);
	int r = inventory_once(analysis, image, &inventory, err);
	if (r < 0 || (r = note_missed(analysis, inventory, image, wanted, &fresh, err)) < 0)
		return r;
	if (fresh > 0) {
		inventory_free(ptr_take(&inventory));
		if ((r = read_wanted(analysis, wanted, err)) < 0 || (r = inventory_once(analysis, image, &inventory, err)) < 0)
			return r;
	}
	/* A tree that was not mounted, or a name mistyped by one level: nothing in it could fail. */
	if (image == NULL && inventory->node_count == 0)
		return error_set(err, PLIM_ENOTFOUND, "there is no file in it");
	*out = ptr_take(&inventory);
	return 0;
}

int
analyze_diff_ids(struct image_set *set, const struct image *image, struct arena *arena, struct digest **out,
                 struct plim_error *err)
{
	AUTO(analysis) struct analysis *analysis = NULL;
	int r = analysis_of(set, image, &analysis, err);
	if (r < 0)
		return r;
	struct digest *ids = arena_make_array(arena, image->layer_count, struct digest);
	if (ids == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < image->layer_count; i++)
		ids[i] = analysis->parts[image->layers[i].blob].plain;
	*out = ids;
	return 0;
}
