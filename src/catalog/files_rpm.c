/* SPDX-License-Identifier: Apache-2.0 */
/* Which files an rpm has, from its header in the database.  What is damaged there, the cataloger of packages tells. */
#include "catalog/files.h"

#include "base/error.h"
#include "codec/rpm_header.h"
#include "codec/rpmdb.h"

#include <inttypes.h>
#include <stdio.h>

struct listing {
	struct file_sink *sink;
	struct slice package;
	struct strbuf path;
};

static void
auto_listing(struct listing *listing)
{
	strbuf_done(&listing->path);
}

static int
add_file(void *context, const struct rpm_file *from, struct plim_error *err)
{
	struct listing *listing = context;
	char digest[160], mode[16];
	strbuf_clear(&listing->path);
	strbuf_put(&listing->path, from->directory);
	strbuf_put(&listing->path, from->name);
	struct listed_file file = { .type = SLICE("rpm"), .package = listing->package, .path = strbuf_slice(&listing->path) };
	if (from->digest.n && from->algorithm) {
		snprintf(digest, sizeof digest, "%s:%.*s", from->algorithm, (int)(from->digest.n < 128 ? from->digest.n : 128), from->digest.p);
		file.digest = slice_of(digest);
	}
	if (from->has_mode) {
		snprintf(mode, sizeof mode, "%04o", from->mode & 07777u);
		file.mode = slice_of(mode);
	}
	if (from->flags & (RPM_FILE_CONFIG | RPM_FILE_GHOST))
		file.kind = slice_of(from->flags & RPM_FILE_GHOST ? "ghost" : "config");
	return listing->path.failed ? error_nomem(err) : file_sink_add(listing->sink, &file, err);
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
	int ended = file_sink_end(listing->sink, err);
	if (ended < 0)
		return ended;
	if (r == PLIM_EFORMAT)
		return rows_problem(listing->sink->rows, err, "%s %" PRIu64 ": %s", place.unit, place.at, why.text);
	return r < 0 ? error_set(err, (enum plim_code)r, "%s", why.text) : 0;
}

static int
on_damage(void *context, struct rpmdb_place place, const char *why, struct plim_error *err)
{
	(void)context, (void)place, (void)why, (void)err;
	return 0;
}

/* The header's bytes are lent for the call alone: what was gathered of a package ends with it. */
static int
take(struct slice path, struct slice body, struct file_sink *sink, struct plim_error *err)
{
	AUTO(listing) struct listing listing = { .sink = sink };
	const struct rpmdb_format *format;
	const struct rpmdb_sink headers = { &listing, on_header, on_damage };
	int r = rpmdb_find(body, &format, err);
	(void)path;
	return r < 0 ? r : format->each(body, &headers, err);
}

FILE_LISTER(take)

#define DATABASE_FILES(folder) folder "/Packages", folder "/Packages.db", folder "/rpmdb.sqlite"
static const char *const databases[] = { DATABASE_FILES("var/lib/rpm"), DATABASE_FILES("usr/lib/sysimage/rpm"), DATABASE_FILES("usr/share/rpm"), NULL };

const struct cataloger cataloger_rpm_lists = { .name = "rpm", .missing = MISSING_PACKAGES, .paths = databases, .extract = extract_lists };
const struct cataloger cataloger_rpm_files = { .name = "rpm", .missing = MISSING_PACKAGES, .on_wish = true, .paths = databases, .extract = extract_files };
