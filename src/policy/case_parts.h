/* SPDX-License-Identifier: Apache-2.0 */
/* What comparing and writing of cases share: the parts of a verdict that a case speaks of. */
#ifndef POLICY_CASE_PARTS_H
#define POLICY_CASE_PARTS_H

#include "policy/case.h"

/* The `at`-th finding of a verdict, NULL behind the last: of all that counts, of what exceptions took. */
typedef const struct finding *finding_at_fn(const struct verdict *verdict, size_t at);
finding_at_fn case_finding_at, case_waived_at;

/* The `at`-th word, absent behind the last: kinds of unknowns, rules (or ids) of exceptions. */
typedef struct slice word_at_fn(const struct verdict *verdict, size_t at);
word_at_fn case_unknown_at, case_unused_at, case_expired_at;

/* Of several images the one that decides about an area; NULL of none. */
const struct verdict *case_worst_of(const struct case_outcome *came, enum area area);

/* On one line, as a file of cases would have it. */
void case_put_finding(struct strbuf *into, const struct finding *finding);
void case_put_expected_finding(struct strbuf *into, const struct expected_finding *expected);

#endif
