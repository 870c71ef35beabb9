/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/guarding.h"

int
guarding_option(const struct command *self, int chosen, struct guarding *guarding)
{
	if (logging_option(chosen, &guarding->logging))
		return 0;
	switch (chosen) {
	case OPT_ASSIGN:
		return guarding->guard.assign = optarg, 0;
	case OPT_ASSIGN_KEY:
		return list_option(self, &guarding->keys);
	case OPT_ASSIGN_NUMBER:
		return number_option(self, &guarding->guard.assign_serial_least);
	case OPT_MEMORY:
		return guarding->guard.memory = optarg, 0;
	case OPT_DRY_RUN:
		return guarding->guard.dry = true, 0;
	case OPT_JUDGE_POLICY:
		return guarding->guard.judge_policy = optarg, 0;
	case OPT_JUDGE_DB:
		return guarding->guard.judge_database = optarg, 0;
	case OPT_REQUIRE_SANDBOX:
		return guarding->run.require_sandbox = 1, 0;
	default:
		return network_option(self, chosen, &guarding->run);
	}
}

int
guarding_done(const struct command *self, struct guarding *guarding)
{
	if (guarding->guard.assign == NULL)
		return command_usage_error(self, "by what? Name a signed assign file: --assign FILE");
	if (guarding->keys.n == 0)
		return command_usage_error(self, "whose assign file? Name a public key: --assign-key FILE");
	guarding->log = (struct plim_log_place){ guarding->logging.file, guarding->logging.off, stderr };
	guarding->guard.size = sizeof guarding->guard;
	guarding->guard.assign_keys = list_chosen(&guarding->keys);
	guarding->guard.run = &guarding->run;
	guarding->guard.log = &guarding->log;
	return 0;
}
