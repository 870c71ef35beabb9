/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a machine's own files end: what is left out of the walk through its
 * root, by rule, and told.  Entered are the file systems of local disks, an
 * allow list; a file system that is not known here is left out by its number.
 */
#ifndef LAYER_MOUNTED_H
#define LAYER_MOUNTED_H

#include "base/strbuf.h"

/* A directory that holds the files of containers or other machines ("var/lib/docker", as entries are spelled): why it is left out, else NULL. */
const char *store_left_out(struct slice path);

/*
 * The file system whose root `fd` is, opened with O_PATH at most: why it is left out, else NULL.  `*kind` gets its name, made in `room`
 * where it has none here.
 */
const char *mount_left_out(int fd, char room[32], struct slice *kind);

#endif
