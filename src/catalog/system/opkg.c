/* SPDX-License-Identifier: Apache-2.0 */
/* opkg's database, of OpenWrt and of images that Yocto makes: stanzas as dpkg has them; licences stand in the packages' own control files. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "codec/deb822.h"

/* Third word of Status: installed, unpacked; what is but known, or removed, is not there. */
static bool
is_installed(struct slice status)
{
	struct slice word = SLICE_NONE;
	for (int i = 0; i < 3; i++)
		if (!slice_word(&status, &word))
			return true;
	return !slice_is(word, "not-installed") && !slice_is(word, "config-files");
}

static struct slice
epoch_of(struct slice version)
{
	struct slice epoch, rest;
	uint64_t number;
	return slice_cut(version, ':', &epoch, &rest) && slice_to_u64(epoch, 10, &number) ? epoch : SLICE_NONE;
}

static int
add_package(const struct stanza *stanza, struct rows *rows, struct plim_error *err)
{
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("opkg"),
		[PACKAGE_NAME] = stanza_get(stanza, "Package"),
		[PACKAGE_VERSION] = stanza_get(stanza, "Version"),
		[PACKAGE_ARCH] = stanza_get(stanza, "Architecture"),
		[PACKAGE_VENDOR] = stanza_get(stanza, "Maintainer"),
		[PACKAGE_LICENSE] = stanza_get(stanza, "License"),
	};
	fields[PACKAGE_EPOCH] = epoch_of(fields[PACKAGE_VERSION]);
	fields[PACKAGE_SOURCE] = stanza_get(stanza, "SourceName");
	if (fields[PACKAGE_SOURCE].n == 0)
		fields[PACKAGE_SOURCE] = fields[PACKAGE_NAME];
	fields[PACKAGE_SOURCE_VERSION] = fields[PACKAGE_VERSION];
	return rows_add(rows, ROW_PACKAGE, stanza->line, fields, PACKAGE_FIELD_COUNT, err);
}

static int
take_stanza(const struct stanza *stanza, struct rows *rows, struct plim_error *err)
{
	int r = 0;
	if (stanza->bad_lines)
		r = rows_problem(rows, err, "line %u: %zu lines of the stanza are no fields", stanza->line, stanza->bad_lines);
	/* A blank line is missing: the second package would hide behind the first. */
	if (r == 0 && (stanza_count(stanza, "Package") > 1 || stanza_count(stanza, "Version") > 1))
		r = rows_problem(rows, err, "line %u: a stanza of several packages", stanza->line);
	if (r < 0 || !is_installed(stanza_get(stanza, "Status")))
		return r;
	if (stanza_get(stanza, "Package").n == 0 || stanza_get(stanza, "Version").n == 0)
		return rows_problem(rows, err, "line %u: an installed package without name or version", stanza->line);
	return add_package(stanza, rows, err);
}

static int
extract_status(struct slice body, struct rows *rows, struct plim_error *err)
{
	struct stanza_reader reader = { cursor_of(body), 0 };
	struct stanza stanza;
	int r = 0;
	if (slice_trim(body).n == 0)
		return error_set(err, PLIM_EFORMAT, "offset 0: the package database is empty");
	while (r == 0 && stanza_next(&reader, &stanza))
		r = take_stanza(&stanza, rows, err);
	return r;
}

static int
extract_control(struct slice body, struct rows *rows, struct plim_error *err)
{
	struct stanza_reader reader = { cursor_of(body), 0 };
	struct stanza stanza;
	if (!stanza_next(&reader, &stanza))
		return 0;
	const struct slice fields[LICENSE_FIELD_COUNT] = {
		[LICENSE_TYPE] = SLICE("opkg"), [LICENSE_PACKAGE] = stanza_get(&stanza, "Package"), [LICENSE_DECLARED] = stanza_get(&stanza, "License"),
	};
	return fields[LICENSE_DECLARED].n ? rows_add(rows, ROW_LICENSE, stanza.line, fields, LICENSE_FIELD_COUNT, err) : 0;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	return slice_is(path_base(path), "status") ? extract_status(body, rows, err) : extract_control(body, rows, err);
}

const struct cataloger cataloger_opkg = {
	.name = "opkg",
	.missing = MISSING_PACKAGES,
	.paths = (const char *const[]){ "usr/lib/opkg/status", "var/lib/opkg/status", "usr/lib/opkg/info/*.control", "var/lib/opkg/info/*.control", NULL },
	.roots = (const char *const[]){ "usr/lib/opkg/status", "var/lib/opkg/status", NULL },
	.extract = extract,
};
