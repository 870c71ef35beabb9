/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll doctor: can this machine confine what reads images? */
#include "cli/command.h"

#include <plimsoll/run.h>

static const struct option_text no_options[] = { { { 0 }, NULL, NULL } };

static int
run(const struct command *self, int argc, char **argv)
{
	struct plim_error err = { 0 };
	int whole = 0;
	if (command_option(self, argc, argv) != -1)
		return EXIT_ERROR;
	if (optind != argc)
		return command_usage_error(self, "there is nothing to name here");
	if (plim_doctor(stdout, &whole, &err) < 0)
		return command_error(self, &err);
	return whole ? EXIT_PASS : EXIT_FAIL;
}

const struct command command_doctor = {
	.name = "doctor",
	.synopsis = "",
	.meaning = "Tell what confines the processes that read images here (exit status 1 if anything is missing)",
	.options = no_options,
	.run = run,
};
