/* SPDX-License-Identifier: Apache-2.0 */
/* Debian's ordering, which opkg took over. */
#ifndef VERSION_DPKG_H
#define VERSION_DPKG_H

#include "version/scheme.h"

int dpkg_order(struct slice a, struct slice b);

#endif
