/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Bitnami puts beside its software: .spdx-NAME.spdx, an SPDX 2.3
 * document in JSON, or as lines of tags in older images, and
 * .bitnami_components.json, all that images before SPDX have.  What a document names by another type's
 * package URL (a jar, a Go module) is of that type.
 */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/language/declared.h"
#include "catalog/language/digest_text.h"
#include "catalog/language/header.h"
#include "catalog/language/purl_text.h"
#include "codec/json.h"

struct component {
	struct slice name, version, purl, declared, concluded;
	uint32_t line;
};

static bool
is_said(struct slice license)
{
	return license.n && !slice_is(license, "NOASSERTION") && !slice_is(license, "NONE");
}

/* The document describes what its directory holds; parts of that have no place of their own. */
static int
add_component(const struct component *component, struct slice root, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = manifest_arena();
	struct purl_parts parts = { 0 };
	if (arena == NULL)
		return error_nomem(err);
	bool purl = purl_split(component->purl, arena, &parts);
	/* Without either there is nothing to judge: files of a package stand as packages, too. */
	if (component->purl.n == 0 && component->version.n == 0)
		return 0;
	if (!purl && component->purl.n)
		return rows_problem(rows, err, "line %u: no package URL", component->line);
	if (!purl || slice_is(parts.type, "bitnami"))
		parts = (struct purl_parts){ SLICE("bitnami"), component->name, component->version, parts.arch };
	if (parts.name.n == 0)
		return rows_problem(rows, err, "line %u: a package without name", component->line);
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = parts.type,
		[PACKAGE_NAME] = parts.name,
		[PACKAGE_VERSION] = parts.version,
		[PACKAGE_ARCH] = parts.arch,
		[PACKAGE_LICENSE] = is_said(component->declared) ? component->declared : is_said(component->concluded) ? component->concluded : SLICE_NONE,
		[PACKAGE_ROOT] = root,
		[PACKAGE_PURL] = component->purl,
	};
	return rows_add(rows, ROW_PACKAGE, component->line, fields, PACKAGE_FIELD_COUNT, err);
}

static struct slice
purl_of(const struct json *package)
{
	const struct json *references = json_get(package, "externalRefs");
	for (size_t i = 0; json_is(references, JSON_ARRAY) && i < references->n; i++)
		if (slice_is(json_get_string(json_item(references, i), "referenceType"), "purl"))
			return json_get_string(json_item(references, i), "referenceLocator");
	return SLICE_NONE;
}

/* The identifier of what the document is of: documentDescribes, or a relationship. */
static struct slice
described_id(const struct json *document)
{
	const struct json *links = json_get(document, "relationships");
	struct slice id = json_string(json_item(json_get(document, "documentDescribes"), 0));
	for (size_t i = 0; id.p == NULL && json_is(links, JSON_ARRAY) && i < links->n; i++)
		if (slice_is(json_get_string(json_item(links, i), "relationshipType"), "DESCRIBES"))
			id = json_get_string(json_item(links, i), "relatedSpdxElement");
	return id;
}

static int
take_document(const struct json *document, struct slice root, struct rows *rows, struct plim_error *err)
{
	const struct json *packages = json_get(document, "packages");
	struct slice described = described_id(document);
	int r = 0;
	if (!json_is(packages, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "no SPDX document: it has no packages");
	for (size_t i = 0; r == 0 && i < packages->n; i++) {
		const struct json *package = json_item(packages, i);
		const struct component component = {
			json_get_string(package, "name"), json_get_string(package, "versionInfo"), purl_of(package),
			json_get_string(package, "licenseDeclared"), json_get_string(package, "licenseConcluded"), 0,
		};
		r = add_component(&component, slice_eq(described, json_get_string(package, "SPDXID")) ? root : SLICE_NONE, rows, err);
	}
	return r;
}

/* "PACKAGE-MANAGER purl pkg:bitnami/redis@7.0.0-0?arch=amd64". */
static struct slice
tag_purl(struct slice value)
{
	struct slice category, type, locator;
	bool whole = slice_word(&value, &category) && slice_word(&value, &type) && slice_word(&value, &locator);
	return whole && slice_is(type, "purl") ? locator : SLICE_NONE;
}

static void
keep_tag(struct component *component, const struct header *header)
{
	static const struct {
		const char *tag;
		size_t place;
	} tags[] = {
		{ "PackageVersion", offsetof(struct component, version) },
		{ "PackageLicenseDeclared", offsetof(struct component, declared) },
		{ "PackageLicenseConcluded", offsetof(struct component, concluded) },
	};
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (slice_is(header->name, tags[i].tag))
			*(struct slice *)((char *)component + tags[i].place) = header->value;
	struct slice purl = slice_is(header->name, "ExternalRef") ? tag_purl(header->value) : SLICE_NONE;
	if (purl.p)
		component->purl = purl;
}

/* A package begins with its name; the first one is what the document is of. */
static int
take_tags(struct slice body, struct slice root, struct rows *rows, struct plim_error *err)
{
	struct header_reader reader = { .in = cursor_of(body) };
	struct component component = { 0 };
	struct header header;
	size_t n = 0;
	int r = 0;
	while (r == 0 && cursor_left(&reader.in)) {
		if (!header_next(&reader, &header))
			continue;
		if (slice_is(header.name, "PackageName")) {
			if (n > 0)
				r = add_component(&component, n == 1 ? root : SLICE_NONE, rows, err);
			component = (struct component){ .name = header.value, .line = header.line };
			n++;
		}
		keep_tag(&component, &header);
	}
	if (n == 0)
		return error_set(err, PLIM_EFORMAT, "no SPDX document: it has no packages");
	return r < 0 ? r : add_component(&component, n == 1 ? root : SLICE_NONE, rows, err);
}

/* { NAME: { "arch", "digest", "distro", "version" } }. */
static int
take_components(const struct json *document, struct rows *rows, struct plim_error *err)
{
	int r = json_is(document, JSON_OBJECT) ? 0 : error_set(err, PLIM_EFORMAT, "no components");
	for (size_t i = 0; r == 0 && i < document->n; i++) {
		AUTO(strbuf) struct strbuf digest = { 0 }, purl = { 0 };
		const struct json *one = &document->items[i];
		struct slice version = json_get_string(one, "version"), arch = json_get_string(one, "arch");
		digest_put_hex(&digest, SLICE("sha256"), json_get_string(one, "digest"));
		purl_put(&purl, SLICE("bitnami"), document->keys[i], version, arch, json_get_string(one, "distro"));
		const struct slice fields[PACKAGE_FIELD_COUNT] = {
			[PACKAGE_TYPE] = SLICE("bitnami"), [PACKAGE_NAME] = document->keys[i], [PACKAGE_VERSION] = version,
			[PACKAGE_ARCH] = arch, [PACKAGE_PURL] = strbuf_slice(&purl), [PACKAGE_CHECKSUM] = names_slice(&digest),
		};
		r = digest.failed || purl.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
	}
	return r;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf root = { 0 };
	AUTO(arena) struct arena *arena = manifest_arena();
	const struct json *document;
	strbuf_putc(&root, '/');
	strbuf_put(&root, path_dir(path));
	if (arena == NULL || root.failed)
		return error_nomem(err);
	if (slice_starts(body, SLICE("SPDXVersion:")))
		return take_tags(body, strbuf_slice(&root), rows, err);
	int r = json_parse(body, arena, &document, err);
	if (r < 0)
		return r;
	if (slice_is(path_base(path), ".bitnami_components.json"))
		return take_components(document, rows, err);
	return take_document(document, strbuf_slice(&root), rows, err);
}

const struct cataloger cataloger_bitnami = {
	.name = "bitnami",
	.paths = (const char *const[]){ "**/.spdx-*.spdx", "**/.bitnami_components.json", NULL },
	.extract = extract,
};
