/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the judge. */
#ifndef GATE_JUDGING_H
#define GATE_JUDGING_H

#include "gate/analyze.h"
#include "gate/job/judge.h"
#include "gate/job/trust.h"

/* Begins a judge; it reads policy and data while others read the image. */
int judging_begin(struct run *run, const struct judge_order *order, struct process *out, struct plim_error *err);
/* What users choose by options; NULL: the policy "standard", the database of the default place if there is one, now, no destination. */
struct judging_choice {
	const char *policy, *database, *at, *as;
	const char *policy_key;    /* that must have signed a policy in a registry; NULL: nobody need have */
	const char *const *database_keys;    /* one of which must have signed the data; NULL: nobody need have */
	bool policy_optional;      /* where none is chosen there is none */
};
/* The time that --at gives; NULL: now. */
int judging_clock(const char *text, int64_t *at, struct plim_error *err);
/* The same by choice: `order` has the rest. */
int judging_begin_by(struct run *run, struct judge_order *order, const struct judging_choice *choice, struct process *out, struct plim_error *err);
/* Whether policy and data can be used at all, for whoever judges several targets: what is wrong with them is wrong with all.  `*at` becomes the clock. */
int judging_try(struct run *run, const struct judging_choice *choice, int64_t *at, struct plim_error *err);
/* Whose signatures a policy asks for; no keys and no certificates: nobody's.  Texts are in the arena, which the caller gives. */
struct signers {
	struct arena *arena;
	struct verify_order order;
	struct vex_order vex;    /* the same of VEX: keys and the time */
};
/* Waits until it has, and tells what they ask for; or says what is wrong with them.  `signers` may be NULL: then the judge will not know. */
int judging_ready(struct run *run, const struct process *judge, struct wishes *wishes, struct signers *signers, struct plim_error *err);

/* The next message, of that kind; it says what happened to the judge where there is none. */
int judging_answer(struct run *run, const struct process *judge, uint32_t kind, struct message *out, struct plim_error *err);

/*
 * Sends what was read and asks about one image (0 for a tree): `question` is SAY_CHECK, SAY_HOLD, or SAY_QUERY with its statement.  Files that
 * only the final tree makes interesting are read on the way.  The first message of the answer goes to `*out`.
 */
int judging_ask(struct analysis *analysis, struct run *run, const struct process *judge, uint32_t question, size_t image, struct slice statement,
                struct message *out, struct plim_error *err);

#endif
