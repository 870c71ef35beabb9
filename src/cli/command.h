/* SPDX-License-Identifier: Apache-2.0 */
/* One table of commands; each is cmd_<name>.c with an option table and one function. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <plimsoll/error.h>

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

enum exit_status { EXIT_PASS = 0, EXIT_FAIL = 1, EXIT_UNKNOWN = 2, EXIT_ERROR = 3 };

struct option_text {
	struct option option;         /* for getopt_long: `val` is a letter or a number from 256 */
	const char *argument;         /* "FILE", NULL without one */
	const char *meaning;
};

struct command {
	const char *name;
	const char *of;               /* the command that it is a part of, NULL if none */
	const char *synopsis;         /* "[OPTIONS] TARGET" */
	const char *meaning;          /* one line */
	const struct option_text *options;    /* ends with an entry without name */
	int (*run)(const struct command *self, int argc, char **argv);    /* argv[0] is the command's name */
	bool passes_on;               /* what stands behind its own options is for another program, --help too */
	const struct command *subcommands;    /* ends with an entry without name; NULL if none: then `run` */
	const char *program;          /* the program of ours that has it and becomes this one, "plimsoll-guard"; NULL: this */
};

/* Like getopt_long over the command's table, in which a letter is a short option too ("-h", "--help" print help and exit 0); -1 at the end, '?' after a complaint. */
int command_option(const struct command *self, int argc, char **argv);

/* Its part, or itself; help where that is asked for. */
int command_run(const struct command *command, int argc, char **argv);
bool command_is_help(const char *word);
/*
 * What is opened takes the lowest number that is free: a process's channel would be the standard output, and a report written there
 * seem written.  In the place of what is closed stands
 * what can be used by nobody; false where that cannot be had.
 */
bool command_hold_descriptors(void);

/* "plimsoll COMMAND: text" on stderr; returns EXIT_ERROR. */
int command_error(const struct command *self, const struct plim_error *err);
int command_usage_error(const struct command *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Engines call some doors by a link's name alone, without any option of ours: their exit status, -1 for any other name. */
int guard_by_name(const char *program, char **words);

#define COMMAND(name) extern const struct command command_##name;
#include "cli/commands.def"
#undef COMMAND

#endif
