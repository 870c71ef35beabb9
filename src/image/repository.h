/* SPDX-License-Identifier: Apache-2.0 */
/* Where an image lives or will live: a repository of a registry, as the OCI distribution specification spells its name. */
#ifndef IMAGE_REPOSITORY_H
#define IMAGE_REPOSITORY_H

#include "base/slice.h"

#include <plimsoll/error.h>

/*
 * "HOST[:PORT]/PATH[:TAG][@DIGEST]": `*out` is the repository, "HOST[:PORT]/PATH", within `text`.  The host is needed, since which registry a
 * bare name means depends on the machine; it has a dot or a port, or is "localhost".  PLIM_EUSAGE says what is wrong.
 */
int repository_parse(struct slice text, struct slice *out, struct plim_error *err);

#endif
