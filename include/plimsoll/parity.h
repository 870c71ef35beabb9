/* SPDX-License-Identifier: Apache-2.0 */
/* One policy and two targets in, where it says the same of both and where not out. */
#ifndef PLIMSOLL_PARITY_H
#define PLIMSOLL_PARITY_H

#include <plimsoll/check.h>

/* Zero it, set `size`, then what you need; strings are borrowed for the call. */
struct plim_parity_options {
	size_t size;                     /* sizeof this struct */
	const char *first, *second;      /* targets of one image each, or trees, or hosts, as those of plim_check */
	const char *policy;              /* NULL: "standard" */
	const char *database;            /* advisory data; NULL: the default place, where its absence is no error */
	const char *const *platforms;    /* NULL-terminated; NULL: all, and then there must be one */
	const struct plim_run_options *run;    /* NULL: as usual */
	const char *at;                  /* the evaluation's time, RFC 3339 or a day; NULL: now */
	const char *policy_key;          /* as of plim_check, as those below */
	const char *as;
	const char *const *database_keys;
};

struct plim_parity;

/* 0 with the answer, to be released by plim_parity_free; an error means that nothing was compared. */
PLIM_API int plim_parity(const struct plim_parity_options *options, struct plim_parity **out, struct plim_error *err);
PLIM_API void plim_parity_free(struct plim_parity *parity);

/* PLIM_PASS where they agree, PLIM_FAIL where they differ, PLIM_UNKNOWN where that could not be told. */
PLIM_API enum plim_result plim_parity_result(const struct plim_parity *parity);

/* Writes it in a format of plim_parity_format_name: "text" or "json". */
PLIM_API int plim_parity_write(const struct plim_parity *parity, const char *format, const struct plim_report_options *options, FILE *into,
                               struct plim_error *err);
PLIM_API const char *plim_parity_format_name(unsigned index);

#endif
