/* SPDX-License-Identifier: Apache-2.0 */
/* Our own JSON: what the tables package and unaccounted_file have, and which package needs which. */
#include "sbom/sbom.h"

#include "codec/json_write.h"

#include <plimsoll/build.h>

#define SBOM_SCHEMA 1

static void
put_layer(struct json_writer *w, const struct inventory *inventory, uint32_t layer)
{
	if (inventory->image == NULL || layer >= inventory->image->layer_count)
		return;
	json_write_member_u64(w, "layer", layer);
}

static void
put_needs(struct json_writer *w, const struct sbom_relations *relations, size_t at)
{
	json_write_key(w, SLICE("needs"));
	json_write_array(w);
	for (size_t i = relations->first[at]; i < relations->first[at + 1]; i++)
		json_write_u64(w, relations->to[i]);
	json_write_array_end(w);
}

static void
put_package(struct json_writer *w, const struct sbom *sbom, size_t at)
{
	const struct inventory *inventory = sbom->subject.inventory;
	const struct package *p = &inventory->packages[at];
	struct digest digest = { 0 };
	if (!package_type_is_system(p->type) && p->scope == PACKAGE_INSTALLED)
		digest = sbom_node_digest(inventory, tree_resolve(inventory->tree, p->file));
	json_write_object(w);
	json_write_member(w, "arch", p->arch);
	json_write_member(w, "checksum", p->checksum);
	json_write_member(w, "epoch", p->epoch);
	json_write_member(w, "evidence", p->evidence);
	json_write_member_digest(w, "file_digest", &digest);
	put_layer(w, inventory, p->layer);
	json_write_member(w, "license", p->license);
	json_write_member(w, "module", p->module);
	json_write_member(w, "name", p->name);
	put_needs(w, &sbom->relations, at);
	json_write_member(w, "origin", slice_of(origin_name(p->origin)));
	json_write_member(w, "owner", p->owner);
	json_write_member(w, "owner_type", p->owner_type);
	json_write_member(w, "path", p->path);
	json_write_member(w, "purl", p->purl);
	json_write_member(w, "scope", slice_of(package_scope_name(p->scope)));
	json_write_member(w, "source", p->source);
	json_write_member(w, "source_version", p->source_version);
	json_write_member(w, "type", p->type);
	json_write_member(w, "vendor", p->vendor);
	json_write_member(w, "version", p->version);
	json_write_object_end(w);
}

static void
put_file(struct json_writer *w, const struct inventory *inventory, const struct unaccounted_file *file)
{
	struct digest digest = sbom_node_digest(inventory, file->node);
	json_write_object(w);
	json_write_member_digest(w, "digest", &digest);
	json_write_member(w, "kind", slice_of(file->kind));
	put_layer(w, inventory, file->node->layer);
	json_write_member(w, "path", sbom_file_path(inventory, file));
	json_write_object_end(w);
}

static void
put_gap(struct json_writer *w, const struct inventory *inventory, const struct inventory_gap *gap)
{
	json_write_object(w);
	json_write_member(w, "kind", slice_of(gap->kind));
	put_layer(w, inventory, gap->layer);
	json_write_member(w, "path", gap->path);
	json_write_member(w, "reason", gap->reason);
	json_write_member(w, "subject", gap->subject);
	json_write_object_end(w);
}

static void
put_layers(struct json_writer *w, const struct inventory *inventory)
{
	json_write_key(w, SLICE("layers"));
	json_write_array(w);
	for (size_t i = 0; inventory->image && i < inventory->image->layer_count; i++) {
		const struct image_layer *layer = &inventory->image->layers[i];
		json_write_object(w);
		json_write_member_digest(w, "digest", &layer->diff_id);
		json_write_member(w, "instruction", layer->instruction);
		json_write_member(w, "origin", slice_of(origin_name(inventory_layer_origin(inventory, (uint32_t)i))));
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_system(struct json_writer *w, const struct operating_system *os)
{
	json_write_key(w, SLICE("os"));
	json_write_object(w);
	json_write_member(w, "codename", os->codename);
	json_write_member(w, "id", os->id);
	json_write_member_bool(w, "none", os->none);
	json_write_member(w, "pretty_name", os->pretty_name);
	json_write_member(w, "version_id", os->version_id);
	json_write_object_end(w);
}

static void
put_subject(struct json_writer *w, const struct sbom *sbom)
{
	const struct image *image = sbom->subject.inventory->image;
	AUTO(strbuf) struct strbuf platform = { 0 };
	json_write_key(w, SLICE("subject"));
	json_write_object(w);
	if (image) {
		platform_text(&image->platform, &platform);
		json_write_member_digest(w, "config", &image->config_digest);
		json_write_member_digest(w, "index", &image->index_digest);
		json_write_member_digest(w, "manifest", &image->manifest_digest);
	}
	json_write_member(w, "name", sbom->name);
	json_write_member(w, "platform", platform.n ? strbuf_slice(&platform) : SLICE_NONE);
	json_write_member(w, "purl", sbom->purl);
	json_write_member(w, "target", sbom->subject.target);
	json_write_member(w, "version", sbom->version);
	json_write_object_end(w);
}

static void
write_json(const struct sbom *sbom, struct strbuf *into)
{
	const struct inventory *inventory = sbom->subject.inventory;
	struct json_writer w = { .into = into, .indent = true };
	json_write_object(&w);
	json_write_member_time(&w, "at", sbom->subject.at);
	json_write_key(&w, SLICE("gaps"));
	json_write_array(&w);
	for (size_t i = 0; i < inventory->gap_count; i++)
		put_gap(&w, inventory, &inventory->gaps[i]);
	json_write_array_end(&w);
	put_layers(&w, inventory);
	put_system(&w, &inventory->os);
	json_write_key(&w, SLICE("packages"));
	json_write_array(&w);
	for (size_t i = 0; i < inventory->package_count; i++)
		put_package(&w, sbom, i);
	json_write_array_end(&w);
	json_write_member_u64(&w, "schema", SBOM_SCHEMA);
	put_subject(&w, sbom);
	json_write_member(&w, "tool", SLICE("plimsoll " PLIM_VERSION));
	json_write_key(&w, SLICE("unaccounted"));
	json_write_array(&w);
	for (size_t i = 0; i < inventory->unaccounted_count; i++)
		put_file(&w, inventory, &inventory->unaccounted[i]);
	json_write_array_end(&w);
	json_write_member(&w, "uuid", slice_of(sbom->uuid));
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
}

const struct sbom_writer sbom_json = { "json", write_json };
