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

#endif
