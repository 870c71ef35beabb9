/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll cache: what was made of layers, kept for the next run. */
#include "cli/command.h"

#include <plimsoll/run.h>

static const struct option_text no_options[] = { { { 0 }, NULL, NULL } };

static int
run_with(const struct command *self, int argc, char **argv, int (*act)(FILE *into, struct plim_error *err))
{
	struct plim_error err = { 0 };
	if (command_option(self, argc, argv) != -1)
		return EXIT_ERROR;
	if (optind != argc)
		return command_usage_error(self, "there is nothing to name here");
	return act(stdout, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

static int
run_status(const struct command *self, int argc, char **argv)
{
	return run_with(self, argc, argv, plim_cache_status);
}

static int
run_clear(const struct command *self, int argc, char **argv)
{
	return run_with(self, argc, argv, plim_cache_clear);
}

static const struct command subcommands[] = {
	{
	    .name = "status",
	    .of = "cache",
	    .synopsis = "",
	    .meaning = "where it is, how many layers it holds, how large it is",
	    .options = no_options,
	    .run = run_status,
	},
	{
	    .name = "clear",
	    .of = "cache",
	    .synopsis = "",
	    .meaning = "remove all of it",
	    .options = no_options,
	    .run = run_clear,
	},
	{ 0 },
};

const struct command command_cache = {
	.name = "cache",
	.synopsis = "status|clear",
	.meaning = "Look after the layers kept for the next run",
	.options = no_options,
	.subcommands = subcommands,
};
