/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll check: may it ship? */
#include "cli/reading.h"

#include <plimsoll/check.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { OPT_POLICY = 256, OPT_DB, OPT_OUTPUT, OPT_PLATFORM, OPT_AT, OPT_COLOR, OPT_SINCE, OPT_AS };

#define OUTPUT_MOST   16
#define PLATFORM_MOST 64

struct check_arguments {
	struct plim_check_options check;
	struct plim_run_options reading;
	const char *outputs[OUTPUT_MOST];
	size_t output_count;
	const char *platforms[PLATFORM_MOST + 1];
	size_t platform_count;
	const char *colour;
};

static const struct option_text options[] = {
	{ { "policy", required_argument, NULL, OPT_POLICY }, "FILE", "the policy, or a built-in one: baseline, standard (the default), strict" },
	{ { "db", required_argument, NULL, OPT_DB }, "FILE", "the advisory database (see plimsoll db)" },
	{ { "output", required_argument, NULL, OPT_OUTPUT }, "FORMAT[=FILE]", "text (the default), json, sarif, junit, markdown or csv; may be repeated" },
	{ { "platform", required_argument, NULL, OPT_PLATFORM }, "OS/ARCH", "judge this platform of an index only; may be repeated" },
	{ { "at", required_argument, NULL, OPT_AT }, "TIME", "the evaluation's clock: 2026-01-31 or 2026-01-31T12:00:00Z" },
	{ { "as", required_argument, NULL, OPT_AS }, "REPOSITORY", "where it will live: registry.example.com/team/web" },
	{ { "since", required_argument, NULL, OPT_SINCE }, "VERDICT", "only findings that this older verdict (JSON) did not have fail" },
	{ { "color", required_argument, NULL, OPT_COLOR }, "WHEN", "auto, always or never" },
	READING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

/* The width to write for: COLUMNS, else the terminal's, else 80. */
static unsigned
terminal_columns(void)
{
	struct winsize size;
	const char *columns = getenv("COLUMNS");
	long wanted = columns ? strtol(columns, NULL, 10) : 0;
	if (wanted > 0 && wanted < 10000)
		return (unsigned)wanted;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

static bool
wants_colour(const char *when, bool to_terminal)
{
	const char *no_color = getenv("NO_COLOR");
	if (when && strcmp(when, "always") == 0)
		return true;
	return to_terminal && !(when && strcmp(when, "never") == 0) && !(no_color && *no_color);
}

/* "json=verdict.json" or "json". */
static int
write_report(const struct plim_verdicts *verdicts, const char *output, const char *colour, struct plim_error *err)
{
	const char *file = strchr(output, '=');
	char format[32];
	size_t n = file ? (size_t)(file - output) : strlen(output);
	snprintf(format, sizeof format, "%.*s", (int)(n < sizeof format ? n : sizeof format - 1), output);
	FILE *into = file ? fopen(file + 1, "we") : stdout;
	if (into == NULL) {
		err->code = PLIM_ESYSTEM;
		snprintf(err->text, sizeof err->text, "%s: %s", file + 1, strerror(errno));
		return err->code;
	}
	struct plim_report_options report = {
		.size = sizeof report,
		.columns = terminal_columns(),
		.colour = wants_colour(colour, !file && isatty(STDOUT_FILENO)),
	};
	int r = plim_verdicts_write(verdicts, format, &report, into, err);
	if (file && fclose(into) != 0 && r == 0) {
		err->code = r = PLIM_ESYSTEM;
		snprintf(err->text, sizeof err->text, "%s: %s", file + 1, strerror(errno));
	}
	return r;
}

static bool
is_format(const char *output)
{
	size_t n = strcspn(output, "=");
	const char *name;
	for (unsigned i = 0; (name = plim_report_format_name(i)) != NULL; i++)
		if (strlen(name) == n && strncmp(name, output, n) == 0)
			return true;
	return false;
}

static int
take_option(const struct command *self, int chosen, struct check_arguments *args)
{
	switch (chosen) {
	case OPT_POLICY:
		args->check.policy = optarg;
		return 0;
	case OPT_DB:
		args->check.database = optarg;
		return 0;
	case OPT_SINCE:
		args->check.since = optarg;
		return 0;
	case OPT_AS:
		args->check.as = optarg;
		return 0;
	case OPT_AT:
		args->check.at = optarg;
		return 0;
	case OPT_OUTPUT:
		if (!is_format(optarg))
			return command_usage_error(self, "there is no report format '%s'", optarg);
		if (args->output_count == OUTPUT_MOST)
			return command_usage_error(self, "more than %d outputs", OUTPUT_MOST);
		args->outputs[args->output_count++] = optarg;
		return 0;
	case OPT_PLATFORM:
		if (args->platform_count == PLATFORM_MOST)
			return command_usage_error(self, "more than %d platforms", PLATFORM_MOST);
		args->platforms[args->platform_count++] = optarg;
		return 0;
	case OPT_COLOR:
		if (strcmp(optarg, "auto") != 0 && strcmp(optarg, "always") != 0 && strcmp(optarg, "never") != 0)
			return command_usage_error(self, "--color takes auto, always or never");
		args->colour = optarg;
		return 0;
	default:
		return reading_option(self, chosen, &args->reading);
	}
}

static int
parse(const struct command *self, int argc, char **argv, struct check_arguments *args)
{
	int chosen;
	while ((chosen = command_option(self, argc, argv)) != -1) {
		int status = take_option(self, chosen, args);
		if (status != 0)
			return status;
	}
	if (argc - optind != 1)
		return command_usage_error(self, argc == optind ? "a target is missing" : "one target at a time");
	args->check.size = sizeof args->check;
	args->check.target = argv[optind];
	args->reading.warnings = stderr;
	args->check.run = &args->reading;
	args->check.platforms = args->platform_count ? args->platforms : NULL;
	if (args->output_count == 0)
		args->outputs[args->output_count++] = "text";
	return 0;
}

static int
run(const struct command *self, int argc, char **argv)
{
	struct check_arguments args = { 0 };
	struct plim_error err = { 0 };
	struct plim_verdicts *verdicts = NULL;
	int status = parse(self, argc, argv, &args);
	if (status != 0)
		return status;
	if (plim_check(&args.check, &verdicts, &err) < 0)
		return command_error(self, &err);
	status = (int)plim_verdicts_result(verdicts);
	for (size_t i = 0; i < args.output_count; i++)
		if (write_report(verdicts, args.outputs[i], args.colour, &err) < 0)
			status = command_error(self, &err);
	plim_verdicts_free(verdicts);
	return status;
}

const struct command command_check = {
	.name = "check",
	.synopsis = "[OPTIONS] TARGET",
	.meaning = "Judge an image or a tree by a policy: may it ship?",
	.options = options,
	.run = run,
};
