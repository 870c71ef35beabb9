/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll policy import, a subcommand in a file of its own. */
#ifndef CLI_POLICY_IMPORT_H
#define CLI_POLICY_IMPORT_H

#include "cli/command.h"

extern const struct option_text policy_import_options[];
int policy_import_run(const struct command *self, int argc, char **argv);

#endif
