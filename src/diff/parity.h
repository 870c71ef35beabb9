/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One policy, two targets: rule by rule what it says of either.  A rule is a
 * check, an own rule, or whatever else has findings; an area without any is a
 * row of its own, and what could not be told is one for its kind.
 */
#ifndef DIFF_PARITY_H
#define DIFF_PARITY_H

#include "policy/verdict.h"

enum parity_state {
	PARITY_AGREE,         /* both pass, both do not apply, both are out of scope, or both fail for the same findings */
	PARITY_ONE_SIDED,     /* it does not apply to one, or is out of that one's scope, and the other does not fail it, or is alone with it */
	PARITY_DIFFER,        /* one fails it and the other does not, or both do for other findings */
	PARITY_UNKNOWN,       /* one of them could not be told */
	PARITY_STATE_COUNT
};
const char *parity_state_name(enum parity_state state);    /* "agree", "one_sided", "differ", "unknown" */

struct parity_evidence {
	const struct finding *finding;
	bool only;                     /* the other side has none of its id */
};

struct parity_side {
	enum check_outcome outcome;
	struct slice reason;           /* why it was not evaluated, or not wholly; absent where it was */
	struct parity_evidence *at;    /* by path, package and setting */
	size_t n;
};

struct parity_rule {
	enum area area;
	struct slice id, title;        /* the area's name for an area as a whole, "AREA/unknown/KIND" for what could not be told */
	enum parity_state state;
	struct parity_side side[2];
};

struct parity {
	struct arena *arena;           /* owns everything here and the struct itself */
	const struct verdict *verdicts[2];    /* borrowed, as are all texts */
	struct parity_rule *rules;     /* by area and id */
	size_t n;
	size_t counts[PARITY_STATE_COUNT];
	size_t compared;               /* rules that both sides passed or failed */
};

int parity_make(const struct verdict *first, const struct verdict *second, struct parity **out, struct plim_error *err);
void parity_free(struct parity *parity);
AUTO_DEFINE(parity, struct parity, parity_free)

/* Differences weigh most, then what could not be told; two targets of which nothing was compared do not agree. */
enum parity_state parity_result(const struct parity *parity);    /* PARITY_AGREE, PARITY_DIFFER or PARITY_UNKNOWN */

#endif
