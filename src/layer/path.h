/* SPDX-License-Identifier: Apache-2.0 */
/* Paths as layers write them, made clean. */
#ifndef LAYER_PATH_H
#define LAYER_PATH_H

#include "base/strbuf.h"

#include <plimsoll/error.h>

/*
 * Appends the clean form: "./a//b/../c" becomes "a/c", "/" the empty path.
 * PLIM_EFORMAT for one that climbs above the root, has a NUL, or more than LIMIT_PATH_BYTES.
 */
int path_clean(struct slice path, struct strbuf *into, struct plim_error *err);

#endif
