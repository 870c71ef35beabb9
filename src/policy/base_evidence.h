/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of the base that an image matched: what became of its files, and what moving to its successor takes. */
#ifndef POLICY_BASE_EVIDENCE_H
#define POLICY_BASE_EVIDENCE_H

#include "policy/judge.h"

struct base_match {
	const struct approved_base *base;
	const struct generation *generation;    /* NULL: none */
};

/* The longest generation of any approved base that begins the image; of equal ones that which is approved for longer. */
int base_match_find(const struct policy *policy, const struct image *image, struct base_match *out, struct plim_error *err);
/* The last day on which both the base and the generation, if there is one, are approved; DATE_NONE: no end. */
int64_t base_last_day(const struct base_match *match);

/*
 * "moving to debian-13 of 2026-11-01 changes 70 packages, brings 12, removes 5": to the newest generation, for the image's platform, of the base that
 * replaces this one, else of the base itself.  Absent where there is none newer.  Texts are the verdict's.
 */
struct slice base_move_text(struct judging *judging, const struct approved_base *base, const struct generation *generation);

/* From the generation that begins an image to the newest that may take its place; false where there is none, or none that is newer. */
struct base_step {
	const struct approved_base *base;    /* that has the newer one */
	const struct generation *from, *to;
};
bool base_step_find(const struct policy *policy, const struct image *image, int64_t at, struct base_step *out);
/* base_move.c: `out->from` and the base that has it are known. */
bool base_step_from(const struct policy *policy, const struct image *image, int64_t at, const struct approved_base *base, struct base_step *out);

/* "3 of its files were replaced (1 executable: /usr/bin/curl) and 2 removed by later layers"; absent where none was.  After inventory_set_base. */
int base_changes_text(struct judging *judging, struct slice *out, struct plim_error *err);

#endif
