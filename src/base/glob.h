/* SPDX-License-Identifier: Apache-2.0 */
/* Globs of policies and catalogers: `*` any run without "/", `**` any run, `?` one byte but "/", everything else itself. */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include "base/slice.h"

/* The whole text matches; time is linear in their product, whatever the pattern. */
bool glob_match(struct slice pattern, struct slice text);
/* The pattern has a wildcard at all. */
bool glob_is_pattern(struct slice pattern);

/* The name of `names` (NULL-terminated) nearest to `word`, NULL when none is near enough to be meant. */
const char *name_nearest(struct slice word, const char *const *names);

#endif
