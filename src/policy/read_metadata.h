/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_READ_METADATA_H
#define POLICY_READ_METADATA_H

#include "policy/model.h"

/* The mapping `metadata` of a policy. */
int metadata_read(struct reading *in, const struct yaml_node *node, struct metadata *metadata, struct plim_error *err);

/* "1000" or "1000-65535". */
struct id_range {
	uint32_t from, to;
};
bool id_range_parse(struct slice text, struct id_range *out);

#endif
