/* SPDX-License-Identifier: Apache-2.0 */
/* The forecast as canonical JSON: sorted keys, defined order, no white space, no clock but the evaluation's. */
#include "report/forecast.h"
#include "report/json_parts.h"

#include "base/date.h"

#include <plimsoll/build.h>

#define SCHEMA 1

static void
put_days(struct json_writer *w, const struct forecast_item *item)
{
	json_write_key(w, SLICE("days"));
	json_write_array(w);
	for (size_t i = 0; i < item->day_count; i++) {
		json_write_object(w);
		json_write_member_day(w, "from", item->days[i].day);
		json_write_member(w, "result", slice_of(result_name(item->days[i].result)));
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_turn(struct json_writer *w, int64_t today, const struct forecast_turn *turn)
{
	json_write_object(w);
	json_write_member(w, "action", slice_of(action_name(turn->turn.action)));
	json_write_member(w, "area", slice_of(area_name(turn->turn.area)));
	json_write_member(w, "cause", turn->cause);
	json_write_member_day(w, "from", turn->day);
	json_write_member_u64(w, "in_days", (uint64_t)(turn->day - today));
	json_write_member(w, "reason", turn->turn.reason);
	json_write_member(w, "result", slice_of(result_name(turn->result)));
	json_write_member(w, "rule", turn->turn.rule);
	json_write_member(w, "subject", turn->turn.subject.n ? turn->turn.subject : SLICE_NONE);
	json_write_object_end(w);
}

static void
put_item(struct json_writer *w, int64_t today, const struct forecast_item *item)
{
	const struct forecast_day *end = item->state == FORECAST_STOPS ? forecast_end(item) : NULL;
	json_write_object(w);
	put_days(w, item);
	if (end)
		json_write_member_day(w, "ends", end->day);
	json_write_member(w, "error", item->error);
	json_write_member(w, "name", item->name);
	json_write_member(w, "state", slice_of(forecast_state_names[item->state]));
	json_write_key(w, SLICE("turns"));
	json_write_array(w);
	for (size_t i = 0; i < item->turn_count; i++)
		put_turn(w, today, &item->turns[i]);
	json_write_array_end(w);
	json_write_object_end(w);
}

static void
put_summary(struct json_writer *w, const struct forecast *forecast)
{
	static const enum forecast_state by_name[] = { FORECAST_ERROR, FORECAST_HELD_BACK, FORECAST_PASSES, FORECAST_STOPS };
	json_write_key(w, SLICE("summary"));
	json_write_object(w);
	for (size_t i = 0; i < sizeof by_name / sizeof *by_name; i++)
		json_write_member_u64(w, forecast_state_names[by_name[i]], forecast->counts[by_name[i]]);
	json_write_object_end(w);
}

static void
write_json(const struct forecast *forecast, struct strbuf *into)
{
	struct json_writer w = { .into = into };
	json_write_object(&w);
	json_write_member_time(&w, "evaluated_at", forecast->at);
	json_write_member_bool(&w, "fresh_data", forecast->fresh_data);
	json_write_member_u64(&w, "schema", SCHEMA);
	put_summary(&w, forecast);
	json_write_key(&w, SLICE("targets"));
	json_write_array(&w);
	for (size_t i = 0; i < forecast->count; i++)
		put_item(&w, date_day(forecast->at), &forecast->items[i]);
	json_write_array_end(&w);
	json_put_tool(&w, slice_of(PLIM_VERSION));
	json_write_member_day(&w, "until", date_day(forecast->at) + forecast->days);
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
}

const struct forecast_writer forecast_json = { .name = "json", .write = write_json };
