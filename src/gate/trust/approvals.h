/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures beside a policy's files, held against the keys that the policy names. */
#ifndef GATE_TRUST_APPROVALS_H
#define GATE_TRUST_APPROVALS_H

#include "policy/policy.h"

/* Tells the policy which approvals there are; nothing where it asks for none.  A key that cannot be read is an error, an approval that cannot be is told in the verdict. */
int approvals_check(struct policy *policy, struct plim_error *err);

#endif
