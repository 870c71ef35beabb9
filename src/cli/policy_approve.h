/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll policy approve, a subcommand in a file of its own. */
#ifndef CLI_POLICY_APPROVE_H
#define CLI_POLICY_APPROVE_H

#include "cli/command.h"

extern const struct option_text policy_approve_options[];
int policy_approve_run(const struct command *self, int argc, char **argv);

#endif
