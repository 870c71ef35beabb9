/* SPDX-License-Identifier: Apache-2.0 */
/* plim_forecast: targets to what ends, day by day. */
#include <plimsoll/forecast.h>

#include "base/date.h"
#include "base/error.h"
#include "base/output.h"
#include "base/vec.h"
#include "gate/policy/outlook.h"
#include "report/forecast.h"
#include "report/writer.h"

struct plim_forecast {
	struct arena *arena;       /* all texts: nothing of a target is kept */
	VEC(struct forecast_item) items;
	struct forecast report;
	enum result worst;
};

void
plim_forecast_free(struct plim_forecast *f)
{
	if (f == NULL)
		return;
	vec_done(&f->items);
	arena_free(f->arena);
	free(f);
}
AUTO_DEFINE(forecast, struct plim_forecast, plim_forecast_free)

static enum result
result_of(const struct plim_forecast *f, const struct verdict *v)
{
	return outlook_result(f->report.fresh_data ? verdict_result_without(v, "data_age") : v->result);
}

/* what happens to one image */

struct gathering {
	struct plim_forecast *f;
	VEC(struct forecast_day) days;
	VEC(struct forecast_turn) turns;
};

static void
auto_gathering(struct gathering *g)
{
	vec_done(&g->days);
	vec_done(&g->turns);
}

/* Only where the result changes. */
static int
add_day(struct gathering *g, const struct verdict *v, struct plim_error *err)
{
	enum result result = result_of(g->f, v);
	if (g->days.n && g->days.at[g->days.n - 1].result == result)
		return 0;
	struct forecast_day *day = vec_push(&g->days);
	if (day == NULL)
		return error_nomem(err);
	*day = (struct forecast_day){ date_day(v->evaluated_at), result };
	return 0;
}

/* Texts of verdicts end with them. */
static int
keep_turn(struct gathering *g, const struct turn *turn, const struct verdict *before, const struct verdict *after, struct plim_error *err)
{
	struct arena *arena = g->f->arena;
	struct forecast_turn *kept = vec_push(&g->turns);
	if (kept == NULL)
		return error_nomem(err);
	*kept = (struct forecast_turn){ date_day(after->evaluated_at), *turn, turn_cause(turn, before, arena), result_of(g->f, after) };
	kept->turn.rule = arena_dup(arena, turn->rule);
	kept->turn.subject = arena_dup(arena, turn->subject);
	kept->turn.reason = arena_dup(arena, turn->reason);
	kept->turn.waived = NULL;
	kept->turn.finding = NULL;
	kept->turn.unknown = NULL;
	return kept->cause.p && kept->turn.rule.p && kept->turn.reason.p ? 0 : error_nomem(err);
}

static int
step(void *context, const struct verdict *before, const struct verdict *after, struct plim_error *err)
{
	struct gathering *g = context;
	struct turns turns;
	AUTO(arena) struct arena *arena = arena_new(0);
	if (before == NULL)
		return add_day(g, after, err);
	int r = arena ? turns_find(before, after, arena, &turns, err) : error_nomem(err);
	for (size_t i = 0; r == 0 && i < turns.n; i++) {
		bool aside = g->f->report.fresh_data && turns.at[i].unknown && slice_is(turns.at[i].unknown->kind, "data_age");
		r = aside ? 0 : keep_turn(g, &turns.at[i], before, after, err);
	}
	return r < 0 ? r : add_day(g, after, err);
}

/* All lists are in the arena. */
static int
keep_gathered(const struct gathering *g, struct forecast_item *item, struct plim_error *err)
{
	struct forecast_day *days = arena_make_array(g->f->arena, g->days.n + 1, struct forecast_day);
	struct forecast_turn *turns = arena_make_array(g->f->arena, g->turns.n + 1, struct forecast_turn);
	if (days == NULL || turns == NULL)
		return error_nomem(err);
	if (g->days.n)
		memcpy(days, g->days.at, g->days.n * sizeof *days);
	if (g->turns.n)
		memcpy(turns, g->turns.at, g->turns.n * sizeof *turns);
	item->days = days;
	item->day_count = g->days.n;
	item->turns = turns;
	item->turn_count = g->turns.n;
	return 0;
}

/* one target */

static int
add_item(struct plim_forecast *f, const struct forecast_item *item, struct plim_error *err)
{
	struct forecast_item *kept = vec_push(&f->items);
	if (kept == NULL)
		return error_nomem(err);
	*kept = *item;
	f->report.counts[item->state]++;
	for (size_t i = 0; i < item->day_count; i++)
		if (item->days[i].result > f->worst)
			f->worst = item->days[i].result;
	return 0;
}

static enum forecast_state
state_of(const struct forecast_item *item)
{
	if (item->days[0].result != RESULT_PASS)
		return FORECAST_HELD_BACK;
	return forecast_end(item) ? FORECAST_STOPS : FORECAST_PASSES;
}

/* A stored inventory is named by its file, and by what it is of. */
static struct slice
name_of(const struct plim_forecast *f, const struct checking *checking, const struct verdict *v)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (checking->recorded)
		strbuf_printf(&text, "%s%s", checking->target, v->image ? ": " : "");
	if (v->image || !checking->recorded)
		report_title(v, &text);
	return text.failed ? SLICE_NONE : arena_dup(f->arena, strbuf_slice(&text));
}

static int
look_at_image(struct plim_forecast *f, const struct checking *checking, struct run *run, struct plim_verdicts *v, size_t image, struct plim_error *err)
{
	AUTO(outlook) struct outlook outlook = { 0 };
	AUTO(gathering) struct gathering g = { .f = f };
	struct forecast_item item = { .error = SLICE_NONE };
	int r = outlook_make(checking, run, v, image, f->report.days, step, &g, &outlook, err);
	if (r == 0)
		r = keep_gathered(&g, &item, err);
	if (r < 0)
		return r;
	item.state = state_of(&item);
	item.name = name_of(f, checking, outlook.first);
	return item.name.p ? add_item(f, &item, err) : error_nomem(err);
}

static int
look_at(struct plim_forecast *f, const struct checking *checking, struct run *run, struct plim_error *err)
{
	AUTO(verdicts) struct plim_verdicts *v = NULL;
	int r = check_open(run, checking, &v, err);
	for (size_t i = 0; r == 0 && i < v->count; i++)
		r = look_at_image(f, checking, run, v, i, err);
	watching_end(&run->watching);
	return r;
}

static int
look_at_target(struct plim_forecast *f, const struct judging_choice *choice, const char *const *platforms, const char *target, struct run *run,
               struct plim_error *err)
{
	struct plim_error why = { 0 };
	const struct checking checking = {
		.target = target, .recorded = analysis_is_recorded(target), .platforms = platforms, .choice = choice, .order.target = slice_of(target),
	};
	size_t before = f->items.n;
	int r = look_at(f, &checking, run, &why);
	if (r == 0 || r == PLIM_ENOMEM)
		return r < 0 ? error_nomem(err) : 0;
	for (; f->items.n > before; f->items.n--)
		f->report.counts[f->items.at[f->items.n - 1].state]--;
	const struct forecast_item item = { .name = arena_dup(f->arena, slice_of(target)), .error = arena_dup(f->arena, slice_of(why.text)), .state = FORECAST_ERROR };
	return item.name.p && item.error.p ? add_item(f, &item, err) : error_nomem(err);
}

int
plim_forecast(const struct plim_forecast_options *options, struct plim_forecast **out, struct plim_error *err)
{
	AUTO(run) struct run *run = NULL;
	AUTO(forecast) struct plim_forecast *f = calloc(1, sizeof *f);
	if (f == NULL || (f->arena = arena_new(0)) == NULL)
		return error_nomem(err);
	if (options->days > PLIM_FORECAST_DAYS_MOST)
		return error_set(err, PLIM_EUSAGE, "%u days are more than %d", options->days, PLIM_FORECAST_DAYS_MOST);
	f->report.days = options->days;
	f->report.fresh_data = options->fresh_data;
	const struct judging_choice choice = { options->policy, options->database, options->at, options->as, options->policy_key, options->database_keys };
	int r = run_start(options->run, &run, err);
	if (r == 0)
		r = judging_try(run, &choice, &f->report.at, err);
	for (const char *const *target = options->targets; r == 0 && *target; target++)
		r = look_at_target(f, &choice, options->platforms, *target, run, err);
	if (r < 0)
		return r;
	f->report.items = f->items.at;
	f->report.count = f->items.n;
	*out = ptr_take(&f);
	return 0;
}

enum plim_result
plim_forecast_result(const struct plim_forecast *f)
{
	if (f->worst == RESULT_FAIL)
		return PLIM_FAIL;
	return f->worst == RESULT_PASS ? PLIM_PASS : PLIM_UNKNOWN;
}

size_t
plim_forecast_errors(const struct plim_forecast *f)
{
	return f->report.counts[FORECAST_ERROR];
}

const char *
plim_forecast_format_name(unsigned index)
{
	for (unsigned i = 0; forecast_writers[i]; i++)
		if (i == index)
			return forecast_writers[i]->name;
	return NULL;
}

int
plim_forecast_write(const struct plim_forecast *f, const char *format, const struct plim_report_options *options, FILE *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct forecast report = f->report;
	report.columns = options && options->columns ? options->columns : 80;
	report.colour = options && options->colour;
	for (size_t i = 0; forecast_writers[i]; i++)
		if (strcmp(forecast_writers[i]->name, format) == 0) {
			forecast_writers[i]->write(&report, &text);
			return output_text(&text, into, err);
		}
	return error_set(err, PLIM_EUSAGE, "there is no report format '%s'", format);
}
