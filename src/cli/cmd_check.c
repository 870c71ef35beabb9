/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll check: may it ship? */
#include "cli/judging.h"
#include "cli/logging.h"
#include "cli/outputs.h"
#include "cli/progress.h"

#include <plimsoll/log.h>

enum { OPT_SINCE = 256, OPT_EXPLAIN };

struct check_arguments {
	struct plim_check_options check;
	struct judging_options judging;
	struct plim_run_options reading;
	struct outputs outputs;
	struct progress progress;
	struct logging_options logging;
};

static const struct option_text options[] = {
	JUDGING_OPTIONS,
	{ { "since", required_argument, NULL, OPT_SINCE }, "VERDICT", "only findings that this older verdict (JSON) did not have fail" },
	{ { "explain", required_argument, NULL, OPT_EXPLAIN }, "GLOB", "the text report tells why each advisory about such packages or ids applies or not" },
	OUTPUT_OPTIONS,
	LOGGING_OPTIONS,
	READING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static int
take_option(const struct command *self, int chosen, struct check_arguments *args)
{
	if (logging_option(chosen, &args->logging))
		return 0;
	switch (chosen) {
	case OPT_SINCE:
		return args->check.since = optarg, 0;
	case OPT_EXPLAIN:
		return args->check.explain = optarg, 0;
	case OPT_OUTPUT:
	case OPT_COLOR:
		return outputs_option(self, chosen, &args->outputs);
	default:
		return judging_option(self, chosen, &args->judging, &args->reading);
	}
}

static int
parse(const struct command *self, int argc, char **argv, struct check_arguments *args)
{
	int chosen;
	progress_watch(&args->progress, &args->reading);
	while ((chosen = command_option(self, argc, argv)) != -1) {
		int status = take_option(self, chosen, args);
		if (status != 0)
			return status;
	}
	if (argc - optind != 1)
		return command_usage_error(self, argc == optind ? "a target is missing" : "one target at a time");
	args->reading.warnings = stderr;
	args->check = (struct plim_check_options){
		.size = sizeof args->check, .target = argv[optind], .run = &args->reading, .since = args->check.since, .explain = args->check.explain, .policy = args->judging.policy,
		.policy_key = args->judging.policy_key,
		.database = args->judging.database, .database_keys = list_chosen(&args->judging.database_keys), .at = args->judging.at, .as = args->judging.as, .platforms = platforms_chosen(&args->judging.platforms),
	};
	return 0;
}

static int
run(const struct command *self, int argc, char **argv)
{
	struct check_arguments args = { 0 };
	struct plim_error err = { 0 };
	struct plim_verdicts *verdicts = NULL;
	int status = parse(self, argc, argv, &args);
	if (status != 0)
		return status;
	if (plim_check(&args.check, &verdicts, &err) < 0)
		return command_error(self, &err);
	/* The log first: no report tells a verdict that should be in it and is not. */
	if (!args.logging.off && plim_verdicts_log(verdicts, args.logging.file, stderr, &err) < 0)
		status = command_error(self, &err);
	else
		status = outputs_write(self, verdicts, &args.outputs);
	plim_verdicts_free(verdicts);
	return status;
}

const struct command command_check = {
	.name = "check",
	.synopsis = "[OPTIONS] TARGET",
	.meaning = "Judge an image or a tree by a policy: may it ship?",
	.options = options,
	.run = run,
};
