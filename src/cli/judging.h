/* SPDX-License-Identifier: Apache-2.0 */
/* Options of every command that judges images: by what, when, as what. */
#ifndef CLI_JUDGING_H
#define CLI_JUDGING_H

#include "cli/lists.h"
#include "cli/reading.h"

enum { OPT_POLICY = 576, OPT_POLICY_KEY, OPT_DB, OPT_DB_KEY, OPT_AT, OPT_AS };

struct judging_options {
	const char *policy, *policy_key, *database, *at, *as;    /* NULL where not given */
	struct list database_keys;
	struct platforms platforms;
};

#define POLICY_KEY_OPTION \
	{ { "policy-key", required_argument, NULL, OPT_POLICY_KEY }, "FILE", "a public key that must have signed a policy in a registry (oci://)" }

#define DB_KEY_OPTION \
	{ { "db-key", required_argument, NULL, OPT_DB_KEY }, "FILE", "a public key that must have signed the database; of several one; may be repeated" }

#define JUDGING_OPTIONS \
	POLICY_KEY_OPTION, \
	{ { "policy", required_argument, NULL, OPT_POLICY }, "FILE", "the policy, or a built-in one: baseline, standard (the default), strict, docker-cis-4, cis-image, cis-image-2, stig-container, nist-800-190, pci" }, \
	{ { "db", required_argument, NULL, OPT_DB }, "FILE", "the advisory database (see plimsoll db)" }, \
	DB_KEY_OPTION, \
	PLATFORM_OPTION, \
	{ { "at", required_argument, NULL, OPT_AT }, "TIME", "the evaluation's clock: 2026-01-31 or 2026-01-31T12:00:00Z" }, \
	{ { "as", required_argument, NULL, OPT_AS }, "REPOSITORY", "where it will live: registry.example.com/team/web" }

/* Takes one of them or of READING_OPTIONS out of `optarg`; 0, or the exit status after a complaint, also for an option that is none of them. */
int judging_option(const struct command *self, int chosen, struct judging_options *judging, struct plim_run_options *run);

#endif
