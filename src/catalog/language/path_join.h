/* SPDX-License-Identifier: Apache-2.0 */
/* Paths that stand in lists, relative to where the list is. */
#ifndef CATALOG_LANGUAGE_PATH_JOIN_H
#define CATALOG_LANGUAGE_PATH_JOIN_H

#include "base/strbuf.h"

#include <plimsoll/error.h>

/* Appends the clean form of `path`, taken from `directory` where it is relative, with a slash in front; errors as path_clean (layer/path.h). */
int path_join(struct slice directory, struct slice path, struct strbuf *into, struct plim_error *err);

#endif
