/* SPDX-License-Identifier: Apache-2.0 */
/* Packages that are none of the release's own: its advisories do not speak of them, whatever they are called. */
#ifndef ADVISORY_VENDOR_H
#define ADVISORY_VENDOR_H

#include "catalog/inventory.h"

struct database;

/*
 * Whose the package is where it surely is not the release's: what it says of its vendor, or a name for the mark that its version has; of
 * a product or repository that the distribution keeps beside the release, unless a feed in the database is that one's.  Absent for one of
 * the release, and where nothing tells.
 */
struct slice package_foreign_vendor(const struct database *database, const struct operating_system *os, const struct package *package);

#endif
