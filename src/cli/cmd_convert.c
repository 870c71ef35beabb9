/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll convert: verdicts that were written before, in another format. */
#include "cli/outputs.h"
#include "cli/progress.h"
#include "cli/reading.h"

#include <plimsoll/convert.h>

static const struct option_text options[] = {
	OUTPUT_OPTIONS,
	CONFINING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

struct convert_arguments {
	struct plim_convert_options convert;
	struct plim_run_options reading;
	struct progress progress;
	struct outputs outputs;
};

static int
parse(const struct command *self, int argc, char **argv, struct convert_arguments *args)
{
	int chosen;
	progress_watch(&args->progress, &args->reading);
	while ((chosen = command_option(self, argc, argv)) != -1) {
		int status = chosen == OPT_OUTPUT || chosen == OPT_COLOR ? outputs_option(self, chosen, &args->outputs)
		                                                         : reading_option(self, chosen, &args->reading);
		if (status != 0)
			return status;
	}
	if (argc == optind)
		return command_usage_error(self, "a verdict is missing");
	args->reading.warnings = stderr;
	args->convert = (struct plim_convert_options){ sizeof args->convert, (const char *const *)&argv[optind], &args->reading };
	return 0;
}

static int
run(const struct command *self, int argc, char **argv)
{
	struct convert_arguments args = { 0 };
	struct plim_error err = { 0 };
	struct plim_verdicts *verdicts = NULL;
	int status = parse(self, argc, argv, &args);
	if (status != 0)
		return status;
	if (plim_convert(&args.convert, &verdicts, &err) < 0)
		return command_error(self, &err);
	status = outputs_write(self, verdicts, &args.outputs);
	plim_verdicts_free(verdicts);
	return status;
}

const struct command command_convert = {
	.name = "convert",
	.synopsis = "[OPTIONS] VERDICT...",
	.meaning = "Write verdicts (JSON) in other formats",
	.options = options,
	.run = run,
};
