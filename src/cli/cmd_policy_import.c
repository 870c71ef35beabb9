/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll policy import: the queries that an organisation has already. */
#include "cli/policy_import.h"

#include <plimsoll/policy.h>

enum { OPTION_OUTPUT = 256, OPTION_NAME, OPTION_WARN };

const struct option_text policy_import_options[] = {
	{ { "output", required_argument, NULL, OPTION_OUTPUT }, "FILE", "where the policy goes; standard output" },
	{ { "name", required_argument, NULL, OPTION_NAME }, "NAME", "its name; imported/osquery or imported/fleet" },
	{ { "warn", no_argument, NULL, OPTION_WARN }, NULL, "its rules warn, and do not fail" },
	{ { 0 }, NULL, NULL },
};

int
policy_import_run(const struct command *self, int argc, char **argv)
{
	struct plim_policy_import_options what = { .size = sizeof what };
	struct plim_error err = { 0 };
	for (int chosen; (chosen = command_option(self, argc, argv)) != -1;) {
		if (chosen != OPTION_OUTPUT && chosen != OPTION_NAME && chosen != OPTION_WARN)
			return EXIT_ERROR;
		if (chosen == OPTION_WARN)
			what.warns = true;
		else
			*(chosen == OPTION_NAME ? &what.name : &what.output) = optarg;
	}
	if (argc - optind < 2)
		return command_usage_error(self, "a format and a file are needed: osquery FILE, or fleet FILE");
	what.format = argv[optind];
	int r = plim_policy_import(&what, (const char *const *)argv + optind + 1, stdout, stderr, &err);
	if (r < 0)
		command_error(self, &err);
	return r == 0 ? EXIT_PASS : r == PLIM_EPOLICY ? EXIT_FAIL : EXIT_ERROR;
}
