/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll query: what is in it? */
#include "cli/progress.h"
#include "cli/reading.h"

#include <plimsoll/query.h>

enum { OPT_OUTPUT = 256 };

static const struct option_text options[] = {
	{ { "output", required_argument, NULL, OPT_OUTPUT }, "FORMAT", "table (the default), json or csv" },
	{ { "platform", required_argument, NULL, OPT_PLATFORM }, "OS/ARCH", "which image of an index" },
	READING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static int
run(const struct command *self, int argc, char **argv)
{
	struct plim_run_options reading = { .warnings = stderr };
	struct plim_query_options query = { .size = sizeof query, .warnings = stderr, .run = &reading };
	struct progress progress;
	struct plim_error err = { 0 };
	int chosen;
	progress_watch(&progress, &reading);
	while ((chosen = command_option(self, argc, argv)) != -1) {
		if (chosen == OPT_OUTPUT)
			query.format = optarg;
		else if (chosen == OPT_PLATFORM)
			query.platform = optarg;
		else if (reading_option(self, chosen, &reading) != 0)
			return EXIT_ERROR;
	}
	if (argc - optind != 2)
		return command_usage_error(self, "a target and one SQL statement are needed");
	query.target = argv[optind];
	if (plim_query(&query, argv[optind + 1], stdout, &err) < 0)
		return command_error(self, &err);
	return EXIT_PASS;
}

const struct command command_query = {
	.name = "query",
	.synopsis = "[OPTIONS] TARGET SQL",
	.meaning = "Ask an image or a tree by SQL what is in it",
	.options = options,
	.run = run,
};
