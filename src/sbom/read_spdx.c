/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX 2.2 and 2.3 as JSON. */
#include "sbom/document.h"

#include "base/error.h"

static void
take_external_refs(struct part *part, const struct json *refs)
{
	for (size_t i = 0; refs && part->purl.n == 0 && i < refs->n; i++) {
		const struct json *ref = json_item(refs, i);
		if (slice_is(json_get_string(ref, "referenceType"), "purl"))
			part->purl = json_get_string(ref, "referenceLocator");
	}
}

static int
take_checksums(struct sbom_document *out, struct part *part, const struct json *checksums, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && checksums && i < checksums->n; i++) {
		const struct json *checksum = json_item(checksums, i);
		r = sbom_take_checksum(out, part, json_get_string(checksum, "algorithm"), json_get_string(checksum, "checksumValue"), err);
	}
	return r;
}

/* Line ends and backslashes of ours stand behind a backslash. */
static int
take_line(struct sbom_document *out, struct part *part, struct slice name, struct slice value, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	for (size_t i = 0; i < value.n; i++) {
		bool escaped = value.p[i] == '\\' && i + 1 < value.n;
		i += escaped;
		strbuf_putc(&text, escaped && value.p[i] == 'n' ? '\n' : value.p[i]);
	}
	struct slice kept = text.failed ? SLICE_NONE : arena_dup(out->arena, strbuf_slice(&text));
	return kept.p ? sbom_add_property(out, part, name, kept, err) : error_nomem(err);
}

/* Properties of ours, a line each. */
static int
take_annotations(struct sbom_document *out, struct part *part, const struct json *annotations, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; annotations && i < annotations->n; i++) {
		struct slice rest = json_get_string(json_item(annotations, i), "comment"), line;
		while (r == 0 && slice_next(&rest, '\n', &line)) {
			size_t at = slice_find_text(line, SLICE(": "));
			if (at != SIZE_MAX && slice_starts(line, SLICE("plimsoll:")))
				r = take_line(out, part, slice_first(line, at), slice_from(line, at + 2), err);
		}
	}
	return r;
}

static int
take_package(struct sbom_document *out, const struct json *package, struct plim_error *err)
{
	struct part *part = sbom_add_part(out, err);
	if (part == NULL)
		return err && err->code ? err->code : PLIM_ENOMEM;
	struct slice comments = json_get_string(package, "licenseComments");
	sbom_take_purpose(part, json_get_string(package, "primaryPackagePurpose"));
	part->ref = json_get_string(package, "SPDXID");
	part->name = json_get_string(package, "name");
	part->version = json_get_string(package, "versionInfo");
	part->vendor = sbom_said_by(json_get_string(package, "supplier"));
	if (part->vendor.n == 0)
		part->vendor = sbom_said_by(json_get_string(package, "originator"));
	part->source_info = json_get_string(package, "sourceInfo");
	part->license = sbom_said(json_get_string(package, "licenseDeclared"));
	if (part->license.n == 0 && slice_skip(&comments, SLICE("Declared: ")))
		part->license = comments;
	if (part->license.n == 0)
		part->license = sbom_said(json_get_string(package, "licenseConcluded"));
	take_external_refs(part, json_get(package, "externalRefs"));
	int r = take_checksums(out, part, json_get(package, "checksums"), err);
	return r < 0 ? r : take_annotations(out, part, json_get(package, "annotations"), err);
}

static struct part *
part_of(struct sbom_document *out, struct slice ref)
{
	vec_each (&out->parts, part)
		if (slice_eq(part->ref, ref))
			return part;
	return NULL;
}

/* What the document is about need have no package URL; what it says of itself is said there. */
static void
take_described(struct sbom_document *out, struct slice ref)
{
	struct part *part = part_of(out, ref);
	if (part == NULL)
		return;
	part->needs_purl = false;
	if (out->name.n == 0)
		out->name = part->name;
}

static int
add_need(struct sbom_document *out, struct slice from, struct slice to, struct plim_error *err)
{
	struct part_need *need = vec_push(&out->needs);
	if (need == NULL)
		return error_nomem(err);
	*need = (struct part_need){ from, to };
	return 0;
}

static int
take_relationships(struct sbom_document *out, const struct json *relationships, struct plim_error *err)
{
	int r = 0;
	size_t described = 0;
	for (size_t i = 0; r == 0 && relationships && i < relationships->n; i++) {
		const struct json *relation = json_item(relationships, i);
		struct slice from = json_get_string(relation, "spdxElementId"), to = json_get_string(relation, "relatedSpdxElement");
		struct slice type = json_get_string(relation, "relationshipType");
		/* A document is about one thing; of one that describes each package nobody asks which. */
		if (slice_is(type, "DESCRIBES") && described++ == 0)
			take_described(out, to);
		else if (slice_is(type, "DEPENDS_ON"))
			r = add_need(out, from, to, err);
		else if (slice_is(type, "DEPENDENCY_OF"))
			r = add_need(out, to, from, err);
	}
	return r;
}

int
sbom_read_spdx(const struct json *root, struct sbom_document *out, struct plim_error *err)
{
	const struct json *packages = json_get(root, "packages"), *creation = json_get(root, "creationInfo");
	struct slice version = json_get_string(root, "spdxVersion");
	out->format = SLICE("SPDX");
	out->version = version;
	slice_skip(&out->version, SLICE("SPDX-"));
	if (!slice_is(out->version, "2.2") && !slice_is(out->version, "2.3"))
		return error_set(err, PLIM_EUNSUPPORTED, "%.*s is not read: SPDX-2.2 and SPDX-2.3 are", SLICE_ARG(slice_first(version, 20)));
	out->serial = json_get_string(root, "documentNamespace");
	for (size_t i = 0; json_item(json_get(creation, "creators"), i); i++) {
		struct slice creator = json_string(json_item(json_get(creation, "creators"), i));
		if (slice_skip(&creator, SLICE("Tool: ")))
			out->tool = creator;
	}
	if (packages && !json_is(packages, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "packages is no list");
	for (size_t i = 0; packages && i < packages->n; i++) {
		int r = take_package(out, json_item(packages, i), err);
		if (r < 0)
			return error_wrap(err, r, "package %zu", i);
	}
	return take_relationships(out, json_get(root, "relationships"), err);
}
