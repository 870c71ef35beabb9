/* SPDX-License-Identifier: Apache-2.0 */
/* Readers of what several parts of a policy have in common: an entry's terms, a demand, a pattern, a list of what is allowed. */
#ifndef POLICY_TERMS_H
#define POLICY_TERMS_H

#include "policy/model.h"

/* What an entry is worth that says nothing: a failure, of the area's own severity. */
extern const struct terms plain_terms;

/* The keys that any entry may carry, for its table: `member` is its struct terms. */
#define TERMS(type, member) VALUE_TERMS(type, member), { "scope", scope_read, offsetof(type, member.scope), false }
/* Of what has no path, layer or package: its scope names images only. */
#define IMAGE_TERMS(type, member) VALUE_TERMS(type, member), { "scope", image_scope_read, offsetof(type, member.scope), false }
#define VALUE_TERMS(type, member)                                                \
	{ "action", action_read, offsetof(type, member.action), false },         \
	{ "enforce_from", day_read, offsetof(type, member.enforce_from), false }, \
	{ "severity", severity_read, offsetof(type, member.severity), false }

field_fn action_read;              /* enum action: fail or warn */

/* struct demand: a word, or the mapping {is: WORD, action: ..., severity: ...} */
field_fn deny_read;
field_fn require_read;
field_fn require_or_deny_read;     /* value 0 or 1 */
field_fn exec_read;
field_fn age_read;                 /* value: days */
field_fn most_read;                /* value: a number above 0 */
field_fn size_read;                /* value: bytes */
field_fn truth_read;               /* "false" is no demand at all */

/* struct patterns; what they compile to is the policy's, which is the reading's context. */
field_fn pattern_list_read;        /* regular expressions */
field_fn name_list_read;           /* names, or globs of them */
field_fn named_patterns_read;      /* names, or a mapping from names to regular expressions */

/* A file beside the policy that names it, which is the reading's context: its bytes in the arena, and its name. */
int beside_read(struct reading *in, const struct yaml_node *node, const char *what, struct slice *text, struct slice *name, struct plim_error *err);

field_fn allowance_read;           /* struct allowance */

#endif
