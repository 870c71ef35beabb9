/* SPDX-License-Identifier: Apache-2.0 */
/* What all formats say of a subject, its packages and its files. */
#include "sbom/sbom.h"

#include "base/digest.h"
#include "base/error.h"
#include "codec/spdx.h"

#include <stdio.h>

const struct sbom_writer *const sbom_writers[] = { &sbom_cyclonedx, &sbom_spdx, &sbom_json, NULL };

const struct sbom_writer *
sbom_writer_find(struct slice name)
{
	for (size_t i = 0; sbom_writers[i]; i++)
		if (slice_is(name, sbom_writers[i]->name))
			return sbom_writers[i];
	return NULL;
}

/* properties */

static void
put_text(sbom_property_fn *put, void *context, const char *name, struct slice value)
{
	if (value.n)
		put(context, name, value);
}

static void
put_number(sbom_property_fn *put, void *context, const char *name, uint64_t number)
{
	char text[24];
	snprintf(text, sizeof text, "%llu", (unsigned long long)number);
	put(context, name, slice_of(text));
}

static void
put_digest(sbom_property_fn *put, void *context, const char *name, const struct digest *digest)
{
	char text[DIGEST_TEXT_SIZE];
	if (digest->algorithm != DIGEST_NONE)
		put(context, name, slice_of(digest_text(digest, text)));
}

static void
put_layer(const struct sbom *sbom, uint32_t layer, sbom_property_fn *put, void *context)
{
	const struct image *image = sbom->subject.inventory->image;
	if (image == NULL || layer >= image->layer_count)
		return;
	put_number(put, context, "plimsoll:layer", layer);
	put_digest(put, context, "plimsoll:layer:digest", &image->layers[layer].diff_id);
	put_text(put, context, "plimsoll:instruction", slice_first_text(image->layers[layer].instruction, 4096));
	put_text(put, context, "plimsoll:origin", slice_of(origin_name(inventory_layer_origin(sbom->subject.inventory, layer))));
}

struct digest
sbom_node_digest(const struct inventory *inventory, const struct node *node)
{
	struct digest digest = { 0 };
	if (node == NULL)
		return digest;
	struct entry entry = node_entry(inventory->tree, node);
	if (entry.type == ENTRY_FILE && entry.size == 0)
		return digest_of(SLICE(""));
	if (entry.digest.n == 32) {
		digest.algorithm = DIGEST_SHA256;
		memcpy(digest.bytes, entry.digest.p, 32);
	}
	return digest;
}

struct slice
sbom_file_path(const struct inventory *inventory, const struct unaccounted_file *file)
{
	strbuf_clear(inventory->scratch);
	node_path(file->node, inventory->scratch);
	return strbuf_slice(inventory->scratch);
}

/* A database of many says nothing of one. */
static void
put_file_digest(const struct sbom *sbom, const struct package *package, sbom_property_fn *put, void *context)
{
	const struct inventory *inventory = sbom->subject.inventory;
	if (package_type_is_system(package->type) || package->scope != PACKAGE_INSTALLED)
		return;
	struct digest digest = sbom_node_digest(inventory, tree_resolve(inventory->tree, package->file));
	put_digest(put, context, "plimsoll:file:digest", &digest);
}

/* Names that a copyright file gives its own licences are in no list, but a policy may name them. */
static void
put_expression(const struct package *package, sbom_property_fn *put, void *context)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (package->expression)
		spdx_write(package->expression, &text);
	put_text(put, context, "plimsoll:license:expression", strbuf_slice(&text));
}

void
sbom_package_properties(const struct sbom *sbom, const struct package *package, sbom_property_fn *put, void *context)
{
	const struct {
		const char *name;
		struct slice value;
	} texts[] = {
		{ "plimsoll:type", package->type }, { "plimsoll:name", package->name }, { "plimsoll:version", package->version },
		{ "plimsoll:epoch", package->epoch }, { "plimsoll:arch", package->arch }, { "plimsoll:source", package->source },
		{ "plimsoll:source_version", package->source_version }, { "plimsoll:module", package->module },
		{ "plimsoll:license", package->license }, { "plimsoll:cpe", package->cpe }, { "plimsoll:root", package->root }, { "plimsoll:scope", slice_of(package_scope_name(package->scope)) },
		{ "plimsoll:path", package->path }, { "plimsoll:evidence", package->evidence },
		{ "plimsoll:owner:type", package->owner_type }, { "plimsoll:owner", package->owner },
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		put_text(put, context, texts[i].name, texts[i].value);
	put_expression(package, put, context);
	if (!sbom_checksum_is_known(package->checksum))
		put_text(put, context, "plimsoll:checksum", package->checksum);
	put_file_digest(sbom, package, put, context);
	put_layer(sbom, package->layer, put, context);
}

void
sbom_file_properties(const struct sbom *sbom, const struct unaccounted_file *file, sbom_property_fn *put, void *context)
{
	put(context, "plimsoll:unaccounted", slice_of(file->kind));
	put_layer(sbom, file->node->layer, put, context);
}

/* What could not be read is not in the document: it has to say so itself. */
static void
put_gap(const struct inventory_gap *gap, sbom_property_fn *put, void *context)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	sbom_gap_write(gap, &text);
	put(context, "plimsoll:gap", strbuf_slice(&text));
}

void
sbom_subject_properties(const struct sbom *sbom, sbom_property_fn *put, void *context)
{
	const struct inventory *inventory = sbom->subject.inventory;
	const struct image *image = inventory->image;
	AUTO(strbuf) struct strbuf platform = { 0 };
	put(context, "plimsoll:target", sbom->subject.target);
	if (inventory->os.none)
		put(context, "plimsoll:os", SLICE("none"));
	for (size_t i = 0; i < inventory->gap_count; i++)
		put_gap(&inventory->gaps[i], put, context);
	if (image == NULL)
		return;
	platform_text(&image->platform, &platform);
	put_text(put, context, "plimsoll:reference", image->reference);
	put_text(put, context, "plimsoll:platform", strbuf_slice(&platform));
	put_digest(put, context, "plimsoll:index", &image->index_digest);
	put_digest(put, context, "plimsoll:manifest", &image->manifest_digest);
	put_digest(put, context, "plimsoll:config", &image->config_digest);
	for (size_t i = 0; i < image->layer_count; i++)
		put_digest(put, context, "plimsoll:diff_id", &image->layers[i].diff_id);
}

void
sbom_system_properties(const struct sbom *sbom, sbom_property_fn *put, void *context)
{
	const struct operating_system *os = &sbom->subject.inventory->os;
	const struct {
		const char *name;
		struct slice value;
	} texts[] = {
		{ "plimsoll:os:id", os->id }, { "plimsoll:os:version_id", os->version_id }, { "plimsoll:os:name", os->name },
		{ "plimsoll:os:version", os->version }, { "plimsoll:os:codename", os->codename }, { "plimsoll:os:pretty_name", os->pretty_name },
		{ "plimsoll:os:id_like", os->id_like }, { "plimsoll:path", os->path },
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		put_text(put, context, texts[i].name, texts[i].value);
}

/* licences */

static void
see_license(void *context, const struct spdx *license)
{
	*(bool *)context |= slice_starts(license->id, SLICE("LicenseRef-"));
}

bool
sbom_license_expression(const struct package *package, struct strbuf *into)
{
	bool own = false;
	if (package->expression == NULL)
		return false;
	spdx_each(package->expression, see_license, &own);
	if (!own)
		spdx_write(package->expression, into);
	return !own;
}

/* the subject */

/* "registry/team/web:1" is web; what stands behind a slash with a colon is a tag. */
static void
name_image(struct sbom *sbom, struct arena *arena)
{
	const struct image *image = sbom->subject.inventory->image;
	char text[DIGEST_TEXT_SIZE];
	struct slice head, tail, rest;
	sbom->name = sbom->subject.target;
	if (slice_cut(sbom->name, ':', &head, &tail) && tail.n)
		sbom->name = tail;
	if (image == NULL)
		return;
	slice_cut(image->reference, '@', &rest, &tail);
	if (slice_cut_last(rest, ':', &head, &tail) && slice_find(tail, '/') == SIZE_MAX) {
		sbom->name = head;
		sbom->version = tail;
	} else if (slice_find(rest, '/') != SIZE_MAX) {
		sbom->name = rest;
	} else {
		/* A layout names its images by tags alone: the file says more. */
		slice_cut(sbom->name, ':', &sbom->name, &tail);
		sbom->version = rest;
	}
	const struct digest *digest = image->manifest_digest.algorithm ? &image->manifest_digest : &image->config_digest;
	if (sbom->version.n == 0 && digest->algorithm)
		sbom->version = arena_dup(arena, slice_of(digest_text(digest, text)));
}

static void
put_qualifier(struct strbuf *into, const char *name, struct slice value, bool *any)
{
	if (value.n == 0)
		return;
	strbuf_printf(into, "%c%s=", *any ? '&' : '?', name);
	strbuf_put_percent(into, value, ":");
	*any = true;
}

static void
put_image_purl(const struct sbom *sbom, struct strbuf *into)
{
	const struct image *image = sbom->subject.inventory->image;
	char digest[DIGEST_TEXT_SIZE];
	bool any = false;
	struct slice base = path_base(sbom->name), tag = sbom->version;
	strbuf_puts(into, "pkg:oci/");
	for (size_t i = 0; i < base.n; i++) {
		char c = base.p[i] >= 'A' && base.p[i] <= 'Z' ? (char)(base.p[i] + 32) : base.p[i];
		strbuf_put_percent(into, (struct slice){ &c, 1 }, ":");
	}
	strbuf_putc(into, '@');
	strbuf_put_percent(into, slice_of(digest_text(&image->manifest_digest, digest)), ":");
	put_qualifier(into, "arch", image->platform.architecture, &any);
	put_qualifier(into, "repository_url", slice_find(sbom->name, '/') == SIZE_MAX ? SLICE_NONE : sbom->name, &any);
	put_qualifier(into, "tag", slice_is(tag, digest) ? SLICE_NONE : tag, &any);
}

static int
describe_image(struct sbom *sbom, struct arena *arena, struct plim_error *err)
{
	const struct image *image = sbom->subject.inventory->image;
	AUTO(strbuf) struct strbuf purl = { 0 };
	name_image(sbom, arena);
	if (image == NULL || image->manifest_digest.algorithm == DIGEST_NONE)
		return 0;
	put_image_purl(sbom, &purl);
	sbom->purl = purl.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&purl));
	return sbom->purl.p ? 0 : error_nomem(err);
}

static void
hash_text(struct hasher *hasher, struct slice text)
{
	hasher_add(hasher, text);
	hasher_add(hasher, (struct slice){ "", 1 });
}

/* As version 5 of RFC 9562 makes one of a name, of SHA-256 here. */
static int
make_uuid(struct sbom *sbom, struct plim_error *err)
{
	const struct inventory *inventory = sbom->subject.inventory;
	const struct image *image = inventory->image;
	char text[DIGEST_TEXT_SIZE];
	AUTO(hasher) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	if (hasher == NULL)
		return error_nomem(err);
	hash_text(hasher, sbom->name);
	if (image)
		hash_text(hasher, slice_of(digest_text(image->manifest_digest.algorithm ? &image->manifest_digest : &image->config_digest, text)));
	for (size_t i = 0; i < inventory->package_count; i++) {
		hash_text(hasher, inventory->packages[i].purl);
		hash_text(hasher, inventory->packages[i].path);
	}
	struct digest digest = hasher_end(hasher);
	uint8_t *b = digest.bytes;
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x50);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	snprintf(sbom->uuid, sizeof sbom->uuid, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3], b[4], b[5],
	         b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
	return 0;
}

int
sbom_write(const struct sbom_subject *subject, const struct sbom_writer *writer, struct strbuf *into, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct sbom sbom = { .subject = *subject };
	int r = arena ? describe_image(&sbom, arena, err) : error_nomem(err);
	if (r < 0 || (r = make_uuid(&sbom, err)) < 0 || (r = sbom_relations_find(subject->inventory, arena, &sbom.relations, err)) < 0)
		return r;
	writer->write(&sbom, into);
	return into->failed ? error_nomem(err) : 0;
}
