/* SPDX-License-Identifier: Apache-2.0 */
/* A target is read once and judged again as the days go by: every date that is told was evaluated. */
#include "gate/outlook.h"

#include "base/date.h"
#include "base/error.h"
#include "process/channel.h"

void
outlook_done(struct outlook *outlook)
{
	for (size_t i = 0; i < outlook->n; i++)
		verdict_free(outlook->at[i]);
	free(outlook->at);
	*outlook = (struct outlook){ 0 };
}

static int
hold(struct run *run, struct plim_verdicts *v, size_t image, struct plim_error *err)
{
	AUTO(message) struct message answer = { .fd = { -1, -1 } };
	int r = judging_ask(v->analysis, run, &v->judge, SAY_HOLD, image, SLICE(""), &answer, err);
	return r == 0 && answer.kind != SAY_HELD ? error_set(err, PLIM_EPROCESS, "the judge spoke out of turn") : r;
}

static int
judge_at(struct run *run, const struct plim_verdicts *v, size_t image, int64_t at, struct verdict **out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	AUTO(message) struct message answer = { .fd = { -1, -1 } };
	wire_put_u64(&body, (uint64_t)at);
	int r = body.failed ? error_nomem(err) : channel_send(v->judge.channel, SAY_AGAIN, strbuf_slice(&body), err);
	if (r == 0)
		r = judging_answer(run, &v->judge, 0, &answer, err);
	return r < 0 ? r : check_take(v, image, &answer, out, err);
}

static int
add(struct outlook *out, struct verdict *verdict, struct plim_error *err)
{
	struct verdict **grown = reallocarray(out->at, out->n + 1, sizeof *grown);
	if (grown == NULL) {
		verdict_free(verdict);
		return error_nomem(err);
	}
	out->at = grown;
	out->at[out->n++] = verdict;
	return 0;
}

/* The same time of a later day. */
static int64_t
later(const struct plim_verdicts *v, int64_t day)
{
	return v->at + (day - date_day(v->at)) * DAY_S;
}

/* Signatures are held against keys before the judge hears of them, so they are looked at again when keys change. */
static int
look(const struct checking *checking, struct run *run, struct plim_verdicts *v, size_t image, int64_t day, struct outlook *out, struct plim_error *err)
{
	struct verdict *verdict = NULL;
	const struct verdict *last = out->n ? out->at[out->n - 1] : NULL;
	bool stale = last ? last->next_passings & 1u << PASSING_KEY : v->told_at != v->at;
	int r = stale ? check_tell(checking, run, v, later(v, day), err) : 0;
	if (r == 0)
		r = judge_at(run, v, image, later(v, day), &verdict, err);
	return r < 0 ? r : add(out, verdict, err);
}

int
outlook_make(const struct checking *checking, struct run *run, struct plim_verdicts *v, size_t image, int64_t days, struct outlook *out,
             struct plim_error *err)
{
	AUTO(outlook) struct outlook found = { 0 };
	int64_t day = date_day(v->at), last = day + days;
	int r = hold(run, v, image, err);
	if (r == 0)
		r = look(checking, run, v, image, day, &found, err);
	for (int64_t next; r == 0; day = next) {
		next = found.at[found.n - 1]->next_day;
		if (next == DATE_NONE || next > last)
			break;
		if (next <= day)
			return error_set(err, PLIM_EPROCESS, "the judge spoke of a day that has passed");
		r = look(checking, run, v, image, next, &found, err);
	}
	if (r < 0)
		return r;
	*out = found;
	found = (struct outlook){ 0 };
	return 0;
}

const struct verdict *
outlook_on(const struct outlook *outlook, int64_t day)
{
	size_t i = outlook->n - 1;
	while (i > 0 && date_day(outlook->at[i]->evaluated_at) > day)
		i--;
	return outlook->at[i];
}
