/* SPDX-License-Identifier: Apache-2.0 */
/* What holds a target back by one verdict and does not by another of the same target: from one day to a later one, or by two policies. */
#ifndef POLICY_TURNS_H
#define POLICY_TURNS_H

#include "policy/verdict.h"

/* What it was before. */
enum turned_from { TURNED_FROM_NOTHING, TURNED_FROM_LESS, TURNED_FROM_WAIVED };

struct turn {
	enum action action;             /* ACTION_FAIL or ACTION_UNKNOWN: what it is worth now */
	enum area area;
	enum turned_from from;
	struct slice rule;              /* of what cannot be told: "unknown.data_age" */
	struct slice subject;           /* package, path, setting, or what cannot be told */
	struct slice reason;            /* the finding's message, or why it cannot be told */
	const struct waived *waived;    /* TURNED_FROM_WAIVED: as it was */
	const struct finding *finding;  /* one of these two */
	const struct unknown *unknown;
};

struct turns {
	struct turn *at;
	size_t n;
};

/* Whatever weighs more by `after` than by `before`, failures first, in the verdict's order; texts are those of the verdicts, or in the arena. */
int turns_find(const struct verdict *before, const struct verdict *after, struct arena *arena, struct turns *out, struct plim_error *err);

/* Why, of a turn that the passing of days alone brought: `before` was the last verdict without it.  In the arena; absent without memory. */
struct slice turn_cause(const struct turn *turn, const struct verdict *before, struct arena *arena);

#endif
