/* SPDX-License-Identifier: Apache-2.0 */
/* The part `vex` of a policy: keys, files and directories. */
#ifndef POLICY_READ_VEX_H
#define POLICY_READ_VEX_H

#include "policy/model.h"

field_fn vex_read_policy;    /* struct policy */
void vex_done(struct policy *policy);

#endif
