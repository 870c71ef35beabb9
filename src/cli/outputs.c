/* SPDX-License-Identifier: Apache-2.0 */
/* Reports to where they were asked for. */
#include "cli/outputs.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

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
write_report(const struct output_kind *kind, const void *what, const char *output, const char *colour, struct plim_error *err)
{
	const char *file = strchr(output, '=');
	char format[PATH_MAX];
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
	int r = kind->write(what, format, &report, into, err);
	if (file && fclose(into) != 0 && r == 0) {
		err->code = r = PLIM_ESYSTEM;
		snprintf(err->text, sizeof err->text, "%s: %s", file + 1, strerror(errno));
	}
	return r;
}

static bool
is_format(const struct output_kind *kind, const char *output)
{
	size_t n = strcspn(output, "=");
	const char *name;
	for (unsigned i = 0; (name = kind->format_name(i)) != NULL; i++)
		if (strlen(name) == n && strncmp(name, output, n) == 0)
			return true;
	return false;
}

static bool
is_template(const struct output_kind *kind, const char *output)
{
	return kind->templates && strncmp(output, PLIM_TEMPLATE, strlen(PLIM_TEMPLATE)) == 0;
}

/* Before anything is judged: who waits for a report should not wait for nothing. */
static int
check_template(const struct command *self, const char *output)
{
	const char *path = output + strlen(PLIM_TEMPLATE);
	char name[PATH_MAX];
	struct plim_error err = { 0 };
	snprintf(name, sizeof name, "%.*s", (int)strcspn(path, "="), path);
	return plim_template_check(name, &err) < 0 ? command_error(self, &err) : 0;
}

int
outputs_option_of(const struct command *self, const struct output_kind *kind, int chosen, struct outputs *outputs)
{
	if (chosen == OPT_COLOR) {
		if (strcmp(optarg, "auto") != 0 && strcmp(optarg, "always") != 0 && strcmp(optarg, "never") != 0)
			return command_usage_error(self, "--color takes auto, always or never");
		outputs->colour = optarg;
		return 0;
	}
	bool template = is_template(kind, optarg);
	int status = template ? check_template(self, optarg) : 0;
	if (status != 0)
		return status;
	if (!template && !is_format(kind, optarg))
		return command_usage_error(self, "there is no report format '%s'", optarg);
	if (outputs->n == OUTPUT_MOST)
		return command_usage_error(self, "more than %d outputs", OUTPUT_MOST);
	outputs->at[outputs->n++] = optarg;
	return 0;
}

int
outputs_write_of(const struct command *self, const struct output_kind *kind, const void *what, int status, const struct outputs *outputs)
{
	struct plim_error err = { 0 };
	for (size_t i = 0; i < (outputs->n ? outputs->n : 1); i++)
		if (write_report(kind, what, outputs->n ? outputs->at[i] : "text", outputs->colour, &err) < 0)
			status = command_error(self, &err);
	return status;
}

static int
write_verdicts(const void *what, const char *format, const struct plim_report_options *options, FILE *into, struct plim_error *err)
{
	return plim_verdicts_write(what, format, options, into, err);
}

static const struct output_kind verdicts_kind = { plim_report_format_name, write_verdicts, true };

int
outputs_option(const struct command *self, int chosen, struct outputs *outputs)
{
	return outputs_option_of(self, &verdicts_kind, chosen, outputs);
}

int
outputs_write(const struct command *self, const struct plim_verdicts *verdicts, const struct outputs *outputs)
{
	return outputs_write_of(self, &verdicts_kind, verdicts, (int)plim_verdicts_result(verdicts), outputs);
}
