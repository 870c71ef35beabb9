/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts that were written before, for another report. */
#ifndef PLIMSOLL_CONVERT_H
#define PLIMSOLL_CONVERT_H

#include <plimsoll/check.h>

/* Zero it, set `size`, then what you need; strings are borrowed for the call. */
struct plim_convert_options {
	size_t size;                     /* sizeof this struct */
	const char *const *paths;        /* verdicts as JSON, NULL-terminated, at least one; "-" for standard input */
	const struct plim_run_options *run;    /* NULL: as usual; nothing is cached */
};

/* Reads them back: reports of one are those that plim_check's verdicts would have given; several are one answer, the worst of them.  To be released by plim_verdicts_free. */
PLIM_API int plim_convert(const struct plim_convert_options *options, struct plim_verdicts **out, struct plim_error *err);

#endif
