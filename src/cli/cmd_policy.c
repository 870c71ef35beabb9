/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll policy: is this policy sound? */
#include "cli/command.h"

#include <plimsoll/policy.h>

static const struct option_text no_options[] = { { { 0 }, NULL, NULL } };

static int
run_lint(const struct command *self, int argc, char **argv)
{
	int status = EXIT_PASS;
	while (command_option(self, argc, argv) != -1)
		return EXIT_ERROR;
	if (optind == argc)
		return command_usage_error(self, "a policy is missing");
	for (int i = optind; i < argc; i++) {
		struct plim_error err = { 0 };
		int r = plim_policy_lint(argv[i], stdout, &err);
		if (r < 0)
			command_error(self, &err);
		if (r < 0 && status != EXIT_ERROR)
			status = r == PLIM_EPOLICY ? EXIT_FAIL : EXIT_ERROR;
	}
	return status;
}

static const struct command subcommands[] = {
	{
	    .name = "lint",
	    .of = "policy",
	    .synopsis = "POLICY...",
	    .meaning = "read policies, files or built-in names, and tell what is wrong in them (exit status 1)",
	    .options = no_options,
	    .run = run_lint,
	},
	{ 0 },
};

const struct command command_policy = {
	.name = "policy",
	.synopsis = "lint POLICY...",
	.meaning = "Read policies without judging anything",
	.options = no_options,
	.subcommands = subcommands,
};
