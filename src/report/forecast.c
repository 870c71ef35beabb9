/* SPDX-License-Identifier: Apache-2.0 */
#include "report/forecast.h"

const char *const forecast_state_names[FORECAST_STATE_COUNT] = {
	[FORECAST_PASSES] = "passes", [FORECAST_STOPS] = "stops", [FORECAST_HELD_BACK] = "held_back", [FORECAST_ERROR] = "error",
};

const struct forecast_writer *const forecast_writers[] = { &forecast_text, &forecast_json, NULL };

const struct forecast_day *
forecast_end(const struct forecast_item *item)
{
	for (size_t i = 0; i < item->day_count; i++)
		if (item->days[i].result != RESULT_PASS)
			return &item->days[i];
	return NULL;
}

void
forecast_put_distance(int64_t days, struct strbuf *into)
{
	if (days <= 1)
		strbuf_puts(into, days == 1 ? "tomorrow" : "today");
	else
		strbuf_printf(into, "in %lld days", (long long)days);
}
