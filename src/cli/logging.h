/* SPDX-License-Identifier: Apache-2.0 */
/* Options of every command whose answers go into the log. */
#ifndef CLI_LOGGING_H
#define CLI_LOGGING_H

#include "cli/command.h"

enum { OPT_LOG = 1024, OPT_NO_LOG };

#define LOGGING_OPTIONS \
	{ { "log", required_argument, NULL, OPT_LOG }, "FILE", "the log that the answer goes into (see plimsoll log)" }, \
	{ { "no-log", no_argument, NULL, OPT_NO_LOG }, NULL, "write it into no log" }

/* Valid when zeroed. */
struct logging_options {
	const char *file;    /* NULL: the usual one */
	bool off;
};

/* Takes one of them out of `optarg`; false for another option. */
static inline bool
logging_option(int chosen, struct logging_options *logging)
{
	if (chosen == OPT_LOG)
		logging->file = optarg;
	if (chosen == OPT_NO_LOG)
		logging->off = true;
	return chosen == OPT_LOG || chosen == OPT_NO_LOG;
}

#endif
