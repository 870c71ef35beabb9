/* SPDX-License-Identifier: Apache-2.0 */
/* Which release the products of CSAF documents are, by their CPE. */
#ifndef ADVISORY_FEED_CSAF_H
#define ADVISORY_FEED_CSAF_H

#include "base/arena.h"

#include <plimsoll/error.h>

/*
 * "cpe:/a:redhat:enterprise_linux:9::appstream" is "rhel:9"; what is sold apart has a key of its own, which no image is judged
 * by: "rhel-eus:9.4", and "rhel-product:openshift:4.12::el8" for other products.  In the arena.
 */
int csaf_release(struct slice cpe, struct arena *arena, struct slice *out, struct plim_error *err);

#endif
