/* SPDX-License-Identifier: Apache-2.0 */
/* Until when each operating-system release is supported by its maker, free of charge. */
#ifndef CATALOG_OS_SUPPORT_H
#define CATALOG_OS_SUPPORT_H

#include "base/slice.h"

struct os_support {
	const char *id;          /* as in os-release */
	const char *version;     /* as in VERSION_ID, the part that names the release */
	const char *codename;    /* NULL without one */
	const char *end;         /* last day; NULL: the release rolls */
};

/* The entry for "alpine", "3.18.9" is that of 3.18; NULL for a release that is not in the table. */
const struct os_support *os_support_find(struct slice id, struct slice version_id);
/* The entry of a release by its code name; NULL where the table has none. */
const struct os_support *os_support_named(struct slice id, struct slice codename);
/* The day of `end`, DATE_NONE for a rolling release. */
int64_t os_support_end(const struct os_support *support);

#endif
