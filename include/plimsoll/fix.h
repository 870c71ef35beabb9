/* SPDX-License-Identifier: Apache-2.0 */
/* Mending: the smallest change of an image that makes it pass, and what nothing mends. */
#ifndef PLIMSOLL_FIX_H
#define PLIMSOLL_FIX_H

#include <plimsoll/check.h>

/* Zero it, set `size`, then what you need; strings are borrowed for the call.  What has the name of a member of plim_check_options means the same. */
struct plim_fix_options {
	size_t size;
	const char *target;
	const char *platform;    /* NULL where the target has one image */
	const char *policy;
	const char *policy_key;
	const char *database;
	const char *const *database_keys;
	const char *at;
	const char *as;
	const char *dockerfile;  /* the file that the image is built by, to be patched; NULL: none is at hand */
	const struct plim_run_options *run;
};

struct plim_fix;

/*
 * Looks for the changes and judges what the image would be with them: of an upgrade the package's version, of a step the files' modes and what
 * catalogers read of them.  0 with the answer, to be released by plim_fix_free.
 */
PLIM_API int plim_fix_make(const struct plim_fix_options *options, struct plim_fix **out, struct plim_error *err);
PLIM_API void plim_fix_free(struct plim_fix *fix);
/* Of the image with the changes: PLIM_PASS also where nothing had to be done. */
PLIM_API enum plim_result plim_fix_result(const struct plim_fix *fix);
/* Writes it in a format of plim_fix_format_name.  PLIM_EUSAGE for another one, and for one that does not apply: a patch without a Dockerfile, a layer of a tree. */
PLIM_API int plim_fix_write(const struct plim_fix *fix, const char *format, FILE *into, struct plim_error *err);
/* The name of the format at an index, NULL behind the last; the first is the default. */
PLIM_API const char *plim_fix_format_name(unsigned index);

#endif
