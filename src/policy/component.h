/* SPDX-License-Identifier: Apache-2.0 */
/* What the entries of `components` have in common. */
#ifndef POLICY_COMPONENT_H
#define POLICY_COMPONENT_H

#include "policy/judge.h"

bool component_is(const struct component *component, const struct package *package);
/* The same, at a version within the entry's range; `why` says what of it cannot be compared. */
enum fit { FIT_NO, FIT_YES, FIT_UNCERTAIN };
enum fit component_fit(const struct component *component, const struct package *package, struct plim_error *why);
/* For certain: then nothing need be known of the package. */
bool component_is_out_of_scope(const struct judging *judging, const struct component *component, const struct package *package);

/* Without epoch and revision; a revert is named by what it went back to: "5.6.1+really5.4.5" is 5.4.5. */
struct slice component_upstream_version(struct slice version);
/* An epoch and a distribution's revision count only where the policy writes one. */
bool component_names_revision(struct slice want);
struct version_scheme;
struct slice component_comparable(const struct version_scheme *scheme, struct slice have, struct slice want);
bool versions_can_order(const struct version_scheme *scheme, struct slice have, struct slice want, struct plim_error *why);
/* The package's version and the one that the policy names have no order. */
int judge_unordered(struct judging *judging, const struct package *package, struct slice want, const char *why, struct plim_error *err);

/* A finding of the rule components/RULE/NAME, with the words given. */
int judge_component(struct judging *judging, const char *rule, const struct component *component, struct evidence evidence,
                    const struct finding *words, struct plim_error *err);

/* minimum.c: an entry of `minimum` against one package, which it may not mean. */
int judge_minimum(struct judging *judging, const struct component *component, const struct package *package, struct plim_error *err);

/* component_files.c: an entry that speaks of files. */
bool component_is_file(const struct component *component);
int judge_forbidden_file(struct judging *judging, const struct component *component, struct plim_error *err);
int judge_required_file(struct judging *judging, const struct component *component, struct plim_error *err);

#endif
