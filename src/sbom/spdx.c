/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX 2.3 as JSON. */
#include "sbom/sbom.h"

#include "codec/json_write.h"

#include <plimsoll/build.h>

#include <stdio.h>

#define SUBJECT "SPDXRef-Subject"
#define SYSTEM "SPDXRef-OperatingSystem"
#define NOT_SAID SLICE("NOASSERTION")

static void
add_line(void *context, const char *name, struct slice value)
{
	struct strbuf *into = context;
	strbuf_puts(into, into->n ? "\n" : "");
	strbuf_puts(into, name);
	strbuf_puts(into, ": ");
	/* A line each. */
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\n' || value.p[i] == '\\')
			strbuf_putc(into, '\\');
		strbuf_putc(into, value.p[i] == '\n' ? 'n' : value.p[i]);
	}
}

/* The format has no properties: a note of ours has them, a line each. */
static void
put_annotation(struct json_writer *w, const struct sbom *sbom, struct strbuf *lines)
{
	w->into->failed |= lines->failed;
	if (lines->n == 0)
		return;
	json_write_key(w, SLICE("annotations"));
	json_write_array(w);
	json_write_object(w);
	json_write_member_time(w, "annotationDate", sbom->subject.at);
	json_write_member(w, "annotationType", SLICE("OTHER"));
	json_write_member(w, "annotator", SLICE("Tool: plimsoll-" PLIM_VERSION));
	json_write_member(w, "comment", strbuf_slice(lines));
	json_write_object_end(w);
	json_write_array_end(w);
}

static void
put_purl(struct json_writer *w, struct slice purl)
{
	if (purl.n == 0)
		return;
	json_write_key(w, SLICE("externalRefs"));
	json_write_array(w);
	json_write_object(w);
	json_write_member(w, "referenceCategory", SLICE("PACKAGE-MANAGER"));
	json_write_member(w, "referenceLocator", purl);
	json_write_member(w, "referenceType", SLICE("purl"));
	json_write_object_end(w);
	json_write_array_end(w);
}

/* One of the format's packages, whatever it stands for. */
struct thing {
	char id[48];
	struct slice name, version, purl, purpose, checksum, license, expression, vendor, source_info;
	const struct digest *digest;
};

static void
put_license(struct json_writer *w, const struct thing *thing)
{
	AUTO(strbuf) struct strbuf declared = { 0 };
	if (thing->license.n && thing->expression.n == 0) {
		strbuf_puts(&declared, "Declared: ");
		strbuf_put(&declared, thing->license);
		json_write_member(w, "licenseComments", strbuf_slice(&declared));
	}
	json_write_member(w, "licenseConcluded", NOT_SAID);
	json_write_member(w, "licenseDeclared", thing->expression.n ? thing->expression : NOT_SAID);
}

static void
put_supplier(struct json_writer *w, struct slice vendor)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_puts(&text, "Organization: ");
	strbuf_put(&text, vendor);
	json_write_member(w, "supplier", vendor.n ? strbuf_slice(&text) : NOT_SAID);
}

static void
put_thing(struct json_writer *w, const struct sbom *sbom, const struct thing *thing, struct strbuf *lines)
{
	json_write_object(w);
	json_write_member(w, "SPDXID", slice_of(thing->id));
	put_annotation(w, sbom, lines);
	sbom_write_checksum(w, SBOM_WORDS_SPDX, thing->checksum);
	if (thing->digest)
		sbom_write_digest(w, SBOM_WORDS_SPDX, thing->digest);
	json_write_member(w, "copyrightText", NOT_SAID);
	json_write_member(w, "downloadLocation", NOT_SAID);
	put_purl(w, thing->purl);
	json_write_member_bool(w, "filesAnalyzed", false);
	put_license(w, thing);
	json_write_member(w, "name", thing->name);
	json_write_member(w, "primaryPackagePurpose", thing->purpose);
	json_write_member(w, "sourceInfo", thing->source_info);
	put_supplier(w, thing->vendor);
	json_write_member(w, "versionInfo", thing->version);
	json_write_object_end(w);
}

static void
put_subject(struct json_writer *w, const struct sbom *sbom)
{
	const struct image *image = sbom->subject.inventory->image;
	AUTO(strbuf) struct strbuf lines = { 0 };
	struct thing thing = { .id = SUBJECT, .name = sbom->name, .version = sbom->version, .purl = sbom->purl,
		               .purpose = image ? SLICE("CONTAINER") : SLICE("APPLICATION") };
	if (image)
		thing.digest = image->manifest_digest.algorithm ? &image->manifest_digest : &image->config_digest;
	sbom_subject_properties(sbom, add_line, &lines);
	put_thing(w, sbom, &thing, &lines);
}

static void
put_system(struct json_writer *w, const struct sbom *sbom)
{
	const struct operating_system *os = &sbom->subject.inventory->os;
	AUTO(strbuf) struct strbuf lines = { 0 };
	struct thing thing = { .id = SYSTEM, .name = os->id, .version = os->version_id, .purpose = SLICE("OPERATING_SYSTEM") };
	if (os->id.n == 0)
		return;
	sbom_system_properties(sbom, add_line, &lines);
	put_thing(w, sbom, &thing, &lines);
}

static void
put_package(struct json_writer *w, const struct sbom *sbom, size_t at)
{
	const struct package *package = &sbom->subject.inventory->packages[at];
	AUTO(strbuf) struct strbuf lines = { 0 };
	AUTO(strbuf) struct strbuf info = { 0 };
	AUTO(strbuf) struct strbuf expression = { 0 };
	struct thing thing = { .name = package->name, .version = package->version, .purl = package->purl, .checksum = package->checksum,
		               .license = package->license, .vendor = package->vendor, .purpose = SLICE("LIBRARY") };
	snprintf(thing.id, sizeof thing.id, "SPDXRef-Package-%zu", at);
	strbuf_puts(&info, "found at ");
	strbuf_put(&info, package->path);
	thing.source_info = strbuf_slice(&info);
	if (sbom_license_expression(package, &expression))
		thing.expression = strbuf_slice(&expression);
	sbom_package_properties(sbom, package, add_line, &lines);
	put_thing(w, sbom, &thing, &lines);
}

/* A file of the format needs a SHA-1, which nobody wants of these: a package that is a file does not. */
static void
put_file(struct json_writer *w, const struct sbom *sbom, size_t at)
{
	const struct unaccounted_file *file = &sbom->subject.inventory->unaccounted[at];
	struct digest digest = sbom_node_digest(sbom->subject.inventory, file->node);
	AUTO(strbuf) struct strbuf lines = { 0 };
	AUTO(strbuf) struct strbuf path = { 0 };
	strbuf_put(&path, sbom_file_path(sbom->subject.inventory, file));
	struct thing thing = { .name = strbuf_slice(&path), .digest = &digest, .purpose = SLICE("FILE") };
	snprintf(thing.id, sizeof thing.id, "SPDXRef-File-%zu", at);
	sbom_file_properties(sbom, file, add_line, &lines);
	put_thing(w, sbom, &thing, &lines);
}

static void
put_things(struct json_writer *w, const struct sbom *sbom)
{
	const struct inventory *inventory = sbom->subject.inventory;
	json_write_key(w, SLICE("packages"));
	json_write_array(w);
	put_subject(w, sbom);
	put_system(w, sbom);
	for (size_t i = 0; i < inventory->package_count; i++)
		put_package(w, sbom, i);
	for (size_t i = 0; i < inventory->unaccounted_count; i++)
		put_file(w, sbom, i);
	json_write_array_end(w);
}

static void
put_relation(struct json_writer *w, struct slice from, const char *type, struct slice to)
{
	json_write_object(w);
	json_write_member(w, "relatedSpdxElement", to);
	json_write_member(w, "relationshipType", slice_of(type));
	json_write_member(w, "spdxElementId", from);
	json_write_object_end(w);
}

static struct slice
id_of(const char *kind, size_t at, char text[static 48])
{
	snprintf(text, 48, "SPDXRef-%s-%zu", kind, at);
	return slice_of(text);
}

static void
put_relations(struct json_writer *w, const struct sbom *sbom)
{
	const struct inventory *inventory = sbom->subject.inventory;
	const struct sbom_relations *relations = &sbom->relations;
	char from[48], to[48];
	json_write_key(w, SLICE("relationships"));
	json_write_array(w);
	put_relation(w, SLICE("SPDXRef-DOCUMENT"), "DESCRIBES", SLICE(SUBJECT));
	if (inventory->os.id.n)
		put_relation(w, SLICE(SUBJECT), "CONTAINS", SLICE(SYSTEM));
	for (size_t i = 0; i < inventory->package_count; i++)
		put_relation(w, SLICE(SUBJECT), "CONTAINS", id_of("Package", i, to));
	for (size_t i = 0; i < inventory->unaccounted_count; i++)
		put_relation(w, SLICE(SUBJECT), "CONTAINS", id_of("File", i, to));
	for (size_t i = 0; i < inventory->package_count; i++)
		for (size_t k = relations->first[i]; k < relations->first[i + 1]; k++)
			put_relation(w, id_of("Package", i, from), "DEPENDS_ON", id_of("Package", relations->to[k], to));
	json_write_array_end(w);
}

static void
put_creation(struct json_writer *w, const struct sbom *sbom)
{
	json_write_key(w, SLICE("creationInfo"));
	json_write_object(w);
	json_write_member_time(w, "created", sbom->subject.at);
	json_write_key(w, SLICE("creators"));
	json_write_array(w);
	json_write_string(w, SLICE("Tool: plimsoll-" PLIM_VERSION));
	json_write_array_end(w);
	json_write_object_end(w);
}

static void
write_spdx(const struct sbom *sbom, struct strbuf *into)
{
	struct json_writer w = { .into = into, .indent = true };
	AUTO(strbuf) struct strbuf namespace = { 0 };
	strbuf_puts(&namespace, "urn:uuid:");
	strbuf_puts(&namespace, sbom->uuid);
	json_write_object(&w);
	json_write_member(&w, "SPDXID", SLICE("SPDXRef-DOCUMENT"));
	put_creation(&w, sbom);
	json_write_member(&w, "dataLicense", SLICE("CC0-1.0"));
	json_write_member(&w, "documentNamespace", strbuf_slice(&namespace));
	json_write_member(&w, "name", sbom->name);
	put_things(&w, sbom);
	put_relations(&w, sbom);
	json_write_member(&w, "spdxVersion", SLICE("SPDX-2.3"));
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
}

const struct sbom_writer sbom_spdx = { "spdx", write_spdx };
