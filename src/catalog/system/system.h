/* SPDX-License-Identifier: Apache-2.0 */
/* What catalogers of packages and of their files share of one system. */
#ifndef CATALOG_SYSTEM_SYSTEM_H
#define CATALOG_SYSTEM_SYSTEM_H

#include "base/strbuf.h"

#include <plimsoll/error.h>

/* "gcc-13.2.1-r3" is gcc in 13.2.1-r3; false where there is no version. */
bool portage_split(struct slice pf, struct slice *name, struct slice *version);
/* The package of var/db/pkg/CATEGORY/PF/FILE: "CATEGORY/NAME", and its version, borrowed of the path. */
int portage_name(struct slice path, struct strbuf *name, struct slice *version, struct plim_error *err);

/* "zlib-1.3.1_1" is zlib in 1.3.1_1; false where there is no version. */
bool xbps_split(struct slice pkgver, struct slice *name, struct slice *version);

/* The lines of a chisel manifest, inflated: the caller's to free. */
int chisel_inflate(struct slice body, char **out, size_t *out_size, struct plim_error *err);

#endif
