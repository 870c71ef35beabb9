/* SPDX-License-Identifier: Apache-2.0 */
/* Finding what was signed about an image. */
#include "gate/trust/documents.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/set.h"
#include "net/reference.h"
#include "trust/bundle.h"
#include "trust/notation.h"
#include "trust/referrer.h"

struct gathering {
	const struct trust_source *source;
	const struct digest *subject;
	struct arena *arena;
	struct trust_documents *out;
};

static int
load(const struct trust_source *source, struct slice path, struct arena *arena, struct slice *out, struct plim_error *err)
{
	return path.p ? source->source->ops->load(source->source, path, arena, out, err) : error_nomem(err);
}

static int
load_digest(const struct trust_source *source, const char *folder, const struct digest *digest, struct arena *arena, struct slice *out, struct plim_error *err)
{
	char hex[DIGEST_TEXT_SIZE];
	struct slice path = arena_printf(arena, "%s/%s/%s", folder, digest_algorithm_name(digest->algorithm), digest_hex(digest, hex));
	int r = load(source, path, arena, out, err);
	if (r < 0)
		return r;
	AUTO(hasher) struct hasher *hasher = hasher_new(digest->algorithm);
	if (hasher == NULL)
		return error_nomem(err);
	hasher_add(hasher, *out);
	struct digest have = hasher_end(hasher);
	return digest_eq(&have, digest) ? 0 : error_set(err, PLIM_EDIGEST, "%.*s: the bytes are not those that are named", SLICE_ARG(path));
}

static int
load_blob(const struct trust_source *source, const struct digest *digest, struct arena *arena, struct slice *out, struct plim_error *err)
{
	return load_digest(source, "blobs", digest, arena, out, err);
}

static int
load_manifest(const struct trust_source *source, const struct digest *digest, struct arena *arena, struct slice *out, struct plim_error *err)
{
	return load_digest(source, source->registry ? "manifests" : "blobs", digest, arena, out, err);
}

static int
load_index(const struct trust_source *source, struct arena *arena, struct index **out, struct plim_error *err)
{
	struct slice bytes;
	int r = load(source, SLICE("index.json"), arena, &bytes, err);
	if (r == 0 && (r = index_parse(bytes, arena, out, err)) < 0)
		return error_wrap(err, r, "index.json");
	return r;
}

/* "sha256-HEX", and what cosign puts behind it: no image. */
static bool
is_about_another(const struct descriptor *entry)
{
	return slice_starts(entry->ref_name, SLICE("sha256-"));
}

static bool
is_meant(const struct trust_source *source, const struct descriptor *entry)
{
	if (source->registry || source->reference.n == 0)
		return !is_about_another(entry);
	return slice_eq(source->reference, entry->ref_name) || reference_matches(source->reference, entry->image_name) ||
	       reference_matches(source->reference, entry->ref_name);
}

int
trust_source_root(const struct trust_source *source, struct arena *arena, struct descriptor *out, struct plim_error *err)
{
	struct index *index;
	size_t n = 0;
	int r = load_index(source, arena, &index, err);
	for (size_t i = 0; r == 0 && i < index->n; i++)
		if (is_meant(source, &index->entries[i]) && n++ == 0)
			*out = index->entries[i];
	if (r == 0 && n == 0)
		return error_set(err, PLIM_ENOTFOUND, "no image of that name in it");
	if (r == 0 && n > 1)
		return error_set(err, PLIM_EUSAGE, "%zu images in it: say which, oci:DIR:TAG", n);
	return r;
}

static int
make_room(struct gathering *g, struct plim_error *err)
{
	if (g->out->n == LIMIT_SIGNATURE_COUNT)
		return error_set(err, PLIM_ELIMIT, "more signatures and attestations than limit SIGNATURE_COUNT");
	if (g->out->at)
		return 0;
	g->out->at = arena_make_array(g->arena, LIMIT_SIGNATURE_COUNT, struct trust_document);
	g->out->manifests = arena_make_array(g->arena, LIMIT_SIGNATURE_COUNT, struct digest);
	return g->out->at && g->out->manifests ? 0 : error_nomem(err);
}

/* `manifest` is that of a referrer, else NULL. */
static int
gather(struct gathering *g, const struct trust_document *document, const struct digest *manifest, struct plim_error *err)
{
	int r = document->name.p ? make_room(g, err) : error_nomem(err);
	if (r < 0)
		return r;
	g->out->manifests[g->out->n] = manifest ? *manifest : (struct digest){ 0 };
	g->out->at[g->out->n++] = *document;
	return 0;
}

/*
 * One that is too large, gone, or another than its name says is no document, and nothing beside it is taken away by that: whoever may push could
 * else hinder everybody from being approved.  It stays in its place, empty.
 */
static int
load_document(struct gathering *g, const struct digest *digest, struct slice *out, struct plim_error *err)
{
	struct plim_error why = { 0 };
	int r = load_blob(g->source, digest, g->arena, out, &why);
	if (r == PLIM_ELIMIT || r == PLIM_ENOTFOUND || r == PLIM_EDIGEST) {
		*out = SLICE("");
		return 0;
	}
	if (r < 0 && err)
		*err = why;
	return r;
}

/* cosign's tags. */

/* The manifest under a tag: absent where there is none, as of cosign's for digests of SHA-512, which is too long for registries. */
static int
load_tag(const struct gathering *g, const char *tag, struct slice *out, struct plim_error *err)
{
	struct index *index;
	*out = SLICE_NONE;
	if (g->source->registry && strlen(tag) > REFERENCE_TAG_MOST)
		return 0;
	if (g->source->registry) {
		int r = load(g->source, arena_printf(g->arena, "tags/%s", tag), g->arena, out, err);
		return r == PLIM_ENOTFOUND ? 0 : r;
	}
	int r = load_index(g->source, g->arena, &index, err);
	for (size_t i = 0; r == 0 && out->p == NULL && i < index->n; i++)
		if (slice_is(index->entries[i].ref_name, tag))
			r = load_manifest(g->source, &index->entries[i].digest, g->arena, out, err);
	return r;
}

static int
gather_layers(struct gathering *g, enum cosign_kind kind, const char *tag, const struct cosign_manifest *manifest, struct plim_error *err)
{
	enum document_kind as = kind == COSIGN_SIGNATURES ? DOCUMENT_SIMPLE_SIGNING : DOCUMENT_DSSE;
	int r = 0;
	for (size_t i = 0; r == 0 && i < manifest->n; i++) {
		const struct cosign_layer *layer = &manifest->layers[i];
		struct trust_document document = { as, SLICE_NONE, layer->signature, arena_printf(g->arena, "%s, layer %zu", tag, i) };
		r = load_document(g, &layer->digest, &document.bytes, err);
		if (r == 0)
			r = gather(g, &document, NULL, err);
	}
	return r;
}

static int
gather_tag(struct gathering *g, enum cosign_kind kind, struct slice *bytes, struct plim_error *err)
{
	char tag[COSIGN_TAG_SIZE];
	struct cosign_manifest *manifest;
	int r = load_tag(g, cosign_tag(kind, g->subject, tag), bytes, err);
	if (r < 0 || bytes->p == NULL)
		return r;
	if ((r = cosign_manifest_parse(*bytes, g->arena, &manifest, err)) == 0)
		r = gather_layers(g, kind, tag, manifest, err);
	return r < 0 ? error_wrap(err, r, "%s", tag) : 0;
}

/* Referrers. */

static const struct {
	const char *artifact_type;
	enum document_kind kind;
} artifacts[] = {
	{ BUNDLE_MEDIA_TYPE, DOCUMENT_BUNDLE },
	{ NOTATION_ARTIFACT_TYPE, DOCUMENT_NOTATION },
};

static int
gather_referrer(struct gathering *g, struct slice artifact_type, const struct digest *digest, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	struct slice bytes, blob;
	struct referrer *referrer;
	int r = load_manifest(g->source, digest, g->arena, &bytes, err);
	if (r < 0 || (r = referrer_parse(bytes, g->arena, &referrer, err)) < 0)
		return error_wrap(err, r, "referrer %s", digest_text(digest, text));
	if (!digest_eq(&referrer->subject.digest, g->subject))
		return 0;
	if (artifact_type.n == 0)
		artifact_type = referrer->artifact_type.n ? referrer->artifact_type : referrer->config.media_type;
	for (size_t i = 0; i < sizeof artifacts / sizeof *artifacts; i++) {
		if (!slice_is(artifact_type, artifacts[i].artifact_type))
			continue;
		if ((r = load_document(g, &referrer->layer.digest, &blob, err)) < 0)
			return error_wrap(err, r, "referrer %s", digest_text(digest, text));
		const struct trust_document document = { artifacts[i].kind, blob, SLICE_NONE, arena_printf(g->arena, "referrer %s", digest_text(digest, text)) };
		return gather(g, &document, digest, err);
	}
	return 0;
}

/* cosign 3 writes the configuration's type into the fallback index, which says nothing: then the manifest does. */
static struct slice
listed_type(const struct referrer_entry *entry)
{
	return slice_is(entry->artifact_type, REFERRER_EMPTY_MEDIA_TYPE) ? SLICE_NONE : entry->artifact_type;
}

static bool
is_artifact_that_signs(struct slice artifact_type)
{
	for (size_t i = 0; i < sizeof artifacts / sizeof *artifacts; i++)
		if (slice_is(artifact_type, artifacts[i].artifact_type))
			return true;
	return artifact_type.n == 0;
}

static int
gather_listed(struct gathering *g, struct slice list, struct plim_error *err)
{
	struct referrer_index *index;
	int r = referrer_index_parse(list, g->arena, &index, err);
	for (size_t i = 0; r == 0 && i < index->n; i++)
		if (is_artifact_that_signs(listed_type(&index->entries[i])))
			r = gather_referrer(g, listed_type(&index->entries[i]), &index->entries[i].descriptor.digest, err);
	return r < 0 ? error_wrap(err, r, "referrers") : 0;
}

/* A layout lists referrers among its images, and whoever copied a registry's fallback tag has that too. */
static int
gather_in_layout(struct gathering *g, struct plim_error *err)
{
	char tag[COSIGN_TAG_SIZE];
	struct index *index;
	struct slice list;
	int r = load_index(g->source, g->arena, &index, err);
	for (size_t i = 0; r == 0 && i < index->n; i++) {
		const struct descriptor *entry = &index->entries[i];
		struct slice bytes;
		struct referrer *referrer;
		if (media_kind_of(entry->media_type) != MEDIA_MANIFEST || is_about_another(entry) || digest_eq(&entry->digest, g->subject))
			continue;
		if ((r = load_manifest(g->source, &entry->digest, g->arena, &bytes, err)) == 0 && referrer_parse(bytes, g->arena, &referrer, NULL) == 0 &&
		    digest_eq(&referrer->subject.digest, g->subject))
			r = gather_referrer(g, SLICE_NONE, &entry->digest, err);
	}
	if (r < 0 || (r = load_tag(g, referrer_tag(g->subject, tag), &list, err)) < 0 || list.p == NULL)
		return r;
	return gather_listed(g, list, err);
}

static int
gather_referrers(struct gathering *g, struct plim_error *err)
{
	char hex[DIGEST_TEXT_SIZE];
	struct slice list;
	if (!g->source->registry)
		return gather_in_layout(g, err);
	struct slice path = arena_printf(g->arena, "referrers/%s/%s", digest_algorithm_name(g->subject->algorithm), digest_hex(g->subject, hex));
	int r = load(g->source, path, g->arena, &list, err);
	return r < 0 ? r : gather_listed(g, list, err);
}

int
trust_documents_load(const struct trust_source *source, const struct digest *subject, struct arena *arena, struct trust_documents *out,
                     struct plim_error *err)
{
	struct gathering g = { source, subject, arena, out };
	struct slice ignored;
	int r = gather_tag(&g, COSIGN_SIGNATURES, &ignored, err);
	if (r == 0)
		r = gather_tag(&g, COSIGN_ATTESTATIONS, &ignored, err);
	return r < 0 ? r : gather_referrers(&g, err);
}

int
trust_documents_of_tag(const struct trust_source *source, enum cosign_kind kind, const struct digest *subject, struct arena *arena,
                       struct trust_documents *out, struct slice *manifest, struct plim_error *err)
{
	struct gathering g = { source, subject, arena, out };
	return gather_tag(&g, kind, manifest, err);
}

int
trust_documents_of_referrers(const struct trust_source *source, const struct digest *subject, struct arena *arena, struct trust_documents *out,
                             struct slice *index, struct plim_error *err)
{
	char tag[REFERRER_TAG_SIZE];
	struct gathering g = { source, subject, arena, out };
	int r = gather_referrers(&g, err);
	return r < 0 ? r : load_tag(&g, referrer_tag(subject, tag), index, err);
}

int
trust_documents_of_manifest(const struct trust_source *source, enum cosign_kind kind, struct slice bytes, struct arena *arena,
                            struct trust_documents *out, struct plim_error *err)
{
	struct gathering g = { source, NULL, arena, out };
	struct cosign_manifest *manifest;
	int r = cosign_manifest_parse(bytes, arena, &manifest, err);
	return r < 0 ? r : gather_layers(&g, kind, "manifest", manifest, err);
}
