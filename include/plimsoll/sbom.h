/* SPDX-License-Identifier: Apache-2.0 */
/* Bills of materials: what an image is made of, for others to read. */
#ifndef PLIMSOLL_SBOM_H
#define PLIMSOLL_SBOM_H

#include <plimsoll/error.h>
#include <plimsoll/run.h>

#include <stddef.h>
#include <stdio.h>

/* Zero it, set `size`, then what you need; strings are borrowed for the call. */
struct plim_sbom_options {
	size_t size;
	const char *target;
	const char *platform;    /* NULL where the target has one image */
	const char *policy;      /* whose approved bases tell what is the base's and what the application's; NULL: neither is told */
	const char *at;          /* the time the document speaks of, RFC 3339 or a day; NULL: now */
	const struct plim_run_options *run;    /* NULL: as usual */
	FILE *warnings;          /* where what could not be read is told, one line each; NULL: nowhere */
};

struct plim_sbom;

/* Reads one image or tree; a target with several images is PLIM_EUSAGE and names them.  To be released by plim_sbom_free. */
PLIM_API int plim_sbom_read(const struct plim_sbom_options *options, struct plim_sbom **out, struct plim_error *err);
PLIM_API void plim_sbom_free(struct plim_sbom *sbom);
/* Writes a document in a format of plim_sbom_format_name; the same image, options and time give the same bytes. */
PLIM_API int plim_sbom_write(struct plim_sbom *sbom, const char *format, FILE *into, struct plim_error *err);
/* The name of the format at an index, NULL behind the last; the first is the default. */
PLIM_API const char *plim_sbom_format_name(unsigned index);

#endif
