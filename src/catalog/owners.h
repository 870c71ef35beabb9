/* SPDX-License-Identifier: Apache-2.0 */
/* Whose file is what: lists of distributions' packages first, then those of languages, directories that are a package's, and files that are one. */
#ifndef CATALOG_OWNERS_H
#define CATALOG_OWNERS_H

#include "base/map.h"
#include "catalog/inventory.h"

struct owners;

/*
 * Of all paths, or of those alone that are keys of `wishes` (real ones, without their first slash; borrowed for the call): lists are long, and
 * most questions are few.  The inventory is borrowed.
 */
int owners_new(const struct inventory *inventory, const struct map *wishes, struct owners **out, struct plim_error *err);
void owners_free(struct owners *owners);
AUTO_DEFINE(owners, struct owners, owners_free)

/*
 * Of a real path without its first slash; NULL where there is none.  `owners_system` looks at the distributions' lists
 * alone, `owners_recorded` at those of languages.
 */
const struct file_owner *owners_system(const struct owners *owners, struct slice path);
const struct file_owner *owners_recorded(const struct owners *owners, struct slice path);
const struct file_owner *owners_find(const struct owners *owners, struct slice path);

/*
 * "var/lib/dpkg/info/libc6:amd64.postinst" is of libc6: what dpkg keeps of a package and lists nowhere.  `*script`: it is one that
 * may be executable.  False for other paths and names.
 */
bool dpkg_info_file(struct slice path, struct slice *package, bool *script);

#endif
