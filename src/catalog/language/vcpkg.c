/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What vcpkg installed: vcpkg/status, stanzas as dpkg has them, one a package and others for its features; and files of
 * vcpkg/updates, whose stanzas take the place of those (vcpkg_updates.c).
 */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "catalog/language/declared.h"
#include "codec/deb822.h"

/* `vcpkg list` shows "1.2.13#1" for the first revision of a port. */
static void
put_version(struct strbuf *into, const struct stanza *stanza)
{
	struct slice port = stanza_get(stanza, "Port-Version");
	strbuf_put(into, stanza_get(stanza, "Version"));
	if (port.n == 0 || slice_is(port, "0"))
		return;
	strbuf_putc(into, '#');
	strbuf_put(into, port);
}

/* "vcpkg-cmake, zlib (=1.2), x:y". */
static void
put_needs(struct strbuf *needs, struct slice list)
{
	struct slice item, name, rest;
	while (slice_next(&list, ',', &item)) {
		slice_cut(slice_trim(item), ' ', &name, &rest);
		slice_cut(name, ':', &name, &rest);
		slice_cut(name, '[', &name, &rest);
		names_put(needs, name);
	}
}

static int
take_stanza(const struct stanza *stanza, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf version = { 0 }, needs = { 0 };
	if (stanza->bad_lines)
		return rows_problem(rows, err, "line %u: no stanza of a status file", stanza->line);
	if (stanza_get(stanza, "Feature").p)
		return 0;
	bool installed = slice_is(stanza_get(stanza, "Status"), "install ok installed");
	put_version(&version, stanza);
	put_needs(&needs, stanza_get(stanza, "Depends"));
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("vcpkg"), [PACKAGE_NAME] = stanza_get(stanza, "Package"), [PACKAGE_VERSION] = strbuf_slice(&version),
		[PACKAGE_ARCH] = stanza_get(stanza, "Architecture"), [PACKAGE_DEPENDENCIES] = names_slice(&needs),
		[PACKAGE_SCOPE] = installed ? SLICE_NONE : SLICE("removed"),
	};
	if (fields[PACKAGE_NAME].n == 0 || (installed && version.n == 0))
		return rows_problem(rows, err, "line %u: a package without name or version", stanza->line);
	return version.failed || needs.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, stanza->line, fields, PACKAGE_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct stanza_reader reader = { cursor_of(body), 0 };
	struct stanza stanza;
	int r = 0;
	/* One whose writing was interrupted, which vcpkg does not read either. */
	if (slice_is(path_base(path), "incomplete"))
		return 0;
	while (r == 0 && stanza_next(&reader, &stanza))
		r = take_stanza(&stanza, rows, err);
	return r;
}

const struct cataloger cataloger_vcpkg = {
	.name = "vcpkg",
	.paths = (const char *const[]){ "**/vcpkg/status", "**/vcpkg/updates/*", NULL },
	.extract = extract,
};
