/* SPDX-License-Identifier: Apache-2.0 */
/* Parsing manifests and indexes (OCI image-spec 1.1, Docker schema 2) and manifest.json of docker archives. */
#include "image/manifest.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/field.h"

static const struct {
	const char *name;
	enum media_kind kind;
} media_types[] = {
	{ "application/vnd.oci.image.index.v1+json", MEDIA_INDEX },
	{ "application/vnd.docker.distribution.manifest.list.v2+json", MEDIA_INDEX },
	{ "application/vnd.oci.image.manifest.v1+json", MEDIA_MANIFEST },
	{ "application/vnd.docker.distribution.manifest.v2+json", MEDIA_MANIFEST },
	{ "application/vnd.oci.image.config.v1+json", MEDIA_CONFIG },
	{ "application/vnd.docker.container.image.v1+json", MEDIA_CONFIG },
	{ "application/vnd.oci.image.layer.v1.tar", MEDIA_LAYER },
	{ "application/vnd.oci.image.layer.v1.tar+gzip", MEDIA_LAYER },
	{ "application/vnd.oci.image.layer.v1.tar+zstd", MEDIA_LAYER },
	{ "application/vnd.oci.image.layer.nondistributable.v1.tar", MEDIA_LAYER },
	{ "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", MEDIA_LAYER },
	{ "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", MEDIA_LAYER },
	{ "application/vnd.docker.image.rootfs.diff.tar", MEDIA_LAYER },
	{ "application/vnd.docker.image.rootfs.diff.tar.gzip", MEDIA_LAYER },
	{ "application/vnd.docker.image.rootfs.diff.tar.zstd", MEDIA_LAYER },
	{ "application/vnd.docker.image.rootfs.foreign.diff.tar", MEDIA_LAYER },
	{ "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", MEDIA_LAYER },
};

enum media_kind
media_kind_of(struct slice media_type)
{
	for (size_t i = 0; i < sizeof media_types / sizeof *media_types; i++)
		if (slice_is(media_type, media_types[i].name))
			return media_types[i].kind;
	return MEDIA_OTHER;
}

static int
media_type_error(struct slice media_type, const char *what, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_put_printable(&text, slice_first(media_type, 128));
	return error_set(err, PLIM_EUNSUPPORTED, "media type '%s' is no %s that is read here", text.p ? text.p : "", what);
}

/* RFC 6838, 4.2: "restricted-name". */
static bool
is_restricted_name(struct slice name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!is_word && (i == 0 || c == '\0' || !strchr("!#$&-^_.+", c)))
			return false;
	}
	return name.n > 0 && name.n <= 127;
}

/* Descriptors have no parameters behind it (image-spec descriptor.md), and no registry's tool writes any. */
static int
check_media_type(struct slice media_type, struct plim_error *err)
{
	struct slice type, subtype;
	if (slice_cut(media_type, '/', &type, &subtype) && is_restricted_name(type) && is_restricted_name(subtype))
		return 0;
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put_printable(&shown, slice_first(media_type, 128));
	return error_set(err, PLIM_EFORMAT, "mediaType: '%s' is no media type", shown.p ? shown.p : "");
}

static int
read_annotations(const struct json *object, struct descriptor *out, struct plim_error *err)
{
	const struct json *notes;
	struct slice type = SLICE_NONE;
	int r;
	if ((r = field_get(object, "annotations", JSON_OBJECT, &notes, err)) < 0)
		return r;
	if ((r = field_string(notes, "org.opencontainers.image.ref.name", &out->ref_name, err)) < 0 ||
	    (r = field_string(notes, "io.containerd.image.name", &out->image_name, err)) < 0 ||
	    (r = field_string(notes, "vnd.docker.reference.type", &type, err)) < 0)
		return error_wrap(err, r, "annotations");
	/* Behind read_platform.  A runtime that looks for its platform may pick any other entry, whatever is written on it. */
	bool nowhere = slice_is(out->platform.os, "unknown") && slice_is(out->platform.architecture, "unknown");
	out->is_attestation = nowhere && slice_is(type, "attestation-manifest");
	return 0;
}

static int
read_platform(const struct json *object, struct descriptor *out, struct plim_error *err)
{
	const struct json *platform;
	int r = field_get(object, "platform", JSON_OBJECT, &platform, err);
	if (r < 0 || platform == NULL)
		return r;
	if ((r = field_platform(platform, &out->platform, err)) < 0)
		return error_wrap(err, r, "platform");
	/* An empty platform says nothing: the configuration is asked then. */
	out->has_platform = !slice_is_empty(out->platform.os) || !slice_is_empty(out->platform.architecture);
	return 0;
}

static int
read_descriptor(const struct json *object, struct descriptor *out, struct plim_error *err)
{
	struct slice digest;
	const struct json *size;
	int r;
	if (!json_is(object, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "object expected");
	if ((r = field_string(object, "mediaType", &out->media_type, err)) < 0 ||
	    (r = field_string(object, "digest", &digest, err)) < 0 ||
	    (r = field_get(object, "size", JSON_NUMBER, &size, err)) < 0)
		return r;
	if ((r = check_media_type(out->media_type, err)) < 0)
		return r;
	if (!digest_parse(digest, &out->digest))
		return error_set(err, PLIM_EFORMAT, "digest: not a sha256 or sha512 digest");
	if (!json_u64(size, &out->size) || out->size > INT64_MAX)
		return error_set(err, PLIM_EFORMAT, "size: not a number of bytes");
	if ((r = read_platform(object, out, err)) < 0)
		return r;
	return read_annotations(object, out, err);
}

static int
read_descriptors(const struct json *array, struct arena *arena, struct descriptor **out, struct plim_error *err)
{
	struct descriptor *all = arena_make_array(arena, array->n, struct descriptor);
	if (all == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < array->n; i++) {
		int r = read_descriptor(&array->items[i], &all[i], err);
		if (r < 0)
			return error_wrap(err, r, "[%zu]", i);
	}
	*out = all;
	return 0;
}

/*
 * What manifest and index have in common.  A document that could be taken for
 * either is refused, as is one whose own media type says that it is the other.
 */
static int
open_document(struct slice json, struct arena *arena, enum media_kind kind, const struct json **out, struct plim_error *err)
{
	const struct json *root, *version, *other;
	struct slice media_type;
	int r = json_parse(json, arena, &root, err);
	if (r < 0)
		return r;
	if (root->type != JSON_OBJECT)
		return error_set(err, PLIM_EFORMAT, "object expected, found %s", json_type_name(root->type));
	uint64_t number = 2;
	if ((r = field_get(root, "schemaVersion", JSON_NUMBER, &version, err)) < 0 ||
	    (r = field_string(root, "mediaType", &media_type, err)) < 0 ||
	    (r = field_get(root, kind == MEDIA_INDEX ? "layers" : "manifests", JSON_ARRAY, &other, err)) < 0)
		return r;
	if (version && (!json_u64(version, &number) || number != 2))
		return error_set(err, PLIM_EUNSUPPORTED, "schemaVersion: only 2 is read here");
	if (!slice_is_empty(media_type) && media_kind_of(media_type) != kind)
		return media_type_error(media_type, kind == MEDIA_INDEX ? "index" : "manifest", err);
	if (other)
		return error_set(err, PLIM_EFORMAT, "the document has both 'manifests' and 'layers'");
	*out = root;
	return 0;
}

static int
check_media_types(const struct manifest *manifest, struct plim_error *err)
{
	if (media_kind_of(manifest->config.media_type) != MEDIA_CONFIG)
		return error_wrap(err, media_type_error(manifest->config.media_type, "image configuration", err), "config");
	for (size_t i = 0; i < manifest->layer_count; i++)
		if (media_kind_of(manifest->layers[i].media_type) != MEDIA_LAYER)
			return error_wrap(err, media_type_error(manifest->layers[i].media_type, "layer", err), "layers[%zu]", i);
	return 0;
}

static int
read_manifest(const struct json *root, struct arena *arena, struct manifest *out, struct plim_error *err)
{
	const struct json *config, *layers;
	struct descriptor *all = NULL;
	int r;
	if ((r = field_get(root, "config", JSON_OBJECT, &config, err)) < 0 ||
	    (r = field_get(root, "layers", JSON_ARRAY, &layers, err)) < 0)
		return r;
	if (config == NULL || layers == NULL)
		return error_set(err, PLIM_EFORMAT, "a manifest without '%s'", config ? "layers" : "config");
	if (layers->n > LIMIT_LAYER_COUNT)
		return error_set(err, PLIM_ELIMIT, "layers: %zu are more than limit LAYER_COUNT", layers->n);
	if ((r = read_descriptor(config, &out->config, err)) < 0)
		return error_wrap(err, r, "config");
	if ((r = read_descriptors(layers, arena, &all, err)) < 0)
		return error_wrap(err, r, "layers");
	out->layers = all;
	out->layer_count = layers->n;
	return 0;
}

int
manifest_parse_any(struct slice json, struct arena *arena, struct manifest **out, struct plim_error *err)
{
	const struct json *root;
	int r = open_document(json, arena, MEDIA_MANIFEST, &root, err);
	if (r < 0)
		return r;
	struct manifest *manifest = arena_make(arena, struct manifest);
	if (manifest == NULL)
		return error_nomem(err);
	if ((r = read_manifest(root, arena, manifest, err)) < 0)
		return r;
	*out = manifest;
	return 0;
}

int
manifest_parse(struct slice json, struct arena *arena, struct manifest **out, struct plim_error *err)
{
	int r = manifest_parse_any(json, arena, out, err);
	return r < 0 ? r : check_media_types(*out, err);
}

bool
manifest_is_attestation(const struct manifest *manifest)
{
	size_t statements = 0;
	for (size_t i = 0; i < manifest->layer_count; i++)
		statements += slice_is(manifest->layers[i].media_type, "application/vnd.in-toto+json");
	if (media_kind_of(manifest->config.media_type) != MEDIA_CONFIG)
		return true;
	return statements > 0 && statements == manifest->layer_count;
}

int
index_parse(struct slice json, struct arena *arena, struct index **out, struct plim_error *err)
{
	const struct json *root, *entries;
	struct descriptor *all;
	int r;
	if ((r = open_document(json, arena, MEDIA_INDEX, &root, err)) < 0 ||
	    (r = field_get(root, "manifests", JSON_ARRAY, &entries, err)) < 0)
		return r;
	if (entries == NULL)
		return error_set(err, PLIM_EFORMAT, "an index without 'manifests'");
	if ((r = read_descriptors(entries, arena, &all, err)) < 0)
		return error_wrap(err, r, "manifests");
	struct index *index = arena_make(arena, struct index);
	if (index == NULL)
		return error_nomem(err);
	*index = (struct index){ all, entries->n };
	*out = index;
	return 0;
}

static int
read_docker_entry(const struct json *object, struct arena *arena, struct docker_entry *out, struct plim_error *err)
{
	int r;
	if (object->type != JSON_OBJECT)
		return error_set(err, PLIM_EFORMAT, "object expected, found %s", json_type_name(object->type));
	if ((r = field_string(object, "Config", &out->config, err)) < 0 ||
	    (r = field_strings(object, "RepoTags", arena, &out->tags, err)) < 0 ||
	    (r = field_strings(object, "Layers", arena, &out->layers, err)) < 0)
		return r;
	if (slice_is_empty(out->config))
		return error_set(err, PLIM_EFORMAT, "Config: missing");
	if (out->layers.n > LIMIT_LAYER_COUNT)
		return error_set(err, PLIM_ELIMIT, "Layers: %zu are more than limit LAYER_COUNT", out->layers.n);
	return 0;
}

int
docker_manifest_parse(struct slice json, struct arena *arena, struct docker_entry **out, size_t *out_count,
                      struct plim_error *err)
{
	const struct json *root;
	int r = json_parse(json, arena, &root, err);
	if (r < 0)
		return r;
	if (root->type != JSON_ARRAY)
		return error_set(err, PLIM_EFORMAT, "array expected, found %s", json_type_name(root->type));
	struct docker_entry *entries = arena_make_array(arena, root->n, struct docker_entry);
	if (entries == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < root->n; i++)
		if ((r = read_docker_entry(&root->items[i], arena, &entries[i], err)) < 0)
			return error_wrap(err, r, "[%zu]", i);
	*out = entries;
	*out_count = root->n;
	return 0;
}

int
layout_version_check(struct slice json, struct arena *arena, struct plim_error *err)
{
	const struct json *root;
	struct slice version;
	int r = json_parse(json, arena, &root, err);
	if (r < 0)
		return r;
	if (root->type != JSON_OBJECT)
		return error_set(err, PLIM_EFORMAT, "object expected, found %s", json_type_name(root->type));
	if ((r = field_string(root, "imageLayoutVersion", &version, err)) < 0)
		return r;
	if (!slice_starts(version, SLICE("1.")))
		return error_set(err, PLIM_EUNSUPPORTED, "imageLayoutVersion: only 1.0.0 is read here");
	return 0;
}
