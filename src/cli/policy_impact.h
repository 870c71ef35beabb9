/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll policy impact, a subcommand in a file of its own. */
#ifndef CLI_POLICY_IMPACT_H
#define CLI_POLICY_IMPACT_H

#include "cli/command.h"

extern const struct option_text policy_impact_options[];
int policy_impact_run(const struct command *self, int argc, char **argv);

#endif
