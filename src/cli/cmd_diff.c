/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll diff: what changed from one image to another, and what explains it? */
#include "cli/outputs.h"
#include "cli/reading.h"

#include <plimsoll/diff.h>

enum { OPT_POLICY = 256, OPT_DB, OPT_PLATFORM, OPT_AT, OPT_AS };

#define PLATFORM_MOST 64

struct diff_arguments {
	struct plim_diff_options diff;
	struct plim_run_options reading;
	struct outputs outputs;
	const char *platforms[PLATFORM_MOST + 1];
	size_t platform_count;
};

static const struct option_text options[] = {
	{ { "policy", required_argument, NULL, OPT_POLICY }, "FILE", "the policy that judges both, and may demand explanations; or a built-in one" },
	{ { "db", required_argument, NULL, OPT_DB }, "FILE", "the advisory database (see plimsoll db)" },
	{ { "output", required_argument, NULL, OPT_OUTPUT }, "FORMAT[=FILE]", "text (the default) or json; may be repeated" },
	{ { "platform", required_argument, NULL, OPT_PLATFORM }, "OS/ARCH", "compare this platform of indexes only; may be repeated" },
	{ { "as", required_argument, NULL, OPT_AS }, "REPOSITORY", "where both will live: registry.example.com/team/web" },
	{ { "at", required_argument, NULL, OPT_AT }, "TIME", "the evaluation's clock: 2026-01-31 or 2026-01-31T12:00:00Z" },
	{ { "color", required_argument, NULL, OPT_COLOR }, "WHEN", "auto, always or never" },
	READING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static int
write_comparison(const void *what, const char *format, const struct plim_report_options *page, FILE *into, struct plim_error *err)
{
	return plim_comparison_write(what, format, page, into, err);
}

static const struct output_kind comparisons_kind = { plim_diff_format_name, write_comparison };

static int
take_option(const struct command *self, int chosen, struct diff_arguments *args)
{
	switch (chosen) {
	case OPT_POLICY:
		args->diff.policy = optarg;
		return 0;
	case OPT_DB:
		args->diff.database = optarg;
		return 0;
	case OPT_AS:
		args->diff.as = optarg;
		return 0;
	case OPT_AT:
		args->diff.at = optarg;
		return 0;
	case OPT_PLATFORM:
		if (args->platform_count == PLATFORM_MOST)
			return command_usage_error(self, "more than %d platforms", PLATFORM_MOST);
		args->platforms[args->platform_count++] = optarg;
		return 0;
	case OPT_OUTPUT:
	case OPT_COLOR:
		return outputs_option_of(self, &comparisons_kind, chosen, &args->outputs);
	default:
		return reading_option(self, chosen, &args->reading);
	}
}

static int
run(const struct command *self, int argc, char **argv)
{
	struct diff_arguments args = { .diff = { .size = sizeof args.diff }, .reading = { .warnings = stderr } };
	struct plim_error err = { 0 };
	struct plim_comparison *comparison = NULL;
	int chosen, status = 0;
	while (status == 0 && (chosen = command_option(self, argc, argv)) != -1)
		status = take_option(self, chosen, &args);
	if (status != 0)
		return status;
	if (argc - optind != 2)
		return command_usage_error(self, "an old and a new target are needed");
	args.diff.old_target = argv[optind];
	args.diff.new_target = argv[optind + 1];
	args.diff.run = &args.reading;
	args.diff.platforms = args.platform_count ? args.platforms : NULL;
	if (plim_diff(&args.diff, &comparison, &err) < 0)
		return command_error(self, &err);
	status = outputs_write_of(self, &comparisons_kind, comparison, (int)plim_comparison_result(comparison), &args.outputs);
	plim_comparison_free(comparison);
	return status;
}

const struct command command_diff = {
	.name = "diff",
	.synopsis = "[OPTIONS] OLD NEW",
	.meaning = "Compare two images: what changed, and what explains it?",
	.options = options,
	.run = run,
};
