/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rpm packages need, by names of packages: a header requires capabilities (libraries with their symbols, paths, names), of which
 * the headers of the same database tell who provides them.
 */
#ifndef CATALOG_SYSTEM_RPM_NEEDS_H
#define CATALOG_SYSTEM_RPM_NEEDS_H

#include "base/arena.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "codec/rpmdb.h"

struct rpm_needs {
	struct arena *arena;       /* owns what the maps point at */
	struct map required;       /* capability: struct rpm_required * */
	struct map directories;    /* of those that are paths */
	uint32_t asked;            /* packages so far: see rpm_provider */
};

void rpm_needs_done(struct rpm_needs *needs);
static inline void
auto_rpm_needs(struct rpm_needs *needs)
{
	rpm_needs_done(needs);
}

/* Walks the database twice.  What is damaged there is passed over; PLIM_ELIMIT beyond RPM_NEEDS_BYTES. */
int rpm_needs_gather(struct slice db, const struct rpmdb_format *format, struct rpm_needs *out, struct plim_error *err);
/* The names of packages that the header's package needs, one a line, itself left out.  PLIM_EFORMAT where its list is none. */
int rpm_needs_of(struct rpm_needs *needs, struct slice header, struct slice name, struct strbuf *into, struct plim_error *err);

#endif
