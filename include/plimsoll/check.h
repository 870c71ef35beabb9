/* SPDX-License-Identifier: Apache-2.0 */
/* The gate itself: a target in, verdicts out. */
#ifndef PLIMSOLL_CHECK_H
#define PLIMSOLL_CHECK_H

#include <plimsoll/error.h>
#include <plimsoll/run.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum plim_result { PLIM_PASS = 0, PLIM_FAIL = 1, PLIM_UNKNOWN = 2 };    /* as the exit status */

/* Zero it, set `size`, then what you need; strings are borrowed for the call. */
struct plim_check_options {
	size_t size;                     /* sizeof this struct: how a newer library knows an older caller */
	const char *target;              /* "docker-archive:web.tar", "oci:DIR:TAG", "rootfs:DIR", a path */
	const char *policy;              /* a file or a built-in name; NULL: "standard" */
	const char *database;            /* advisory data; NULL: the default place, where its absence is no error */
	const char *const *platforms;    /* NULL-terminated "os/architecture[/variant]"; NULL: all */
	const struct plim_run_options *run;    /* NULL: as usual */
	const char *at;                  /* the evaluation's time, RFC 3339 or a day; NULL: now */
	const char *since;               /* a verdict as JSON whose findings fail no more; NULL: none */
	const char *policy_key;          /* a public key's file, which must have signed a policy in a registry (oci://); NULL: nobody need have */
	const char *as;                  /* the repository where the image will live, "registry.example.com/team/web"; NULL: not told */
	const char *explain;             /* glob of packages, ids and aliases whose advisories the text report explains; NULL: none */
	const char *const *database_keys;    /* public keys' files, one of which must have signed the advisory data; NULL-terminated; NULL: nobody need have */
};

struct plim_verdicts;

/*
 * Judges every image of the target that the options select.  0 with the verdicts, to be released by plim_verdicts_free; an error means that nothing was
 * judged, which is never a pass.
 */
PLIM_API int plim_check(const struct plim_check_options *options, struct plim_verdicts **out, struct plim_error *err);
PLIM_API void plim_verdicts_free(struct plim_verdicts *verdicts);

/* The worst of all. */
PLIM_API enum plim_result plim_verdicts_result(const struct plim_verdicts *verdicts);

struct plim_report_options {
	size_t size;
	unsigned columns;    /* of the terminal; 0: 80 */
	bool colour;
};

/* What stands before the file in a format that is a template of the caller's: "template:report.html". */
#define PLIM_TEMPLATE "template:"
/* The file can be read and is a template: what is wrong in it PLIM_EUSAGE, with file, line and column. */
PLIM_API int plim_template_check(const char *path, struct plim_error *err);

/* Writes a report in a format of plim_report_format_name, "text", "json", ..., or as a template says.  PLIM_EUSAGE for another one. */
PLIM_API int plim_verdicts_write(const struct plim_verdicts *verdicts, const char *format,
                                 const struct plim_report_options *options, FILE *into, struct plim_error *err);
/* The name of the report format at an index, NULL behind the last. */
PLIM_API const char *plim_report_format_name(unsigned index);

#endif
