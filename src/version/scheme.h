/* SPDX-License-Identifier: Apache-2.0 */
/* One ordering a file, one `const struct version_scheme` each, one array of all in schemes.c. */
#ifndef VERSION_SCHEME_H
#define VERSION_SCHEME_H

#include "base/slice.h"

#include <plimsoll/error.h>

struct version_scheme {
	const char *name;
	/* 0, or PLIM_EFORMAT with the reason for what the ecosystem's own tool rejects. */
	int (*check)(struct slice version, struct plim_error *err);
	/* Below, equal to or above zero; total (antisymmetric, transitive) over any bytes, so that sorting is safe. */
	int (*compare)(struct slice a, struct slice b);
};

extern const struct version_scheme version_dpkg, version_apk, version_rpm;
extern const struct version_scheme *const version_schemes[];    /* NULL-terminated, by name */

/* NULL when there is none of that name. */
const struct version_scheme *version_scheme_find(struct slice name);
/* The ordering of a purl type ("deb", "apk", "rpm"), NULL when it is not known. */
const struct version_scheme *version_scheme_for_type(struct slice purl_type);

#endif
