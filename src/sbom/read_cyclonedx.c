/* SPDX-License-Identifier: Apache-2.0 */
/* CycloneDX 1.2 to 1.6, JSON's tree; XML is made one before. */
#include "sbom/document.h"

#include "base/error.h"

static bool
is_known_version(struct slice version)
{
	static const char *const versions[] = { "1.2", "1.3", "1.4", "1.5", "1.6" };
	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
		if (slice_is(version, versions[i]))
			return true;
	return false;
}

static const struct {
	const char *type;
	enum part_kind kind;
	bool needs_purl;
} kinds[] = {
	{ "operating-system", PART_SYSTEM, false }, { "file", PART_FILE, false },     { "library", PART_PACKAGE, true },
	{ "framework", PART_PACKAGE, true },        { "application", PART_PACKAGE, true }, { "container", PART_PACKAGE, false },
	{ "device", PART_OTHER, false },            { "data", PART_OTHER, false },    { "machine-learning-model", PART_OTHER, false },
	{ "cryptographic-asset", PART_OTHER, false },
};

static void
take_kind(struct part *part, struct slice type)
{
	/* Firmware, drivers, platforms, and what the format does not know, may be software. */
	part->kind = PART_PACKAGE;
	part->needs_purl = true;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (slice_is(type, kinds[i].type)) {
			part->kind = kinds[i].kind;
			part->needs_purl = kinds[i].needs_purl;
		}
}

static int
take_properties(struct sbom_document *out, struct part *part, const struct json *properties, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && properties && i < properties->n; i++) {
		const struct json *property = json_item(properties, i);
		r = sbom_add_property(out, part, json_get_string(property, "name"), json_get_string(property, "value"), err);
	}
	return r;
}

static struct slice
license_text(const struct json *choice)
{
	const struct json *license = json_get(choice, "license");
	struct slice text = json_get_string(choice, "expression");
	if (text.n == 0)
		text = json_get_string(license, "id");
	return text.n ? text : json_get_string(license, "name");
}

/* Several apply together. */
static int
take_licenses(struct sbom_document *out, struct part *part, const struct json *licenses, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	for (size_t i = 0; licenses && i < licenses->n; i++) {
		struct slice one = license_text(json_item(licenses, i));
		strbuf_puts(&text, text.n && one.n ? " AND " : "");
		strbuf_put(&text, one);
	}
	if (text.n == 0)
		return 0;
	part->license = text.failed ? SLICE_NONE : arena_dup(out->arena, strbuf_slice(&text));
	return part->license.p ? 0 : error_nomem(err);
}

static int
take_hashes(struct sbom_document *out, struct part *part, const struct json *hashes, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && hashes && i < hashes->n; i++) {
		const struct json *hash = json_item(hashes, i);
		r = sbom_take_checksum(out, part, json_get_string(hash, "alg"), json_get_string(hash, "content"), err);
	}
	return r;
}

static int
take_component(struct sbom_document *out, const struct json *component, struct plim_error *err)
{
	struct part *part = sbom_add_part(out, err);
	if (part == NULL)
		return err && err->code ? err->code : PLIM_ENOMEM;
	take_kind(part, json_get_string(component, "type"));
	part->ref = json_get_string(component, "bom-ref");
	part->group = json_get_string(component, "group");
	part->name = json_get_string(component, "name");
	part->version = json_get_string(component, "version");
	part->purl = json_get_string(component, "purl");
	part->vendor = json_get_string(json_get(component, "supplier"), "name");
	if (part->vendor.n == 0)
		part->vendor = json_get_string(component, "publisher");
	part->location = json_get_string(json_item(json_get(json_get(component, "evidence"), "occurrences"), 0), "location");
	int r = take_licenses(out, part, json_get(component, "licenses"), err);
	if (r < 0 || (r = take_hashes(out, part, json_get(component, "hashes"), err)) < 0)
		return r;
	return take_properties(out, part, json_get(component, "properties"), err);
}

/* They stand inside each other, as deep as a document may be. */
static int
take_components(struct sbom_document *out, const struct json *components, struct plim_error *err)
{
	int r = 0;
	if (components && !json_is(components, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "component %zu: components is no list", out->parts.n);
	for (size_t i = 0; r == 0 && components && i < components->n; i++) {
		const struct json *component = json_item(components, i);
		if (!json_is(component, JSON_OBJECT))
			return error_set(err, PLIM_EFORMAT, "component %zu: it is no object", out->parts.n);
		r = take_component(out, component, err);
		if (r == 0)
			r = take_components(out, json_get(component, "components"), err);
	}
	return r;
}

static int
take_needs(struct sbom_document *out, const struct json *dependencies, struct plim_error *err)
{
	for (size_t i = 0; dependencies && i < dependencies->n; i++) {
		const struct json *dependency = json_item(dependencies, i), *on = json_get(dependency, "dependsOn");
		for (size_t k = 0; on && k < on->n; k++) {
			struct part_need *need = vec_push(&out->needs);
			if (need == NULL)
				return error_nomem(err);
			*need = (struct part_need){ json_get_string(dependency, "ref"), json_string(json_item(on, k)) };
		}
	}
	return 0;
}

/* A list of tools, or one of components of tools. */
static struct slice
tool_of(const struct json *metadata)
{
	const struct json *tools = json_get(metadata, "tools"), *components = json_get(tools, "components");
	return json_get_string(json_item(components ? components : tools, 0), "name");
}

/* The subject is a part where it may be a package itself, an image is none. */
static int
take_subject(struct sbom_document *out, const struct json *metadata, struct plim_error *err)
{
	const struct json *component = json_get(metadata, "component");
	out->tool = tool_of(metadata);
	out->name = json_get_string(component, "name");
	int r = take_properties(out, NULL, json_get(metadata, "properties"), err);
	if (r == 0 && json_get_string(component, "purl").n)
		r = take_component(out, component, err);
	return r < 0 ? r : take_components(out, json_get(component, "components"), err);
}

static void
take_compositions(struct sbom_document *out, const struct json *compositions)
{
	for (size_t i = 0; compositions && i < compositions->n; i++)
		out->incomplete |= slice_starts(json_get_string(json_item(compositions, i), "aggregate"), SLICE("incomplete"));
}

int
sbom_read_cyclonedx(const struct json *root, struct sbom_document *out, struct plim_error *err)
{
	out->format = SLICE("CycloneDX");
	out->version = json_get_string(root, "specVersion");
	out->serial = json_get_string(root, "serialNumber");
	if (!is_known_version(out->version))
		return error_set(err, PLIM_EUNSUPPORTED, "CycloneDX %.*s is not read: 1.2 to 1.6 are", SLICE_ARG(slice_first(out->version, 20)));
	int r = take_subject(out, json_get(root, "metadata"), err);
	if (r < 0 || (r = take_components(out, json_get(root, "components"), err)) < 0)
		return r;
	take_compositions(out, json_get(root, "compositions"));
	return take_needs(out, json_get(root, "dependencies"), err);
}
