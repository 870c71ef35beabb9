/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges of the Version Range Specifier: "vers:npm/1.2.3|>=2.0.0|<5.0.0". */
#ifndef VERSION_VERS_H
#define VERSION_VERS_H

#include "version/scheme.h"

bool vers_is(struct slice range);
/* PLIM_EFORMAT for a range that is none, is not in canonical order, or is of another ecosystem than the scheme's. */
int vers_satisfies(const struct version_scheme *scheme, struct slice range, struct slice version, bool *inside, struct plim_error *err);

#endif
