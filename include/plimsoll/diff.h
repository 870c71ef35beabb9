/* SPDX-License-Identifier: Apache-2.0 */
/* Two targets in, what changed and what explains it out. */
#ifndef PLIMSOLL_DIFF_H
#define PLIMSOLL_DIFF_H

#include <plimsoll/check.h>

/* Zero it, set `size`, then what you need; strings are borrowed for the call. */
struct plim_diff_options {
	size_t size;                     /* sizeof this struct */
	const char *old_target, *new_target;    /* as those of plim_check */
	const char *policy;              /* judges both, and says what something unexplained is worth; NULL: "standard" */
	const char *database;            /* advisory data; NULL: the default place, where its absence is no error */
	const char *const *platforms;    /* NULL-terminated; NULL: all */
	const struct plim_run_options *run;    /* NULL: as usual */
	const char *at;                  /* the evaluation's time, RFC 3339 or a day; NULL: now */
	const char *policy_key;          /* as of plim_check */
	const char *as;                  /* the repository where both will live, for entries of the policy that are scoped; NULL: not told */
	const char *const *database_keys;    /* as of plim_check */
};

struct plim_comparison;

/*
 * Compares the images of both targets, platform by platform.  0 with the comparison, to be released by plim_comparison_free; an error
 * means that nothing was compared.
 */
PLIM_API int plim_diff(const struct plim_diff_options *options, struct plim_comparison **out, struct plim_error *err);
PLIM_API void plim_comparison_free(struct plim_comparison *comparison);

/* PLIM_FAIL where the policy forbids something unexplained and there is some; else PLIM_UNKNOWN where something could not be read. */
PLIM_API enum plim_result plim_comparison_result(const struct plim_comparison *comparison);

/* Writes it in a format of plim_diff_format_name: "text" or "json". */
PLIM_API int plim_comparison_write(const struct plim_comparison *comparison, const char *format, const struct plim_report_options *options,
                                   FILE *into, struct plim_error *err);
PLIM_API const char *plim_diff_format_name(unsigned index);

#endif
