/* SPDX-License-Identifier: Apache-2.0 */
/* What came of holding signatures against what is wanted of them. */
#ifndef GATE_TRUST_APPROVAL_H
#define GATE_TRUST_APPROVAL_H

#include "gate/job/trust.h"

#include <plimsoll/trust.h>

struct plim_approval {
	struct arena *arena;       /* owns everything here */
	struct slice target;
	struct slice repository;   /* absent where none was demanded */
	struct verify_answer answer;
};

AUTO_DEFINE(approval, struct plim_approval, plim_approval_free)

#endif
