/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll revoke: what was approved is approved no more. */
#include "cli/lists.h"
#include "cli/logging.h"
#include "cli/reading.h"
#include "cli/signing.h"

#include <plimsoll/trust.h>

enum { OPT_KEY = 256, OPT_CERTIFICATE, OPT_DENY, OPT_DENY_KEY, OPT_REASON };

struct revoke_arguments {
	struct plim_revoke_options revoke;
	struct signing_options signing;
	struct list keys, certificates;
	struct plim_run_options reading;
	struct logging_options logging;
	struct plim_log_place log;
};

static const struct option_text options[] = {
	{ { "key", required_argument, NULL, OPT_KEY }, "FILE", "a public key whose approvals are removed; may be repeated" },
	{ { "certificate", required_argument, NULL, OPT_CERTIFICATE }, "FILE", "a certificate of the Notary Project, likewise; may be repeated" },
	{ { "deny", required_argument, NULL, OPT_DENY }, "FILE", "the deny list that gets an entry; made where there is none" },
	{ { "deny-key", required_argument, NULL, OPT_DENY_KEY }, "KEY", "signs the deny list: a file, or a pkcs11: URI" },
	SIGNING_OPTIONS,
	{ { "reason", required_argument, NULL, OPT_REASON }, "TEXT", "why, for the list" },
	LOGGING_OPTIONS,
	NETWORK_OPTIONS,
	CONFINING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static int
take_option(const struct command *self, int chosen, struct revoke_arguments *args)
{
	if (logging_option(chosen, &args->logging))
		return 0;
	if (signing_option(chosen, &args->signing))
		return 0;
	switch (chosen) {
	case OPT_KEY:
		return list_option(self, &args->keys);
	case OPT_CERTIFICATE:
		return list_option(self, &args->certificates);
	case OPT_DENY:
		return args->revoke.denied = optarg, 0;
	case OPT_DENY_KEY:
		return args->revoke.deny_key = optarg, 0;
	case OPT_REASON:
		return args->revoke.reason = optarg, 0;
	default:
		return reading_option(self, chosen, &args->reading);
	}
}

static int
check_arguments(const struct command *self, int count, const struct revoke_arguments *args)
{
	if (count != 1)
		return command_usage_error(self, count ? "one target at a time" : "a target is missing");
	if (args->keys.n == 0 && args->certificates.n == 0 && args->revoke.denied == NULL)
		return command_usage_error(self, "whose approvals are to go (--key, --certificate), or which deny list is to tell (--deny)?");
	if ((args->revoke.denied == NULL) != (args->revoke.deny_key == NULL))
		return command_usage_error(self, "--deny and --deny-key go together");
	if (args->revoke.denied && (args->revoke.reason == NULL || *args->revoke.reason == '\0'))
		return command_usage_error(self, "an entry of the deny list tells why (--reason)");
	return 0;
}

static int
run(const struct command *self, int argc, char **argv)
{
	struct revoke_arguments args = { .reading = { .warnings = stderr } };
	struct plim_error err = { 0 };
	int chosen, status = 0;
	while (status == 0 && (chosen = command_option(self, argc, argv)) != -1)
		status = take_option(self, chosen, &args);
	if (status != 0 || (status = check_arguments(self, argc - optind, &args)) != 0)
		return status;
	args.revoke.size = sizeof args.revoke;
	args.revoke.target = argv[optind];
	args.revoke.keys = list_chosen(&args.keys);
	args.revoke.certificates = list_chosen(&args.certificates);
	args.revoke.companion = args.signing.companion;
	args.revoke.passphrase_file = args.signing.passphrase_file;
	args.revoke.run = &args.reading;
	args.revoke.told = stderr;
	args.log = (struct plim_log_place){ args.logging.file, args.logging.off, stderr };
	args.revoke.log = &args.log;
	return plim_revoke(&args.revoke, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

const struct command command_revoke = {
	.name = "revoke",
	.synopsis = "[OPTIONS] docker://REFERENCE",
	.meaning = "Remove the approvals of an image, and put it on the deny list",
	.options = options,
	.run = run,
};
