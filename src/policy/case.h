/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded cases: what an organisation expects its policy to say of a target.
 * A file of cases is YAML of its own, read as strictly as a policy; what came
 * is compared with what was expected and both can be written in the same words.
 */
#ifndef POLICY_CASE_H
#define POLICY_CASE_H

#include "policy/fields.h"
#include "policy/verdict.h"

/* A finding as far as somebody cares to tell: everything that is given must fit.  Globs but for the message. */
struct expected_finding {
	struct slice rule, id, package, path, setting;
	struct slice message;      /* a part of it */
	enum severity severity;    /* SEVERITY_UNKNOWN: any */
	int64_t action;            /* enum action, ANY_ACTION: any */
	const struct yaml_node *at;
};
#define ANY_ACTION (-1)

struct expected_findings {
	bool set;                  /* an empty list expects that there is none */
	struct expected_finding *at;
	size_t n;
};

struct expected_words {
	bool set;
	struct slice_list words;
};

struct expected_area {
	bool set;
	enum result result;
	struct slice note;         /* a part of it; absent: any */
};

struct expectation {
	int64_t result;            /* enum result, -1: any */
	int64_t exit;              /* status, -1: any */
	struct expected_area areas[AREA_COUNT];
	struct expected_findings findings;             /* exactly those that fail */
	struct expected_findings includes, excludes;   /* there, and not there, whatever they are worth */
	struct expected_findings waived;               /* exactly */
	struct expected_words unknown, unused, expired;    /* exactly: kinds; rules or ids of exceptions */
	struct slice error;        /* a part of why there is no verdict; absent: there is one */
};

/* Where a judged case takes its inventory from. */
struct case_subject {
	struct slice target, inventory;    /* one of them, or neither where only the policy is read */
	struct slice_list platforms;
};

struct policy_case {
	struct slice name;
	const struct yaml_node *policy;    /* a name, a path or the text itself; NULL: as the caller says */
	struct slice database, since;      /* paths, absent: none */
	struct slice destination;          /* repository where the image will live; absent: nobody knows */
	int64_t at;                        /* seconds, DATE_NONE: not given */
	struct case_subject subject;
	struct expectation expect;
	const struct yaml_node *node;      /* the case, and what it expects */
	const struct yaml_node *expects;
};

struct case_list {
	struct policy_case *at;
	size_t n;
};

/* The cases of one file, in the arena.  PLIM_EPOLICY shows the place of what is wrong. */
int cases_parse(struct slice name, struct slice text, struct arena *arena, struct case_list *out, struct plim_error *err);
/* A policy, or a list of exceptions of one: they may lie among files of cases, and are none. */
bool cases_is_of_policy(struct slice text, struct arena *arena);

/* What came of a case: verdicts, or an error. */
struct case_outcome {
	const struct verdict *const *verdicts;
	size_t count;
	enum result result;
	int exit;
	const char *error;         /* NULL: there are verdicts */
};

/* Whether it is what was expected; a line for each difference goes to `differences`. */
bool case_fits(const struct policy_case *policy_case, const struct case_outcome *outcome, struct strbuf *differences);
/* Both in full, as `expect` spells them. */
void case_put_expected(const struct policy_case *policy_case, struct strbuf *into);
void case_put_outcome(const struct case_outcome *outcome, struct strbuf *into);

#endif
