/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll policy: is this policy sound, and does it say what it should? */
#include "cli/policy_approve.h"
#include "cli/policy_impact.h"
#include "cli/policy_import.h"
#include "cli/progress.h"
#include "cli/reading.h"

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

enum { OPTION_ORIGIN = 256, OPTION_SQL, OPTION_POLICY, OPTION_OUTPUT };

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

static const struct option_text test_options[] = {
	{ { "policy", required_argument, NULL, OPTION_POLICY }, "FILE", "the policy of cases that name none" },
	READING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static int
run_test(const struct command *self, int argc, char **argv)
{
	struct plim_run_options reading = { .warnings = stderr };
	struct plim_policy_test_options test = { .size = sizeof test, .run = &reading };
	struct plim_policy_test_counts counts;
	struct progress progress;
	struct plim_error err = { 0 };
	progress_watch(&progress, &reading);
	for (int option, status; (option = command_option(self, argc, argv)) != -1;) {
		if (option == OPTION_POLICY)
			test.policy = optarg;
		else if ((status = reading_option(self, option, &reading)) != 0)
			return status;
	}
	if (optind == argc)
		return command_usage_error(self, "a file of cases is missing");
	if (plim_policy_test(&test, (const char *const *)argv + optind, stdout, &counts, &err) < 0)
		return command_error(self, &err);
	return counts.errors ? EXIT_ERROR : counts.failed ? EXIT_FAIL : EXIT_PASS;
}

static const struct option_text record_options[] = {
	{ { "output", required_argument, NULL, OPTION_OUTPUT }, "FILE", "where the inventory goes" },
	{ { "policy", required_argument, NULL, OPTION_POLICY }, "FILE", "keep the contents that this policy's structure_tests and goss look into" },
	PLATFORM_OPTION,
	READING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

struct record_arguments {
	struct plim_policy_record_options record;
	struct plim_run_options reading;
	struct platforms platforms;
	struct progress progress;
	const char *output, *policy;
};

static int
take_record_option(const struct command *self, int option, struct record_arguments *args)
{
	if (option == OPT_PLATFORM)
		return platforms_option(self, &args->platforms);
	if (option != OPTION_OUTPUT && option != OPTION_POLICY)
		return reading_option(self, option, &args->reading);
	*(option == OPTION_OUTPUT ? &args->output : &args->policy) = optarg;
	return 0;
}

static int
run_record(const struct command *self, int argc, char **argv)
{
	struct record_arguments args = { .reading.warnings = stderr };
	struct plim_error err = { 0 };
	progress_watch(&args.progress, &args.reading);
	for (int option, status; (option = command_option(self, argc, argv)) != -1;)
		if ((status = take_record_option(self, option, &args)) != 0)
			return status;
	if (optind + 1 != argc)
		return command_usage_error(self, optind == argc ? "a target is missing" : "one target at a time");
	if (args.output == NULL)
		return command_usage_error(self, "--output FILE is missing");
	args.record = (struct plim_policy_record_options){
		.size = sizeof args.record, .target = argv[optind], .run = &args.reading, .platforms = platforms_chosen(&args.platforms),
		.policy = args.policy,
	};
	return plim_policy_record(&args.record, args.output, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
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
	{
	    .name = "test",
	    .of = "policy",
	    .synopsis = "[--policy FILE] CASES...",
	    .meaning = "judge recorded cases, files or folders of them, and compare with what they expect",
	    .options = test_options,
	    .run = run_test,
	},
	{
	    .name = "record",
	    .of = "policy",
	    .synopsis = "--output FILE TARGET",
	    .meaning = "keep the inventory of a target, for cases without the target",
	    .options = record_options,
	    .run = run_record,
	},
	{
	    .name = "approve",
	    .of = "policy",
	    .synopsis = "--key KEY FILE...",
	    .meaning = "sign files of exceptions, for policies that demand it",
	    .options = policy_approve_options,
	    .run = policy_approve_run,
	},
	{
	    .name = "impact",
	    .of = "policy",
	    .synopsis = "--inventories DIR OLD NEW",
	    .meaning = "who would newly fail or pass by another policy, and in how many days",
	    .options = policy_impact_options,
	    .run = policy_impact_run,
	},
	{
	    .name = "import",
	    .of = "policy",
	    .synopsis = "osquery|fleet FILE...",
	    .meaning = "write a policy of osquery's packs, or of Fleet's policies",
	    .options = policy_import_options,
	    .run = policy_import_run,
	},
	{ 0 },
};

const struct command command_policy = {
	.name = "policy",
	.synopsis = "lint POLICY... | show POLICY | test CASES... | record TARGET | approve FILE... | impact OLD NEW | import osquery|fleet FILE...",
	.meaning = "Read policies, and test what they say",
	.options = no_options,
	.subcommands = subcommands,
};
