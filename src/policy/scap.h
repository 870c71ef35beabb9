/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SCAP as a policy has it: data streams and tailorings, which it names.  Their
 * bytes are read with the policy; what they say is foreign, and is read once
 * the process is confined.  The checks that answer rules of a profile join
 * those that the policy selects itself.
 */
#ifndef POLICY_SCAP_H
#define POLICY_SCAP_H

#include "scap/selection.h"

struct check;
struct policy;
struct fact_parameter;

/* A file that an entry names. */
struct scap_file {
	struct slice name;             /* as messages show it; absent: none */
	char *text;                    /* owned */
	size_t size;
};

/* One check of those that answer a rule, with its parameters: what stands in struct selected. */
struct scap_check {
	const struct check *check;
	const struct fact_parameter *parameters;
};

/* What answers a rule of the profile: checks of ours, or none. */
struct scap_answer {
	const struct scap_check *checks;
	size_t n;
	struct slice trouble;          /* why the checks cannot answer it; absent: they can */
};

#endif
