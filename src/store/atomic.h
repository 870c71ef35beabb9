/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are either the old ones or the new ones, whatever happens in between. */
#ifndef STORE_ATOMIC_H
#define STORE_ATOMIC_H

#include "base/slice.h"

#include <plimsoll/error.h>

/*
 * Replaces the file at `path`: written beside it, synced, renamed.  `mode` as for open(2).  On failure the old file stands and nothing
 * is left beside it; nor where it is killed, if the file system has files without names (O_TMPFILE).
 */
int atomic_write(const char *path, unsigned mode, struct slice bytes, struct plim_error *err);

/*
 * The same in the place of the file that is open in `old` (-1: of none) only: `*done` is false where another one stands there by now, which then
 * stays.  So nobody puts what he compared with one file in the place of a newer one.
 */
int atomic_replace(const char *path, int old, unsigned mode, struct slice bytes, bool *done, struct plim_error *err);

/* Makes a directory and its missing parents, mode 0700. */
int directory_make(const char *path, struct plim_error *err);
/* That of a file that is to be. */
int directory_make_parent(const char *path, struct plim_error *err);

#endif
