/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests that refer to an image, and the index of them. */
#include "trust/referrer.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/json_write.h"
#include "trust/document.h"

static void
put_descriptor(struct json_writer *w, const struct referrer_descriptor *descriptor)
{
	json_write_object(w);
	json_write_member_digest(w, "digest", &descriptor->digest);
	json_write_member(w, "mediaType", descriptor->media_type);
	json_write_member_u64(w, "size", descriptor->size);
	json_write_object_end(w);
}

static void
put_annotations(struct json_writer *w, const struct referrer_annotation *annotations, size_t n)
{
	if (n == 0)
		return;
	json_write_key(w, SLICE("annotations"));
	json_write_object(w);
	for (size_t i = 0; i < n; i++) {
		json_write_key(w, annotations[i].key);
		json_write_string(w, annotations[i].value);
	}
	json_write_object_end(w);
}

void
referrer_write(const struct referrer *referrer, struct strbuf *into)
{
	struct json_writer w = { .into = into };
	struct referrer_descriptor config = referrer->config;
	if (config.media_type.p == NULL)
		config.media_type = SLICE(REFERRER_EMPTY_MEDIA_TYPE);
	if (config.digest.algorithm == DIGEST_NONE) {
		config.digest = digest_of(SLICE(REFERRER_EMPTY));
		config.size = SLICE(REFERRER_EMPTY).n;
	}
	json_write_object(&w);
	put_annotations(&w, referrer->annotations, referrer->annotation_count);
	json_write_member(&w, "artifactType", referrer->artifact_type);
	json_write_key(&w, SLICE("config"));
	put_descriptor(&w, &config);
	json_write_key(&w, SLICE("layers"));
	json_write_array(&w);
	put_descriptor(&w, &referrer->layer);
	json_write_array_end(&w);
	json_write_member(&w, "mediaType", SLICE(REFERRER_MANIFEST_MEDIA_TYPE));
	json_write_member_u64(&w, "schemaVersion", 2);
	if (referrer->subject.digest.algorithm != DIGEST_NONE) {
		json_write_key(&w, SLICE("subject"));
		put_descriptor(&w, &referrer->subject);
	}
	json_write_object_end(&w);
}

static int
read_descriptor(const struct json *item, struct referrer_descriptor *out, struct plim_error *err)
{
	int r = document_text(item, "mediaType", &out->media_type, err);
	if (r == 0)
		r = document_digest(item, "digest", &out->digest, err);
	return r < 0 ? r : document_u64(item, "size", &out->size, err);
}

static int
read_member(const struct json *object, const char *key, struct referrer_descriptor *out, struct plim_error *err)
{
	int r = read_descriptor(json_get(object, key), out, err);
	return r < 0 ? error_wrap(err, r, "%s", key) : 0;
}

static int
read_annotations(const struct json *object, struct arena *arena, const struct referrer_annotation **out, size_t *out_count, struct plim_error *err)
{
	const struct json *map = json_get(object, "annotations");
	size_t n = json_is(map, JSON_OBJECT) ? map->n : 0;
	struct referrer_annotation *annotations = arena_make_array(arena, n, struct referrer_annotation);
	if (map && !json_is(map, JSON_OBJECT) && !json_is(map, JSON_NULL))
		return error_set(err, PLIM_EFORMAT, "annotations: no object");
	if (annotations == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++) {
		annotations[i] = (struct referrer_annotation){ map->keys[i], json_string(&map->items[i]) };
		if (annotations[i].value.p == NULL)
			return error_set(err, PLIM_EFORMAT, "annotations.%.*s: no text", SLICE_ARG(slice_first(map->keys[i], 80)));
	}
	*out = annotations;
	*out_count = n;
	return 0;
}

static int
read_root(struct slice text, struct arena *arena, const char *media_type, const struct json **out, struct plim_error *err)
{
	int r = document_parse(text, arena, out, err);
	if (r < 0)
		return r;
	struct slice said = json_get_string(*out, "mediaType");
	if (!json_is(*out, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "no object");
	if (said.p && !slice_is(said, media_type))
		return error_set(err, PLIM_EUNSUPPORTED, "mediaType: not %s", media_type);
	return document_spelling(*out, (const char *const[]){ "schemaVersion", "mediaType", "manifests", NULL }, "it", err);
}

static int
read_layers(const struct json *layers, struct referrer *out, struct plim_error *err)
{
	if (!json_is(layers, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "layers: %s", layers ? "no list" : "is missing");
	out->layer_count = layers->n;
	int r = layers->n > 0 ? read_descriptor(json_item(layers, 0), &out->layer, err) : 0;
	return r < 0 ? error_wrap(err, r, "layers[0]") : 0;
}

static int
read_referrer(struct slice text, struct arena *arena, struct referrer *out, struct plim_error *err)
{
	const struct json *root;
	int r = read_root(text, arena, REFERRER_MANIFEST_MEDIA_TYPE, &root, err);
	if (r == 0)
		r = read_member(root, "config", &out->config, err);
	if (r == 0)
		r = read_layers(json_get(root, "layers"), out, err);
	if (r == 0 && json_get(root, "subject"))
		r = read_member(root, "subject", &out->subject, err);
	if (r < 0)
		return r;
	out->artifact_type = json_get_string(root, "artifactType");
	return read_annotations(root, arena, &out->annotations, &out->annotation_count, err);
}

int
referrer_parse(struct slice text, struct arena *arena, struct referrer **out, struct plim_error *err)
{
	struct referrer *found = arena_make(arena, struct referrer);
	int r = found ? read_referrer(text, arena, found, err) : error_nomem(err);
	if (r < 0)
		return error_wrap(err, r, "referrer");
	*out = found;
	return 0;
}

static int
read_entry(const struct json *item, struct arena *arena, struct referrer_entry *out, struct plim_error *err)
{
	int r = read_descriptor(item, &out->descriptor, err);
	out->artifact_type = json_get_string(item, "artifactType");
	return r < 0 ? r : read_annotations(item, arena, &out->annotations, &out->annotation_count, err);
}

static int
read_index(struct slice text, struct arena *arena, const struct json **root, struct referrer_index *out, struct plim_error *err)
{
	int r = read_root(text, arena, REFERRER_INDEX_MEDIA_TYPE, root, err);
	if (r < 0)
		return r;
	const struct json *list = json_get(*root, "manifests");
	if (!json_is(list, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "manifests: %s", list ? "no list" : "is missing");
	if (list->n > LIMIT_SIGNATURE_COUNT)
		return error_set(err, PLIM_ELIMIT, "%zu referrers, limit SIGNATURE_COUNT", list->n);
	struct referrer_entry *entries = arena_make_array(arena, list->n, struct referrer_entry);
	if (entries == NULL)
		return error_nomem(err);
	for (size_t i = 0; r == 0 && i < list->n; i++) {
		r = read_entry(json_item(list, i), arena, &entries[i], err);
		if (r < 0)
			return error_wrap(err, r, "manifests[%zu]", i);
	}
	*out = (struct referrer_index){ entries, list->n };
	return 0;
}

int
referrer_index_parse(struct slice text, struct arena *arena, struct referrer_index **out, struct plim_error *err)
{
	const struct json *root;
	struct referrer_index *found = arena_make(arena, struct referrer_index);
	int r = found ? read_index(text, arena, &root, found, err) : error_nomem(err);
	if (r < 0)
		return error_wrap(err, r, "referrers' index");
	*out = found;
	return 0;
}

static void
put_entry(const struct referrer_entry *entry, struct strbuf *into)
{
	struct json_writer w = { .into = into };
	json_write_object(&w);
	put_annotations(&w, entry->annotations, entry->annotation_count);
	json_write_member(&w, "artifactType", entry->artifact_type);
	json_write_member_digest(&w, "digest", &entry->descriptor.digest);
	json_write_member(&w, "mediaType", entry->descriptor.media_type);
	json_write_member_u64(&w, "size", entry->descriptor.size);
	json_write_object_end(&w);
}

static const struct referrer_entry *
entry_find(const struct referrer_index *index, const struct digest *digest)
{
	for (size_t i = 0; i < index->n; i++)
		if (digest_eq(&index->entries[i].descriptor.digest, digest))
			return &index->entries[i];
	return NULL;
}

static const struct referrer_index none = { NULL, 0 };

/* Entries of one index that another has not, as they are there; `n` were put before them.  How many there are by now. */
static size_t
put_entries(const struct json *root, const struct referrer_index *index, const struct referrer_index *without, size_t n, struct strbuf *into)
{
	const struct json *list = json_get(root, "manifests");
	for (size_t i = 0; i < index->n; i++) {
		if (entry_find(without, &index->entries[i].descriptor.digest))
			continue;
		strbuf_puts(into, n++ > 0 ? "," : "");
		document_put(json_item(list, i), into);
	}
	return n;
}

static void
put_begin(struct strbuf *into)
{
	strbuf_puts(into, "{\"schemaVersion\":2,\"mediaType\":\"" REFERRER_INDEX_MEDIA_TYPE "\",\"manifests\":[");
}

/* Members of the old index other than the list, its annotations say, stay what they were. */
static void
put_end(const struct json *root, struct strbuf *into)
{
	strbuf_putc(into, ']');
	for (size_t i = 0; root && i < root->n; i++) {
		struct json_writer w = { .into = into };
		if (slice_is(root->keys[i], "schemaVersion") || slice_is(root->keys[i], "mediaType") || slice_is(root->keys[i], "manifests"))
			continue;
		strbuf_putc(into, ',');
		json_write_string(&w, root->keys[i]);
		strbuf_putc(into, ':');
		document_put(&root->items[i], into);
	}
	strbuf_putc(into, '}');
}

int
referrer_index_add(struct slice old, const struct referrer_entry *entry, struct strbuf *into, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	const struct json *root = NULL;
	struct referrer_index index = { NULL, 0 };
	int r = arena ? 0 : error_nomem(err);
	if (r == 0 && old.p)
		r = read_index(old, arena, &root, &index, err);
	if (r < 0)
		return error_wrap(err, r, "referrers' index");
	if (index.n >= LIMIT_SIGNATURE_COUNT)
		return error_set(err, PLIM_ELIMIT, "referrers' index: no room for another, limit SIGNATURE_COUNT");
	put_begin(into);
	size_t n = put_entries(root, &index, &none, 0, into);
	if (entry_find(&index, &entry->descriptor.digest) == NULL) {
		strbuf_puts(into, n > 0 ? "," : "");
		put_entry(entry, into);
	}
	put_end(root, into);
	return into->failed ? error_nomem(err) : 0;
}

static size_t
missing_count(const struct referrer_index *index, const struct referrer_index *from)
{
	size_t n = 0;
	for (size_t i = 0; i < from->n; i++)
		n += entry_find(index, &from->entries[i].descriptor.digest) == NULL;
	return n;
}

static int
merge(struct slice old, struct slice from, struct arena *arena, struct strbuf *into, struct plim_error *err)
{
	const struct json *root = NULL, *other;
	struct referrer_index index = none, more;
	int r = read_index(from, arena, &other, &more, err);
	if (r == 0 && old.p)
		r = read_index(old, arena, &root, &index, err);
	if (r < 0)
		return r;
	size_t missing = missing_count(&index, &more);
	if (index.n + missing > LIMIT_SIGNATURE_COUNT)
		return error_set(err, PLIM_ELIMIT, "no room for %zu more, limit SIGNATURE_COUNT", missing);
	if (old.p && missing == 0) {
		strbuf_put(into, old);
		return 0;
	}
	put_begin(into);
	put_entries(other, &more, &index, put_entries(root, &index, &none, 0, into), into);
	put_end(root, into);
	return 0;
}

int
referrer_index_merge(struct slice old, struct slice from, struct strbuf *into, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	int r = arena ? merge(old, from, arena, into, err) : error_nomem(err);
	if (r < 0)
		return error_wrap(err, r, "referrers' index");
	return into->failed ? error_nomem(err) : 0;
}

int
referrer_index_remove(struct slice old, const struct digest *digest, size_t *left, struct strbuf *into, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	const struct json *root;
	const struct referrer_entry gone = { .descriptor.digest = *digest };
	const struct referrer_index without = { &gone, 1 };
	struct referrer_index index;
	int r = arena ? read_index(old, arena, &root, &index, err) : error_nomem(err);
	if (r < 0)
		return error_wrap(err, r, "referrers' index");
	put_begin(into);
	*left = put_entries(root, &index, &without, 0, into);
	put_end(root, into);
	return into->failed ? error_nomem(err) : 0;
}
