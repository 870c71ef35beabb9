/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll base: approved base images. */
#include "cli/progress.h"
#include "cli/reading.h"

#include <plimsoll/base.h>

enum { OPT_NAME = 256, OPT_FILE, OPT_DATE, OPT_UNTIL, OPT_OTHERS_UNTIL };

#define FILE_OPTION { { "file", required_argument, NULL, OPT_FILE }, "FILE", "the file of the base, as bases/NAME.json" }

static const struct option_text no_options[] = { { { 0 }, NULL, NULL } };

static const struct option_text add_options[] = {
	{ { "name", required_argument, NULL, OPT_NAME }, "NAME", "what the base is called, where the file is new" },
	FILE_OPTION,
	{ { "date", required_argument, NULL, OPT_DATE }, "DAY", "of the generation, as 2026-10-01; today" },
	{ { "until", required_argument, NULL, OPT_UNTIL }, "DAY", "the last day of its approval; no end of its own" },
	{ { "others-until", required_argument, NULL, OPT_OTHERS_UNTIL }, "DAY", "the last day of its older generations that have none" },
	PLATFORM_OPTION,
	READING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static const struct option_text check_options[] = {
	FILE_OPTION,
	PLATFORM_OPTION,
	READING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

struct arguments {
	struct plim_base_options base;
	struct plim_run_options reading;
	struct progress progress;
	struct platforms platforms;
};

static int
take_option(const struct command *self, int chosen, struct arguments *args)
{
	if (chosen == OPT_NAME)
		args->base.name = optarg;
	else if (chosen == OPT_FILE)
		args->base.file = optarg;
	else if (chosen == OPT_DATE)
		args->base.date = optarg;
	else if (chosen == OPT_UNTIL)
		args->base.until = optarg;
	else if (chosen == OPT_OTHERS_UNTIL)
		args->base.others_until = optarg;
	else if (chosen == OPT_PLATFORM)
		return platforms_option(self, &args->platforms);
	else
		return reading_option(self, chosen, &args->reading);
	return 0;
}

static int
parse(const struct command *self, int argc, char **argv, struct arguments *args)
{
	int chosen, status;
	*args = (struct arguments){ .base.size = sizeof args->base, .reading.warnings = stderr };
	args->base.run = &args->reading;
	progress_watch(&args->progress, &args->reading);
	while ((chosen = command_option(self, argc, argv)) != -1)
		if ((status = take_option(self, chosen, args)) != 0)
			return status;
	if (args->base.file == NULL)
		return command_usage_error(self, "--file is missing");
	if (argc - optind != 1)
		return command_usage_error(self, "one target is needed");
	args->base.platforms = platforms_chosen(&args->platforms);
	return 0;
}

static int
run_add(const struct command *self, int argc, char **argv)
{
	struct arguments args;
	struct plim_error err = { 0 };
	int status = parse(self, argc, argv, &args);
	if (status != 0)
		return status;
	return plim_base_add(&args.base, argv[optind], stdout, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

static int
run_check(const struct command *self, int argc, char **argv)
{
	struct arguments args;
	struct plim_error err = { 0 };
	int matched = 0, status = parse(self, argc, argv, &args);
	if (status != 0)
		return status;
	if (plim_base_check(&args.base, argv[optind], stdout, &matched, &err) < 0)
		return command_error(self, &err);
	return matched ? EXIT_PASS : EXIT_FAIL;
}

static int
run_list(const struct command *self, int argc, char **argv)
{
	while (command_option(self, argc, argv) != -1)
		return EXIT_ERROR;
	if (optind == argc)
		return command_usage_error(self, "a file is missing");
	for (int i = optind; i < argc; i++) {
		struct plim_error err = { 0 };
		if (plim_base_list(argv[i], stdout, &err) < 0)
			return command_error(self, &err);
	}
	return EXIT_PASS;
}

static const struct command subcommands[] = {
	{
	    .name = "add",
	    .of = "base",
	    .synopsis = "--file FILE [OPTIONS] TARGET",
	    .meaning = "append the layers of an image to a base as a dated generation",
	    .options = add_options,
	    .run = run_add,
	},
	{
	    .name = "list",
	    .of = "base",
	    .synopsis = "FILE...",
	    .meaning = "show the generations of a base",
	    .options = no_options,
	    .run = run_list,
	},
	{
	    .name = "check",
	    .of = "base",
	    .synopsis = "--file FILE [OPTIONS] TARGET",
	    .meaning = "is an image built on this base? (exit status 1 if not)",
	    .options = check_options,
	    .run = run_check,
	},
	{ 0 },
};

const struct command command_base = {
	.name = "base",
	.synopsis = "add|list|check ...",
	.meaning = "Keep the list of approved base images",
	.options = no_options,
	.subcommands = subcommands,
};
