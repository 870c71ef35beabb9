/* SPDX-License-Identifier: Apache-2.0 */
/* What stands under cosign's tags. */
#include "trust/cosign_manifest.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/json_write.h"
#include "codec/base64.h"
#include "trust/document.h"
#include "trust/dsse.h"
#include "trust/simple_signing.h"

#include <stdio.h>

#define SIGNATURE_ANNOTATION "dev.cosignproject.cosign/signature"
#define NEVER                "0001-01-01T00:00:00Z"    /* Go's zero time, which cosign writes */

static const struct kind {
	const char *suffix, *media_type;
} kinds[] = {
	[COSIGN_SIGNATURES] = { "sig", SIMPLE_SIGNING_MEDIA_TYPE },
	[COSIGN_ATTESTATIONS] = { "att", DSSE_MEDIA_TYPE },
};

/* Those of a manifest that are written here. */
static const char *const members[] = { "schemaVersion", "mediaType", "config", "layers", NULL };

const char *
cosign_tag(enum cosign_kind kind, const struct digest *subject, char text[static COSIGN_TAG_SIZE])
{
	char hex[DIGEST_TEXT_SIZE];
	snprintf(text, COSIGN_TAG_SIZE, "%s-%s.%s", digest_algorithm_name(subject->algorithm), digest_hex(subject, hex), kinds[kind].suffix);
	return text;
}

static int
read_layer(const struct json *item, struct arena *arena, struct cosign_layer *out, struct plim_error *err)
{
	const struct json *annotations = json_get(item, "annotations");
	struct slice signature = json_get_string(annotations, SIGNATURE_ANNOTATION);
	int r = document_text(item, "mediaType", &out->media_type, err);
	if (r == 0)
		r = document_digest(item, "digest", &out->digest, err);
	if (r == 0)
		r = document_u64(item, "size", &out->size, err);
	if (signature.n > 0)
		out->signature = base64_decode(BASE64_STANDARD, signature, arena);
	out->predicate_type = json_get_string(annotations, "predicateType");
	return r;
}

static int
read_layers(const struct json *list, struct arena *arena, struct cosign_manifest *out, struct plim_error *err)
{
	if (!json_is(list, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "layers: %s", list ? "no list" : "is missing");
	if (list->n > LIMIT_SIGNATURE_COUNT)
		return error_set(err, PLIM_ELIMIT, "%zu layers, limit SIGNATURE_COUNT", list->n);
	struct cosign_layer *layers = arena_make_array(arena, list->n, struct cosign_layer);
	if (layers == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < list->n; i++) {
		int r = read_layer(json_item(list, i), arena, &layers[i], err);
		if (r < 0)
			return error_wrap(err, r, "layers[%zu]", i);
	}
	out->layers = layers;
	out->n = list->n;
	return 0;
}

static int
read_manifest(struct slice text, struct arena *arena, const struct json **root, struct cosign_manifest **out, struct plim_error *err)
{
	struct slice media_type;
	struct cosign_manifest *found = arena_make(arena, struct cosign_manifest);
	int r = found ? document_parse(text, arena, root, err) : error_nomem(err);
	if (r < 0)
		return r;
	media_type = json_get_string(*root, "mediaType");
	if (!json_is(*root, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "no object");
	if (media_type.p && !slice_is(media_type, COSIGN_MANIFEST_MEDIA_TYPE))
		return error_set(err, PLIM_EUNSUPPORTED, "mediaType: not " COSIGN_MANIFEST_MEDIA_TYPE);
	r = document_spelling(*root, members, "it", err);
	if (r < 0)
		return r;
	r = document_digest(json_get(*root, "config"), "digest", &found->config, err);
	if (r < 0)
		return error_wrap(err, r, "config");
	r = read_layers(json_get(*root, "layers"), arena, found, err);
	if (r == 0)
		*out = found;
	return r;
}

int
cosign_manifest_parse(struct slice text, struct arena *arena, struct cosign_manifest **out, struct plim_error *err)
{
	const struct json *root;
	int r = read_manifest(text, arena, &root, out, err);
	return r < 0 ? error_wrap(err, r, "signatures' manifest") : 0;
}

/* What the new manifest is made of: layers of old ones as trees, and at most one that is no tree yet. */
struct edit {
	const struct json *root;               /* of the old; NULL: none */
	const struct json **layers;            /* NULL: what is added */
	struct digest *digests;
	size_t n;
	size_t more;                           /* room for so many behind the old ones */
	const struct cosign_addition *added;   /* NULL: none */
};

static int
edit_init(struct edit *edit, size_t room, struct arena *arena, struct plim_error *err)
{
	edit->layers = arena_make_array(arena, room, const struct json *);
	edit->digests = arena_make_array(arena, room, struct digest);
	return edit->layers && edit->digests ? 0 : error_nomem(err);
}

static void
edit_take(struct edit *edit, const struct json *layer, const struct digest *digest)
{
	edit->layers[edit->n] = layer;
	edit->digests[edit->n++] = *digest;
}

static void
put_addition(struct json_writer *w, const struct cosign_addition *added, const struct digest *digest)
{
	AUTO(strbuf) struct strbuf signature = { 0 };
	base64_put(BASE64_STANDARD, added->kind == COSIGN_SIGNATURES ? added->signature : SLICE_NONE, &signature);
	w->into->failed |= signature.failed;
	json_write_object(w);
	json_write_key(w, SLICE("annotations"));
	json_write_object(w);
	json_write_member(w, SIGNATURE_ANNOTATION, strbuf_slice(&signature));
	if (added->kind == COSIGN_ATTESTATIONS)
		json_write_member(w, "predicateType", added->predicate_type);
	json_write_object_end(w);
	json_write_member_digest(w, "digest", digest);
	json_write_member(w, "mediaType", slice_of(kinds[added->kind].media_type));
	json_write_member_u64(w, "size", added->blob.n);
	json_write_object_end(w);
}

static void
put_layers(const struct edit *edit, struct strbuf *into)
{
	strbuf_putc(into, '[');
	for (size_t i = 0; i < edit->n; i++) {
		struct json_writer w = { .into = into };
		if (i > 0)
			strbuf_putc(into, ',');
		if (edit->layers[i])
			document_put(edit->layers[i], into);
		else
			put_addition(&w, edit->added, &edit->digests[i]);
	}
	strbuf_putc(into, ']');
}

/* Says nothing but which layers there are: libraries that read an image compare the two. */
static void
put_config(const struct edit *edit, struct strbuf *into)
{
	struct json_writer w = { .into = into };
	json_write_object(&w);
	json_write_member(&w, "architecture", SLICE(""));
	json_write_key(&w, SLICE("config"));
	json_write_object(&w);
	json_write_object_end(&w);
	json_write_member(&w, "created", SLICE(NEVER));
	json_write_key(&w, SLICE("history"));
	json_write_array(&w);
	for (size_t i = 0; i < edit->n; i++) {
		json_write_object(&w);
		json_write_member(&w, "created", SLICE(NEVER));
		json_write_object_end(&w);
	}
	json_write_array_end(&w);
	json_write_member(&w, "os", SLICE(""));
	json_write_key(&w, SLICE("rootfs"));
	json_write_object(&w);
	json_write_key(&w, SLICE("diff_ids"));
	json_write_array(&w);
	for (size_t i = 0; i < edit->n; i++) {
		char text[DIGEST_TEXT_SIZE];
		json_write_string(&w, slice_of(digest_text(&edit->digests[i], text)));
	}
	json_write_array_end(&w);
	json_write_member(&w, "type", SLICE("layers"));
	json_write_object_end(&w);
	json_write_object_end(&w);
}

static void
put_config_descriptor(struct slice config, struct strbuf *into)
{
	struct digest digest = digest_of(config);
	struct json_writer w = { .into = into };
	json_write_object(&w);
	json_write_member_digest(&w, "digest", &digest);
	json_write_member(&w, "mediaType", SLICE(COSIGN_CONFIG_MEDIA_TYPE));
	json_write_member_u64(&w, "size", config.n);
	json_write_object_end(&w);
}

/* Every other member of the old manifest, annotations and subject among them, stays what it was. */
static void
put_others(const struct json *root, struct strbuf *into)
{
	for (size_t i = 0; root && i < root->n; i++) {
		bool is_ours = false;
		for (const char *const *name = members; *name; name++)
			is_ours |= slice_is(root->keys[i], *name);
		if (is_ours)
			continue;
		struct json_writer w = { .into = into };
		strbuf_putc(into, ',');
		json_write_string(&w, root->keys[i]);
		strbuf_putc(into, ':');
		document_put(&root->items[i], into);
	}
}

static int
edit_write(const struct edit *edit, struct strbuf *manifest, struct strbuf *config, struct plim_error *err)
{
	size_t before = config->n;
	put_config(edit, config);
	strbuf_puts(manifest, "{\"schemaVersion\":2,\"mediaType\":\"" COSIGN_MANIFEST_MEDIA_TYPE "\",\"config\":");
	put_config_descriptor(slice_from(strbuf_slice(config), before), manifest);
	strbuf_puts(manifest, ",\"layers\":");
	put_layers(edit, manifest);
	put_others(edit->root, manifest);
	strbuf_putc(manifest, '}');
	return manifest->failed || config->failed ? error_nomem(err) : 0;
}

/* The old layers but those that are gone (NULL: none is); none where there is no old manifest. */
static int
edit_begin(struct slice old, const bool *gone, size_t n, struct arena *arena, struct edit *edit, struct cosign_manifest **out, struct plim_error *err)
{
	struct cosign_manifest *manifest = arena_make(arena, struct cosign_manifest);
	int r = manifest ? 0 : error_nomem(err);
	if (r == 0 && old.p)
		r = read_manifest(old, arena, &edit->root, &manifest, err);
	if (r == 0 && gone && manifest->n != n)
		r = error_set(err, PLIM_EFORMAT, "it has %zu layers, not %zu", manifest->n, n);
	if (r == 0)
		r = edit_init(edit, manifest->n + edit->more, arena, err);
	if (r < 0)
		return error_wrap(err, r, "signatures' manifest");
	const struct json *layers = json_get(edit->root, "layers");
	for (size_t i = 0; i < manifest->n; i++)
		if (gone == NULL || !gone[i])
			edit_take(edit, json_item(layers, i), &manifest->layers[i].digest);
	*out = manifest;
	return 0;
}

/* The same blob under another key's signature is another entry. */
static bool
is_there(const struct cosign_manifest *manifest, const struct cosign_addition *addition, const struct digest *digest)
{
	for (size_t i = 0; i < manifest->n; i++) {
		const struct cosign_layer *layer = &manifest->layers[i];
		if (digest_eq(&layer->digest, digest) && (addition->kind == COSIGN_ATTESTATIONS || slice_eq(layer->signature, addition->signature)))
			return true;
	}
	return false;
}

static int
edit_check(const struct edit *edit, struct plim_error *err)
{
	if (edit->n > LIMIT_SIGNATURE_COUNT)
		return error_set(err, PLIM_ELIMIT, "signatures' manifest: no room for another, limit SIGNATURE_COUNT");
	return 0;
}

int
cosign_manifest_add(struct slice old, const struct cosign_addition *addition, struct strbuf *manifest, struct strbuf *config,
                    struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct edit edit = { .added = addition, .more = 1 };
	struct cosign_manifest *before;
	struct digest digest = digest_of(addition->blob);
	int r = arena ? edit_begin(old, NULL, 0, arena, &edit, &before, err) : error_nomem(err);
	if (r < 0)
		return r;
	if (!is_there(before, addition, &digest))
		edit_take(&edit, NULL, &digest);
	r = edit_check(&edit, err);
	return r < 0 ? r : edit_write(&edit, manifest, config, err);
}

static struct slice
object_text(const struct json *object, struct slice key)
{
	for (size_t i = 0; json_is(object, JSON_OBJECT) && i < object->n; i++)
		if (slice_eq(object->keys[i], key))
			return json_string(&object->items[i]);
	return SLICE_NONE;
}

/* A layer that says all that another one says: its signature, certificate and proofs are annotations. */
static bool
says_all(const struct json *layer, const struct json *other)
{
	const struct json *have = json_get(layer, "annotations"), *wanted = json_get(other, "annotations");
	for (size_t i = 0; json_is(wanted, JSON_OBJECT) && i < wanted->n; i++)
		if (!slice_eq(object_text(have, wanted->keys[i]), json_string(&wanted->items[i])))
			return false;
	return true;
}

static bool
edit_has(const struct edit *edit, const struct json *layer, const struct digest *digest)
{
	for (size_t i = 0; i < edit->n; i++)
		if (digest_eq(&edit->digests[i], digest) && says_all(edit->layers[i], layer))
			return true;
	return false;
}

static void
edit_merge(struct edit *edit, const struct json *root, const struct cosign_manifest *from)
{
	const struct json *layers = json_get(root, "layers");
	for (size_t i = 0; i < from->n; i++)
		if (!edit_has(edit, json_item(layers, i), &from->layers[i].digest))
			edit_take(edit, json_item(layers, i), &from->layers[i].digest);
}

/* Bytes that say it all already stay what they are, and bring their own configuration. */
static int
keep(struct slice bytes, struct strbuf *manifest, struct plim_error *err)
{
	strbuf_put(manifest, bytes);
	return manifest->failed ? error_nomem(err) : 0;
}

int
cosign_manifest_merge(struct slice old, struct slice from, struct strbuf *manifest, struct strbuf *config, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct edit edit = { .added = NULL };
	const struct json *root;
	struct cosign_manifest *before, *others;
	int r = arena ? read_manifest(from, arena, &root, &others, err) : error_nomem(err);
	if (r < 0)
		return error_wrap(err, r, "signatures' manifest that is to be merged");
	if (old.p == NULL)
		return keep(from, manifest, err);
	edit.more = others->n;
	if ((r = edit_begin(old, NULL, 0, arena, &edit, &before, err)) < 0)
		return r;
	edit_merge(&edit, root, others);
	if (edit.n == before->n)
		return keep(old, manifest, err);
	r = edit_check(&edit, err);
	return r < 0 ? r : edit_write(&edit, manifest, config, err);
}

int
cosign_manifest_remove(struct slice old, const bool *gone, size_t n, size_t *left, struct strbuf *manifest, struct strbuf *config,
                       struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct edit edit = { .added = NULL };
	struct cosign_manifest *before;
	int r = arena ? edit_begin(old, gone, n, arena, &edit, &before, err) : error_nomem(err);
	if (r < 0)
		return r;
	*left = edit.n;
	return edit_write(&edit, manifest, config, err);
}
