/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll diff: what changed from one image to another, and what explains it? */
#include "cli/reporting.h"

#include <plimsoll/diff.h>

static const struct option_text options[] = {
	JUDGING_OPTIONS,
	REPORTING_OPTIONS("text (the default) or json"),
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
run(const struct command *self, int argc, char **argv)
{
	struct reporting reporting = { .kind = &comparisons_kind };
	const struct judging_options *by = &reporting.by;
	struct plim_error err = { 0 };
	struct plim_comparison *comparison = NULL;
	int status = reporting_read(self, argc, argv, &reporting);
	if (status != 0)
		return status;
	if (argc - optind != 2)
		return command_usage_error(self, "an old and a new target are needed");
	const struct plim_diff_options diff = {
		.size = sizeof diff, .old_target = argv[optind], .new_target = argv[optind + 1], .run = &reporting.reading, .policy = by->policy, .policy_key = by->policy_key,
		.database = by->database, .database_keys = list_chosen(&by->database_keys), .at = by->at, .as = by->as, .platforms = platforms_chosen(&by->platforms),
	};
	if (plim_diff(&diff, &comparison, &err) < 0)
		return command_error(self, &err);
	status = outputs_write_of(self, &comparisons_kind, comparison, (int)plim_comparison_result(comparison), &reporting.outputs);
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
