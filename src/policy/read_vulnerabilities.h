/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_READ_VULNERABILITIES_H
#define POLICY_READ_VULNERABILITIES_H

#include "policy/model.h"

/* The mapping `vulnerabilities` of a policy. */
int vulnerabilities_read(struct reading *in, const struct yaml_node *node, struct policy *policy, struct plim_error *err);

#endif
