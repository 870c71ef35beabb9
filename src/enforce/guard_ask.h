/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a registry: what a place leads to, and who approved that. */
#ifndef ENFORCE_GUARD_ASK_H
#define ENFORCE_GUARD_ASK_H

#include "enforce/assign.h"
#include "enforce/remember.h"

struct asking {
	const struct assign_rule *rule;
	const struct guard_place *place;
	const struct guard_options *options;
	int64_t now;
	struct arena *arena;           /* of what is found */
};

/*
 * Whatever is read is read by a confined process, and fetched by the one that holds credentials.  0 with an answer, GUARD_CANNOT_TELL where
 * documents leave it open; an error where the registry does.
 */
int guard_ask(struct run *run, const struct asking *asking, struct remembered *out, struct plim_error *err);

#endif
