/* SPDX-License-Identifier: Apache-2.0 */
/* Void's package database: a property list, a dict of packages by name (xbps-pkgdb(1)). */
#include "catalog/cataloger.h"

#include "base/auto.h"
#include "base/error.h"
#include "catalog/system/system.h"
#include "codec/plist.h"

bool
xbps_split(struct slice pkgver, struct slice *name, struct slice *version)
{
	return slice_cut_last(pkgver, '-', name, version) && name->n && version->n;
}

static const struct {
	const char *key;
	int field;
} keys[] = {
	{ "architecture", PACKAGE_ARCH }, { "license", PACKAGE_LICENSE }, { "maintainer", PACKAGE_VENDOR },
	{ "filename-sha256", PACKAGE_CHECKSUM },
};

struct reading {
	struct plist plist;
	struct rows *rows;
	struct strbuf texts[PACKAGE_FIELD_COUNT];
	struct strbuf key, pkgver, state;
};

static void
auto_reading(struct reading *reading)
{
	auto_plist(&reading->plist);
	for (size_t i = 0; i < PACKAGE_FIELD_COUNT; i++)
		strbuf_done(&reading->texts[i]);
	strbuf_done(&reading->key);
	strbuf_done(&reading->pkgver);
	strbuf_done(&reading->state);
}

static void
clear(struct reading *reading)
{
	for (size_t i = 0; i < PACKAGE_FIELD_COUNT; i++)
		strbuf_clear(&reading->texts[i]);
	strbuf_clear(&reading->pkgver);
	strbuf_clear(&reading->state);
}

static void
put(struct strbuf *into, struct slice text)
{
	strbuf_clear(into);
	strbuf_put(into, text);
}

/* Digests by their algorithm; licences with commas between are each of a part. */
static void
put_value(struct strbuf *into, int field, struct slice text)
{
	struct slice part;
	strbuf_clear(into);
	strbuf_puts(into, field == PACKAGE_CHECKSUM ? "sha256:" : "");
	if (field != PACKAGE_LICENSE) {
		strbuf_put(into, text);
		return;
	}
	while (slice_next(&text, ',', &part)) {
		strbuf_puts(into, into->n ? " AND " : "");
		strbuf_put(into, slice_trim(part));
	}
}

/* "zlib>=1.2.3_1", "virtual?libGL", "zlib-1.3_1": the name alone. */
static struct slice
dependency_name(struct slice text)
{
	size_t n = 0;
	struct slice name, version;
	while (n < text.n && text.p[n] != '<' && text.p[n] != '>' && text.p[n] != '?' && text.p[n] != '*')
		n++;
	if (n < text.n)
		return slice_first(text, n);
	return xbps_split(text, &name, &version) && version.p[0] >= '0' && version.p[0] <= '9' ? name : text;
}

static int
take_depends(struct reading *reading, struct plim_error *err)
{
	struct strbuf *into = &reading->texts[PACKAGE_DEPENDENCIES];
	enum plist_kind kind;
	int r;
	while ((r = plist_next(&reading->plist, &kind, err)) == 0 && kind != PLIST_END) {
		if (kind != PLIST_STRING) {
			if ((r = plist_pass(&reading->plist, kind, err)) < 0)
				return r;
			continue;
		}
		strbuf_puts(into, into->n ? "\n" : "");
		strbuf_put(into, dependency_name(strbuf_slice(&reading->plist.text)));
	}
	return r;
}

static int
take_value(struct reading *reading, enum plist_kind kind, struct plim_error *err)
{
	struct slice key = strbuf_slice(&reading->key), text = strbuf_slice(&reading->plist.text);
	if (kind == PLIST_ARRAY && slice_is(key, "run_depends"))
		return take_depends(reading, err);
	if (kind != PLIST_STRING)
		return plist_pass(&reading->plist, kind, err);
	if (slice_is(key, "pkgver"))
		put(&reading->pkgver, text);
	if (slice_is(key, "state"))
		put(&reading->state, text);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (slice_is(key, keys[i].key))
			put_value(&reading->texts[keys[i].field], keys[i].field, text);
	return 0;
}

static int
add_package(struct reading *reading, struct slice package, struct plim_error *err)
{
	struct slice fields[PACKAGE_FIELD_COUNT] = { 0 };
	if (slice_is(strbuf_slice(&reading->state), "not-installed"))
		return 0;
	for (size_t i = 0; i < PACKAGE_FIELD_COUNT; i++) {
		if (reading->texts[i].failed || reading->pkgver.failed || reading->key.failed)
			return error_nomem(err);
		if (reading->texts[i].n)
			fields[i] = strbuf_slice(&reading->texts[i]);
	}
	if (!xbps_split(strbuf_slice(&reading->pkgver), &fields[PACKAGE_NAME], &fields[PACKAGE_VERSION]) || !slice_eq(fields[PACKAGE_NAME], package))
		return rows_problem(reading->rows, err, "offset %zu: a package without a version of its own", reading->plist.in.at);
	fields[PACKAGE_TYPE] = SLICE("xbps");
	fields[PACKAGE_SOURCE] = fields[PACKAGE_NAME];
	fields[PACKAGE_SOURCE_VERSION] = fields[PACKAGE_VERSION];
	return rows_add(reading->rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

static int
take_package(struct reading *reading, struct slice package, struct plim_error *err)
{
	enum plist_kind kind;
	int r = 0;
	clear(reading);
	while (r == 0 && (r = plist_next(&reading->plist, &kind, err)) == 0 && kind != PLIST_END)
		if (kind == PLIST_KEY)
			put(&reading->key, strbuf_slice(&reading->plist.text));
		else
			r = take_value(reading, kind, err);
	return r < 0 ? r : add_package(reading, package, err);
}

/* A dict by names; "_XBPS_ALTERNATIVES_" and the like are xbps' own notes. */
static int
take_packages(struct reading *reading, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf package = { 0 };
	enum plist_kind kind = PLIST_DONE;
	int r = plist_next(&reading->plist, &kind, err);
	if (r < 0)
		return r;
	/* <dict/>: a database of no packages. */
	if (kind == PLIST_OTHER)
		return 0;
	if (kind != PLIST_DICT)
		return error_set(err, PLIM_EFORMAT, "offset %zu: no dict of packages", reading->plist.in.at);
	while (r == 0 && (r = plist_next(&reading->plist, &kind, err)) == 0 && kind != PLIST_END) {
		bool noted = slice_starts(strbuf_slice(&package), SLICE("_XBPS_"));
		if (kind == PLIST_KEY)
			put(&package, strbuf_slice(&reading->plist.text));
		else if (noted)
			r = plist_pass(&reading->plist, kind, err);
		else if (kind == PLIST_DICT)
			r = take_package(reading, strbuf_slice(&package), err);
		else
			r = rows_problem(reading->rows, err, "offset %zu: no dict of a package", reading->plist.in.at);
		if (r == 0 && kind == PLIST_ARRAY && !noted)
			r = plist_pass(&reading->plist, kind, err);
	}
	return r < 0 ? r : package.failed ? error_nomem(err) : plist_next(&reading->plist, &kind, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(reading) struct reading reading = { .plist = plist_of(body), .rows = rows };
	(void)path;
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	return take_packages(&reading, err);
}

const struct cataloger cataloger_xbps = {
	.name = "xbps",
	.missing = MISSING_PACKAGES,
	.paths = (const char *const[]){ "var/db/xbps/pkgdb-*.plist", NULL },
	.roots = (const char *const[]){ "var/db/xbps/pkgdb-0.38.plist", NULL },
	.extract = extract,
};
