/* SPDX-License-Identifier: Apache-2.0 */
/* Orderings of version numbers, exactly as the package managers order them. */
#ifndef PLIMSOLL_VERSION_H
#define PLIMSOLL_VERSION_H

#include <plimsoll/error.h>

/*
 * Orders `a` and `b` in a scheme ("dpkg", "npm", "maven"): -1, 0 or 1 goes to `*order`.
 * PLIM_EUSAGE for an unknown scheme, PLIM_EFORMAT for a version that the ecosystem's own tool rejects.
 */
PLIM_API int plim_version_compare(const char *scheme, const char *a, const char *b, int *order, struct plim_error *err);

/*
 * Whether `version` lies in `range`, of the ecosystem's own syntax or of VERS ("vers:npm/>=1.0.0|<2.0.0"): 1 or 0 goes to
 * `*inside`.  PLIM_EUSAGE for an unknown scheme, PLIM_EFORMAT for a version or range that the ecosystem's own tool rejects.
 */
PLIM_API int plim_version_satisfies(const char *scheme, const char *range, const char *version, int *inside, struct plim_error *err);

/* The name of the scheme at an index, NULL behind the last. */
PLIM_API const char *plim_version_scheme_name(unsigned index);

#endif
