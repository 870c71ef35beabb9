/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys that a policy trusts. */
#ifndef POLICY_READ_KEYS_H
#define POLICY_READ_KEYS_H

#include "policy/model.h"

/* struct origin_signer: "vendor.pub", beside the policy, or {key: vendor.pub, until: 2027-06-30}. */
field_fn key_read;
/* One or a list of them. */
int keys_read(struct reading *in, const struct yaml_node *node, struct any_list *out, struct plim_error *err);

#endif
