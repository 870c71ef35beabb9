/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages of PHP: vendor/composer/installed.json (Composer 1: a list, 2: an object) is what is installed, composer.lock what is wanted.
 * Composer 2 writes installed.php beside it, for programs; images that are made small have it alone.
 */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/json.h"
#include "codec/php_literal.h"
#include "layer/path.h"

struct package_text {
	struct strbuf license, vendor, needs, root;
};

static void
auto_package_text(struct package_text *text)
{
	strbuf_done(&text->license);
	strbuf_done(&text->vendor);
	strbuf_done(&text->needs);
	strbuf_done(&text->root);
}

/* A list of licences is a choice (Composer's schema). */
static void
put_strings(const struct json *value, const char *between, struct strbuf *into)
{
	for (size_t i = 0; json_is(value, JSON_ARRAY) && i < value->n && into->n < 4096; i++) {
		const struct json *item = &value->items[i];
		struct slice text = json_is(item, JSON_OBJECT) ? json_get_string(item, "name") : json_string(item);
		strbuf_puts(into, into->n && text.n ? between : "");
		strbuf_put(into, text.n ? text : SLICE(""));
	}
	if (json_is(value, JSON_STRING))
		strbuf_put(into, value->text);
}

/* "php" and "ext-json" are no packages. */
static void
put_needs(const struct json *require, struct strbuf *into)
{
	for (size_t i = 0; json_is(require, JSON_OBJECT) && i < require->n && into->n < LIMIT_ROW_TEXT_BYTES / 2; i++) {
		if (slice_find(require->keys[i], '/') == SIZE_MAX)
			continue;
		strbuf_puts(into, into->n ? "\n" : "");
		strbuf_put(into, require->keys[i]);
	}
}

/*
 * "../symfony/console", as seen from the folder of installed.json; Composer 1 has no word for it: the vendor folder and the name.
 * Packages that bring nothing have null.
 */
static int
put_root(struct slice folder, const struct json *package, struct strbuf *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	struct slice place = json_get_string(package, "install-path"), up = SLICE("../");
	struct slice base = folder;
	if (json_is(json_get(package, "install-path"), JSON_NULL))
		return 0;
	if (place.p == NULL)
		place = json_get_string(package, "name"), base = path_dir(folder);
	while (slice_skip(&place, up) && base.p)
		base = path_dir(base);
	if (base.p == NULL && folder.n == 0)
		return 0;
	strbuf_put(&path, base.p ? base : SLICE(""));
	strbuf_puts(&path, base.n ? "/" : "");
	strbuf_put(&path, place);
	/* A path that climbs out is nobody's. */
	if (path.failed)
		return error_nomem(err);
	strbuf_putc(into, '/');
	if (path_clean(strbuf_slice(&path), into, NULL) < 0)
		strbuf_clear(into);
	return into->failed ? error_nomem(err) : 0;
}

static struct slice
text_or_none(const struct strbuf *text)
{
	return text->n > 1 ? strbuf_slice(text) : SLICE_NONE;
}

static int
add_package(const struct json *package, struct slice folder, bool installed, struct rows *rows, struct plim_error *err)
{
	AUTO(package_text) struct package_text text = { 0 };
	struct slice name = json_get_string(package, "name"), version = json_get_string(package, "version");
	if (name.n == 0 || version.n == 0)
		return rows_problem(rows, err, "a package without name or version");
	put_strings(json_get(package, "license"), " OR ", &text.license);
	put_strings(json_get(package, "authors"), ", ", &text.vendor);
	put_needs(json_get(package, "require"), &text.needs);
	int r = installed ? put_root(folder, package, &text.root, err) : 0;
	if (r < 0 || text.license.failed || text.vendor.failed || text.needs.failed)
		return r < 0 ? r : error_nomem(err);
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("composer"), [PACKAGE_NAME] = name, [PACKAGE_VERSION] = version,
		[PACKAGE_SCOPE] = installed ? SLICE_NONE : SLICE("declared"),
		[PACKAGE_LICENSE] = text_or_none(&text.license), [PACKAGE_VENDOR] = text_or_none(&text.vendor),
		[PACKAGE_DEPENDENCIES] = text_or_none(&text.needs), [PACKAGE_ROOT] = text_or_none(&text.root),
	};
	return rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

static int
add_all(const struct json *list, struct slice folder, bool installed, struct rows *rows, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && json_is(list, JSON_ARRAY) && i < list->n; i++)
		r = add_package(&list->items[i], folder, installed, rows, err);
	return r;
}

/* "/app/vendor/composer/../symfony/console": in the file __DIR__ stands in front. */
static int
put_place(const struct json *version, struct strbuf *into, struct plim_error *err)
{
	struct slice place = json_get_string(version, "install_path");
	if (place.n == 0)
		return 0;
	strbuf_putc(into, '/');
	if (path_clean(place, into, NULL) < 0)
		strbuf_clear(into);
	return into->failed ? error_nomem(err) : 0;
}

/* What others replace or provide has a name here and was not installed. */
static int
add_version(struct slice name, const struct json *entry, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf root = { 0 };
	struct slice version = json_get_string(entry, "pretty_version");
	if (version.p == NULL && (json_get(entry, "replaced") || json_get(entry, "provided")))
		return 0;
	if (name.n == 0 || version.n == 0)
		return rows_problem(rows, err, "a package without name or version");
	int r = put_place(entry, &root, err);
	if (r < 0)
		return r;
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("composer"), [PACKAGE_NAME] = name, [PACKAGE_VERSION] = version, [PACKAGE_ROOT] = text_or_none(&root),
	};
	return rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

static bool
is_same_text(const struct json *a, const struct json *b, const char *key)
{
	struct slice x = json_get_string(a, key), y = json_get_string(b, key);
	return x.p && y.p ? slice_eq(x, y) : x.p == y.p;
}

/* The application itself is no package, as in installed.json, which does not name it; a name alone may be another's. */
static bool
is_root(const struct json *root, struct slice name, const struct json *entry)
{
	struct slice own = json_get_string(root, "name");
	return own.n && slice_eq(own, name) && is_same_text(root, entry, "pretty_version") && is_same_text(root, entry, "install_path");
}

static int
extract_versions(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(LIMIT_BODY_BYTES);
	AUTO(strbuf) struct strbuf folder = { 0 };
	const struct json *file;
	struct slice dir = path_dir(path);
	strbuf_puts(&folder, dir.n ? "/" : "");
	strbuf_put(&folder, dir.p ? dir : SLICE(""));
	if (arena == NULL || folder.failed)
		return error_nomem(err);
	int r = php_literal_parse(body, strbuf_slice(&folder), arena, &file, err);
	const struct json *versions = r < 0 ? NULL : json_get(file, "versions");
	const struct json *own = r < 0 ? NULL : json_get(file, "root");
	bool empty = json_is(versions, JSON_ARRAY) && versions->n == 0;
	if (r == 0 && !empty && !json_is(versions, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "offset 0: no versions of packages");
	for (size_t i = 0; r == 0 && i < versions->n; i++)
		if (!is_root(own, versions->keys[i], &versions->items[i]))
			r = add_version(versions->keys[i], &versions->items[i], rows, err);
	return r;
}

const struct cataloger cataloger_composer_php = {
	.name = "composer",
	.paths = (const char *const[]){ "**/composer/installed.php", NULL },
	.extract = extract_versions,
};

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(LIMIT_BODY_BYTES);
	bool installed = slice_is(path_base(path), "installed.json");
	struct slice folder = path_dir(path);
	const struct json *root;
	if (arena == NULL)
		return error_nomem(err);
	int r = json_parse_loose(body, arena, &root, err);
	if (r < 0)
		return r;
	const struct json *packages = json_is(root, JSON_ARRAY) ? root : json_get(root, "packages");
	if (!json_is(packages, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "offset 0: no list of packages");
	r = add_all(packages, folder, installed, rows, err);
	return r < 0 ? r : add_all(json_get(root, "packages-dev"), folder, installed, rows, err);
}

const struct cataloger cataloger_composer = {
	.name = "composer",
	.paths = (const char *const[]){ "**/composer/installed.json", "**/composer.lock", NULL },
	.extract = extract,
};
