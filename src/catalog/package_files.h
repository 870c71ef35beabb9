/* SPDX-License-Identifier: Apache-2.0 */
/* What packages recorded of their files, beside what the final tree has. */
#ifndef CATALOG_PACKAGE_FILES_H
#define CATALOG_PACKAGE_FILES_H

#include "catalog/inventory.h"

enum file_state {
	FILE_SAME,           /* the recorded digest is its own */
	FILE_MODIFIED,
	FILE_MISSING,        /* nothing is there */
	FILE_REPLACED,       /* something else is there: no regular file, where a digest is recorded */
	FILE_UNRECORDED,     /* nothing to compare with: directories, links, lists without digests */
	FILE_UNREAD,         /* its digest was not taken, or is of a kind that nobody takes */
};

struct package_file {
	const struct shown_row *row;    /* ROW_PACKAGE_FILE */
	const struct node *node;        /* what is there; links among its parents are followed; NULL for nothing */
};

struct package_file_list {
	struct package_file *at;
	size_t n;
};

/*
 * All that packages list, once each; made when somebody first asks, NULL without memory.  Where a digest stands in
 * another file than the list (md5sums), the row with the digest is the one that counts.
 */
const struct package_file_list *inventory_package_files(const struct inventory *inventory);
enum file_state package_file_state(const struct inventory *inventory, const struct package_file *file);
const char *file_state_name(enum file_state state);    /* "same", "modified", ... */
/* Permission bits differ from what is recorded; false where nothing is. */
bool package_file_mode_differs(const struct inventory *inventory, const struct package_file *file);

#endif
