/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll policy impact: who would newly fail, newly pass, and in how many days? */
#include "cli/policy_impact.h"
#include "cli/reporting.h"

#include <plimsoll/impact.h>

enum { OPT_INVENTORIES = 256, OPT_DAYS };

#define DAYS_USUAL 90

struct impact_arguments {
	const char *inventories;
	uint64_t days;
};

const struct option_text policy_impact_options[] = {
	{ { "inventories", required_argument, NULL, OPT_INVENTORIES }, "DIR", "stored inventories (plimsoll policy record); needed" },
	{ { "days", required_argument, NULL, OPT_DAYS }, "N", "how far it looks; 90" },
	{ { "db", required_argument, NULL, OPT_DB }, "FILE", "the advisory database (see plimsoll db)" },
	DB_KEY_OPTION,
	POLICY_KEY_OPTION,
	{ { "at", required_argument, NULL, OPT_AT }, "TIME", "the evaluation's clock: 2026-01-31 or 2026-01-31T12:00:00Z" },
	{ { "as", required_argument, NULL, OPT_AS }, "REPOSITORY", "where they live: registry.example.com/team/web" },
	REPORTING_OPTIONS("text (the default), json or csv"),
	CONFINING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static int
write_impact(const void *what, const char *format, const struct plim_report_options *page, FILE *into, struct plim_error *err)
{
	return plim_impact_write(what, format, page, into, err);
}

static const struct output_kind impacts_kind = { plim_impact_format_name, write_impact };

static int
take_option(const struct command *self, int chosen, void *own)
{
	struct impact_arguments *args = own;
	switch (chosen) {
	case OPT_INVENTORIES:
		return args->inventories = optarg, 0;
	case OPT_DAYS:
		return days_option(self, PLIM_FORECAST_DAYS_MOST, &args->days);
	default:
		return NOT_OWN;
	}
}

int
policy_impact_run(const struct command *self, int argc, char **argv)
{
	struct impact_arguments args = { .days = DAYS_USUAL };
	struct reporting reporting = { .kind = &impacts_kind, .own_option = take_option, .own = &args };
	const struct judging_options *by = &reporting.by;
	struct plim_error err = { 0 };
	struct plim_impact *impact = NULL;
	int status = reporting_read(self, argc, argv, &reporting);
	if (status != 0)
		return status;
	if (argc - optind != 2)
		return command_usage_error(self, "an old and a new policy are needed");
	if (args.inventories == NULL)
		return command_usage_error(self, "--inventories DIR is missing");
	const struct plim_impact_options what = {
		.size = sizeof what, .old_policy = argv[optind], .new_policy = argv[optind + 1], .inventories = args.inventories, .days = (unsigned)args.days,
		.policy_key = by->policy_key, .database = by->database, .database_keys = list_chosen(&by->database_keys), .at = by->at, .as = by->as, .run = &reporting.reading,
	};
	if (plim_impact(&what, &impact, &err) < 0)
		return command_error(self, &err);
	status = outputs_write_of(self, &impacts_kind, impact, (int)plim_impact_result(impact), &reporting.outputs);
	plim_impact_free(impact);
	return status;
}
