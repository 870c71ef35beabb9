/* SPDX-License-Identifier: Apache-2.0 */
/* Options of every door. */
#ifndef CLI_GUARDING_H
#define CLI_GUARDING_H

#include "cli/lists.h"
#include "cli/logging.h"
#include "cli/reading.h"

#include "enforce/guard.h"

enum { OPT_ASSIGN = 1280, OPT_ASSIGN_KEY, OPT_ASSIGN_NUMBER, OPT_MEMORY, OPT_DRY_RUN, OPT_JUDGE_POLICY, OPT_JUDGE_DB };

#define GUARDING_OPTIONS \
	{ { "assign", required_argument, NULL, OPT_ASSIGN }, "FILE", "the signed assign file: whose approvals count where; needed" }, \
	{ { "assign-key", required_argument, NULL, OPT_ASSIGN_KEY }, "FILE", "a public key that must have signed it; may be repeated; needed" }, \
	{ { "assign-number", required_argument, NULL, OPT_ASSIGN_NUMBER }, "N", "its least number: an older one is refused" }, \
	{ { "memory", required_argument, NULL, OPT_MEMORY }, "DIR", "what was answered before; $STATE_DIRECTORY, else /var/lib/plimsoll/guard" }, \
	{ { "dry-run", no_argument, NULL, OPT_DRY_RUN }, NULL, "decide, tell the log, and let pass" }, \
	{ { "judge-policy", required_argument, NULL, OPT_JUDGE_POLICY }, "FILE", "by which what nobody signed is judged, where its rule lets that" }, \
	{ { "judge-db", required_argument, NULL, OPT_JUDGE_DB }, "FILE", "with these advisory data; those of the usual place" }, \
	LOGGING_OPTIONS, \
	NETWORK_OPTIONS, \
	{ { "require-sandbox", no_argument, NULL, OPT_REQUIRE_SANDBOX }, NULL, "fail where the kernel cannot confine what reads signatures" }

struct guarding {
	struct guard_options guard;        /* filled by guarding_done */
	struct list keys;
	struct plim_run_options run;
	struct logging_options logging;
	struct plim_log_place log;
};

/* As it is before any option. */
#define GUARDING_NONE ((struct guarding){ .run = { .warnings = stderr } })

/* Takes one of them out of `optarg`; 0, or the exit status after a complaint, also for an option that is none of them. */
int guarding_option(const struct command *self, int chosen, struct guarding *guarding);
/* Once all were taken; 0, or the exit status after a complaint. */
int guarding_done(const struct command *self, struct guarding *guarding);

#endif
