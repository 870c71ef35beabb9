/* SPDX-License-Identifier: Apache-2.0 */
/* Approved base images: files that list, with dates, the layers which images may begin with. */
#ifndef PLIMSOLL_BASE_H
#define PLIMSOLL_BASE_H

#include <plimsoll/error.h>
#include <plimsoll/run.h>

#include <stddef.h>
#include <stdio.h>

struct plim_base_options {
	size_t size;                     /* sizeof this struct */
	const char *file;                /* bases/NAME.json */
	const char *name;                /* of the base; NULL where the file exists and says it */
	const char *date;                /* YYYY-MM-DD; NULL: today */
	const char *const *platforms;    /* NULL-terminated; NULL: every image of the target */
	const struct plim_run_options *run;    /* NULL: as usual */
	const char *until;               /* of what is added: YYYY-MM-DD, the last day of its approval; NULL: no end of its own */
	const char *others_until;        /* of the older generations of its platform that have no end; NULL: they keep having none */
};

/*
 * Appends a generation for each image of the target to the file, which is made where it does not exist.  The layers' digests are computed
 * from their bytes.  Writes one line each.
 */
PLIM_API int plim_base_add(const struct plim_base_options *options, const char *target, FILE *into, struct plim_error *err);

/* Writes the generations of a file, one a line. */
PLIM_API int plim_base_list(const char *file, FILE *into, struct plim_error *err);

/* Which generation each image of the target begins with; `*matched` tells whether all of them begin with one. */
PLIM_API int plim_base_check(const struct plim_base_options *options, const char *target, FILE *into, int *matched,
                             struct plim_error *err);

#endif
