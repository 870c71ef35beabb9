/* SPDX-License-Identifier: Apache-2.0 */
/* What will stop passing, and when, if nothing is done. */
#ifndef PLIMSOLL_FORECAST_H
#define PLIMSOLL_FORECAST_H

#include <plimsoll/check.h>

/* The farthest day that is looked at: some ten years. */
#define PLIM_FORECAST_DAYS_MOST 3660

/* Zero it, set `size`, then what you need; strings are borrowed for the call. */
struct plim_forecast_options {
	size_t size;                     /* sizeof this struct */
	const char *const *targets;      /* as that of plim_check, or stored inventories (plim_policy_record); NULL-terminated */
	unsigned days;                   /* how far it looks, at most PLIM_FORECAST_DAYS_MOST; 0: today only */
	bool fresh_data;                 /* the age of the advisory data is left aside, as if they were renewed each day */
	const char *policy, *policy_key, *database, *at, *as;    /* as those of plim_check */
	const char *const *database_keys;
	const char *const *platforms;
	const struct plim_run_options *run;    /* NULL: as usual */
};

struct plim_forecast;

/*
 * Judges each target today and on each later day on which the same policy, data and target give another verdict.  0 with the forecast, to be released by
 * plim_forecast_free; a target that could not be judged is told in it.
 */
PLIM_API int plim_forecast(const struct plim_forecast_options *options, struct plim_forecast **out, struct plim_error *err);
PLIM_API void plim_forecast_free(struct plim_forecast *forecast);

/* The worst verdict of all targets and days. */
PLIM_API enum plim_result plim_forecast_result(const struct plim_forecast *forecast);
/* How many targets could not be judged: of them it says nothing. */
PLIM_API size_t plim_forecast_errors(const struct plim_forecast *forecast);

/* Writes it in a format of plim_forecast_format_name: "text" or "json". */
PLIM_API int plim_forecast_write(const struct plim_forecast *forecast, const char *format, const struct plim_report_options *options, FILE *into,
                                 struct plim_error *err);
PLIM_API const char *plim_forecast_format_name(unsigned index);

#endif
