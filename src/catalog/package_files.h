/* SPDX-License-Identifier: Apache-2.0 */
/* What packages recorded of their files, beside what the final tree has. */
#ifndef CATALOG_PACKAGE_FILES_H
#define CATALOG_PACKAGE_FILES_H

#include "catalog/files.h"
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
	const struct shown_row *row;    /* ROW_PACKAGE_FILE, or ROW_FILE_LIST of what is listed only */
	struct slice text;              /* its part of that */
};

struct package_file_list {
	const struct package_file *at;
	size_t n;
};

/*
 * All that packages list, once each; made when somebody first asks, NULL without memory.  Where a digest stands in
 * another file than the list (md5sums), the record with the digest is the one that counts.  What something is recorded
 * of comes first, and inventory_recorded_files is that alone: most questions are about it, and it is the shorter by far.
 */
const struct package_file_list *inventory_package_files(const struct inventory *inventory);
const struct package_file_list *inventory_recorded_files(const struct inventory *inventory);

struct slice package_file_type(const struct package_file *file);
struct slice package_file_package(const struct package_file *file);
struct slice package_file_listed(const struct package_file *file);    /* the path, as listed, with or without its first slash */
struct file_record package_file_record(const struct package_file *file);    /* the same with digest, mode and kind */

/* What is there; links among its parents are followed; NULL for nothing. */
const struct node *package_file_node(const struct inventory *inventory, const struct package_file *file);
enum file_state package_file_state(const struct inventory *inventory, const struct package_file *file);
const char *file_state_name(enum file_state state);    /* "same", "modified", ... */
/* Permission bits differ from what is recorded; false where nothing is. */
bool package_file_mode_differs(const struct inventory *inventory, const struct package_file *file);

#endif
