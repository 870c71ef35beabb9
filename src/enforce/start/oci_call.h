/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of an OCI runtime, as runc and crun take it.  Strict: what either of them does not know, or what they would read differently,
 * is an error, for a word taken for an option's value by one is a command for the other.
 */
#ifndef ENFORCE_START_OCI_CALL_H
#define ENFORCE_START_OCI_CALL_H

#include <plimsoll/error.h>

#include <stdbool.h>

struct oci_call {
	const char *command;           /* NULL: none, --version or --help */
	bool starts;                   /* it makes a container: create, run, restore */
	const char *id, *bundle;       /* of a command that starts; bundle NULL: the working directory */
	const char *config;            /* NULL: config.json in the bundle */
	const char *log;               /* where errors go; NULL: nowhere but standard error */
	bool log_is_json;
};

/* The words behind the runtime's own name, NULL-terminated.  Filled as far as it went: `log` is known where a later word is wrong. */
int oci_call_parse(char *const *words, struct oci_call *out, struct plim_error *err);

#endif
