/* SPDX-License-Identifier: Apache-2.0 */
/* CycloneDX 1.6 as JSON. */
#include "sbom/sbom.h"

#include "codec/json_write.h"

#include <plimsoll/build.h>

#include <stdio.h>

#define IMAGE_REF "subject"
#define SYSTEM_REF "operating-system"

static void
put_property(void *context, const char *name, struct slice value)
{
	struct json_writer *w = context;
	json_write_object(w);
	json_write_member(w, "name", slice_of(name));
	json_write_member(w, "value", value);
	json_write_object_end(w);
}

static void
put_licenses(struct json_writer *w, const struct package *package)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	bool expression = sbom_license_expression(package, &text);
	w->into->failed |= text.failed;
	if (package->license.n == 0)
		return;
	json_write_key(w, SLICE("licenses"));
	json_write_array(w);
	json_write_object(w);
	if (expression) {
		json_write_member(w, "expression", strbuf_slice(&text));
	} else {
		json_write_key(w, SLICE("license"));
		json_write_object(w);
		json_write_member(w, "name", package->license);
		json_write_object_end(w);
	}
	json_write_object_end(w);
	json_write_array_end(w);
}

/* How sure it is: a package's own metadata says all, a file's name little. */
static void
put_identity(struct json_writer *w, const struct package *package)
{
	bool binary = slice_is(package->evidence, "binary"), filename = slice_is(package->evidence, "filename");
	double confidence = filename ? 0.5 : binary ? 0.8 : 1;
	json_write_key(w, SLICE("identity"));
	json_write_array(w);
	json_write_object(w);
	json_write_key(w, SLICE("confidence"));
	json_write_double(w, confidence);
	json_write_member(w, "field", SLICE("purl"));
	json_write_key(w, SLICE("methods"));
	json_write_array(w);
	json_write_object(w);
	json_write_key(w, SLICE("confidence"));
	json_write_double(w, confidence);
	json_write_member(w, "technique", binary ? SLICE("binary-analysis") : filename ? SLICE("filename") : SLICE("manifest-analysis"));
	json_write_member(w, "value", package->path);
	json_write_object_end(w);
	json_write_array_end(w);
	json_write_object_end(w);
	json_write_array_end(w);
}

static void
put_evidence(struct json_writer *w, const struct package *package)
{
	json_write_key(w, SLICE("evidence"));
	json_write_object(w);
	if (package->purl.n)
		put_identity(w, package);
	json_write_key(w, SLICE("occurrences"));
	json_write_array(w);
	json_write_object(w);
	json_write_member(w, "location", package->path);
	json_write_object_end(w);
	json_write_array_end(w);
	json_write_object_end(w);
}

/* The part of a name that the format wants apart: a group of Maven, a scope of npm. */
static struct slice
group_of(const struct package *package, struct slice *name)
{
	struct slice group = SLICE_NONE;
	*name = package->name;
	if (slice_is(package->type, "maven") && slice_cut(package->name, ':', &group, name))
		return group;
	*name = package->name;
	if (slice_is(package->type, "npm") && slice_starts(package->name, SLICE("@")) && slice_cut(package->name, '/', &group, name))
		return group;
	*name = package->name;
	return SLICE_NONE;
}

static void
put_supplier(struct json_writer *w, struct slice vendor)
{
	if (vendor.n == 0)
		return;
	json_write_key(w, SLICE("supplier"));
	json_write_object(w);
	json_write_member(w, "name", vendor);
	json_write_object_end(w);
}

static const char *const scopes[] = { [PACKAGE_INSTALLED] = "required", [PACKAGE_DECLARED] = "optional", [PACKAGE_HIDDEN] = "excluded" };

static void
put_ref(struct json_writer *w, const char *kind, size_t at)
{
	char text[48];
	snprintf(text, sizeof text, "%s-%zu", kind, at);
	json_write_string(w, slice_of(text));
}

static void
put_package(struct json_writer *w, const struct sbom *sbom, size_t at)
{
	const struct package *package = &sbom->subject.inventory->packages[at];
	struct slice name, group = group_of(package, &name);
	json_write_object(w);
	json_write_key(w, SLICE("bom-ref"));
	put_ref(w, "package", at);
	put_evidence(w, package);
	json_write_member(w, "group", group);
	sbom_write_checksum(w, SBOM_WORDS_CYCLONEDX, package->checksum);
	put_licenses(w, package);
	json_write_member(w, "name", name);
	json_write_key(w, SLICE("properties"));
	json_write_array(w);
	sbom_package_properties(sbom, package, put_property, w);
	json_write_array_end(w);
	json_write_member(w, "purl", package->purl);
	json_write_member(w, "scope", slice_of(scopes[package->scope]));
	put_supplier(w, package->vendor);
	json_write_member(w, "type", SLICE("library"));
	json_write_member(w, "version", package->version);
	json_write_object_end(w);
}

static void
put_file(struct json_writer *w, const struct sbom *sbom, size_t at)
{
	const struct unaccounted_file *file = &sbom->subject.inventory->unaccounted[at];
	struct digest digest = sbom_node_digest(sbom->subject.inventory, file->node);
	json_write_object(w);
	json_write_key(w, SLICE("bom-ref"));
	put_ref(w, "file", at);
	sbom_write_digest(w, SBOM_WORDS_CYCLONEDX, &digest);
	json_write_member(w, "name", sbom_file_path(sbom->subject.inventory, file));
	json_write_key(w, SLICE("properties"));
	json_write_array(w);
	sbom_file_properties(sbom, file, put_property, w);
	json_write_array_end(w);
	json_write_member(w, "type", SLICE("file"));
	json_write_object_end(w);
}

static void
put_system(struct json_writer *w, const struct sbom *sbom)
{
	const struct operating_system *os = &sbom->subject.inventory->os;
	if (os->id.n == 0)
		return;
	json_write_object(w);
	json_write_member(w, "bom-ref", SLICE(SYSTEM_REF));
	json_write_member(w, "description", os->pretty_name);
	json_write_member(w, "name", os->id);
	json_write_key(w, SLICE("properties"));
	json_write_array(w);
	sbom_system_properties(sbom, put_property, w);
	json_write_array_end(w);
	json_write_member(w, "type", SLICE("operating-system"));
	json_write_member(w, "version", os->version_id);
	json_write_object_end(w);
}

static void
put_components(struct json_writer *w, const struct sbom *sbom)
{
	const struct inventory *inventory = sbom->subject.inventory;
	json_write_key(w, SLICE("components"));
	json_write_array(w);
	put_system(w, sbom);
	for (size_t i = 0; i < inventory->package_count; i++)
		put_package(w, sbom, i);
	for (size_t i = 0; i < inventory->unaccounted_count; i++)
		put_file(w, sbom, i);
	json_write_array_end(w);
}

/* Whoever reads it has to know whether something may be missing. */
static void
put_compositions(struct json_writer *w, const struct sbom *sbom)
{
	bool whole = sbom->subject.inventory->gap_count == 0 && sbom->relations.whole;
	json_write_key(w, SLICE("compositions"));
	json_write_array(w);
	json_write_object(w);
	json_write_member(w, "aggregate", whole ? SLICE("unknown") : SLICE("incomplete"));
	json_write_key(w, SLICE("assemblies"));
	json_write_array(w);
	json_write_string(w, SLICE(IMAGE_REF));
	json_write_array_end(w);
	json_write_object_end(w);
	json_write_array_end(w);
}

static void
put_needs_of_subject(struct json_writer *w, const struct sbom *sbom)
{
	const struct inventory *inventory = sbom->subject.inventory;
	json_write_object(w);
	json_write_key(w, SLICE("dependsOn"));
	json_write_array(w);
	if (inventory->os.id.n)
		json_write_string(w, SLICE(SYSTEM_REF));
	for (size_t i = 0; i < inventory->package_count; i++)
		put_ref(w, "package", i);
	for (size_t i = 0; i < inventory->unaccounted_count; i++)
		put_ref(w, "file", i);
	json_write_array_end(w);
	json_write_member(w, "ref", SLICE(IMAGE_REF));
	json_write_object_end(w);
}

static void
put_needs(struct json_writer *w, const struct sbom *sbom, size_t at)
{
	const struct sbom_relations *relations = &sbom->relations;
	json_write_object(w);
	json_write_key(w, SLICE("dependsOn"));
	json_write_array(w);
	for (size_t i = relations->first[at]; i < relations->first[at + 1]; i++)
		put_ref(w, "package", relations->to[i]);
	json_write_array_end(w);
	json_write_key(w, SLICE("ref"));
	put_ref(w, "package", at);
	json_write_object_end(w);
}

static void
put_dependencies(struct json_writer *w, const struct sbom *sbom)
{
	json_write_key(w, SLICE("dependencies"));
	json_write_array(w);
	put_needs_of_subject(w, sbom);
	for (size_t i = 0; i < sbom->subject.inventory->package_count; i++)
		if (sbom->relations.first[i] < sbom->relations.first[i + 1])
			put_needs(w, sbom, i);
	json_write_array_end(w);
}

static void
put_subject(struct json_writer *w, const struct sbom *sbom)
{
	const struct image *image = sbom->subject.inventory->image;
	json_write_key(w, SLICE("component"));
	json_write_object(w);
	json_write_member(w, "bom-ref", SLICE(IMAGE_REF));
	if (image)
		sbom_write_digest(w, SBOM_WORDS_CYCLONEDX, image->manifest_digest.algorithm ? &image->manifest_digest : &image->config_digest);
	json_write_member(w, "name", sbom->name);
	json_write_member(w, "purl", sbom->purl);
	json_write_member(w, "type", image ? SLICE("container") : SLICE("application"));
	json_write_member(w, "version", sbom->version);
	json_write_object_end(w);
}

static void
put_tools(struct json_writer *w)
{
	json_write_key(w, SLICE("tools"));
	json_write_object(w);
	json_write_key(w, SLICE("components"));
	json_write_array(w);
	json_write_object(w);
	json_write_member(w, "name", SLICE("plimsoll"));
	json_write_member(w, "type", SLICE("application"));
	json_write_member(w, "version", SLICE(PLIM_VERSION));
	json_write_object_end(w);
	json_write_array_end(w);
	json_write_object_end(w);
}

static void
put_metadata(struct json_writer *w, const struct sbom *sbom)
{
	json_write_key(w, SLICE("metadata"));
	json_write_object(w);
	put_subject(w, sbom);
	json_write_key(w, SLICE("properties"));
	json_write_array(w);
	sbom_subject_properties(sbom, put_property, w);
	json_write_array_end(w);
	json_write_member_time(w, "timestamp", sbom->subject.at);
	put_tools(w);
	json_write_object_end(w);
}

static void
write_cyclonedx(const struct sbom *sbom, struct strbuf *into)
{
	struct json_writer w = { .into = into, .indent = true };
	char serial[48];
	snprintf(serial, sizeof serial, "urn:uuid:%s", sbom->uuid);
	json_write_object(&w);
	json_write_member(&w, "$schema", SLICE("http://cyclonedx.org/schema/bom-1.6.schema.json"));
	json_write_member(&w, "bomFormat", SLICE("CycloneDX"));
	put_components(&w, sbom);
	put_compositions(&w, sbom);
	put_dependencies(&w, sbom);
	put_metadata(&w, sbom);
	json_write_member(&w, "serialNumber", slice_of(serial));
	json_write_member(&w, "specVersion", SLICE("1.6"));
	json_write_member_u64(&w, "version", 1);
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
}

const struct sbom_writer sbom_cyclonedx = { "cyclonedx", write_cyclonedx };
