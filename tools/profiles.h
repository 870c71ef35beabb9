/* SPDX-License-Identifier: Apache-2.0 */
/* Which requirement of which standard a check answers: of the built-in policies, where it stands behind each entry as a comment. */
#ifndef TOOLS_PROFILES_H
#define TOOLS_PROFILES_H

#include "base/vec.h"
#include "policy/check.h"

#include <stdio.h>

/* "- {id: accounts/x, ...} # 7.2.5, R 7.2.4" of cis-image.yaml. */
struct profile_entry {
	struct slice policy, glob, requirements;    /* in the arena; the last one may be empty */
};

struct profiles {
	struct arena *arena;
	VEC(struct profile_entry) list;
};

int profiles_read(struct profiles *profiles, const char *path, struct plim_error *err);

/* Policies that name the check, with the requirements; nothing where none does. */
void profiles_put_check(FILE *out, const struct profiles *profiles, const struct check *check);
/* For each policy that has requirements a table of them, in their order, with the checks that answer them. */
void profiles_put_tables(FILE *out, const struct profiles *profiles);

/* Text of which scdoc takes nothing for a mark. */
void page_put(FILE *out, struct slice text);

#endif
