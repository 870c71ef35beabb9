/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages that Yarn leaves in zip archives and that Node loads from there (Plug'n'Play): .pnp.cjs tells which, as
 * JSON in a JavaScript string or as a literal, or .pnp.data.json beside it.  Unpacked ones have a package.json of their own.
 */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/json.h"

static bool
find_behind(struct slice body, const char *mark, struct slice *rest)
{
	struct slice text = slice_of(mark);
	size_t at = slice_find_text(body, text);
	if (at != SIZE_MAX)
		*rest = slice_from(body, at + text.n);
	return at != SIZE_MAX;
}

/* What stands in single quotes; a backslash at a line's end continues it. */
static bool
put_quoted(struct slice text, struct strbuf *into)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\'')
			return true;
		if (text.p[i] == '\\' && ++i < text.n && text.p[i] == '\n')
			continue;
		if (i < text.n)
			strbuf_putc(into, text.p[i]);
	}
	return false;
}

/* Yarn 4 has a string, 2 and 3 a literal, whose end another argument follows. */
static int
put_state(struct slice body, struct strbuf *into, struct plim_error *err)
{
	struct slice rest, behind;
	if (find_behind(body, "RAW_RUNTIME_STATE =\n'", &rest))
		return put_quoted(rest, into) ? 0 : error_set(err, PLIM_EFORMAT, "offset %zu: a string without end", body.n);
	if (!find_behind(body, "return hydrateRuntimeState(", &rest) || !find_behind(rest, "}, {basePath", &behind))
		return error_set(err, PLIM_EUNSUPPORTED, "offset 0: no list of packages of a form that is known");
	strbuf_put(into, slice_first(rest, (size_t)(behind.p - rest.p) - strlen(", {basePath")));
	return 0;
}

/* "npm:1.0.0", "virtual:HASH#npm:1.0.0", "patch:a@npm%3A1.0.0#...". */
static struct slice
version_of(struct slice reference)
{
	struct slice rest, version, parameters;
	if (slice_starts(reference, SLICE("virtual:")))
		slice_cut(reference, '#', &rest, &reference);
	if (slice_starts(reference, SLICE("patch:")) && find_behind(reference, "@npm%3A", &rest))
		reference = rest;
	else if (!slice_skip(&reference, SLICE("npm:")))
		return SLICE_NONE;
	slice_cut(reference, '#', &version, &parameters);
	slice_cut(version, ':', &version, &parameters);
	return version.n && version.p[0] >= '0' && version.p[0] <= '9' ? version : SLICE_NONE;
}

/* An instance for each set of peers is the same package. */
static bool
is_again(const struct json *versions, size_t at, struct slice version)
{
	for (size_t i = 0; i < at && i < 256; i++)
		if (slice_eq(version_of(json_string(json_item(&versions->items[i], 0))), version))
			return true;
	return false;
}

static int
add_version(struct slice name, const struct json *versions, size_t at, struct rows *rows, struct plim_error *err)
{
	struct slice place = json_get_string(json_item(&versions->items[at], 1), "packageLocation"), inside;
	struct slice version = version_of(json_string(json_item(&versions->items[at], 0)));
	if (place.n == 0)
		return rows_problem(rows, err, "package %zu of a name: nothing says where it lies", at + 1);
	if (!find_behind(place, ".zip/", &inside))
		return 0;
	if (name.n == 0 || version.n == 0)
		return rows_problem(rows, err, "package %zu of a name, in a zip archive: no published version", at + 1);
	if (is_again(versions, at, version))
		return 0;
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("npm"), [PACKAGE_NAME] = name, [PACKAGE_VERSION] = version,
	};
	return rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

/* [["name", [["npm:1.0.0", { packageLocation }], ...]], ...]; the name is null of the project itself. */
static int
add_all(const struct json *registry, struct rows *rows, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < registry->n; i++) {
		const struct json *versions = json_item(&registry->items[i], 1);
		if (!json_is(versions, JSON_ARRAY))
			return error_set(err, PLIM_EFORMAT, "offset 0: package %zu has no list of versions", i);
		for (size_t k = 0; r == 0 && k < versions->n; k++)
			r = add_version(json_string(json_item(&registry->items[i], 0)), versions, k, rows, err);
	}
	return r;
}

#define DATA ".pnp.data.json"

/* A .pnp.cjs that reads .pnp.data.json says nothing itself: that one does, if it is there. */
static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(LIMIT_BODY_BYTES);
	AUTO(strbuf) struct strbuf state = { 0 };
	struct slice rest;
	const struct json *root, *registry;
	bool data = slice_is(path_base(path), DATA);
	int r = data ? 0 : put_state(body, &state, err);
	if (r == PLIM_EUNSUPPORTED && find_behind(body, DATA, &rest))
		return rows_problem(rows, err, "the list of packages: " DATA NOT_BESIDE);
	if (arena == NULL || state.failed)
		return error_nomem(err);
	r = r < 0 ? r : json_parse_loose(data ? body : strbuf_slice(&state), arena, &root, err);
	if (r < 0)
		return r;
	registry = json_get(root, "packageRegistryData");
	return json_is(registry, JSON_ARRAY) ? add_all(registry, rows, err) : error_set(err, PLIM_EFORMAT, "offset 0: no list of packages");
}

const struct cataloger cataloger_yarn_pnp = {
	.name = "yarn_pnp",
	.paths = (const char *const[]){ "**/.pnp.cjs", "**/.pnp.js", "**/" DATA, NULL },
	.extract = extract,
};
