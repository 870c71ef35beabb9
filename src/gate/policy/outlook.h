/* SPDX-License-Identifier: Apache-2.0 */
/* One target by one policy, today and on each later day on which that may be another verdict. */
#ifndef GATE_POLICY_OUTLOOK_H
#define GATE_POLICY_OUTLOOK_H

#include "gate/check.h"

/* From that day on this verdict holds, until that of the next one. */
struct outlook_day {
	int64_t day;
	enum result result;
};

/* Of one image.  Between two of its days, and from the last on to the horizon, no other verdict is possible: the judge tells when to look again. */
struct outlook {
	struct verdict *first;     /* that of the evaluation's day; of the others two are held at a time */
	struct outlook_day *days;
	size_t n;
};

void outlook_done(struct outlook *outlook);
static inline void
auto_outlook(struct outlook *outlook)
{
	outlook_done(outlook);
}

/* Told of each verdict with the one before it, NULL for the first; both are gone afterwards. */
typedef int outlook_fn(void *context, const struct verdict *before, const struct verdict *after, struct plim_error *err);

/*
 * `opened` is of check_open by `checking`; verdicts borrow from it.  `days` is how far it looks: 0 for the day of the evaluation alone.  `step` may be NULL.
 */
int outlook_make(const struct checking *checking, struct run *run, struct plim_verdicts *opened, size_t image, int64_t days, outlook_fn *step, void *context,
                 struct outlook *out, struct plim_error *err);

/* What holds on that day. */
enum result outlook_on(const struct outlook *outlook, int64_t day);

/* A verdict for which nothing was evaluated is no pass. */
enum result outlook_result(enum result result);

#endif
