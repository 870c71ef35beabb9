/* SPDX-License-Identifier: Apache-2.0 */
/* A check inside a run that is begun already: many of them share its zygote. */
#ifndef GATE_CHECK_H
#define GATE_CHECK_H

#include "gate/verdicts.h"

struct checking {
	const char *target;
	bool recorded;             /* it is the path of a stored inventory */
	const char *const *platforms;    /* NULL-terminated, or NULL for all */
	struct judge_order order;
	const struct judging_choice *choice;    /* the rest of the order; NULL: it is whole */
};

/* As plim_check; `run` is borrowed and outlives the verdicts. */
int check_run(struct run *run, const struct checking *checking, struct plim_verdicts **out, struct plim_error *err);

/* The first half of it: the target is read, and the judge is ready to be asked about its images; there is at least one, and no verdict yet. */
int check_open(struct run *run, const struct checking *checking, struct plim_verdicts **out, struct plim_error *err);
/* The same by another policy, of what `read` has read, which outlives it; from then on the judge of `read` knows nothing that is read later. */
int check_open_beside(struct run *run, const struct checking *checking, const struct plim_verdicts *read, struct plim_verdicts **out, struct plim_error *err);
/* Tells the judge what hangs on the target as it counts at that time, where the policy asks for signatures or VEX. */
int check_tell(const struct checking *checking, struct run *run, struct plim_verdicts *verdicts, int64_t at, struct plim_error *err);
/* A verdict out of a message of the judge, about that image; the caller's, and borrows from `verdicts`. */
int check_take(const struct plim_verdicts *verdicts, size_t image, const struct message *answer, struct verdict **out, struct plim_error *err);

#endif
