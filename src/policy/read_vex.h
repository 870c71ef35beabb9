/* SPDX-License-Identifier: Apache-2.0 */
/* The part `vex` of a policy: keys, files and directories. */
#ifndef POLICY_READ_VEX_H
#define POLICY_READ_VEX_H

#include "policy/model.h"

field_fn vex_read_policy;    /* struct policy */
/* One or a list of public keys beside the policy, "vendor.pub" or {key: vendor.pub, until: 2027-06-30}: struct origin_signer each. */
int keys_read(struct reading *in, const struct yaml_node *node, struct any_list *out, struct plim_error *err);
void vex_done(struct policy *policy);

#endif
