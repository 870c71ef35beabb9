/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest of a chiselled Ubuntu: zstd, inside it a line of JSON for each package, slice, path and content. */
#include "catalog/cataloger.h"

#include "base/arena.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "catalog/system/system.h"
#include "codec/inflate.h"
#include "codec/json.h"

int
chisel_inflate(struct slice body, char **out, size_t *out_size, struct plim_error *err)
{
	AUTO(stream) struct stream *stored = NULL, *plain = NULL;
	int r = stream_of_slice(body, &stored, err);
	if (r == 0)
		r = inflate_open(&codec_zstd, stored, LIMIT_BODY_BYTES, &plain, err);
	if (r < 0)
		return r;
	stored = NULL;
	return stream_read_all(plain, LIMIT_BODY_BYTES, out, out_size, err);
}

static int
check_head(struct slice line, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	const struct json *head;
	int r = arena ? json_parse(line, arena, &head, err) : error_nomem(err);
	if (r < 0)
		return error_wrap(err, r, "line 1");
	if (!slice_is(json_get_string(head, "jsonwall"), "1.0") || !slice_is(json_get_string(head, "schema"), "1.0"))
		return error_set(err, PLIM_EUNSUPPORTED, "line 1: no manifest of schema 1.0");
	return 0;
}

static int
add_package(const struct json *package, uint32_t line, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf checksum = { 0 };
	struct slice digest = json_get_string(package, "sha256"), epoch, rest;
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("deb"),
		[PACKAGE_NAME] = json_get_string(package, "name"),
		[PACKAGE_VERSION] = json_get_string(package, "version"),
		[PACKAGE_ARCH] = json_get_string(package, "arch"),
	};
	if (fields[PACKAGE_NAME].n == 0 || fields[PACKAGE_VERSION].n == 0)
		return rows_problem(rows, err, "line %u: a package without name or version", line);
	if (slice_cut(fields[PACKAGE_VERSION], ':', &epoch, &rest))
		fields[PACKAGE_EPOCH] = epoch;
	if (digest.n == 64) {
		strbuf_puts(&checksum, "sha256:");
		strbuf_put(&checksum, digest);
		fields[PACKAGE_CHECKSUM] = strbuf_slice(&checksum);
	}
	fields[PACKAGE_SOURCE] = fields[PACKAGE_NAME];
	fields[PACKAGE_SOURCE_VERSION] = fields[PACKAGE_VERSION];
	return checksum.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, line, fields, PACKAGE_FIELD_COUNT, err);
}

/* Lines of other kinds are many, and the reader of file lists reads those that matter. */
static int
take_line(struct slice line, uint32_t number, struct rows *rows, struct plim_error *err)
{
	if (slice_find_text(line, SLICE("\"package\"")) == SIZE_MAX)
		return 0;
	AUTO(arena) struct arena *arena = arena_new(0);
	const struct json *value;
	struct plim_error why = { 0 };
	int r = arena ? json_parse(line, arena, &value, &why) : error_nomem(err);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r < 0)
		return rows_problem(rows, err, "line %u: no JSON: %s", number, why.text);
	return slice_is(json_get_string(value, "kind"), "package") ? add_package(value, number, rows, err) : 0;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(free) char *text = NULL;
	size_t size = 0;
	uint32_t number = 0;
	(void)path;
	int r = chisel_inflate(body, &text, &size, err);
	struct cursor in = cursor_of((struct slice){ text, size });
	for (struct slice line; r == 0 && cursor_line(&in, &line);)
		r = ++number == 1 ? check_head(line, err) : take_line(line, number, rows, err);
	if (r == 0 && number == 0)
		return error_set(err, PLIM_EFORMAT, "offset 0: the manifest is empty");
	/* Distributions' advisories are of source packages, which the manifest does not name. */
	return r < 0 ? r : rows_problem(rows, err, "line 1: source packages are not told: advisories of those with other names are not matched");
}

const struct cataloger cataloger_chisel = {
	.name = "chisel",
	.missing = MISSING_PACKAGES,
	.paths = (const char *const[]){ "var/lib/chisel/manifest.wall", NULL },
	.roots = (const char *const[]){ "var/lib/chisel/manifest.wall", NULL },
	.extract = extract,
};
