/* SPDX-License-Identifier: Apache-2.0 */
/* Which files an rpm has, from its header in the database.  What is damaged there, the cataloger of packages tells. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "codec/rpm_header.h"
#include "codec/rpmdb.h"

#include <inttypes.h>

struct listing {
	struct rows *rows;
	struct slice package;
	struct strbuf path;
};

static void
auto_listing(struct listing *listing)
{
	strbuf_done(&listing->path);
}

static int
add_file(void *context, struct slice directory, struct slice name, struct plim_error *err)
{
	struct listing *listing = context;
	strbuf_clear(&listing->path);
	strbuf_put(&listing->path, directory);
	strbuf_put(&listing->path, name);
	const struct slice fields[PACKAGE_FILE_FIELD_COUNT] = {
		[PACKAGE_FILE_TYPE] = SLICE("rpm"), [PACKAGE_FILE_PACKAGE] = listing->package, [PACKAGE_FILE_FILE] = strbuf_slice(&listing->path),
	};
	return listing->path.failed ? error_nomem(err) : rows_add(listing->rows, ROW_PACKAGE_FILE, 0, fields, PACKAGE_FILE_FIELD_COUNT, err);
}

static int
on_header(void *context, struct rpmdb_place place, struct slice blob, struct plim_error *err)
{
	struct listing *listing = context;
	struct rpm_header header;
	struct plim_error why = { 0 };
	if (rpm_header_parse(blob, &header, &why) < 0)
		return 0;
	listing->package = header.name;
	int r = rpm_header_files(blob, add_file, listing, &why);
	if (r == PLIM_EFORMAT)
		return rows_problem(listing->rows, err, "%s %" PRIu64 ": %s", place.unit, place.at, why.text);
	return r < 0 ? error_set(err, (enum plim_code)r, "%s", why.text) : 0;
}

static int
on_damage(void *context, struct rpmdb_place place, const char *why, struct plim_error *err)
{
	(void)context, (void)place, (void)why, (void)err;
	return 0;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	const struct rpmdb_format *format;
	AUTO(listing) struct listing listing = { .rows = rows };
	const struct rpmdb_sink sink = { &listing, on_header, on_damage };
	(void)path;
	int r = rpmdb_find(body, &format, err);
	return r < 0 ? r : format->each(body, &sink, err);
}

#define DATABASE_FILES(folder) folder "/Packages", folder "/Packages.db", folder "/rpmdb.sqlite"

const struct cataloger cataloger_rpm_files = {
	.name = "rpm",
	.on_wish = true,
	.paths = (const char *const[]){ DATABASE_FILES("var/lib/rpm"), DATABASE_FILES("usr/lib/sysimage/rpm"), DATABASE_FILES("usr/share/rpm"), NULL },
	.extract = extract,
};
