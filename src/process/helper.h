/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that belong to this one and do what it may not: they are started
 * with a channel and with nothing else of ours, no descriptor and no secret
 * of the environment that is not theirs.
 */
#ifndef PROCESS_HELPER_H
#define PROCESS_HELPER_H

#include <plimsoll/error.h>

#include <stdbool.h>
#include <sys/types.h>

/* The descriptor of such a program that is its end of the channel. */
#define HELPER_CHANNEL 3

struct helper_program {
	const char *name;          /* "plimsoll-fetch" */
	const char *purpose;       /* "speaks to registries": for the message that it is not there */
	bool reads_input;          /* it gets our standard input; else that is empty */
	bool takes_secrets;        /* it gets the environment whole */
};

/*
 * Starts it: from beside this program, from below its prefix, from where it was meant to be installed; PLIM_ENOTFOUND.  Its standard output is
 * nobody's, its standard error ours.  `*channel` and `*process` are the caller's to close and to wait for.
 */
int helper_run(const struct helper_program *program, int *channel, pid_t *process, struct plim_error *err);

/* Becomes it, with these words, the first of which is its name; only a failure comes back. */
int helper_become(const struct helper_program *program, char **argv, struct plim_error *err);

/*
 * The environment without what is a secret of another program's: for whatever is started here.  The array is the caller's to free, the words
 * are borrowed from the environment; NULL without memory.
 */
char **helper_environment(void);

#endif
