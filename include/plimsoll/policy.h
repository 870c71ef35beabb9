/* SPDX-License-Identifier: Apache-2.0 */
/* Policies, before anything is judged by them. */
#ifndef PLIMSOLL_POLICY_H
#define PLIMSOLL_POLICY_H

#include <plimsoll/error.h>
#include <plimsoll/run.h>

#include <stddef.h>
#include <stdio.h>

/*
 * Reads a policy (a file, or a built-in name) with the bases that it names, compiles every query, and writes one line that tells
 * what it demands, and notes on what is probably not meant.  PLIM_EPOLICY shows the place of what is wrong.
 */
PLIM_API int plim_policy_lint(const char *policy, FILE *into, struct plim_error *err);

enum plim_policy_view { PLIM_POLICY_EFFECTIVE, PLIM_POLICY_ORIGINS, PLIM_POLICY_SQL };

/*
 * Writes the policy with all that it extends: as YAML, as YAML with the file and line that each line comes from, or as the SQL of its
 * checks and rules.  Errors as plim_policy_lint.
 */
PLIM_API int plim_policy_show(const char *policy, enum plim_policy_view view, FILE *into, struct plim_error *err);

struct plim_policy_vex_options {
	size_t size;                     /* sizeof this struct */
	const char *policy;              /* a file, or a built-in name */
	const char *author;              /* NULL: the policy's name */
	const char *at;                  /* the time, as plim_check takes it; NULL: now */
	const char *output;              /* a file, replaced whole or not at all; NULL: `into` */
};

/*
 * Writes what a policy's exceptions say of vulnerabilities as OpenVEX; those that it cannot say are told on `warnings`, a line each with the
 * reason.  Errors as plim_policy_lint.
 */
PLIM_API int plim_policy_vex(const struct plim_policy_vex_options *options, FILE *into, FILE *warnings, struct plim_error *err);

struct plim_policy_record_options {
	size_t size;                     /* sizeof this struct */
	const char *target;              /* as plim_check takes it */
	const char *const *platforms;    /* NULL-terminated; NULL: all */
	const struct plim_run_options *run;    /* NULL: as usual */
	const char *policy;              /* a file or a built-in policy's name: contents that its tests of others look into are kept too; NULL: none are */
};

/*
 * Writes what is judged of a target, its inventory, to a file, with which cases are tested without the target.  What could not be read
 * is told as a warning and recorded as it is.
 */
PLIM_API int plim_policy_record(const struct plim_policy_record_options *options, const char *path, struct plim_error *err);

struct plim_policy_approve_options {
	size_t size;                     /* sizeof this struct */
	const char *key;                 /* whose role is exceptions: a file or a "pkcs11:" URI */
	const char *companion;           /* what the key may sign; NULL: beside the key */
	const char *passphrase_file;
};

/*
 * Signs files of exceptions, or policies with exceptions of their own (NULL-terminated), as they are: the signature goes into "FILE.approvals", beside those
 * of others; approvals of what the file was before are dropped.  What was signed is told in `into`.
 */
PLIM_API int plim_policy_approve(const struct plim_policy_approve_options *options, const char *const *files, FILE *into, struct plim_error *err);

struct plim_policy_import_options {
	size_t size;
	const char *format;              /* "osquery": packs and configurations, each row is a finding; "fleet": policies, which pass where their query has a row */
	const char *name;                /* of the policy; NULL: "imported/FORMAT" */
	bool warns;                      /* its rules warn, and do not fail */
	const char *output;              /* a file, replaced whole or not at all; NULL: `into` */
};

/*
 * Writes a policy whose rules are the queries of files (NULL-terminated).  What cannot be asked here, and what only a host answers, is told in its comments
 * and on `warnings`, a line each with the reason.  PLIM_EPOLICY for what is no such file, and where no query is left.
 */
PLIM_API int plim_policy_import(const struct plim_policy_import_options *options, const char *const *files, FILE *into, FILE *warnings, struct plim_error *err);

struct plim_policy_test_options {
	size_t size;
	const char *policy;              /* of the cases that name none; NULL: there is none */
	const struct plim_run_options *run;
};

struct plim_policy_test_counts {
	size_t passed, failed;
	size_t errors;                   /* that could not be judged at all */
};

/*
 * Runs the cases of a file or of all files below a directory (NULL-terminated `paths`) and writes what came of each, in the format of the
 * Test Anything Protocol.  An error means that the cases themselves cannot be read.
 */
PLIM_API int plim_policy_test(const struct plim_policy_test_options *options, const char *const *paths, FILE *into,
                              struct plim_policy_test_counts *out, struct plim_error *err);

#endif
