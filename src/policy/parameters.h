/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy may set of a check: `parameters: {umask: "027", programs: [/usr/bin/su]}`.  The check says which there are, and what holds unless one is set. */
#ifndef POLICY_PARAMETERS_H
#define POLICY_PARAMETERS_H

#include "policy/check.h"
#include "policy/fields.h"

field_fn parameters_read;    /* struct check_parameters: names, values and whether they are lists */

/* Every name of the mapping is one of the check's, and of its kind; PLIM_EPOLICY at its place. */
int parameters_check(const struct yaml_node *mapping, const struct check *check, struct plim_error *err);
/* The check's parameters with what the mapping (NULL: nothing) says in their place; as many, in their order. */
int parameters_fill(struct reading *in, const struct yaml_node *mapping, const struct check *check, const struct fact_parameter **out,
                    struct plim_error *err);

/* Where the default is a number, so must the text be: another would compare to nothing, and find nothing. */
bool parameter_takes(const struct fact_parameter *parameter, struct slice text);

#endif
