/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_READ_CONFIGURATION_H
#define POLICY_READ_CONFIGURATION_H

#include "policy/model.h"

/* The mapping `configuration`: which checks of the catalogue are selected, with what terms. */
int configuration_read(struct reading *in, const struct yaml_node *node, struct policy *policy, struct plim_error *err);

#endif
