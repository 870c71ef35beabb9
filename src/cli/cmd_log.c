/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll log: what was decided. */
#include "cli/logging.h"
#include "cli/reading.h"

#include <plimsoll/log.h>

#include <stdlib.h>
#include <string.h>

enum { OPT_KIND = 256, OPT_SINCE, OPT_HEAD, OPT_AFTER, OPT_FORMAT };

#define LOG_OPTION   { { "log", required_argument, NULL, OPT_LOG }, "FILE", "the log; $PLIMSOLL_LOG, or below $XDG_STATE_HOME or ~/.local/state" }
#define KIND_OPTION  { { "kind", required_argument, NULL, OPT_KIND }, "KIND", "entries of this kind only: verdict, exception, ..." }
#define LIMIT_OPTION { { "limit", required_argument, NULL, OPT_LIMIT }, "NAME=N", "another limit (see plimsoll-limits(7)); may be repeated" }

static const struct option_text show_options[] = {
	LOG_OPTION,
	{ { "lines", required_argument, NULL, 'n' }, "N", "so many of the last entries, 20 (also -n N)" },
	KIND_OPTION,
	LIMIT_OPTION,
	{ { 0 }, NULL, NULL },
};

static const struct option_text verify_options[] = {
	LOG_OPTION,
	{ { "head", required_argument, NULL, OPT_HEAD }, "HASH", "an entry that has to be there, as printed before" },
	{ { "after", required_argument, NULL, OPT_AFTER }, "HASH", "the entry that the first one here has to follow, where older files are elsewhere" },
	LIMIT_OPTION,
	{ { 0 }, NULL, NULL },
};

static const struct option_text export_options[] = {
	LOG_OPTION,
	{ { "output", required_argument, NULL, OPT_FORMAT }, "FORMAT", "json (the default) or csv" },
	{ { "since", required_argument, NULL, OPT_SINCE }, "TIME", "entries written at this time or later: 2026-01-31 or 2026-01-31T12:00:00Z" },
	KIND_OPTION,
	LIMIT_OPTION,
	{ { 0 }, NULL, NULL },
};

struct arguments {
	struct plim_log_options log;
	const char *format;
};

static int
take_lines(const struct command *self, struct arguments *args)
{
	char *end;
	unsigned long lines = strtoul(optarg, &end, 10);
	if (*optarg < '1' || *optarg > '9' || *end || lines > 1000000)
		return command_usage_error(self, "--lines takes a number from 1 to 1000000");
	args->log.last = lines;
	return 0;
}

static int
take_option(const struct command *self, int chosen, struct arguments *args)
{
	switch (chosen) {
	case OPT_LOG:
		return args->log.file = optarg, 0;
	case OPT_KIND:
		return args->log.kind = optarg, 0;
	case OPT_SINCE:
		return args->log.since = optarg, 0;
	case OPT_HEAD:
		return args->log.head = optarg, 0;
	case OPT_AFTER:
		return args->log.after = optarg, 0;
	case OPT_FORMAT:
		return args->format = optarg, 0;
	case 'n':
		return take_lines(self, args);
	case OPT_LIMIT:
		return reading_option(self, chosen, &(struct plim_run_options){ 0 });
	default:
		return EXIT_ERROR;
	}
}

static int
parse(const struct command *self, int argc, char **argv, struct arguments *args)
{
	int chosen, status;
	*args = (struct arguments){ .log.size = sizeof args->log, .format = "json" };
	while ((chosen = command_option(self, argc, argv)) != -1)
		if ((status = take_option(self, chosen, args)) != 0)
			return status;
	return optind == argc ? 0 : command_usage_error(self, "there is nothing to name here");
}

/* What is broken is told on standard error as well: the answer may have gone into a file. */
static int
status_of(const struct command *self, int r, const int *whole, const struct plim_error *err)
{
	if (r < 0)
		return command_error(self, err);
	if (!*whole)
		fprintf(stderr, "plimsoll log %s: the log is broken%s\n", self->name, strcmp(self->name, "verify") == 0 ? "" : "; plimsoll log verify tells where");
	return *whole ? EXIT_PASS : EXIT_FAIL;
}

static int
run_show(const struct command *self, int argc, char **argv)
{
	struct arguments args;
	struct plim_error err = { 0 };
	int whole = 0, status = parse(self, argc, argv, &args);
	return status ? status : status_of(self, plim_log_show(&args.log, stdout, &whole, &err), &whole, &err);
}

static int
run_verify(const struct command *self, int argc, char **argv)
{
	struct arguments args;
	struct plim_error err = { 0 };
	int whole = 0, status = parse(self, argc, argv, &args);
	return status ? status : status_of(self, plim_log_verify(&args.log, stdout, &whole, &err), &whole, &err);
}

static int
run_export(const struct command *self, int argc, char **argv)
{
	struct arguments args;
	struct plim_error err = { 0 };
	int whole = 0, status = parse(self, argc, argv, &args);
	return status ? status : status_of(self, plim_log_export(&args.log, args.format, stdout, &whole, &err), &whole, &err);
}

static const struct command subcommands[] = {
	{
	    .name = "show",
	    .of = "log",
	    .synopsis = "[OPTIONS]",
	    .meaning = "the last entries, one a line",
	    .options = show_options,
	    .run = run_show,
	},
	{
	    .name = "verify",
	    .of = "log",
	    .synopsis = "[OPTIONS]",
	    .meaning = "is it whole? (exit status 1: changed, cut or put together, and where)",
	    .options = verify_options,
	    .run = run_verify,
	},
	{
	    .name = "export",
	    .of = "log",
	    .synopsis = "[OPTIONS]",
	    .meaning = "the entries with their hashes, as JSON or CSV",
	    .options = export_options,
	    .run = run_export,
	},
	{ 0 },
};

static const struct option_text no_options[] = { { { 0 }, NULL, NULL } };

const struct command command_log = {
	.name = "log",
	.synopsis = "show|verify|export ...",
	.meaning = "Read the log of verdicts, and prove it whole",
	.options = no_options,
	.subcommands = subcommands,
};
