/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of forecasts: what stops passing, when, and why; one writer a format. */
#ifndef REPORT_FORECAST_H
#define REPORT_FORECAST_H

#include "base/strbuf.h"
#include "policy/turns.h"

enum forecast_state {
	FORECAST_PASSES,           /* on each day */
	FORECAST_STOPS,            /* it passes today, and not on each later day */
	FORECAST_HELD_BACK,        /* it does not pass today */
	FORECAST_ERROR,            /* it could not be judged */
	FORECAST_STATE_COUNT
};
extern const char *const forecast_state_names[FORECAST_STATE_COUNT];    /* "passes", "stops", "held_back", "error" */

/* From that day on it is this. */
struct forecast_day {
	int64_t day;
	enum result result;
};

struct forecast_turn {
	int64_t day;               /* the first one on which it holds back */
	struct turn turn;
	struct slice cause;
	enum result result;        /* of the whole, from that day on */
};

/* One image or tree, or a target that could not be judged. */
struct forecast_item {
	struct slice name;
	struct slice error;        /* absent: it was judged */
	enum forecast_state state;
	const struct forecast_day *days;     /* the first is that of the evaluation; only where the result changes */
	size_t day_count;
	const struct forecast_turn *turns;
	size_t turn_count;
};

struct forecast {
	int64_t at;                /* seconds */
	int64_t days;              /* how far it looks */
	bool fresh_data;           /* the age of the data is left aside */
	const struct forecast_item *items;
	size_t count;
	size_t counts[FORECAST_STATE_COUNT];
	unsigned columns;
	bool colour;
};

struct forecast_writer {
	const char *name;
	void (*write)(const struct forecast *forecast, struct strbuf *into);
};

extern const struct forecast_writer forecast_text, forecast_json;
extern const struct forecast_writer *const forecast_writers[];    /* NULL-terminated */

/* The first day on which it does not pass, of FORECAST_STOPS. */
const struct forecast_day *forecast_end(const struct forecast_item *item);
/* "today", "tomorrow", "in 15 days". */
void forecast_put_distance(int64_t days, struct strbuf *into);

#endif
