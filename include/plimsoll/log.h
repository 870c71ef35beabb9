/* SPDX-License-Identifier: Apache-2.0 */
/* The append-only, hash-chained log of what was decided. */
#ifndef PLIMSOLL_LOG_H
#define PLIMSOLL_LOG_H

#include <plimsoll/check.h>

/*
 * Appends each verdict, and each exception that it used.  `file` is the log; NULL: $PLIMSOLL_LOG, else below $XDG_STATE_HOME or ~/.local/state, else
 * nowhere.  That the log could not be written is an error where somebody named it, `file` or the variable, and a line in `warnings` (NULL: nothing)
 * where it is the usual one.
 */
PLIM_API int plim_verdicts_log(const struct plim_verdicts *verdicts, const char *file, FILE *warnings, struct plim_error *err);

/* Zero it, set `size`, then what you need; strings are borrowed for the call. */
struct plim_log_options {
	size_t size;                     /* sizeof this struct */
	const char *file;                /* as above; PLIM_ENOTFOUND where there is none */
	const char *kind;                /* show, export: entries of this kind; NULL: all */
	const char *since;               /* export: written at this time or later, RFC 3339 or a day; NULL: all */
	size_t last;                     /* show: so many of the last; 0: 20 */
	const char *head;                /* verify: "sha256:..." of an entry that has to be there; NULL: any */
	const char *after;               /* verify: "sha256:..." of the one that the first has to follow; NULL: the first is the first of all */
};

/* Each tells whether the log is whole: `*whole` is 0 where anything in it was changed, put in or taken out, or `head` is missing. */

/* The last entries, one a line, and the hash of the last one. */
PLIM_API int plim_log_show(const struct plim_log_options *options, FILE *into, int *whole, struct plim_error *err);
/* How many entries and the hash of the last, or the first place that is broken and why. */
PLIM_API int plim_log_verify(const struct plim_log_options *options, FILE *into, int *whole, struct plim_error *err);
/* The entries with their hashes in a format of plim_log_format_name: "json" or "csv". */
PLIM_API int plim_log_export(const struct plim_log_options *options, const char *format, FILE *into, int *whole, struct plim_error *err);
PLIM_API const char *plim_log_format_name(unsigned index);

#endif
