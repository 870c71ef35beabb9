/* SPDX-License-Identifier: Apache-2.0 */
/* What check and query begin with: the target's images and the advisory data. */
#ifndef GATE_SUBJECT_H
#define GATE_SUBJECT_H

#include "advisory/database.h"
#include "image/image.h"

/* `platforms` is NULL-terminated, or NULL for all. */
int subject_open(const char *target, const char *const *platforms, struct image_set **out, struct plim_error *err);

/* The database at `path`; with NULL the one at the default place, where its absence answers NULL without an error. */
int subject_database(const char *path, struct database **out, struct plim_error *err);

#endif
