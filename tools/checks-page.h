/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll-checks(7), for scdoc. */
#ifndef TOOLS_CHECKS_PAGE_H
#define TOOLS_CHECKS_PAGE_H

#include "profiles.h"

/* The checks in their order, those of one theme together, and the policies' requirements. */
void checks_page(FILE *out, const struct check *checks, size_t n, const struct profiles *profiles);

#endif
