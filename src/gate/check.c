/* SPDX-License-Identifier: Apache-2.0 */
/* plim_check: target to verdicts. */
#include "gate/check.h"

#include "base/error.h"
#include "gate/trust/signatures.h"
#include "image/repository.h"

#include <plimsoll/build.h>

/* The subject is what the hasher found: the judge is not asked for it. */
int
check_take(const struct plim_verdicts *v, size_t image, const struct message *answer, struct verdict **out, struct plim_error *err)
{
	const struct image_set *set = analysis_set(v->analysis);
	AUTO(verdict) struct verdict *verdict = NULL;
	int r = answer->kind == SAY_VERDICT ? verdict_parse(answer->body, &verdict, err) : error_set(err, PLIM_EPROCESS, "the judge spoke out of turn");
	if (r < 0)
		return r;
	verdict->target = v->target;
	verdict->tool_version = SLICE(PLIM_VERSION);
	verdict->image = set ? image_set_image(set, image) : NULL;
	if ((r = verdict_spell(verdict, err)) < 0)
		return r;
	*out = ptr_take(&verdict);
	return 0;
}

static int
judge(struct plim_verdicts *v, struct run *run, size_t at, struct plim_error *err)
{
	AUTO(message) struct message answer = { .fd = { -1, -1 } };
	int r = judging_ask(v->analysis, run, &v->judge, SAY_CHECK, at, SLICE(""), &answer, err);
	return r < 0 ? r : check_take(v, at, &answer, &v->verdicts[at], err);
}

static int
make_room(struct plim_verdicts *v, struct plim_error *err)
{
	v->target = verdict_text(v->arena, analysis_name(v->analysis));
	v->count = analysis_count(v->analysis);
	v->verdicts = calloc(v->count + 1, sizeof *v->verdicts);
	if (v->verdicts == NULL || v->target.p == NULL)
		return error_nomem(err);
	return v->count ? 0 : error_set(err, PLIM_ENOTFOUND, "there is no image in it");
}

static int
judge_all(struct plim_verdicts *v, struct run *run, struct plim_error *err)
{
	for (size_t i = 0; i < v->count; i++) {
		int r = judge(v, run, i, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* What cannot be told about signatures is told to the judge: it knows what that is worth. */
static int
tell_signed(const struct checking *checking, struct run *run, struct plim_verdicts *v, struct verify_order *order, struct plim_error *err)
{
	struct signed_by found = { SIGNED_UNKNOWN, SLICE_NONE };
	order->repository = checking->order.destination;
	if (checking->choice && checking->choice->as && repository_parse(slice_of(checking->choice->as), &order->repository, err) < 0)
		return PLIM_EUSAGE;
	int r = checking->recorded ? 0 : signatures_look(run, v->analysis, checking->target, order, v->arena, &found, err);
	return r < 0 ? r : say_number(v->judge.channel, SAY_APPROVAL, found.state, found.text, err);
}

static int
tell_vex(const struct checking *checking, struct run *run, struct plim_verdicts *v, const struct vex_order *order, struct plim_error *err)
{
	struct slice found = SLICE_NONE;
	int r = checking->recorded ? 0 : signatures_vex(run, v->analysis, checking->target, order, v->arena, &found, err);
	return r < 0 || found.p == NULL ? r : channel_send(v->judge.channel, SAY_VEX, found, err);
}

int
check_tell(const struct checking *checking, struct run *run, struct plim_verdicts *v, int64_t at, struct plim_error *err)
{
	struct verify_order *order = &v->signers.order;
	int r = 0;
	order->now = v->signers.vex.now = v->told_at = at;
	if (order->key_count + order->certificate_count)
		r = tell_signed(checking, run, v, order, err);
	if (r == 0 && v->signers.vex.key_count)
		r = tell_vex(checking, run, v, &v->signers.vex, err);
	return r;
}

static int
open_target(const struct checking *checking, struct run *run, struct plim_verdicts *v, struct plim_error *err)
{
	int r = checking->recorded ? analysis_open_recorded(run, checking->target, &v->analysis, err)
	                           : analysis_open(run, checking->target, checking->platforms, &v->analysis, err);
	/* Before a gigabyte is read: what can be wrong about the policy and the data. */
	struct plim_error of_policy = { 0 };
	struct wishes wishes = { 0 };
	int ready = judging_ready(run, &v->judge, &wishes, &v->signers, &of_policy);
	if (ready < 0) {
		*err = of_policy;
		return ready;
	}
	if (r == 0)
		analysis_want(v->analysis, &wishes);
	if (r == 0)
		r = check_tell(checking, run, v, v->at, err);
	if (r == 0)
		r = analysis_read(v->analysis, SIZE_MAX, err);
	if (r == 0)
		r = make_room(v, err);
	return r < 0 ? analysis_error(err, r, checking->target) : 0;
}

static int
begin_judge(const struct checking *checking, struct run *run, struct plim_verdicts *v, struct plim_error *err)
{
	struct judge_order order = checking->order;
	if (checking->recorded)
		order.level = SLICE("");
	int r = checking->choice ? judging_begin_by(run, &order, checking->choice, &v->judge, err) : judging_begin(run, &order, &v->judge, err);
	v->at = order.at;
	return r;
}

static int
make(struct plim_verdicts **out, struct plim_error *err)
{
	AUTO(verdicts) struct plim_verdicts *v = calloc(1, sizeof *v);
	if (v == NULL)
		return error_nomem(err);
	v->judge.channel = -1;
	if ((v->arena = arena_new(0)) == NULL)
		return error_nomem(err);
	v->signers.arena = v->arena;
	*out = ptr_take(&v);
	return 0;
}

int
check_open_beside(struct run *run, const struct checking *checking, const struct plim_verdicts *read, struct plim_verdicts **out, struct plim_error *err)
{
	AUTO(verdicts) struct plim_verdicts *v = NULL;
	struct wishes ignored = { 0 };
	int r = make(&v, err);
	if (r < 0)
		return r;
	v->analysis = read->analysis;
	v->borrows_analysis = true;
	analysis_unsend(v->analysis);
	if ((r = begin_judge(checking, run, v, err)) < 0 || (r = judging_ready(run, &v->judge, &ignored, &v->signers, err)) < 0 ||
	    (r = check_tell(checking, run, v, v->at, err)) < 0 || (r = make_room(v, err)) < 0)
		return r;
	*out = ptr_take(&v);
	return 0;
}

int
check_open(struct run *run, const struct checking *checking, struct plim_verdicts **out, struct plim_error *err)
{
	struct plim_error ignored;
	AUTO(verdicts) struct plim_verdicts *v = NULL;
	int r = make(&v, err);
	if (r < 0 || (r = begin_judge(checking, run, v, err)) < 0 || (r = open_target(checking, run, v, err ? err : &ignored)) < 0)
		return r;
	*out = ptr_take(&v);
	return 0;
}

int
check_run(struct run *run, const struct checking *checking, struct plim_verdicts **out, struct plim_error *err)
{
	AUTO(verdicts) struct plim_verdicts *v = NULL;
	int r = check_open(run, checking, &v, err);
	if (r < 0)
		return r;
	if ((r = judge_all(v, run, err)) < 0)
		return analysis_error(err, r, checking->target);
	watching_end(&run->watching);
	*out = ptr_take(&v);
	return 0;
}

int
plim_check(const struct plim_check_options *options, struct plim_verdicts **out, struct plim_error *err)
{
	AUTO(run) struct run *run = NULL;
	const struct judging_choice choice = { options->policy, options->database, options->at, options->as, options->policy_key, options->database_keys };
	struct checking checking = {
		.target = options->target, .platforms = options->platforms, .choice = &choice,
		.order = { .target = slice_of(options->target), .since = options->since ? slice_of(options->since) : SLICE_NONE,
		           .explain = options->explain ? slice_of(options->explain) : SLICE_NONE },
	};
	int r = run_start(options->run, &run, err);
	if (r < 0 || (r = check_run(run, &checking, out, err)) < 0)
		return r;
	(*out)->run = ptr_take(&run);
	return 0;
}
