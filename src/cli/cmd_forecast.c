/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll forecast: what will stop passing, and when? */
#include "cli/reporting.h"

#include <plimsoll/forecast.h>

enum { OPT_DAYS = 256, OPT_FRESH_DATA };

#define DAYS_USUAL 30

struct forecast_arguments {
	uint64_t days;
	bool fresh_data;
};

static const struct option_text options[] = {
	{ { "days", required_argument, NULL, OPT_DAYS }, "N", "how far it looks; 30" },
	{ { "fresh-data", no_argument, NULL, OPT_FRESH_DATA }, NULL, "leave the age of the advisory data aside, as if they were renewed each day" },
	JUDGING_OPTIONS,
	REPORTING_OPTIONS("text (the default) or json"),
	READING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static int
write_forecast(const void *what, const char *format, const struct plim_report_options *page, FILE *into, struct plim_error *err)
{
	return plim_forecast_write(what, format, page, into, err);
}

static const struct output_kind forecasts_kind = { plim_forecast_format_name, write_forecast };

static int
take_option(const struct command *self, int chosen, void *own)
{
	struct forecast_arguments *args = own;
	switch (chosen) {
	case OPT_DAYS:
		return days_option(self, PLIM_FORECAST_DAYS_MOST, &args->days);
	case OPT_FRESH_DATA:
		return args->fresh_data = true, 0;
	default:
		return NOT_OWN;
	}
}

static int
run(const struct command *self, int argc, char **argv)
{
	struct forecast_arguments args = { .days = DAYS_USUAL };
	struct reporting reporting = { .kind = &forecasts_kind, .own_option = take_option, .own = &args };
	const struct judging_options *by = &reporting.by;
	struct plim_error err = { 0 };
	struct plim_forecast *forecast = NULL;
	int status = reporting_read(self, argc, argv, &reporting);
	if (status != 0)
		return status;
	if (optind == argc)
		return command_usage_error(self, "a target is missing");
	const struct plim_forecast_options what = {
		.size = sizeof what, .targets = (const char *const *)argv + optind, .days = (unsigned)args.days, .fresh_data = args.fresh_data, .policy = by->policy,
		.policy_key = by->policy_key, .database = by->database, .database_keys = list_chosen(&by->database_keys), .at = by->at, .as = by->as,
		.platforms = platforms_chosen(&by->platforms), .run = &reporting.reading,
	};
	if (plim_forecast(&what, &forecast, &err) < 0)
		return command_error(self, &err);
	status = plim_forecast_errors(forecast) ? EXIT_ERROR : (int)plim_forecast_result(forecast);
	status = outputs_write_of(self, &forecasts_kind, forecast, status, &reporting.outputs);
	plim_forecast_free(forecast);
	return status;
}

const struct command command_forecast = {
	.name = "forecast",
	.synopsis = "[OPTIONS] TARGET...",
	.meaning = "Tell what will stop passing within some days, when and why",
	.options = options,
	.run = run,
};
