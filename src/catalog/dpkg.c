/* SPDX-License-Identifier: Apache-2.0 */
/* dpkg's database: var/lib/dpkg/status, and one file a package in status.d of distroless images. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "codec/deb822.h"

/* Third word of Status: the states in which a package's files are there. */
static bool
is_installed(struct slice status)
{
	static const char *const there[] = { "installed", "unpacked", "half-configured", "half-installed", "triggers-awaited", "triggers-pending" };
	struct slice word = SLICE_NONE;
	/* Distroless stanzas are control files: they have no Status. */
	if (status.p == NULL)
		return true;
	for (int i = 0; i < 3; i++)
		slice_word(&status, &word);
	for (size_t i = 0; i < sizeof there / sizeof *there; i++)
		if (slice_is(word, there[i]))
			return true;
	return false;
}

/* "name (version)"; without them the package is its own source. */
static void
put_source(const struct stanza *stanza, struct slice *fields)
{
	struct slice source = stanza_get(stanza, "Source"), name, version;
	fields[PACKAGE_SOURCE] = fields[PACKAGE_NAME];
	fields[PACKAGE_SOURCE_VERSION] = fields[PACKAGE_VERSION];
	if (source.n == 0)
		return;
	bool has_version = slice_cut(source, '(', &name, &version);
	fields[PACKAGE_SOURCE] = slice_trim(name);
	if (has_version && slice_skip_end(&version, SLICE(")")))
		fields[PACKAGE_SOURCE_VERSION] = slice_trim(version);
}

static int
add_package(const struct stanza *stanza, struct rows *rows, struct plim_error *err)
{
	struct slice fields[PACKAGE_FIELD_COUNT] = { 0 }, epoch, rest;
	fields[PACKAGE_TYPE] = SLICE("deb");
	fields[PACKAGE_NAME] = stanza_get(stanza, "Package");
	fields[PACKAGE_VERSION] = stanza_get(stanza, "Version");
	fields[PACKAGE_ARCH] = stanza_get(stanza, "Architecture");
	fields[PACKAGE_VENDOR] = stanza_get(stanza, "Maintainer");
	if (slice_cut(fields[PACKAGE_VERSION], ':', &epoch, &rest))
		fields[PACKAGE_EPOCH] = epoch;
	put_source(stanza, fields);
	return rows_add(rows, ROW_PACKAGE, stanza->line, fields, PACKAGE_FIELD_COUNT, err);
}

static int
take_stanza(const struct stanza *stanza, struct rows *rows, struct plim_error *err)
{
	if (stanza->bad_lines > 0) {
		int r = rows_problem(rows, err, "line %u: %zu lines of the stanza are no fields", stanza->line, stanza->bad_lines);
		if (r < 0)
			return r;
	}
	struct slice status = stanza_get(stanza, "Status");
	if (stanza_get(stanza, "Package").n == 0)
		return rows_problem(rows, err, "line %u: a stanza without Package", stanza->line);
	if (!is_installed(status))
		return 0;
	if (stanza_get(stanza, "Version").n == 0)
		return rows_problem(rows, err, "line %u: an installed package without Version", stanza->line);
	return add_package(stanza, rows, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct stanza_reader reader = { cursor_of(body), 0 };
	struct stanza stanza;
	if (slice_ends(path, SLICE(".md5sums")))
		return 0;
	if (body.n == 0)
		return error_set(err, PLIM_EFORMAT, "offset 0: the package database is empty");
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	while (stanza_next(&reader, &stanza)) {
		int r = take_stanza(&stanza, rows, err);
		if (r < 0)
			return r;
	}
	return 0;
}

const struct cataloger cataloger_dpkg = {
	.name = "dpkg",
	.paths = (const char *const[]){ "var/lib/dpkg/status", "var/lib/dpkg/status.d/*", NULL },
	.roots = (const char *const[]){ "var/lib/dpkg/status", NULL },
	.extract = extract,
};
