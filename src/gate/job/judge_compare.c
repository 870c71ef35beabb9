/* SPDX-License-Identifier: Apache-2.0 */
/* Images that a judge holds: compared with each other, or judged again at another time. */
#include "gate/job/judge_inside.h"

#include "base/error.h"
#include "diff/diff.h"

void
judge_let_go(struct judge *judge)
{
	inventory_free(judge->held[judge->side]);
	judge->held[judge->side] = NULL;
}

int
judge_hold(struct judge *judge, struct inventory *inventory, struct plim_error *err)
{
	judge_let_go(judge);
	judge->held[judge->side] = inventory;
	return channel_send(judge->channel, SAY_HELD, SLICE(""), err);
}

int
judge_again(struct judge *judge, struct slice body, struct plim_error *err)
{
	struct cursor from = cursor_of(body);
	struct inventory *held = judge->held[judge->side];
	judge->at = (int64_t)cursor_u64le(&from);
	if (from.bad || held == NULL)
		return error_set(err, PLIM_EFORMAT, "a verdict of nothing, or at no time");
	return judge_say_verdict(judge, held, err);
}

int
judge_say_diff(struct judge *judge, struct plim_error *err)
{
	AUTO(verdict) struct verdict *old = NULL;
	AUTO(verdict) struct verdict *new = NULL;
	AUTO(diff) struct diff *diff = NULL;
	AUTO(strbuf) struct strbuf bytes = { 0 };
	if (judge->held[0] == NULL || judge->held[1] == NULL)
		return error_set(err, PLIM_EFORMAT, "a comparison of nothing");
	int r = judge_evaluate(judge, 0, judge->held[0], judge->order.old_target, &old, err);
	if (r < 0 || (r = judge_evaluate(judge, 1, judge->held[1], judge->order.target, &new, err)) < 0)
		return r;
	const struct diff_side sides[] = { { judge->held[0], old }, { judge->held[1], new } };
	if ((r = diff_make(&sides[0], &sides[1], judge->policy, judge->order.at, &diff, err)) < 0)
		return r;
	diff_write(diff, &bytes);
	return bytes.failed ? error_nomem(err) : channel_send(judge->channel, SAY_DIFF, strbuf_slice(&bytes), err);
}
