/* SPDX-License-Identifier: Apache-2.0 */
/* One vulnerability held against the conditions of an entry of `deny`: each may hold, not hold, or be unknown. */
#ifndef POLICY_EXPOSURE_H
#define POLICY_EXPOSURE_H

#include "policy/judge.h"

enum truth { FALSE, UNCERTAIN, TRUE };

struct exposure {
	struct judging *judging;
	struct matches matches;
	bool has_kev, has_epss;
};

/* Whether all conditions of the entry hold; where one cannot be told and none fails, `doubt` says which. */
enum truth exposure_denies(const struct exposure *exposure, const struct deny *deny, const struct match *match, struct doubt *doubt);

/*
 * What the advisory data cannot answer for, as unknowns of that area; `*out` is what it says, NULL where there is none or nothing that it could
 * speak of.
 */
int judge_vulnerability_data(struct judging *judging, enum area area, const struct matches **out, struct plim_error *err);

#endif
