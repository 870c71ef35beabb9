/* SPDX-License-Identifier: Apache-2.0 */
/* How an overlay notes in a directory of its own what the directories below it lack. */
#ifndef LAYER_OVERLAY_MARKS_H
#define LAYER_OVERLAY_MARKS_H

#include "layer/collect.h"

#include <sys/stat.h>

/* What a name of a directory stands for: ENTRY_WHITEOUT of `name`, ENTRY_OPAQUE of the directory (`name` is empty), or ENTRY_FILE: itself. */
struct overlay_mark {
	enum entry_type type;
	struct slice name;
};
struct overlay_mark overlay_mark_of(enum overlay_marks marks, const char *name, const struct stat *st);

/* An xattr that is the overlay's own note: those of the kernel, of who mounts it in a user name space, and of fuse-overlayfs; and the machine's label. */
bool overlay_notes(struct slice xattr);
/* ... and this one: "opaque", "redirect", "metacopy". */
bool overlay_mark_is(struct slice xattr, const char *mark);

/* An id as it is inside; the same where the map does not have it. */
uint32_t id_inside(const struct id_map *map, uint32_t id);

#endif
