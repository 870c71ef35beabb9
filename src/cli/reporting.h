/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that judge and report something else than a verdict: how they read their options. */
#ifndef CLI_REPORTING_H
#define CLI_REPORTING_H

#include "cli/judging.h"
#include "cli/outputs.h"
#include "cli/progress.h"

#define REPORTING_OPTIONS(formats) \
	{ { "output", required_argument, NULL, OPT_OUTPUT }, "FORMAT[=FILE]", formats "; may be repeated" }, \
	{ { "color", required_argument, NULL, OPT_COLOR }, "WHEN", "auto, always or never" }

/* Takes an option of the command's own out of `optarg`: 0, the exit status after a complaint, or NOT_OWN. */
typedef int own_option_fn(const struct command *self, int chosen, void *own);
#define NOT_OWN (-1)

struct reporting {
	const struct output_kind *kind;
	own_option_fn *own_option;         /* with `own`; NULL where there are none */
	void *own;
	struct judging_options by;         /* from here on what was read; valid when zeroed */
	struct plim_run_options reading;
	struct outputs outputs;
	struct progress progress;
};

/* All options, `optind` at the first argument behind them; 0, or the exit status after a complaint.  Stays where it is while the command runs. */
int reporting_read(const struct command *self, int argc, char **argv, struct reporting *reporting);

#endif
