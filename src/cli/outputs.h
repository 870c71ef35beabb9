/* SPDX-License-Identifier: Apache-2.0 */
/* Options of every command that reports, mostly verdicts: which formats, where to. */
#ifndef CLI_OUTPUTS_H
#define CLI_OUTPUTS_H

#include "cli/command.h"

#include <plimsoll/check.h>

enum { OPT_OUTPUT = 640, OPT_COLOR };

#define OUTPUT_MOST 16

struct outputs {
	const char *at[OUTPUT_MOST];    /* "FORMAT" or "FORMAT=FILE", in which a format may be "template:FILE" */
	size_t n;                       /* none: text */
	const char *colour;
};

#define OUTPUT_OPTIONS \
	{ { "output", required_argument, NULL, OPT_OUTPUT }, "FORMAT[=FILE]", "text (the default), json, sarif, junit, markdown, csv, gitlab, gitlab-codequality, html, xccdf, arf, matrix-html or matrix-csv; template:FILE as that says; may be repeated" }, \
	{ { "color", required_argument, NULL, OPT_COLOR }, "WHEN", "auto, always or never" }

/* Takes one of them out of `optarg`; 0, or the exit status after a complaint. */
int outputs_option(const struct command *self, int chosen, struct outputs *outputs);

/* Writes them all, and answers the exit status: that of the verdicts, or of what went wrong. */
int outputs_write(const struct command *self, const struct plim_verdicts *verdicts, const struct outputs *outputs);

/* The same for whatever else is reported: the name of the format at an index (NULL behind the last), and how one is written. */
struct output_kind {
	const char *(*format_name)(unsigned index);
	int (*write)(const void *what, const char *format, const struct plim_report_options *options, FILE *into, struct plim_error *err);
	bool templates;                 /* PLIM_TEMPLATE and a file is a format too */
};
int outputs_option_of(const struct command *self, const struct output_kind *kind, int chosen, struct outputs *outputs);
int outputs_write_of(const struct command *self, const struct output_kind *kind, const void *what, int status, const struct outputs *outputs);

#endif
