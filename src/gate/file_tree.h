/* SPDX-License-Identifier: Apache-2.0 */
/* Files below a directory of the user's own. */
#ifndef GATE_FILE_TREE_H
#define GATE_FILE_TREE_H

#include "base/arena.h"

#include <plimsoll/error.h>

/* `path` is in the arena. */
typedef int file_tree_fn(void *context, const char *path, struct plim_error *err);

/*
 * Whatever is no directory, below the directory `path` or its directories, by the order of names; what begins with a dot is left out, and directories behind links
 * are not entered: they could lead in circles.
 */
int file_tree_each(const char *path, struct arena *arena, file_tree_fn *take, void *context, struct plim_error *err);

#endif
