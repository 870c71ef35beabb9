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

enum { OPTION_ORIGIN = 256, OPTION_SQL };

static const struct option_text show_options[] = {
	{ { "origin", no_argument, NULL, OPTION_ORIGIN }, NULL, "the file and line that each line comes from" },
	{ { "sql", no_argument, NULL, OPTION_SQL }, NULL, "the statements of its checks and rules instead" },
	{ { 0 }, NULL, NULL },
};

static int
run_show(const struct command *self, int argc, char **argv)
{
	enum plim_policy_view view = PLIM_POLICY_EFFECTIVE;
	struct plim_error err = { 0 };
	for (int option; (option = command_option(self, argc, argv)) != -1;) {
		if (option != OPTION_ORIGIN && option != OPTION_SQL)
			return EXIT_ERROR;
		view = option == OPTION_SQL ? PLIM_POLICY_SQL : PLIM_POLICY_ORIGINS;
	}
	if (optind + 1 != argc)
		return command_usage_error(self, optind == argc ? "a policy is missing" : "one policy at a time");
	int r = plim_policy_show(argv[optind], view, stdout, &err);
	if (r < 0)
		command_error(self, &err);
	return r == 0 ? EXIT_PASS : r == PLIM_EPOLICY ? EXIT_FAIL : EXIT_ERROR;
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
	{
	    .name = "show",
	    .of = "policy",
	    .synopsis = "[--origin | --sql] POLICY",
	    .meaning = "the policy with all that it extends, as one",
	    .options = show_options,
	    .run = run_show,
	},
	{ 0 },
};

const struct command command_policy = {
	.name = "policy",
	.synopsis = "lint POLICY... | show POLICY",
	.meaning = "Read policies without judging anything",
	.options = no_options,
	.subcommands = subcommands,
};
