/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a layer with the changes would be: a block above those of the image, and the image's configuration with it.  The inventory of all of
 * them is made and judged as that of any image, so that nothing is said of a change but what a policy says.
 */
#ifndef FIX_OVERLAY_H
#define FIX_OVERLAY_H

#include "base/map.h"
#include "fix/change.h"

/* A row of a file is left out, or has other fields. */
struct row_edit {
	struct mend_step step;         /* by a step, unless ... */
	const struct fix_change *change;   /* ... it is a row of packages */
};

/* What becomes of one path. */
struct edited {
	struct slice path;             /* clean */
	const struct node *node;
	struct entry entry;
	bool removed, cleared;
	VEC(struct row_edit) edits;
};

struct overlay {
	const struct inventory *from;
	struct arena *arena;
	VEC(struct edited *) list;
	struct map by_path;
};

void overlay_done(struct overlay *overlay);
static inline void
auto_overlay(struct overlay *overlay)
{
	overlay_done(overlay);
}

/*
 * The file or directory that a path leads to, as it is so far; `follow`: what a link at its end names.  PLIM_ENOTFOUND where there is
 * nothing.
 */
int overlay_edit(struct overlay *overlay, struct slice path, bool follow, struct edited **out, struct plim_error *err);

/* Why a change cannot be made is PLIM_ENOTFOUND or PLIM_EUNSUPPORTED, a sentence without its end. */
int overlay_step(struct overlay *overlay, const struct mend_step *step, struct plim_error *err);         /* overlay_step.c */
int overlay_packages(struct overlay *overlay, const struct fix_change *change, struct plim_error *err);      /* overlay_packages.c */

int overlay_base(struct overlay *overlay, const struct fix_change *change, struct plim_error *err);

/* The block of all that was edited, its bytes the caller's to free. */
int overlay_finish(struct overlay *overlay, char **out, size_t *out_size, struct plim_error *err);

/* A row's fields as an edit leaves them; false: the row is gone.  `line` is the row's. */
bool row_by_step(const struct mend_step *step, enum row_kind kind, uint32_t line, struct slice *fields, struct arena *arena);
bool row_by_change(const struct fix_change *change, enum row_kind kind, struct slice *fields);

#endif
