/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are either the old ones or the new ones, whatever happens in between. */
#ifndef STORE_ATOMIC_H
#define STORE_ATOMIC_H

#include "base/slice.h"

#include <plimsoll/error.h>

/*
 * Replaces the file at `path`: written beside it, synced, renamed.  `mode` as for open(2).  On failure the old file stands and nothing
 * is left beside it.
 */
int atomic_write(const char *path, unsigned mode, struct slice bytes, struct plim_error *err);

/* Makes a directory and its missing parents, mode 0700. */
int directory_make(const char *path, struct plim_error *err);
/* That of a file that is to be. */
int directory_make_parent(const char *path, struct plim_error *err);

#endif
