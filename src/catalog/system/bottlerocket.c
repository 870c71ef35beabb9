/* SPDX-License-Identifier: Apache-2.0 */
/* Bottlerocket has no package manager in its images; what was built in, from rpms, stands in one inventory. */
#include "catalog/cataloger.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/json.h"

static int
add_package(const struct json *item, size_t at, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf version = { 0 };
	struct slice release = json_get_string(item, "Release"), epoch = json_get_string(item, "Epoch");
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("rpm"),
		[PACKAGE_NAME] = json_get_string(item, "Name"),
		[PACKAGE_ARCH] = json_get_string(item, "Architecture"),
		[PACKAGE_VENDOR] = json_get_string(item, "Publisher"),
		[PACKAGE_EPOCH] = slice_is(epoch, "0") ? SLICE_NONE : epoch,
	};
	if (fields[PACKAGE_NAME].n == 0 || json_get_string(item, "Version").n == 0)
		return rows_problem(rows, err, "item %zu: a package without name or version", at);
	if (fields[PACKAGE_EPOCH].n) {
		strbuf_put(&version, epoch);
		strbuf_putc(&version, ':');
	}
	strbuf_put(&version, json_get_string(item, "Version"));
	strbuf_puts(&version, release.n ? "-" : "");
	strbuf_put(&version, release);
	fields[PACKAGE_VERSION] = fields[PACKAGE_SOURCE_VERSION] = strbuf_slice(&version);
	fields[PACKAGE_SOURCE] = fields[PACKAGE_NAME];
	return version.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	const struct json *document;
	(void)path;
	if (body.n > LIMIT_DOCUMENT_BYTES)
		return error_set(err, PLIM_ELIMIT, "offset 0: beyond limit DOCUMENT_BYTES");
	int r = arena ? json_parse(body, arena, &document, err) : error_nomem(err);
	if (r < 0)
		return r;
	const struct json *content = json_get(document, "Content");
	if (!json_is(content, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "line 1: no inventory: Content is missing");
	for (size_t i = 0; r == 0 && i < content->n; i++)
		r = add_package(json_item(content, i), i, rows, err);
	return r;
}

const struct cataloger cataloger_bottlerocket = {
	.name = "bottlerocket",
	.missing = MISSING_PACKAGES,
	.paths = (const char *const[]){ "usr/share/bottlerocket/application-inventory.json", NULL },
	.extract = extract,
};
