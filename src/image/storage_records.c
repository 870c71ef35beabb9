/* SPDX-License-Identifier: Apache-2.0 */
/* images.json, layers.json and containers.json as structs. */
#include "image/storage.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "image/field.h"

static int
digest_field(const struct json *object, const char *key, struct digest *out, struct plim_error *err)
{
	struct slice text;
	int r = field_string(object, key, &text, err);
	*out = (struct digest){ 0 };
	if (r < 0 || text.n == 0)
		return r;
	return digest_parse(text, out) ? 0 : error_set(err, PLIM_EFORMAT, "%s: not a sha256 or sha512 digest", key);
}

/* Go leaves out what is empty, or writes it. */
static int
text_field(const struct json *object, const char *key, struct slice *out, struct plim_error *err)
{
	int r = field_string(object, key, out, err);
	if (r == 0 && out->n == 0)
		*out = SLICE_NONE;
	return r;
}

static int
id_field(const struct json *object, struct slice *out, struct plim_error *err)
{
	int r = field_string(object, "id", out, err);
	if (r == 0 && (out->n == 0 || out->n > 64))
		r = error_set(err, PLIM_EFORMAT, "id: none that there may be");
	return r;
}

/* Numbers below zero say that nobody knows. */
static int
size_field(const struct json *object, uint64_t *out, struct plim_error *err)
{
	const struct json *size;
	int r = field_get(object, "diff-size", JSON_NUMBER, &size, err);
	*out = UINT64_MAX;
	if (r < 0 || size == NULL || slice_starts(size->text, SLICE("-")))
		return r;
	return json_u64(size, out) ? 0 : error_set(err, PLIM_EFORMAT, "diff-size: not a number of bytes");
}

static int
image_read(const struct json *object, struct arena *arena, struct store_image *out, struct plim_error *err)
{
	int r = id_field(object, &out->id, err);
	if (r < 0 || (r = digest_field(object, "digest", &out->digest, err)) < 0 || (r = field_strings(object, "names", arena, &out->names, err)) < 0 ||
	    (r = field_strings(object, "names-history", arena, &out->names_before, err)) < 0 || (r = text_field(object, "layer", &out->layer, err)) < 0 ||
	    (r = field_strings(object, "mapped-layers", arena, &out->mapped, err)) < 0)
		return r;
	return field_strings(object, "big-data-names", arena, &out->keys, err);
}

static int
layer_read(const struct json *object, struct arena *arena, struct store_layer *out, struct plim_error *err)
{
	(void)arena;
	int r = id_field(object, &out->id, err);
	if (r < 0 || (r = text_field(object, "parent", &out->parent, err)) < 0 || (r = digest_field(object, "diff-digest", &out->diff, err)) < 0)
		return r;
	return size_field(object, &out->size, err);
}

/* A text of JSON in the record is the engine's own; one of another engine says nothing. */
static int
container_name(struct slice metadata, struct arena *arena, struct slice *out, struct plim_error *err)
{
	const struct json *json;
	if (!slice_starts(metadata, SLICE("{")))
		return 0;
	int r = json_parse(metadata, arena, &json, err);
	if (r < 0 || (r = text_field(json, "image-name", out, err)) < 0)
		return error_wrap(err, r, "metadata");
	return 0;
}

static int
container_read(const struct json *object, struct arena *arena, struct store_container *out, struct plim_error *err)
{
	struct slice metadata;
	int r = id_field(object, &out->id, err);
	if (r < 0 || (r = text_field(object, "image", &out->image, err)) < 0 || (r = text_field(object, "layer", &out->layer, err)) < 0 ||
	    (r = field_strings(object, "names", arena, &out->names, err)) < 0 || (r = text_field(object, "metadata", &metadata, err)) < 0)
		return r;
	return container_name(metadata, arena, &out->name, err);
}

/* An array of objects; Go writes null for an empty one. */
static int
records_open(struct slice text, struct arena *arena, const struct json **out, struct plim_error *err)
{
	int r = json_parse(text, arena, out, err);
	if (r < 0)
		return r;
	if (!json_is(*out, JSON_ARRAY) && !json_is(*out, JSON_NULL))
		return error_set(err, PLIM_EFORMAT, "array expected, found %s", json_type_name((*out)->type));
	for (size_t i = 0; i < (*out)->n; i++)
		if (!json_is(&(*out)->items[i], JSON_OBJECT))
			return error_set(err, PLIM_EFORMAT, "[%zu]: object expected", i);
	return 0;
}

/* Two records of one id would be two images for two readers. */
static int
note_id(struct map *ids, struct slice id, struct plim_error *err)
{
	void **place = map_place(ids, id);
	if (place == NULL)
		return error_nomem(err);
	if (*place)
		return error_set(err, PLIM_EFORMAT, "the id is there twice");
	*place = ids;
	return 0;
}

int
store_images_parse(struct slice text, struct arena *arena, struct store_image **out, size_t *out_count, struct plim_error *err)
{
	const struct json *json;
	struct map ids = { 0 };
	int r = records_open(text, arena, &json, err);
	struct store_image *all = r == 0 ? arena_make_array(arena, json->n + 1, struct store_image) : NULL;
	if (all == NULL)
		return r < 0 ? r : error_nomem(err);
	for (size_t i = 0; r == 0 && i < json->n; i++)
		if ((r = image_read(&json->items[i], arena, &all[i], err)) < 0 || (r = note_id(&ids, all[i].id, err)) < 0)
			error_wrap(err, r, "[%zu]", i);
	map_done(&ids);
	*out = all;
	*out_count = json->n;
	return r;
}

int
store_layers_parse(struct slice text, struct arena *arena, struct store_layer **out, size_t *out_count, struct plim_error *err)
{
	const struct json *json;
	struct map ids = { 0 };
	int r = records_open(text, arena, &json, err);
	struct store_layer *all = r == 0 ? arena_make_array(arena, json->n + 1, struct store_layer) : NULL;
	if (all == NULL)
		return r < 0 ? r : error_nomem(err);
	for (size_t i = 0; r == 0 && i < json->n; i++)
		if ((r = layer_read(&json->items[i], arena, &all[i], err)) < 0 || (r = note_id(&ids, all[i].id, err)) < 0)
			error_wrap(err, r, "[%zu]", i);
	map_done(&ids);
	*out = all;
	*out_count = json->n;
	return r;
}

int
store_containers_parse(struct slice text, struct arena *arena, struct store_container **out, size_t *out_count, struct plim_error *err)
{
	const struct json *json;
	struct map ids = { 0 };
	int r = records_open(text, arena, &json, err);
	struct store_container *all = r == 0 ? arena_make_array(arena, json->n + 1, struct store_container) : NULL;
	if (all == NULL)
		return r < 0 ? r : error_nomem(err);
	for (size_t i = 0; r == 0 && i < json->n; i++)
		if ((r = container_read(&json->items[i], arena, &all[i], err)) < 0 || (r = note_id(&ids, all[i].id, err)) < 0)
			error_wrap(err, r, "[%zu]", i);
	map_done(&ids);
	*out = all;
	*out_count = json->n;
	return r;
}

static size_t
layer_of(const struct store_layer *layers, size_t n, struct slice id)
{
	size_t i = 0;
	while (i < n && !slice_eq(layers[i].id, id))
		i++;
	return i;
}

int
store_chain(const struct store_layer *layers, size_t n, struct slice top, struct arena *arena, size_t **out, size_t *out_count, struct plim_error *err)
{
	size_t count = 0, at;
	size_t *chain = arena_make_array(arena, LIMIT_LAYER_COUNT + 1, size_t);
	if (chain == NULL)
		return error_nomem(err);
	for (struct slice id = top; id.p; id = layers[at].parent, count++) {
		if ((at = layer_of(layers, n, id)) == n)
			return error_set(err, PLIM_EFORMAT, "layer %.*s: there is none of that id", SLICE_ARG(slice_first_text(id, 64)));
		if (count == n)
			return error_set(err, PLIM_EFORMAT, "layer %.*s: it is below itself", SLICE_ARG(slice_first_text(top, 64)));
		if (count == LIMIT_LAYER_COUNT)
			return error_set(err, PLIM_ELIMIT, "more layers than limit LAYER_COUNT");
		chain[count] = at;
	}
	for (size_t i = 0; i < count / 2; i++) {
		size_t other = chain[i];
		chain[i] = chain[count - 1 - i];
		chain[count - 1 - i] = other;
	}
	*out = chain;
	*out_count = count;
	return 0;
}
