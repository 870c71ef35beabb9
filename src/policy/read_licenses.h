/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_READ_LICENSES_H
#define POLICY_READ_LICENSES_H

#include "policy/model.h"

/* The mapping `licenses` of a policy. */
int licenses_read(struct reading *in, const struct yaml_node *node, struct license_demand *out, struct plim_error *err);

#endif
