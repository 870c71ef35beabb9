/* SPDX-License-Identifier: Apache-2.0 */
/* Which rules of the SCAP Security Guide our own checks answer: rules.def. */
#ifndef SCAP_RULES_H
#define SCAP_RULES_H

#include "base/slice.h"

struct scap_mapping {
	const char *rule;          /* without "xccdf_org.ssgproject.content_rule_" */
	const char *benchmarks;    /* globs of their ids, "|" between them; NULL: all */
	const char *checks;        /* ids, blanks between them */
};

/* What a parameter of a check is for a rule. */
struct scap_parameter {
	const char *rule, *check, *parameter;
	const char *value;         /* of the benchmark, without what stands before it; NULL: fixed */
	const char *fixed;
};

/* NULL: nothing of ours answers the rule of that id in that benchmark. */
const struct scap_mapping *scap_mapping_find(struct slice rule, struct slice benchmark);

/* It is about what only a host has. */
bool scap_rule_is_of_hosts(struct slice rule);

/* All of them, which end with one without a rule. */
extern const struct scap_mapping scap_mappings[];
extern const struct scap_parameter scap_parameters[];

#endif
