/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests that were written for other programs: container-structure-test (structure.c) and Goss (goss.c).  Each is a result of the verdict and, where it
 * fails, a finding of the rules; what would need something to run is unknown.
 */
#ifndef POLICY_TESTS_H
#define POLICY_TESTS_H

#include "policy/judge.h"

struct tests {
	struct judging *judging;
	VEC(struct check_result) results;
	VEC(struct missed_file) missed;    /* of policy_missed */
};

/* One test under way. */
struct test {
	struct tests *tests;
	const struct terms *terms;
	struct slice id, title;        /* in the verdict's arena, or longer */
	struct slice path, setting;    /* evidence; may be absent */
	bool failed;
	struct slice doubt;            /* why it cannot be told; absent: it can */
	enum unknown_kind kind;
	struct slice out_of_scope, not_applicable;    /* why, or absent */
};

/* It fails, for this reason among others: a finding. */
int test_fail(struct test *test, struct plim_error *err, const char *format, ...) __attribute__((format(printf, 3, 4)));
void test_doubt(struct test *test, enum unknown_kind kind, struct slice reason);
/* Its result. */
int test_end(struct test *test, struct plim_error *err);

/* What the image has at a path: the node, without following a link at its end, or why that cannot be told. */
enum seen { SEEN_NOT, SEEN_THERE, SEEN_UNKNOWN };
enum seen test_look(const struct judging *judging, struct slice path, const struct node **out, struct slice *reason);
/* The content behind it, links followed, borrowed from its block; SEEN_NOT with the reason also for what is no regular file. */
enum seen test_content(const struct judging *judging, struct slice path, struct slice *out, struct slice *reason);
/* policy_missed: asks for that content. */
int test_miss(const struct inventory *inventory, struct tests *into, struct slice path, struct plim_error *err);

/* container-structure-test; the file is the reading's document. */
int structure_read(struct reading *in, struct test_file *file, struct plim_error *err);
int structure_judge(struct tests *tests, const struct test_file *file, struct plim_error *err);
int structure_missed(const struct inventory *inventory, struct tests *into, const struct test_file *file, struct plim_error *err);

/* Goss. */
int goss_read(struct reading *in, struct test_file *file, struct plim_error *err);
int goss_judge(struct tests *tests, const struct test_file *file, struct plim_error *err);
int goss_missed(const struct inventory *inventory, struct tests *into, const struct test_file *file, struct plim_error *err);

#endif
