/* SPDX-License-Identifier: Apache-2.0 */
/* What every pipeline begins with: the target's images. */
#ifndef GATE_SUBJECT_H
#define GATE_SUBJECT_H

#include "advisory/database.h"
#include "image/image.h"

/* `platforms` is NULL-terminated, or NULL for all. */
int subject_open(const char *target, const char *const *platforms, struct image_set **out, struct plim_error *err);

/* The advisory data at `path`; NULL is the default place, where having none is no error: then `*out` is NULL. */
int subject_database(const char *path, struct database **out, struct plim_error *err);

#endif
