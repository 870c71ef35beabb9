/* SPDX-License-Identifier: Apache-2.0 */
/* Takes a database apart as the cataloger does: every header is parsed, damage has its limit. */
#ifndef FUZZ_RPM_WALK_H
#define FUZZ_RPM_WALK_H

#include "base/error.h"
#include "base/limits.h"
#include "codec/rpm_header.h"
#include "codec/rpmdb.h"

static int
walk_damage(void *context, struct rpmdb_place place, const char *why, struct plim_error *err)
{
	uint64_t *damaged = context;
	(void)place;
	return ++*damaged > LIMIT_RPM_DAMAGE_COUNT ? error_set(err, PLIM_ELIMIT, "%s", why) : 0;
}

static int
walk_header(void *context, struct rpmdb_place place, struct slice blob, struct plim_error *err)
{
	struct rpm_header header;
	struct plim_error why = { 0 };
	return rpm_header_parse(blob, &header, &why) < 0 ? walk_damage(context, place, why.text, err) : 0;
}

static void
rpmdb_walk(const struct rpmdb_format *format, struct slice db)
{
	uint64_t damaged = 0;
	const struct rpmdb_sink sink = { &damaged, walk_header, walk_damage };
	if (format->bid(db) > 0)
		format->each(db, &sink, NULL);
}

#endif
