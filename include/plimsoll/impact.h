/* SPDX-License-Identifier: Apache-2.0 */
/* What another policy would change, before it is anybody's. */
#ifndef PLIMSOLL_IMPACT_H
#define PLIMSOLL_IMPACT_H

#include <plimsoll/forecast.h>

/* Zero it, set `size`, then what you need; strings are borrowed for the call. */
struct plim_impact_options {
	size_t size;                     /* sizeof this struct */
	const char *old_policy, *new_policy;    /* as that of plim_check */
	const char *inventories;         /* a directory of stored inventories (plim_policy_record), with those below it */
	unsigned days;                   /* how far it looks, at most PLIM_FORECAST_DAYS_MOST; 0: today only */
	const char *policy_key, *database, *at, *as;    /* as those of plim_check */
	const char *const *database_keys;
	const struct plim_run_options *run;    /* NULL: as usual */
};

struct plim_impact;

/*
 * Judges each stored inventory by both policies, today and on each later day on which either gives another verdict.  0 with the answer, to be released by
 * plim_impact_free; an inventory that could not be judged is told in it.
 */
PLIM_API int plim_impact(const struct plim_impact_options *options, struct plim_impact **out, struct plim_error *err);
PLIM_API void plim_impact_free(struct plim_impact *impact);

/* PLIM_FAIL where something newly fails today, else PLIM_UNKNOWN where something cannot be told. */
PLIM_API enum plim_result plim_impact_result(const struct plim_impact *impact);

/* Writes it in a format of plim_impact_format_name: "text", "json" or "csv". */
PLIM_API int plim_impact_write(const struct plim_impact *impact, const char *format, const struct plim_report_options *options, FILE *into, struct plim_error *err);
PLIM_API const char *plim_impact_format_name(unsigned index);

#endif
