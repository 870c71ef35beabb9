/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll fix: what would make it pass? */
#include "cli/reporting.h"

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

static int
take_option(const struct command *self, int chosen, void *own)
{
	(void)self;
	if (chosen != OPT_DOCKERFILE)
		return NOT_OWN;
	*(const char **)own = optarg;
	return 0;
}

static int
parse(const struct command *self, int argc, char **argv, struct reporting *reporting)
{
	const char *const *dockerfile = reporting->own;
	int status = reporting_read(self, argc, argv, reporting);
	if (status != 0)
		return status;
	if (argc - optind != 1)
		return command_usage_error(self, argc == optind ? "a target is missing" : "one target at a time");
	if (reporting->by.platforms.n > 1)
		return command_usage_error(self, "one platform at a time");
	if (reporting->outputs.n == 0 && *dockerfile)
		reporting->outputs.at[reporting->outputs.n++] = "patch";
	return 0;
}

static int
run(const struct command *self, int argc, char **argv)
{
	const char *dockerfile = NULL;
	struct reporting reporting = { .kind = &fix_kind, .own_option = take_option, .own = &dockerfile };
	const struct judging_options *by = &reporting.by;
	struct plim_error err = { 0 };
	struct plim_fix *fix = NULL;
	int status = parse(self, argc, argv, &reporting);
	if (status != 0)
		return status;
	const char *const *platforms = platforms_chosen(&by->platforms);
	const struct plim_fix_options chosen = {
		.size = sizeof chosen, .target = argv[optind], .platform = platforms ? platforms[0] : NULL, .policy = by->policy, .policy_key = by->policy_key,
		.database = by->database, .database_keys = list_chosen(&by->database_keys), .at = by->at, .as = by->as, .dockerfile = dockerfile, .run = &reporting.reading,
	};
	if (plim_fix_make(&chosen, &fix, &err) < 0)
		return command_error(self, &err);
	status = outputs_write_of(self, &fix_kind, fix, (int)plim_fix_result(fix), &reporting.outputs);
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
