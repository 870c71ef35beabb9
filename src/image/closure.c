/* SPDX-License-Identifier: Apache-2.0 */
/* Walking down from a manifest or an index. */
#include "image/closure.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"

struct walk {
	struct source *source;
	struct arena *arena;
	struct map seen;           /* digest's text to the walk itself */
	VEC(struct closure_item) items;
};

static void
auto_walk(struct walk *walk)
{
	map_done(&walk->seen);
	vec_done(&walk->items);
}

/* False for what was met before. */
static int
note(struct walk *walk, const struct descriptor *of, bool *fresh, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	struct slice key = arena_dup(walk->arena, slice_of(digest_text(&of->digest, text)));
	void **place = key.p ? map_place(&walk->seen, key) : NULL;
	if (place == NULL)
		return error_nomem(err);
	*fresh = *place == NULL;
	*place = walk;
	return 0;
}

static int
add(struct walk *walk, const struct descriptor *of, bool is_manifest, struct plim_error *err)
{
	if (walk->items.n == LIMIT_INDEX_ENTRY_COUNT)
		return error_set(err, PLIM_ELIMIT, "it leads to more blobs than limit INDEX_ENTRY_COUNT");
	struct closure_item *item = vec_push(&walk->items);
	if (item == NULL)
		return error_nomem(err);
	*item = (struct closure_item){ is_manifest, of->digest, of->size, of->media_type };
	return 0;
}

static int
add_blob(struct walk *walk, const struct descriptor *of, struct plim_error *err)
{
	bool fresh;
	int r = note(walk, of, &fresh, err);
	return r < 0 || !fresh ? r : add(walk, of, false, err);
}

static int
load(struct walk *walk, const struct descriptor *of, struct slice *out, struct plim_error *err)
{
	char hex[DIGEST_TEXT_SIZE];
	const char *folder = walk->source->manifests_apart ? "manifests" : "blobs";
	struct slice path = arena_printf(walk->arena, "%s/%s/%s", folder, digest_algorithm_name(of->digest.algorithm), digest_hex(&of->digest, hex));
	int r = path.p ? walk->source->ops->load(walk->source, path, walk->arena, out, err) : error_nomem(err);
	if (r < 0)
		return r;
	AUTO(hasher) struct hasher *hasher = hasher_new(of->digest.algorithm);
	if (hasher == NULL)
		return error_nomem(err);
	hasher_add(hasher, *out);
	struct digest have = hasher_end(hasher);
	if (!digest_eq(&have, &of->digest) || out->n != of->size)
		return error_set(err, PLIM_EDIGEST, "%.*s: the bytes are not those that are named", SLICE_ARG(path));
	return 0;
}

static int walk_manifest(struct walk *walk, const struct descriptor *of, uint64_t depth, struct plim_error *err);

static int
walk_index(struct walk *walk, struct slice bytes, uint64_t depth, struct plim_error *err)
{
	struct index *index;
	int r = index_parse(bytes, walk->arena, &index, err);
	for (size_t i = 0; r == 0 && i < index->n; i++)
		r = walk_manifest(walk, &index->entries[i], depth + 1, err);
	return r;
}

static int
walk_blobs(struct walk *walk, struct slice bytes, struct plim_error *err)
{
	struct manifest *manifest;
	int r = manifest_parse_any(bytes, walk->arena, &manifest, err);
	if (r == 0)
		r = add_blob(walk, &manifest->config, err);
	for (size_t i = 0; r == 0 && i < manifest->layer_count; i++)
		r = add_blob(walk, &manifest->layers[i], err);
	return r;
}

static int
walk_manifest(struct walk *walk, const struct descriptor *of, uint64_t depth, struct plim_error *err)
{
	bool fresh;
	struct slice bytes;
	if (depth > LIMIT_INDEX_DEPTH_COUNT)
		return error_set(err, PLIM_ELIMIT, "indexes nested deeper than limit INDEX_DEPTH_COUNT");
	int r = note(walk, of, &fresh, err);
	if (r < 0 || !fresh || (r = load(walk, of, &bytes, err)) < 0)
		return r;
	r = media_kind_of(of->media_type) == MEDIA_INDEX ? walk_index(walk, bytes, depth, err) : walk_blobs(walk, bytes, err);
	char text[DIGEST_TEXT_SIZE];
	return r < 0 ? error_wrap(err, r, "%s", digest_text(&of->digest, text)) : add(walk, of, true, err);
}

int
closure_collect(struct source *source, const struct descriptor *root, struct arena *arena, struct closure *out, struct plim_error *err)
{
	AUTO(walk) struct walk walk = { .source = source, .arena = arena };
	int r = walk_manifest(&walk, root, 0, err);
	if (r < 0)
		return r;
	struct closure_item *items = arena_make_array(arena, walk.items.n, struct closure_item);
	if (items == NULL)
		return error_nomem(err);
	memcpy(items, walk.items.at, walk.items.n * sizeof *items);
	*out = (struct closure){ items, walk.items.n };
	return 0;
}
