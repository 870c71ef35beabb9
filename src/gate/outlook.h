/* SPDX-License-Identifier: Apache-2.0 */
/* One target by one policy, today and on each later day on which that may be another verdict. */
#ifndef GATE_OUTLOOK_H
#define GATE_OUTLOOK_H

#include "gate/check.h"

/* Verdicts of one image, by day.  From each to the next, and from the last on to the horizon, none other is possible: the judge tells when to look again. */
struct outlook {
	struct verdict **at;
	size_t n;
};

void outlook_done(struct outlook *outlook);
static inline void
auto_outlook(struct outlook *outlook)
{
	outlook_done(outlook);
}

/* `opened` is of check_open by `checking`; verdicts borrow from it.  `days` is how far it looks: 0 for the day of the evaluation alone. */
int outlook_make(const struct checking *checking, struct run *run, struct plim_verdicts *opened, size_t image, int64_t days, struct outlook *out,
                 struct plim_error *err);

/* The verdict that holds on that day. */
const struct verdict *outlook_on(const struct outlook *outlook, int64_t day);

#endif
