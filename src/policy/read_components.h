/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_READ_COMPONENTS_H
#define POLICY_READ_COMPONENTS_H

#include "policy/model.h"

/* The mapping `components` of a policy. */
int components_read(struct reading *in, const struct yaml_node *node, struct policy *policy, struct plim_error *err);

#endif
