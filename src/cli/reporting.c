/* SPDX-License-Identifier: Apache-2.0 */
/* Options of commands that judge and report. */
#include "cli/reporting.h"

static int
take_option(const struct command *self, int chosen, struct reporting *reporting)
{
	int status = reporting->own_option ? reporting->own_option(self, chosen, reporting->own) : NOT_OWN;
	if (status != NOT_OWN)
		return status;
	if (chosen == OPT_OUTPUT || chosen == OPT_COLOR)
		return outputs_option_of(self, reporting->kind, chosen, &reporting->outputs);
	return judging_option(self, chosen, &reporting->by, &reporting->reading);
}

int
reporting_read(const struct command *self, int argc, char **argv, struct reporting *reporting)
{
	int chosen, status = 0;
	reporting->reading.warnings = stderr;
	progress_watch(&reporting->progress, &reporting->reading);
	while (status == 0 && (chosen = command_option(self, argc, argv)) != -1)
		status = take_option(self, chosen, reporting);
	return status;
}
