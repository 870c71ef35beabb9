/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Julia: packages in a depot (packages/NAME/SLUG/Project.toml, wherever JULIA_DEPOT_PATH leads), and what
 * Manifest.toml pins, Manifest-v1.11.toml for one version of Julia: [[NAME]] of format 1, [[deps.NAME]] of format 2.
 */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/language/declared.h"
#include "codec/toml.h"

/* The identifier is what tells packages of one name apart. */
static void
put_purl(struct strbuf *purl, struct slice name, struct slice version, struct slice uuid)
{
	strbuf_puts(purl, "pkg:julia/");
	strbuf_put_percent(purl, name, "");
	strbuf_puts(purl, version.n ? "@" : "");
	strbuf_put_percent(purl, version, "");
	strbuf_puts(purl, uuid.n ? "?uuid=" : "");
	strbuf_put_percent(purl, uuid, "");
}

/* An array of names, or a table of them. */
static void
put_needs(struct strbuf *needs, const struct toml *deps)
{
	for (size_t i = 0; deps && i < deps->n; i++)
		names_put(needs, toml_is(deps, TOML_TABLE) ? deps->keys[i] : toml_string(deps->items[i]));
}

/* What has no version comes with Julia. */
static int
take_pinned(struct slice name, const struct toml *package, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf needs = { 0 }, purl = { 0 };
	struct slice version = toml_string(toml_get(package, "version"));
	if (version.n == 0)
		return 0;
	put_needs(&needs, toml_get(package, "deps"));
	put_purl(&purl, name, version, toml_string(toml_get(package, "uuid")));
	const struct declared declared = {
		.type = "julia", .name = name, .version = version, .line = package->line, .dependencies = names_slice(&needs),
		.purl = strbuf_slice(&purl),
	};
	return needs.failed || purl.failed ? error_nomem(err) : declared_add(rows, &declared, err);
}

static int
take_manifest(const struct toml *document, struct rows *rows, struct plim_error *err)
{
	const struct toml *deps = toml_get(document, "manifest_format") ? toml_get(document, "deps") : document;
	int r = 0;
	/* The first format of a project that needs nothing has a comment alone; the second says which Julia wrote it. */
	if (!toml_is(deps, TOML_TABLE) || (deps == document && deps->n == 1 && toml_get(document, "julia_version")))
		return error_set(err, PLIM_EFORMAT, "line 1: a manifest of Julia without deps");
	for (size_t i = 0; i < deps->n; i++)
		for (size_t k = 0; r == 0 && toml_is(deps->items[i], TOML_ARRAY) && k < deps->items[i]->n; k++)
			r = take_pinned(deps->keys[i], deps->items[i]->items[k], rows, err);
	return r;
}

/* Depots that are called as Julia calls them; what others keep below packages/ may have a Project.toml as well. */
static bool
is_depot(struct slice depot)
{
	return slice_is(path_base(depot), ".julia") || slice_is(path_base(depot), "julia");
}

/* "0SRxZ" of packages/JSON/0SRxZ: five letters and digits, four of the first versions. */
static bool
is_slug(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!((text.p[i] >= '0' && text.p[i] <= '9') || (text.p[i] >= 'A' && text.p[i] <= 'Z') || (text.p[i] >= 'a' && text.p[i] <= 'z')))
			return false;
	return text.n == 4 || text.n == 5;
}

static bool
is_of_depot(struct slice path, const struct toml *document)
{
	struct slice slug = path_dir(path), name = path_dir(slug), depot = path_dir(path_dir(name));
	return is_depot(depot) || (is_slug(path_base(slug)) && slice_eq(path_base(name), toml_string(toml_get(document, "name"))) &&
	                           toml_string(toml_get(document, "uuid")).n);
}

/* A project without name or version is no package. */
static int
take_installed(struct slice path, const struct toml *document, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf needs = { 0 }, purl = { 0 }, root = { 0 };
	struct slice name = toml_string(toml_get(document, "name")), version = toml_string(toml_get(document, "version"));
	if (!is_of_depot(path, document))
		return 0;
	if (name.n == 0 || version.n == 0)
		return error_set(err, PLIM_EFORMAT, "line 1: a package without %s", name.n ? "version" : "name");
	strbuf_putc(&root, '/');
	strbuf_put(&root, path_dir(path));
	put_needs(&needs, toml_get(document, "deps"));
	put_purl(&purl, name, version, toml_string(toml_get(document, "uuid")));
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("julia"), [PACKAGE_NAME] = name, [PACKAGE_VERSION] = version, [PACKAGE_ROOT] = strbuf_slice(&root),
		[PACKAGE_PURL] = strbuf_slice(&purl), [PACKAGE_DEPENDENCIES] = names_slice(&needs),
	};
	if (needs.failed || purl.failed || root.failed)
		return error_nomem(err);
	return rows_add(rows, ROW_PACKAGE, 1, fields, PACKAGE_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = manifest_arena();
	const struct toml *document;
	int r = arena ? toml_parse(body, arena, &document, err) : error_nomem(err);
	if (r < 0)
		return r;
	if (slice_trim(body).n == 0)
		return error_set(err, PLIM_EFORMAT, "offset 0: the file is empty");
	return slice_ends(path_base(path), SLICE("Project.toml")) ? take_installed(path, document, rows, err) : take_manifest(document, rows, err);
}

const struct cataloger cataloger_julia = {
	.name = "julia",
	.paths = (const char *const[]){ "**/Manifest.toml", "**/JuliaManifest.toml", "**/Manifest-v*.toml", "**/JuliaManifest-v*.toml",
	                                "**/packages/*/*/Project.toml", "**/packages/*/*/JuliaProject.toml", NULL },
	.extract = extract,
};
