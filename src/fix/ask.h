/* SPDX-License-Identifier: Apache-2.0 */
/* From a finding to the changes that may mend it, or the reason why none does. */
#ifndef FIX_ASK_H
#define FIX_ASK_H

#include "fix/change.h"
#include "fix/dockerfile.h"

struct asking {
	const struct inventory *inventory;         /* of the image as it is */
	const struct inventory *current;           /* with the changes so far: whose findings are asked about */
	const struct dockerfile *dockerfile;       /* NULL where none is at hand */
	struct slice newer_base;                   /* what the policy would have the image built on; absent where nothing tells */
	struct fix_changes *changes;
	const struct fix_changes *made;            /* those so far, where `changes` are not they */
	bool fresh;                                /* something was added or raised */
};

/*
 * `*why` is absent where changes are on that were made for it: then only judging tells whether they do.  Its texts live as long as the
 * changes.
 */
int ask_for(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err);

typedef int ask_fn(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err);
ask_fn ask_vulnerability, ask_component, ask_remove;    /* ask_packages.c */
/* Whatever it is worth, a vulnerability that a newer version has not need not be told. */
int ask_doubted(struct asking *asking, const struct match *match, struct plim_error *err);
ask_fn ask_metadata;                                    /* ask_metadata.c */

/* A step of a file, where that is there. */
int ask_step(struct asking *asking, const struct mend_step *step, const struct finding *finding, struct slice *why, struct plim_error *err);
/* Takes the change, unless what it comes to cannot be written or done. */
int ask_add(struct asking *asking, const struct fix_change *change, const struct finding *finding, struct slice *why, struct plim_error *err);
struct slice ask_text(struct asking *asking, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
