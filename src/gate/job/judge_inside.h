/* SPDX-License-Identifier: Apache-2.0 */
/* The judge's own state, and what its files ask of each other. */
#ifndef GATE_JOB_JUDGE_INSIDE_H
#define GATE_JOB_JUDGE_INSIDE_H

#include "gate/job/judge.h"
#include "gate/pieces.h"
#include "policy/policy.h"
#include "policy/scap_scan.h"

struct judge {
	int channel;
	struct arena *arena;
	struct judge_order order;
	struct policy *policy;
	struct wishes wishes;      /* of policy or statement */
	struct database *database;
	struct slice no_data;      /* of a session: why the database of the usual place cannot be used; absent: it can, or there is none */
	bool asks_data;            /* the statement reads vulnerabilities */
	struct since since;        /* without digest: none */
	struct signed_by signed_by[2];    /* of each side, in the arena */
	struct vex_attested vex[2];       /* the same */
	struct scap_scans scans[2];       /* of the image that was asked about last */
	struct signed_by data_signed;     /* the same, of the database */
	struct pieces sides[2];    /* the second is that of a comparison's new image */
	struct inventory *held[2];
	uint32_t side;
	int64_t at;                /* the order's time, or that of the question */
};

void auto_judge(struct judge *judge);
/* One message of those that judge.h tells of. */
int judge_take(struct judge *judge, struct message *message, struct plim_error *err);

/* Before it is confined: reads SAY_START, and opens what the order names.  A session has no statement yet, and asks for whatever one could. */
int judge_prepare(struct judge *judge, const struct message *start, struct plim_error *err);
/* Of a session: SIGINT ends the statement that runs, not the judge. */
void judge_heed_interrupt(void);

/* Once it is confined: where the order has keys, fails unless they signed the data, which may be anybody's until that is known. */
int judge_check_signed(struct judge *judge, struct plim_error *err);
/* Whether those did whom the policy asks for: in data_signed.  Fails at keys that are none only. */
int judge_find_data_signer(struct judge *judge, struct plim_error *err);
/* Of a policy: struct verify_order and struct vex_order. */
void judge_put_wanted(const struct judge *judge, struct strbuf *into);
int judge_take_approval(struct judge *judge, struct slice body, struct plim_error *err);
int judge_take_vex(struct judge *judge, struct slice body, struct plim_error *err);
void judge_let_go_vex(struct vex_attested *vex);

/* What was asked of a registry tells where the image of a side lives; absent of others. */
struct slice judge_repository(const struct judge *judge, size_t side, const struct inventory *inventory);
/* The verdict is the caller's. */
int judge_evaluate(struct judge *judge, size_t side, struct inventory *inventory, struct slice target, struct verdict **out, struct plim_error *err);
int judge_say_verdict(struct judge *judge, struct inventory *inventory, struct plim_error *err);

/* SAY_WARNING for each thing that could not be read. */
int judge_say_gaps(struct judge *judge, const struct inventory *inventory, struct plim_error *err);
int judge_say_rows(struct judge *judge, struct inventory *inventory, struct slice sql, struct plim_error *err);
/* Of a session, about the image that is held: a statement that is wrong, or was interrupted, fails alone. */
int judge_say_next_rows(struct judge *judge, struct slice statement, struct plim_error *err);

/* SAY_FIX: `body` is a struct fix_order. */
int judge_say_fix(struct judge *judge, const struct inventory *inventory, uint32_t number, struct slice body, struct plim_error *err);
/* SAY_DRIFT: `body` is a struct drift_order; `image` is NULL where there is none. */
int judge_say_drift(struct judge *judge, struct inventory *image, uint32_t number, struct slice body, struct plim_error *err);

/* Takes the inventory, in place of what was held of this side. */
int judge_hold(struct judge *judge, struct inventory *inventory, struct plim_error *err);
/* What is held of this side lies in blocks that may be replaced now. */
void judge_let_go(struct judge *judge);
int judge_again(struct judge *judge, struct slice body, struct plim_error *err);
int judge_say_diff(struct judge *judge, struct plim_error *err);

#endif
