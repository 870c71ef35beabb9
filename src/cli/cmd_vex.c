/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll vex: what a policy excepts, for others to read. */
#include "cli/command.h"

#include <plimsoll/policy.h>

enum { OPT_POLICY = 256, OPT_FILE, OPT_AT, OPT_AUTHOR };

static const struct option_text options[] = {
	{ { "policy", required_argument, NULL, OPT_POLICY }, "FILE", "whose exceptions; needed" },
	{ { "output", required_argument, NULL, OPT_FILE }, "FILE", "where the document goes, replaced whole or not at all; default: standard output" },
	{ { "author", required_argument, NULL, OPT_AUTHOR }, "NAME", "who says it; default: the policy's name" },
	{ { "at", required_argument, NULL, OPT_AT }, "TIME", "when it is said, 2026-01-31 or 2026-01-31T12:00:00Z; default: now" },
	{ { 0 }, NULL, NULL },
};

static int
take_option(int chosen, struct plim_policy_vex_options *vex)
{
	switch (chosen) {
	case OPT_POLICY:
		return vex->policy = optarg, 0;
	case OPT_FILE:
		return vex->output = optarg, 0;
	case OPT_AUTHOR:
		return vex->author = optarg, 0;
	case OPT_AT:
		return vex->at = optarg, 0;
	default:
		return EXIT_ERROR;
	}
}

static int
run(const struct command *self, int argc, char **argv)
{
	struct plim_policy_vex_options vex = { .size = sizeof vex };
	struct plim_error err = { 0 };
	int status;
	for (int chosen; (chosen = command_option(self, argc, argv)) != -1;)
		if ((status = take_option(chosen, &vex)) != 0)
			return status;
	if (optind != argc)
		return command_usage_error(self, "it takes no arguments");
	if (vex.policy == NULL)
		return command_usage_error(self, "--policy FILE is missing");
	return plim_policy_vex(&vex, stdout, stderr, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

const struct command command_vex = {
	.name = "vex",
	.synopsis = "--policy FILE [OPTIONS]",
	.meaning = "Write OpenVEX of a policy's exceptions",
	.options = options,
	.run = run,
};
