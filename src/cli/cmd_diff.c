/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll diff: what changed from one image to another, and what explains it? */
#include "cli/judging.h"
#include "cli/outputs.h"
#include "cli/progress.h"

#include <plimsoll/diff.h>

struct diff_arguments {
	struct judging_options judging;
	struct plim_run_options reading;
	struct outputs outputs;
	struct progress progress;
};

static const struct option_text options[] = {
	JUDGING_OPTIONS,
	{ { "output", required_argument, NULL, OPT_OUTPUT }, "FORMAT[=FILE]", "text (the default) or json; may be repeated" },
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
	if (chosen == OPT_OUTPUT || chosen == OPT_COLOR)
		return outputs_option_of(self, &comparisons_kind, chosen, &args->outputs);
	return judging_option(self, chosen, &args->judging, &args->reading);
}

static int
run(const struct command *self, int argc, char **argv)
{
	struct diff_arguments args = { .reading = { .warnings = stderr } };
	const struct judging_options *by = &args.judging;
	struct plim_error err = { 0 };
	struct plim_comparison *comparison = NULL;
	int chosen, status = 0;
	progress_watch(&args.progress, &args.reading);
	while (status == 0 && (chosen = command_option(self, argc, argv)) != -1)
		status = take_option(self, chosen, &args);
	if (status != 0)
		return status;
	if (argc - optind != 2)
		return command_usage_error(self, "an old and a new target are needed");
	const struct plim_diff_options diff = {
		.size = sizeof diff, .old_target = argv[optind], .new_target = argv[optind + 1], .run = &args.reading, .policy = by->policy, .policy_key = by->policy_key,
		.database = by->database, .database_keys = list_chosen(&by->database_keys), .at = by->at, .as = by->as, .platforms = platforms_chosen(&by->platforms),
	};
	if (plim_diff(&diff, &comparison, &err) < 0)
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
