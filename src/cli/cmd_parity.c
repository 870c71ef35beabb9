/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll parity: does one policy say the same of two targets? */
#include "cli/reporting.h"

#include <plimsoll/parity.h>

static const struct option_text options[] = {
	JUDGING_OPTIONS,
	REPORTING_OPTIONS("text (the default) or json"),
	READING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static int
write_parity(const void *what, const char *format, const struct plim_report_options *page, FILE *into, struct plim_error *err)
{
	return plim_parity_write(what, format, page, into, err);
}

static const struct output_kind parity_kind = { plim_parity_format_name, write_parity };

static int
run(const struct command *self, int argc, char **argv)
{
	struct reporting reporting = { .kind = &parity_kind };
	const struct judging_options *by = &reporting.by;
	struct plim_error err = { 0 };
	struct plim_parity *parity = NULL;
	int status = reporting_read(self, argc, argv, &reporting);
	if (status != 0)
		return status;
	if (argc - optind != 2)
		return command_usage_error(self, "two targets are needed");
	const struct plim_parity_options compared = {
		.size = sizeof compared, .first = argv[optind], .second = argv[optind + 1], .run = &reporting.reading, .policy = by->policy, .policy_key = by->policy_key,
		.database = by->database, .database_keys = list_chosen(&by->database_keys), .at = by->at, .as = by->as, .platforms = platforms_chosen(&by->platforms),
	};
	if (plim_parity(&compared, &parity, &err) < 0)
		return command_error(self, &err);
	status = outputs_write_of(self, &parity_kind, parity, (int)plim_parity_result(parity), &reporting.outputs);
	plim_parity_free(parity);
	return status;
}

const struct command command_parity = {
	.name = "parity",
	.synopsis = "[OPTIONS] TARGET TARGET",
	.meaning = "Judge two targets by one policy: where does it say the same of both?",
	.options = options,
	.run = run,
};
