/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts, wherever they come from, and what they were made with. */
#ifndef GATE_VERDICTS_H
#define GATE_VERDICTS_H

#include "gate/judging.h"
#include "policy/verdict.h"

#include <plimsoll/check.h>

struct plim_verdicts {
	struct run *run;           /* begun for them alone; NULL: somebody else's */
	struct analysis *analysis;
	bool borrows_analysis;     /* it is that of others, which outlive these */
	struct process judge;
	struct arena *arena;       /* of what is in no verdict's own */
	struct signers signers;    /* that the policy asks for */
	int64_t at;                /* seconds: the evaluation's clock */
	int64_t told_at;           /* for which the judge knows what hangs on the target */
	struct slice target;
	struct verdict **verdicts;
	size_t count;
};

AUTO_DEFINE(verdicts, struct plim_verdicts, plim_verdicts_free)

/* The worst of all. */
enum result verdicts_worst(const struct plim_verdicts *verdicts);

#endif
