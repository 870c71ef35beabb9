/* SPDX-License-Identifier: Apache-2.0 */
/* Image sets between processes. */
#include "base/error.h"
#include "base/limits.h"
#include "image/set.h"
#include "image/target.h"

#define END { WIRE_END, 0, 0, 0, NULL }
#define TABLE(type, ...) { sizeof(type), (const struct wire_field[]){ __VA_ARGS__, END } }

static const struct wire_struct wire_digest = { sizeof(struct digest), (const struct wire_field[]){ { WIRE_DIGEST, 0, 0, 0, NULL }, END } };

const struct wire_struct wire_platform = TABLE(struct platform,
	WIRE_PLAIN(WIRE_SLICE, struct platform, os),
	WIRE_PLAIN(WIRE_SLICE, struct platform, architecture),
	WIRE_PLAIN(WIRE_SLICE, struct platform, variant));

const struct wire_struct wire_target = TABLE(struct target,
	WIRE_CHOICE(struct target, kind, TARGET_STORAGE),
	WIRE_PLAIN(WIRE_SLICE, struct target, transport),
	WIRE_PLAIN(WIRE_SLICE, struct target, name),
	WIRE_PLAIN(WIRE_SLICE, struct target, reference),
	WIRE_PLAIN(WIRE_SLICE, struct target, address));

static const struct wire_struct wire_strings = TABLE(struct string_list,
	WIRE_MANY(struct string_list, at, n, &wire_slices),
	WIRE_PLAIN(WIRE_BOOL, struct string_list, set));

static const struct wire_struct wire_pair = TABLE(struct string_pair,
	WIRE_PLAIN(WIRE_SLICE, struct string_pair, key),
	WIRE_PLAIN(WIRE_SLICE, struct string_pair, value));

static const struct wire_struct wire_step = TABLE(struct history_step,
	WIRE_PLAIN(WIRE_SLICE, struct history_step, created_by),
	WIRE_PLAIN(WIRE_SLICE, struct history_step, comment),
	WIRE_PLAIN(WIRE_SLICE, struct history_step, author),
	WIRE_PLAIN(WIRE_SLICE, struct history_step, created),
	WIRE_PLAIN(WIRE_BOOL, struct history_step, empty_layer));

#define STRINGS(field) WIRE_INSIDE(struct image_config, field, &wire_strings)

static const struct wire_struct wire_config = TABLE(struct image_config,
	WIRE_INSIDE(struct image_config, platform, &wire_platform),
	WIRE_PLAIN(WIRE_SLICE, struct image_config, created),
	WIRE_PLAIN(WIRE_SLICE, struct image_config, author),
	WIRE_PLAIN(WIRE_SLICE, struct image_config, user),
	WIRE_PLAIN(WIRE_SLICE, struct image_config, working_dir),
	WIRE_PLAIN(WIRE_SLICE, struct image_config, stop_signal),
	STRINGS(env), STRINGS(entrypoint), STRINGS(cmd), STRINGS(shell), STRINGS(on_build), STRINGS(ports), STRINGS(volumes),
	STRINGS(healthcheck),
	WIRE_MANY(struct image_config, labels, label_count, &wire_pair),
	WIRE_MANY(struct image_config, history, history_count, &wire_step),
	WIRE_MANY(struct image_config, diff_ids, diff_id_count, &wire_digest));

static const struct wire_struct wire_layer = TABLE(struct image_layer,
	WIRE_PLAIN(WIRE_U64, struct image_layer, blob),
	WIRE_PLAIN(WIRE_DIGEST, struct image_layer, diff_id),
	WIRE_PLAIN(WIRE_SLICE, struct image_layer, media_type),
	WIRE_PLAIN(WIRE_SLICE, struct image_layer, instruction));

const struct wire_struct wire_image = TABLE(struct image,
	WIRE_PLAIN(WIRE_SLICE, struct image, reference),
	WIRE_MANY(struct image, names, name_count, &wire_slices),
	WIRE_INSIDE(struct image, platform, &wire_platform),
	WIRE_PLAIN(WIRE_DIGEST, struct image, index_digest),
	WIRE_PLAIN(WIRE_DIGEST, struct image, manifest_digest),
	WIRE_PLAIN(WIRE_DIGEST, struct image, config_digest),
	WIRE_REFERS(struct image, config, &wire_config),
	WIRE_MANY(struct image, layers, layer_count, &wire_layer),
	WIRE_PLAIN(WIRE_BOOL, struct image, history_mismatch));

static const struct wire_struct wire_blob = TABLE(struct image_blob,
	WIRE_PLAIN(WIRE_DIGEST, struct image_blob, digest),
	WIRE_PLAIN(WIRE_U64, struct image_blob, size),
	WIRE_PLAIN(WIRE_SLICE, struct image_blob, media_type),
	WIRE_PLAIN(WIRE_SLICE, struct image_blob, name),
	WIRE_PLAIN(WIRE_U64, struct image_blob, offset),
	WIRE_PLAIN(WIRE_U64, struct image_blob, stored));

/* A set as one struct, for the table. */
struct parts {
	struct slice transport, name;
	const struct image *images;
	size_t image_count;
	const struct image_blob *blobs;
	size_t blob_count;
	const struct slice *documents;
	size_t document_count;
};

static const struct wire_struct wire_set = TABLE(struct parts,
	WIRE_PLAIN(WIRE_SLICE, struct parts, transport),
	WIRE_PLAIN(WIRE_SLICE, struct parts, name),
	WIRE_MANY(struct parts, images, image_count, &wire_image),
	WIRE_MANY(struct parts, blobs, blob_count, &wire_blob),
	WIRE_MANY(struct parts, documents, document_count, &wire_slices));

void
image_set_write(const struct image_set *set, struct strbuf *into)
{
	struct parts parts = {
		.transport = slice_of(set->transport ? set->transport : ""),
		.name = set->name,
		.images = set->images.at,
		.image_count = set->images.n,
		.blobs = set->blobs.at,
		.blob_count = set->blobs.n,
		.documents = set->documents.at,
		.document_count = set->documents.n,
	};
	wire_write(&wire_set, &parts, into);
}

/* What everybody who asks a set takes for granted. */
static int
image_check(const struct image *image, size_t blobs, struct plim_error *err)
{
	if (image->config == NULL || image->layer_count > LIMIT_LAYER_COUNT || image->layer_count != image->config->diff_id_count)
		return error_set(err, PLIM_EFORMAT, "an image whose parts do not fit each other");
	for (size_t i = 0; i < image->layer_count; i++)
		if (image->layers[i].blob >= blobs)
			return error_set(err, PLIM_EFORMAT, "a layer without a blob");
	return 0;
}

static int
parts_take(struct image_set *set, const struct parts *parts, struct plim_error *err)
{
	if (!vec_reserve(&set->images, parts->image_count) || !vec_reserve(&set->blobs, parts->blob_count) ||
	    !vec_reserve(&set->documents, parts->document_count))
		return error_nomem(err);
	for (size_t i = 0; i < parts->image_count; i++) {
		int r = image_check(&parts->images[i], parts->blob_count, err);
		if (r < 0)
			return r;
		set->images.at[set->images.n++] = parts->images[i];
	}
	for (size_t i = 0; i < parts->blob_count; i++)
		set->blobs.at[set->blobs.n++] = parts->blobs[i];
	for (size_t i = 0; i < parts->document_count; i++)
		set->documents.at[set->documents.n++] = parts->documents[i];
	set->name = parts->name;
	set->transport = arena_strz(set->arena, parts->transport);
	return set->transport ? 0 : set_no_memory(set, err);
}

int
image_set_parse(struct slice bytes, struct image_set **out, struct plim_error *err)
{
	AUTO(image_set) struct image_set *set = calloc(1, sizeof *set);
	struct parts parts = { 0 };
	if (set == NULL)
		return error_nomem(err);
	set->directory = -1;
	if ((set->arena = arena_new(LIMIT_IMAGE_SET_BYTES)) == NULL)
		return error_nomem(err);
	struct slice kept = arena_dup(set->arena, bytes);
	struct cursor from = cursor_of(kept);
	if (kept.p == NULL)
		return set_no_memory(set, err);
	int r = wire_read(&wire_set, &from, set->arena, &parts, err);
	if (r < 0)
		return r == PLIM_ENOMEM ? set_no_memory(set, err) : r;
	if ((r = parts_take(set, &parts, err)) < 0)
		return r;
	*out = ptr_take(&set);
	return 0;
}

size_t
image_set_document_count(const struct image_set *set)
{
	return set->documents.n;
}

struct slice
image_set_document(const struct image_set *set, size_t at)
{
	return set->documents.at[at];
}
