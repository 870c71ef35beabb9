/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll check: may it ship? */
#include "cli/outputs.h"
#include "cli/progress.h"
#include "cli/reading.h"

enum { OPT_POLICY = 256, OPT_DB, OPT_PLATFORM, OPT_AT, OPT_SINCE, OPT_AS };

#define PLATFORM_MOST 64

struct check_arguments {
	struct plim_check_options check;
	struct plim_run_options reading;
	struct outputs outputs;
	struct progress progress;
	const char *platforms[PLATFORM_MOST + 1];
	size_t platform_count;
};

static const struct option_text options[] = {
	{ { "policy", required_argument, NULL, OPT_POLICY }, "FILE", "the policy, or a built-in one: baseline, standard (the default), strict, cis-image" },
	{ { "db", required_argument, NULL, OPT_DB }, "FILE", "the advisory database (see plimsoll db)" },
	{ { "platform", required_argument, NULL, OPT_PLATFORM }, "OS/ARCH", "judge this platform of an index only; may be repeated" },
	{ { "at", required_argument, NULL, OPT_AT }, "TIME", "the evaluation's clock: 2026-01-31 or 2026-01-31T12:00:00Z" },
	{ { "as", required_argument, NULL, OPT_AS }, "REPOSITORY", "where it will live: registry.example.com/team/web" },
	{ { "since", required_argument, NULL, OPT_SINCE }, "VERDICT", "only findings that this older verdict (JSON) did not have fail" },
	OUTPUT_OPTIONS,
	READING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static int
take_option(const struct command *self, int chosen, struct check_arguments *args)
{
	switch (chosen) {
	case OPT_POLICY:
		args->check.policy = optarg;
		return 0;
	case OPT_DB:
		args->check.database = optarg;
		return 0;
	case OPT_SINCE:
		args->check.since = optarg;
		return 0;
	case OPT_AS:
		args->check.as = optarg;
		return 0;
	case OPT_AT:
		args->check.at = optarg;
		return 0;
	case OPT_PLATFORM:
		if (args->platform_count == PLATFORM_MOST)
			return command_usage_error(self, "more than %d platforms", PLATFORM_MOST);
		args->platforms[args->platform_count++] = optarg;
		return 0;
	case OPT_OUTPUT:
	case OPT_COLOR:
		return outputs_option(self, chosen, &args->outputs);
	default:
		return reading_option(self, chosen, &args->reading);
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
	args->check.size = sizeof args->check;
	args->check.target = argv[optind];
	args->reading.warnings = stderr;
	args->check.run = &args->reading;
	args->check.platforms = args->platform_count ? args->platforms : NULL;
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
