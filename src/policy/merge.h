/* SPDX-License-Identifier: Apache-2.0 */
/* One policy tree over another. */
#ifndef POLICY_MERGE_H
#define POLICY_MERGE_H

#include "codec/yaml.h"

/* Areas that a policy may leave open or closed, as bits in this order; NULL-terminated. */
extern const char *const area_keys[];
unsigned area_bit(struct slice key);

/*
 * `child` over `parent`, both mappings of whole policies; new nodes in the arena keep the places of the child.  `closed` are the parent's
 * areas in which the child may only tighten: what loosens there is PLIM_EPOLICY at the child's place, naming the parent's.  Nodes that both
 * share are the same words: neither looser nor twice.
 */
int policy_merge(const struct yaml_node *parent, const struct yaml_node *child, unsigned closed, struct arena *arena,
                 const struct yaml_node **out, struct plim_error *err);

#endif
