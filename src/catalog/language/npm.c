/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Installed packages of JavaScript: package.json (npm's package.json
 * documentation) where node would load it, and applications with a name and version.
 */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/json.h"

struct package_text {
	struct strbuf name, license, dependencies;
};

static void
auto_package_text(struct package_text *text)
{
	strbuf_done(&text->name);
	strbuf_done(&text->license);
	strbuf_done(&text->dependencies);
}

/*
 * "node_modules/a", "node_modules/@scope/a": what lies deeper inside a package is
 * none.  0: not below node_modules at all, -1: deeper.
 */
static int
place_of(struct slice directory)
{
	const struct slice folder = SLICE("node_modules/");
	size_t at = SIZE_MAX;
	for (size_t i = 0; i + folder.n <= directory.n; i++)
		if (slice_starts(slice_from(directory, i), folder) && (i == 0 || directory.p[i - 1] == '/'))
			at = i + folder.n;
	if (at == SIZE_MAX)
		return 0;
	struct slice rest = slice_from(directory, at), first, second;
	bool more = slice_cut(rest, '/', &first, &second);
	if (slice_starts(first, SLICE("@")))
		return more && slice_find(second, '/') == SIZE_MAX ? 1 : -1;
	return more ? -1 : 1;
}

/* "MIT", {type: "MIT"}, and lists of either, of which one may choose. */
static void
put_license(const struct json *value, struct strbuf *into)
{
	struct slice text = json_is(value, JSON_OBJECT) ? json_get_string(value, "type") : json_string(value);
	if (text.n) {
		strbuf_puts(into, into->n ? " OR " : "");
		strbuf_put(into, text);
	}
	for (size_t i = 0; json_is(value, JSON_ARRAY) && i < value->n; i++)
		if (value->items[i].type != JSON_ARRAY)
			put_license(&value->items[i], into);
}

static struct slice
author_of(const struct json *root)
{
	const struct json *author = json_get(root, "author");
	return json_is(author, JSON_OBJECT) ? json_get_string(author, "name") : json_string(author);
}

static void
put_dependencies(const struct json *root, struct strbuf *into)
{
	static const char *const kinds[] = { "dependencies", "optionalDependencies", "peerDependencies" };
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		const struct json *list = json_get(root, kinds[k]);
		for (size_t i = 0; json_is(list, JSON_OBJECT) && i < list->n && into->n < LIMIT_ROW_TEXT_BYTES / 2; i++) {
			strbuf_puts(into, into->n ? "\n" : "");
			strbuf_put(into, list->keys[i]);
		}
	}
}

static struct slice
text_or_none(const struct strbuf *text)
{
	return text->n ? strbuf_slice(text) : SLICE_NONE;
}

static int
add_package(const struct json *root, struct slice directory, int place, struct rows *rows, struct plim_error *err)
{
	AUTO(package_text) struct package_text text = { 0 };
	const struct json *license = json_get(root, "license");
	put_license(license ? license : json_get(root, "licenses"), &text.license);
	put_dependencies(root, &text.dependencies);
	strbuf_putc(&text.name, '/');
	strbuf_put(&text.name, directory);
	if (text.name.failed || text.license.failed || text.dependencies.failed)
		return error_nomem(err);
	struct slice version = slice_trim(json_get_string(root, "version"));
	slice_skip(&version, SLICE("v"));
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("npm"),
		[PACKAGE_NAME] = json_get_string(root, "name"),
		[PACKAGE_VERSION] = version,
		[PACKAGE_VENDOR] = author_of(root),
		[PACKAGE_LICENSE] = text_or_none(&text.license),
		/* An application says nothing of what else lies beside its package.json. */
		[PACKAGE_ROOT] = place == 1 ? text_or_none(&text.name) : SLICE_NONE,
		[PACKAGE_DEPENDENCIES] = text_or_none(&text.dependencies),
	};
	return rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

/* Without both it says something of a directory alone, its "type". */
static bool
is_package(const struct json *root)
{
	return json_get_string(root, "name").n && json_get_string(root, "version").n;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct slice directory = path_dir(path);
	int place = place_of(directory.p ? directory : SLICE(""));
	AUTO(arena) struct arena *arena = place >= 0 ? arena_new(LIMIT_DOCUMENT_BYTES * 8) : NULL;
	const struct json *root;
	if (place < 0)
		return 0;
	if (arena == NULL)
		return error_nomem(err);
	int r = json_parse_loose(body, arena, &root, err);
	if (r < 0)
		return r;
	if (!json_is(root, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "offset 0: package.json is no object");
	return is_package(root) ? add_package(root, directory, place, rows, err) : 0;
}

const struct cataloger cataloger_npm = {
	.name = "npm",
	.paths = (const char *const[]){ "**/package.json", NULL },
	.extract = extract,
};
