/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bun.lock wants: JSON with commas behind last items; `packages` maps a
 * place to ["name@1.0.0", ...].  And deno.lock: `npm` maps "name@1.0.0" to its integrity.
 */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "catalog/language/integrity.h"
#include "codec/json.h"

/* "@s/a@1.0.0"; what comes of a folder or a repository is no published version.  deno puts peers behind an underscore. */
static int
add(struct slice descriptor, struct slice integrity, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf checksum = { 0 };
	size_t at = descriptor.n > 1 ? slice_find(slice_from(descriptor, 1), '@') : SIZE_MAX;
	struct slice version = slice_from(descriptor, at == SIZE_MAX ? descriptor.n : at + 2), rest;
	slice_cut(version, '_', &version, &rest);
	if (version.n == 0 || version.p[0] < '0' || version.p[0] > '9')
		return 0;
	put_integrity(integrity, &checksum);
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("npm"), [PACKAGE_NAME] = slice_first(descriptor, at + 1), [PACKAGE_VERSION] = version, [PACKAGE_SCOPE] = SLICE("declared"),
		[PACKAGE_CHECKSUM] = checksum.n ? strbuf_slice(&checksum) : SLICE_NONE,
	};
	return checksum.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

static int
take_bun(const struct json *packages, struct rows *rows, struct plim_error *err)
{
	int r = 0;
	if (!json_is(packages, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "offset 0: no lock of Bun: it has no packages");
	for (size_t i = 0; r == 0 && i < packages->n; i++) {
		const struct json *entry = &packages->items[i];
		r = add(json_string(json_item(entry, 0)), entry->n ? json_string(json_item(entry, entry->n - 1)) : SLICE_NONE, rows, err);
	}
	return r;
}

/* Version 3 has it below `packages`. */
static int
take_deno(const struct json *root, struct rows *rows, struct plim_error *err)
{
	const struct json *npm = json_get(root, "npm");
	int r = 0;
	if (!json_is(root, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "offset 0: no lock of Deno: it is no object");
	if (npm == NULL)
		npm = json_get(json_get(root, "packages"), "npm");
	for (size_t i = 0; r == 0 && json_is(npm, JSON_OBJECT) && i < npm->n; i++)
		r = add(npm->keys[i], json_get_string(&npm->items[i], "integrity"), rows, err);
	return r;
}

/* Without the commas that JSON does not have; texts stay. */
static void
put_strict(struct slice body, struct strbuf *into)
{
	bool text = false;
	for (size_t i = 0; i < body.n; i++) {
		size_t next = i + 1;
		if (text && body.p[i] == '\\' && next < body.n) {
			strbuf_put(into, slice_first(slice_from(body, i++), 2));
			continue;
		}
		text ^= body.p[i] == '"';
		while (!text && body.p[i] == ',' && next < body.n && strchr(" \t\r\n", body.p[next]) && body.p[next])
			next++;
		if (text || body.p[i] != ',' || next == body.n || (body.p[next] != '}' && body.p[next] != ']'))
			strbuf_putc(into, body.p[i]);
	}
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(LIMIT_BODY_BYTES);
	AUTO(strbuf) struct strbuf strict = { 0 };
	const struct json *root;
	put_strict(body, &strict);
	if (arena == NULL || strict.failed)
		return error_nomem(err);
	int r = json_parse_loose(strbuf_slice(&strict), arena, &root, err);
	if (r < 0)
		return r;
	return slice_is(path_base(path), "bun.lock") ? take_bun(json_get(root, "packages"), rows, err) : take_deno(root, rows, err);
}

const struct cataloger cataloger_bun_lock = {
	.name = "bun_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/bun.lock", "**/deno.lock", NULL },
	.extract = extract,
};

/* Undocumented, and Bun itself has left it: whoever has one is told that what it wants is not known. */
static int
extract_binary(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	(void)path, (void)body, (void)rows;
	return error_set(err, PLIM_EUNSUPPORTED, "offset 0: Bun's binary lock is not read; bun.lock is");
}

const struct cataloger cataloger_bun_lockb = {
	.name = "bun_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/bun.lockb", NULL },
	.extract = extract_binary,
};
