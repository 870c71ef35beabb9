/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll guard runtime, hook, containerd: subcommands in a file of their own. */
#ifndef CLI_GUARD_ONESHOT_H
#define CLI_GUARD_ONESHOT_H

#include "cli/command.h"

extern const struct option_text guard_runtime_options[], guard_hook_options[], guard_containerd_options[];
int guard_runtime_run(const struct command *self, int argc, char **argv);
int guard_hook_run(const struct command *self, int argc, char **argv);
int guard_containerd_run(const struct command *self, int argc, char **argv);

#endif
