/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inheritance: a policy and the ones that it extends become one tree, parents
 * first.  Lists join, keys of the child replace; what a file leaves closed a child may only tighten.
 */
#ifndef POLICY_EXTEND_H
#define POLICY_EXTEND_H

#include "policy/embedded.h"
#include "policy/model.h"

/*
 * Reads `text` and its parents into policy->sources, and one tree of all into `*root`.  `directory` is where its relative paths begin,
 * borrowed; those of parents are the policy's until sources_close.  What loosens is PLIM_EPOLICY with both places.
 */
int policy_gather(struct policy *policy, struct slice name, struct slice text, int directory, const struct yaml_node **root,
                  struct plim_error *err);
void sources_close(struct policy *policy);

/* The policy that is built in under `name`, or NULL. */
const struct embedded_file *policy_built_in(struct slice name);

/* Opens the directory that holds the file `path`, itself seen from the directory `below` (or AT_FDCWD); the caller closes `*out`. */
int policy_directory(int below, const char *path, int *out, struct plim_error *err);

/* The source of a node; and whether what an earlier source says of an area is closed to it. */
const struct policy_source *source_of(const struct policy *policy, const struct yaml_node *node);
bool source_is_closed_to(const struct policy_source *earlier, const struct policy_source *later, const char *area);

#endif
