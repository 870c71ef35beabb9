/* SPDX-License-Identifier: Apache-2.0 */
/* Installed rpm packages, from the database in whichever of its three formats. */
#include "catalog/cataloger.h"
#include "catalog/system/rpm_needs.h"

#include "base/auto.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/rpm_header.h"
#include "codec/rpmdb.h"

#include <inttypes.h>
#include <stdio.h>

#define DATABASE_FILES(folder) folder "/Packages", folder "/Packages.db", folder "/rpmdb.sqlite"
#define SQLITE_FILES(folder)   folder "/rpmdb.sqlite-wal", folder "/rpmdb.sqlite-journal"

static const char *const rpm_paths[] = {
	DATABASE_FILES("var/lib/rpm"), DATABASE_FILES("usr/lib/sysimage/rpm"), DATABASE_FILES("usr/share/rpm"),
	SQLITE_FILES("var/lib/rpm"),   SQLITE_FILES("usr/lib/sysimage/rpm"),   SQLITE_FILES("usr/share/rpm"),
	NULL,
};

struct reading {
	struct rows *rows;
	struct rpm_needs needs;
	struct strbuf version, needed;
	uint64_t packages, damaged;
};

static void
auto_reading(struct reading *reading)
{
	rpm_needs_done(&reading->needs);
	strbuf_done(&reading->version);
	strbuf_done(&reading->needed);
}

/* "acl-2.2.51-14.el7.src.rpm" is acl in 2.2.51-14.el7; a name that is not so built leaves the outputs alone. */
static void
source_split(struct slice file, struct slice *name, struct slice *version)
{
	struct slice rest, release, head;
	if (!slice_skip_end(&file, SLICE(".src.rpm")) && !slice_skip_end(&file, SLICE(".nosrc.rpm")))
		return;
	if (!slice_cut_last(file, '-', &rest, &release) || !slice_cut_last(rest, '-', &head, &rest) || head.n == 0)
		return;
	*name = head;
	*version = slice_from(file, head.n + 1);
}

static int
package_add(struct reading *reading, const struct rpm_header *header, struct plim_error *err)
{
	char epoch[16];
	snprintf(epoch, sizeof epoch, "%" PRIu32, header->epoch);
	strbuf_clear(&reading->version);
	if (header->has_epoch)
		strbuf_printf(&reading->version, "%s:", epoch);
	strbuf_put(&reading->version, header->version);
	strbuf_putc(&reading->version, '-');
	strbuf_put(&reading->version, header->release);
	if (reading->version.failed)
		return error_nomem(err);

	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("rpm"),
		[PACKAGE_NAME] = header->name,
		[PACKAGE_VERSION] = strbuf_slice(&reading->version),
		[PACKAGE_EPOCH] = header->has_epoch ? slice_of(epoch) : SLICE_NONE,
		[PACKAGE_ARCH] = header->arch,
		[PACKAGE_SOURCE] = header->name,
		[PACKAGE_SOURCE_VERSION] = strbuf_slice(&reading->version),
		[PACKAGE_VENDOR] = header->vendor.p ? header->vendor : header->packager,
		[PACKAGE_LICENSE] = header->license,
		[PACKAGE_MODULE] = header->module,
		[PACKAGE_DEPENDENCIES] = reading->needed.n ? strbuf_slice(&reading->needed) : SLICE_NONE,
	};
	source_split(header->sourcerpm, &fields[PACKAGE_SOURCE], &fields[PACKAGE_SOURCE_VERSION]);
	return rows_add(reading->rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

static int
on_damage(void *context, struct rpmdb_place place, const char *why, struct plim_error *err)
{
	struct reading *reading = context;
	if (++reading->damaged > LIMIT_RPM_DAMAGE_COUNT)
		return error_set(err, PLIM_ELIMIT, "%s %" PRIu64 ": more damage than RPM_DAMAGE_COUNT", place.unit, place.at);
	return rows_problem(reading->rows, err, "%s %" PRIu64 ": %s", place.unit, place.at, why);
}

static int
on_header(void *context, struct rpmdb_place place, struct slice blob, struct plim_error *err)
{
	struct reading *reading = context;
	struct rpm_header header;
	struct plim_error why = { 0 };
	if (++reading->packages > LIMIT_PACKAGE_COUNT)
		return error_set(err, PLIM_ELIMIT, "%s %" PRIu64 ": more packages than PACKAGE_COUNT", place.unit, place.at);
	if (rpm_header_parse(blob, &header, &why) < 0)
		return on_damage(context, place, why.text, err);
	strbuf_clear(&reading->needed);
	int r = rpm_needs_of(&reading->needs, blob, header.name, &reading->needed, &why);
	if (r == PLIM_EFORMAT)
		r = on_damage(context, place, why.text, err);
	else if (r < 0)
		error_set(err, (enum plim_code)r, "%s", why.text);
	return r < 0 ? r : package_add(reading, &header, err);
}

/* What a crash or a running rpm left beside the database may be newer than it; it is not merged, and so is told. */
static int
leftover_check(struct slice path, struct slice body)
{
	static const struct {
		struct slice suffix;
		size_t head;    /* bytes that hold no page yet */
	} leftovers[] = {
		{ { "-wal", 4 }, 32 },
		{ { "-journal", 8 }, 0 },
	};
	for (size_t i = 0; i < sizeof leftovers / sizeof *leftovers; i++)
		if (slice_ends(path, leftovers[i].suffix))
			return body.n > leftovers[i].head ? PLIM_EUNSUPPORTED : 0;
	return PLIM_ENOTFOUND;
}

static int
rpm_extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	int r = leftover_check(path, body);
	if (r == PLIM_EUNSUPPORTED)
		return error_set(err, r, "offset 0: %zu bytes of a write-ahead log or journal, not merged into the package database", body.n);
	if (r == 0)
		return 0;

	const struct rpmdb_format *format;
	AUTO(reading) struct reading reading = { .rows = rows };
	const struct rpmdb_sink sink = { &reading, on_header, on_damage };
	r = rpmdb_find(body, &format, err);
	if (r < 0)
		return r;
	r = rpm_needs_gather(body, format, &reading.needs, err);
	if (r == 0)
		r = format->each(body, &sink, err);
	return r < 0 ? error_wrap(err, r, "%s", format->name) : 0;
}

const struct cataloger cataloger_rpm = {
	.name = "rpm",
	.missing = MISSING_PACKAGES,
	.paths = rpm_paths,
	.roots = rpm_paths,
	.extract = rpm_extract,
};
