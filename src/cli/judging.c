/* SPDX-License-Identifier: Apache-2.0 */
/* --policy, --db, --db-key, --platform, --at and --as. */
#include "cli/judging.h"

int
judging_option(const struct command *self, int chosen, struct judging_options *judging, struct plim_run_options *run)
{
	switch (chosen) {
	case OPT_POLICY:
		return judging->policy = optarg, 0;
	case OPT_POLICY_KEY:
		return judging->policy_key = optarg, 0;
	case OPT_DB:
		return judging->database = optarg, 0;
	case OPT_DB_KEY:
		return list_option(self, &judging->database_keys);
	case OPT_AT:
		return judging->at = optarg, 0;
	case OPT_AS:
		return judging->as = optarg, 0;
	case OPT_PLATFORM:
		return platforms_option(self, &judging->platforms);
	default:
		return reading_option(self, chosen, run);
	}
}
