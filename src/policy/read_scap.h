/* SPDX-License-Identifier: Apache-2.0 */
/* The part `scap` of a policy: profiles of SCAP data streams. */
#ifndef POLICY_READ_SCAP_H
#define POLICY_READ_SCAP_H

#include "policy/model.h"

field_fn scap_read_policy;    /* struct policy */
void scap_done(struct policy *policy);

#endif
