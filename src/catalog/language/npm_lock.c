/* SPDX-License-Identifier: Apache-2.0 */
/* What package-lock.json and npm-shrinkwrap.json want, lockfileVersion 1 to 3 (npm's package-lock.json documentation): declared, not installed. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "catalog/language/integrity.h"
#include "codec/json.h"

static void
put_keys(const struct json *object, struct strbuf *into)
{
	for (size_t i = 0; json_is(object, JSON_OBJECT) && i < object->n && into->n < LIMIT_ROW_TEXT_BYTES / 2; i++) {
		strbuf_puts(into, into->n ? "\n" : "");
		strbuf_put(into, object->keys[i]);
	}
}

static int
add_package(struct slice name, const struct json *entry, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf needs = { 0 }, checksum = { 0 };
	struct slice version = json_get_string(entry, "version");
	/* A link, a directory, a repository: what it is has no version. */
	if (name.n == 0 || version.n == 0 || slice_find(version, ':') != SIZE_MAX)
		return 0;
	put_keys(json_get(entry, "requires"), &needs);
	if (json_get(entry, "requires") == NULL)
		put_keys(json_get(entry, "dependencies"), &needs);
	put_integrity(json_get_string(entry, "integrity"), &checksum);
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("npm"), [PACKAGE_NAME] = name, [PACKAGE_VERSION] = version,
		[PACKAGE_SCOPE] = SLICE("declared"), [PACKAGE_LICENSE] = json_get_string(entry, "license"),
		[PACKAGE_DEPENDENCIES] = needs.n ? strbuf_slice(&needs) : SLICE_NONE,
		[PACKAGE_CHECKSUM] = checksum.n ? strbuf_slice(&checksum) : SLICE_NONE,
	};
	return needs.failed || checksum.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

/* "npm:real@1.0.0" is what an alias stands for. */
static int
add_alias(struct slice version, const struct json *entry, struct rows *rows, struct plim_error *err)
{
	struct slice name, number;
	if (!slice_skip(&version, SLICE("npm:")) || !slice_cut_last(version, '@', &name, &number))
		return 0;
	AUTO(strbuf) struct strbuf checksum = { 0 };
	put_integrity(json_get_string(entry, "integrity"), &checksum);
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("npm"), [PACKAGE_NAME] = name, [PACKAGE_VERSION] = number, [PACKAGE_SCOPE] = SLICE("declared"),
		[PACKAGE_CHECKSUM] = checksum.n ? strbuf_slice(&checksum) : SLICE_NONE,
	};
	return checksum.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

/* Version 1: each package has the packages inside it.  The parser bounds the nesting. */
static int
take_nested(const struct json *dependencies, struct rows *rows, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && json_is(dependencies, JSON_OBJECT) && i < dependencies->n; i++) {
		const struct json *entry = &dependencies->items[i];
		struct slice version = json_get_string(entry, "version");
		r = slice_starts(version, SLICE("npm:")) ? add_alias(version, entry, rows, err) : add_package(dependencies->keys[i], entry, rows, err);
		if (r == 0)
			r = take_nested(json_get(entry, "dependencies"), rows, err);
	}
	return r;
}

/* "node_modules/a/node_modules/@s/b": the name is what is behind the last of them, unless the entry tells another. */
static struct slice
name_of(struct slice key, const struct json *entry)
{
	const struct slice folder = SLICE("node_modules/");
	struct slice told = json_get_string(entry, "name"), name = SLICE_NONE;
	for (size_t at; (at = slice_find_text(key, folder)) != SIZE_MAX;)
		name = key = slice_from(key, at + folder.n);
	return told.n && name.n ? told : name;
}

static bool
is_link(const struct json *entry)
{
	const struct json *link = json_get(entry, "link");
	return json_is(link, JSON_BOOL) && link->truth;
}

/* Versions 2 and 3: a place for each. */
static int
take_places(const struct json *packages, struct rows *rows, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < packages->n; i++)
		if (!is_link(&packages->items[i]))
			r = add_package(name_of(packages->keys[i], &packages->items[i]), &packages->items[i], rows, err);
	return r;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(LIMIT_BODY_BYTES);
	const struct json *root;
	(void)path;
	if (arena == NULL)
		return error_nomem(err);
	int r = json_parse_loose(body, arena, &root, err);
	if (r < 0)
		return r;
	const struct json *packages = json_get(root, "packages");
	if (json_is(packages, JSON_OBJECT))
		return take_places(packages, rows, err);
	/* The shrinkwrap of an old npm has no version of its format, of what needs nothing it has that alone. */
	const struct json *dependencies = json_get(root, "dependencies");
	if (json_is(dependencies, JSON_OBJECT))
		return take_nested(dependencies, rows, err);
	bool empty = packages == NULL && dependencies == NULL && (json_get(root, "lockfileVersion") || json_get(root, "name"));
	return empty ? 0 : error_set(err, PLIM_EFORMAT, "offset 0: no lock of npm: it has neither packages nor dependencies");
}

/* Those of node_modules belong to packages: npm's own hidden one says what package.json files say. */
const struct cataloger cataloger_npm_lock = {
	.name = "npm_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/package-lock.json", "**/npm-shrinkwrap.json", NULL },
	.extract = extract,
};
