/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll fix: what would make it pass? */
#include "cli/judging.h"
#include "cli/outputs.h"
#include "cli/progress.h"

#include <plimsoll/fix.h>

enum { OPT_DOCKERFILE = 256 };

static const struct option_text options[] = {
	JUDGING_OPTIONS,
	{ { "dockerfile", required_argument, NULL, OPT_DOCKERFILE }, "FILE", "what it is built by: a patch for that is written" },
	{ { "output", required_argument, NULL, OPT_OUTPUT }, "FORMAT[=FILE]", "text, json, patch (the default with --dockerfile) or containerfile; may be repeated" },
	READING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static int
write_fix(const void *what, const char *format, const struct plim_report_options *page, FILE *into, struct plim_error *err)
{
	(void)page;
	return plim_fix_write(what, format, into, err);
}

static const struct output_kind fix_kind = { plim_fix_format_name, write_fix };

struct fix_arguments {
	struct judging_options judging;
	struct plim_run_options reading;
	struct outputs outputs;
	struct progress progress;
	const char *dockerfile;
};

static int
take_option(const struct command *self, int chosen, struct fix_arguments *args)
{
	switch (chosen) {
	case OPT_DOCKERFILE:
		return args->dockerfile = optarg, 0;
	case OPT_OUTPUT:
		return outputs_option_of(self, &fix_kind, chosen, &args->outputs);
	default:
		return judging_option(self, chosen, &args->judging, &args->reading);
	}
}

static int
parse(const struct command *self, int argc, char **argv, struct fix_arguments *args)
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
	if (args->judging.platforms.n > 1)
		return command_usage_error(self, "one platform at a time");
	if (args->outputs.n == 0 && args->dockerfile)
		args->outputs.at[args->outputs.n++] = "patch";
	return 0;
}

static int
run(const struct command *self, int argc, char **argv)
{
	struct fix_arguments args = { .reading = { .warnings = stderr } };
	struct plim_error err = { 0 };
	struct plim_fix *fix = NULL;
	int status = parse(self, argc, argv, &args);
	if (status != 0)
		return status;
	const char *const *platforms = platforms_chosen(&args.judging.platforms);
	const struct plim_fix_options chosen = {
		.size = sizeof chosen, .target = argv[optind], .platform = platforms ? platforms[0] : NULL, .policy = args.judging.policy,
		.policy_key = args.judging.policy_key, .database = args.judging.database, .database_keys = list_chosen(&args.judging.database_keys),
		.at = args.judging.at, .as = args.judging.as, .dockerfile = args.dockerfile, .run = &args.reading,
	};
	if (plim_fix_make(&chosen, &fix, &err) < 0)
		return command_error(self, &err);
	status = outputs_write_of(self, &fix_kind, fix, (int)plim_fix_result(fix), &args.outputs);
	plim_fix_free(fix);
	return status;
}

const struct command command_fix = {
	.name = "fix",
	.synopsis = "[OPTIONS] TARGET",
	.meaning = "Find the smallest change that makes an image pass, and write it as a patch or a layer.",
	.options = options,
	.run = run,
};
