/* SPDX-License-Identifier: Apache-2.0 */
/* What the entries of `components` have in common. */
#ifndef POLICY_COMPONENT_H
#define POLICY_COMPONENT_H

#include "policy/judge.h"

bool component_is(const struct component *component, const struct package *package);
/* For certain: then nothing need be known of the package. */
bool component_is_out_of_scope(const struct judging *judging, const struct component *component, const struct package *package);

/* A finding of the rule components/RULE/NAME, about a package (NULL: about the component itself), with the words given. */
int judge_component(struct judging *judging, const char *rule, const struct component *component, const struct package *package,
                    const struct finding *words, struct plim_error *err);

/* minimum.c: an entry of `minimum` against one package, which it may not mean. */
int judge_minimum(struct judging *judging, const struct component *component, const struct package *package, struct plim_error *err);

#endif
