/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll sbom: what is it made of? */
#include "cli/outputs.h"
#include "cli/progress.h"
#include "cli/reading.h"

#include <plimsoll/sbom.h>

enum { OPT_POLICY = 256, OPT_AT };

static const struct option_text options[] = {
	{ { "output", required_argument, NULL, OPT_OUTPUT }, "FORMAT[=FILE]", "cyclonedx (the default), spdx or json; may be repeated" },
	{ { "platform", required_argument, NULL, OPT_PLATFORM }, "OS/ARCH", "which image of an index" },
	{ { "policy", required_argument, NULL, OPT_POLICY }, "FILE", "whose approved bases tell what the base brought and what the application" },
	{ { "at", required_argument, NULL, OPT_AT }, "TIME", "the document's time: 2026-01-31 or 2026-01-31T12:00:00Z" },
	READING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static int
write_sbom(const void *what, const char *format, const struct plim_report_options *page, FILE *into, struct plim_error *err)
{
	(void)page;
	return plim_sbom_write((struct plim_sbom *)(uintptr_t)what, format, into, err);
}

static const struct output_kind sbom_kind = { plim_sbom_format_name, write_sbom };

struct sbom_arguments {
	struct plim_sbom_options sbom;
	struct plim_run_options reading;
	struct outputs outputs;
	struct progress progress;
};

static int
take_option(const struct command *self, int chosen, struct sbom_arguments *args)
{
	switch (chosen) {
	case OPT_OUTPUT:
		return outputs_option_of(self, &sbom_kind, chosen, &args->outputs);
	case OPT_PLATFORM:
		return args->sbom.platform = optarg, 0;
	case OPT_POLICY:
		return args->sbom.policy = optarg, 0;
	case OPT_AT:
		return args->sbom.at = optarg, 0;
	default:
		return reading_option(self, chosen, &args->reading);
	}
}

static int
run(const struct command *self, int argc, char **argv)
{
	struct sbom_arguments args = { .reading = { .warnings = stderr } };
	struct plim_error err = { 0 };
	struct plim_sbom *sbom = NULL;
	int chosen, status = 0;
	progress_watch(&args.progress, &args.reading);
	while (status == 0 && (chosen = command_option(self, argc, argv)) != -1)
		status = take_option(self, chosen, &args);
	if (status != 0)
		return status;
	if (argc - optind != 1)
		return command_usage_error(self, argc == optind ? "a target is missing" : "one target at a time");
	args.sbom.size = sizeof args.sbom;
	args.sbom.target = argv[optind];
	args.sbom.run = &args.reading;
	args.sbom.warnings = stderr;
	if (args.outputs.n == 0)
		args.outputs.at[args.outputs.n++] = plim_sbom_format_name(0);
	if (plim_sbom_read(&args.sbom, &sbom, &err) < 0)
		return command_error(self, &err);
	status = outputs_write_of(self, &sbom_kind, sbom, EXIT_PASS, &args.outputs);
	plim_sbom_free(sbom);
	return status;
}

const struct command command_sbom = {
	.name = "sbom",
	.synopsis = "[OPTIONS] TARGET",
	.meaning = "Write a bill of materials: what is an image or a tree made of?",
	.options = options,
	.run = run,
};
