/* SPDX-License-Identifier: Apache-2.0 */
/* Packages that another than the distribution built: its advisories do not speak of them, whatever they are called. */
#ifndef ADVISORY_VENDOR_H
#define ADVISORY_VENDOR_H

#include "catalog/inventory.h"

/*
 * Whose the package is where it surely is not the distribution's: what it says of its vendor, or a name for the mark that its
 * version has.  Absent for one of the distribution, and where nothing tells.
 */
struct slice package_foreign_vendor(const struct operating_system *os, const struct package *package);

#endif
