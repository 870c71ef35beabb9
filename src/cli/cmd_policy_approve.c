/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll policy approve: these exceptions are right, and I say so. */
#include "cli/policy_approve.h"
#include "cli/signing.h"

#include <plimsoll/policy.h>

const struct option_text policy_approve_options[] = {
	{ { "key", required_argument, NULL, OPT_SIGN_KEY }, "KEY", "who approves: a file or a pkcs11: URI, of the role exceptions; needed" },
	SIGNING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

int
policy_approve_run(const struct command *self, int argc, char **argv)
{
	struct signing_options signing = { 0 };
	struct plim_error err = { 0 };
	for (int chosen; (chosen = command_option(self, argc, argv)) != -1;)
		if (!signing_option(chosen, &signing))
			return EXIT_ERROR;
	if (optind == argc)
		return command_usage_error(self, "a file of exceptions is missing");
	if (signing.key == NULL)
		return command_usage_error(self, "--key KEY is missing");
	const struct plim_policy_approve_options what = {
		.size = sizeof what, .key = signing.key, .companion = signing.companion, .passphrase_file = signing.passphrase_file,
	};
	return plim_policy_approve(&what, (const char *const *)argv + optind, stdout, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}
