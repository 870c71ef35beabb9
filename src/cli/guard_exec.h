/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll guard exec. */
#ifndef CLI_GUARD_EXEC_H
#define CLI_GUARD_EXEC_H

#include "cli/command.h"

extern const struct option_text guard_exec_options[];
int guard_exec_command(const struct command *self, int argc, char **argv);

#endif
