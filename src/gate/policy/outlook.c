/* SPDX-License-Identifier: Apache-2.0 */
/* A target is read once and judged again as the days go by: every date that is told was evaluated. */
#include "gate/policy/outlook.h"

#include "base/date.h"
#include "base/error.h"
#include "process/channel.h"

void
outlook_done(struct outlook *outlook)
{
	verdict_free(outlook->first);
	free(outlook->days);
	*outlook = (struct outlook){ 0 };
}

enum result
outlook_result(enum result result)
{
	return result < RESULT_PASS ? RESULT_UNKNOWN : result;
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
note_day(struct outlook *out, const struct verdict *verdict, struct plim_error *err)
{
	struct outlook_day *grown = reallocarray(out->days, out->n + 1, sizeof *grown);
	if (grown == NULL)
		return error_nomem(err);
	out->days = grown;
	out->days[out->n++] = (struct outlook_day){ date_day(verdict->evaluated_at), outlook_result(verdict->result) };
	return 0;
}

/* The same time of a later day. */
static int64_t
later(const struct plim_verdicts *v, int64_t day)
{
	return v->at + (day - date_day(v->at)) * DAY_S;
}

struct looking {
	const struct checking *checking;
	struct run *run;
	struct plim_verdicts *opened;
	size_t image;
	outlook_fn *step;
	void *context;
	struct verdict *last;      /* NULL: the first one is */
	struct outlook found;
};

static void
auto_looking(struct looking *l)
{
	verdict_free(l->last);
	outlook_done(&l->found);
}

/* Signatures are held against keys before the judge hears of them, so they are looked at again when keys change. */
static int
look(struct looking *l, int64_t day, bool stale, struct verdict **out, struct plim_error *err)
{
	int64_t at = later(l->opened, day);
	int r = stale ? check_tell(l->checking, l->run, l->opened, at, err) : 0;
	if (r == 0)
		r = judge_at(l->run, l->opened, l->image, at, out, err);
	return r < 0 ? r : note_day(&l->found, *out, err);
}

static const struct verdict *
last_of(const struct looking *l)
{
	return l->last ? l->last : l->found.first;
}

static int
step_to(struct looking *l, int64_t day, struct plim_error *err)
{
	AUTO(verdict) struct verdict *verdict = NULL;
	int r = look(l, day, last_of(l)->next_passings & 1u << PASSING_KEY, &verdict, err);
	if (r == 0 && l->step)
		r = l->step(l->context, last_of(l), verdict, err);
	if (r < 0)
		return r;
	verdict_free(l->last);
	l->last = ptr_take(&verdict);
	return 0;
}

static int
look_on(struct looking *l, int64_t day, int64_t horizon, struct plim_error *err)
{
	int r = 0;
	for (int64_t next; r == 0; day = next) {
		next = last_of(l)->next_day;
		if (next == DATE_NONE || next > horizon)
			break;
		if (next <= day)
			return error_set(err, PLIM_EPROCESS, "the judge spoke of a day that has passed");
		r = step_to(l, next, err);
	}
	return r;
}

int
outlook_make(const struct checking *checking, struct run *run, struct plim_verdicts *v, size_t image, int64_t days, outlook_fn *step, void *context,
             struct outlook *out, struct plim_error *err)
{
	AUTO(looking) struct looking l = { .checking = checking, .run = run, .opened = v, .image = image, .step = step, .context = context };
	int64_t day = date_day(v->at);
	int r = hold(run, v, image, err);
	if (r == 0)
		r = look(&l, day, v->told_at != v->at, &l.found.first, err);
	if (r == 0 && step)
		r = step(context, NULL, l.found.first, err);
	if (r == 0)
		r = look_on(&l, day, day + days, err);
	if (r < 0)
		return r;
	*out = l.found;
	l.found = (struct outlook){ 0 };
	return 0;
}

enum result
outlook_on(const struct outlook *outlook, int64_t day)
{
	size_t i = outlook->n - 1;
	while (i > 0 && outlook->days[i].day > day)
		i--;
	return outlook->days[i].result;
}
