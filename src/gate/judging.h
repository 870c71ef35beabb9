/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the judge. */
#ifndef GATE_JUDGING_H
#define GATE_JUDGING_H

#include "gate/analyze.h"
#include "gate/job_judge.h"

/* Begins a judge; it reads policy and data while others read the image. */
int judging_begin(struct run *run, const struct judge_order *order, struct process *out, struct plim_error *err);
/* Waits until it has, and tells what they ask for; or says what is wrong with them. */
int judging_ready(struct run *run, const struct process *judge, struct wishes *wishes, struct plim_error *err);

/*
 * Sends what was read and asks about one image (0 for a tree): `question` is SAY_CHECK or SAY_QUERY, with its statement.  Files that
 * only the final tree makes interesting are read on the way.  The first message of the answer goes to `*out`.
 */
int judging_ask(struct analysis *analysis, struct run *run, const struct process *judge, uint32_t question, size_t image, struct slice statement,
                struct message *out, struct plim_error *err);

#endif
