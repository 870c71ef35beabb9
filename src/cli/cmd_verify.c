/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll verify: is this image authorised? */
#include "cli/lists.h"
#include "cli/logging.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "cli/reading.h"

#include <plimsoll/trust.h>

enum { OPT_KEY = 256, OPT_CERTIFICATE, OPT_POLICY_OF, OPT_REPOSITORY, OPT_ANY_REPOSITORY, OPT_TAG, OPT_MAX_AGE, OPT_MAX_DATA_AGE, OPT_DENY, OPT_DENY_MAX_AGE, OPT_DENY_SERIAL, OPT_CLOCK };

struct verify_arguments {
	struct plim_verify_options verify;
	struct list keys, certificates, policies;
	struct plim_run_options reading;
	struct logging_options logging;
	struct plim_log_place log;
	struct outputs outputs;
	struct progress progress;
};

static const struct option_text options[] = {
	{ { "key", required_argument, NULL, OPT_KEY }, "FILE", "a public key that approves, with its companion beside it; may be repeated" },
	{ { "certificate", required_argument, NULL, OPT_CERTIFICATE }, "FILE", "a certificate of the Notary Project that approves; may be repeated" },
	{ { "policy", required_argument, NULL, OPT_POLICY_OF }, "POLICY", "by which it must have passed: a file, a built-in name or sha256:HEX; may be repeated" },
	{ { "repository", required_argument, NULL, OPT_REPOSITORY }, "NAME", "that the approval must name; the target's own in a registry" },
	{ { "any-repository", no_argument, NULL, OPT_ANY_REPOSITORY }, NULL, "whatever repository it names: the Notary Project's signatures name none" },
	{ { "tag", required_argument, NULL, OPT_TAG }, "TAG", "that the approval must name, or name none" },
	{ { "max-age", required_argument, NULL, OPT_MAX_AGE }, "SPAN", "of the verdict: 12h, 7d, 4w" },
	{ { "max-data-age", required_argument, NULL, OPT_MAX_DATA_AGE }, "SPAN", "of the advisory data that it rests on" },
	{ { "deny", required_argument, NULL, OPT_DENY }, "FILE", "a deny list, signed by one of the keys" },
	{ { "deny-max-age", required_argument, NULL, OPT_DENY_MAX_AGE }, "SPAN", "of the deny list" },
	{ { "deny-serial", required_argument, NULL, OPT_DENY_SERIAL }, "N", "the least serial number of the deny list: an older one is refused" },
	{ { "at", required_argument, NULL, OPT_CLOCK }, "TIME", "the clock: 2026-01-31 or 2026-01-31T12:00:00Z" },
	{ { "output", required_argument, NULL, OPT_OUTPUT }, "FORMAT[=FILE]", "text (the default) or json; may be repeated" },
	LOGGING_OPTIONS,
	NETWORK_OPTIONS,
	CONFINING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static int
write_approval(const void *what, const char *format, const struct plim_report_options *page, FILE *into, struct plim_error *err)
{
	return plim_approval_write(what, format, page, into, err);
}

static const struct output_kind approvals_kind = { plim_approval_format_name, write_approval };

static int
take_option(const struct command *self, int chosen, struct verify_arguments *args)
{
	if (logging_option(chosen, &args->logging))
		return 0;
	switch (chosen) {
	case OPT_KEY:
		return list_option(self, &args->keys);
	case OPT_CERTIFICATE:
		return list_option(self, &args->certificates);
	case OPT_POLICY_OF:
		return list_option(self, &args->policies);
	case OPT_REPOSITORY:
		return args->verify.repository = optarg, 0;
	case OPT_ANY_REPOSITORY:
		return args->verify.any_repository = true, 0;
	case OPT_TAG:
		return args->verify.tag = optarg, 0;
	case OPT_MAX_AGE:
		return span_option(self, &args->verify.verdict_age_most);
	case OPT_MAX_DATA_AGE:
		return span_option(self, &args->verify.data_age_most);
	case OPT_DENY:
		return args->verify.denied = optarg, 0;
	case OPT_DENY_MAX_AGE:
		return span_option(self, &args->verify.deny_age_most);
	case OPT_DENY_SERIAL:
		return number_option(self, &args->verify.deny_serial_least);
	case OPT_CLOCK:
		return args->verify.at = optarg, 0;
	case OPT_OUTPUT:
		return outputs_option_of(self, &approvals_kind, chosen, &args->outputs);
	default:
		return reading_option(self, chosen, &args->reading);
	}
}

static int
parse(const struct command *self, int argc, char **argv, struct verify_arguments *args)
{
	int chosen, status = 0;
	progress_watch(&args->progress, &args->reading);
	while (status == 0 && (chosen = command_option(self, argc, argv)) != -1)
		status = take_option(self, chosen, args);
	if (status != 0)
		return status;
	if (argc - optind != 1)
		return command_usage_error(self, argc == optind ? "a target is missing" : "one target at a time");
	if (args->keys.n + args->certificates.n == 0)
		return command_usage_error(self, "whose signature? Name a public key: --key FILE");
	args->verify.size = sizeof args->verify;
	args->verify.target = argv[optind];
	args->verify.run = &args->reading;
	args->log = (struct plim_log_place){ args->logging.file, args->logging.off, stderr };
	args->verify.log = &args->log;
	args->verify.keys = list_chosen(&args->keys);
	args->verify.certificates = list_chosen(&args->certificates);
	args->verify.policies = list_chosen(&args->policies);
	return 0;
}

static int
run(const struct command *self, int argc, char **argv)
{
	struct verify_arguments args = { .reading = { .warnings = stderr } };
	struct plim_error err = { 0 };
	struct plim_approval *approval = NULL;
	int status = parse(self, argc, argv, &args);
	if (status != 0)
		return status;
	if (plim_verify(&args.verify, &approval, &err) < 0)
		return command_error(self, &err);
	status = outputs_write_of(self, &approvals_kind, approval, (int)plim_approval_result(approval), &args.outputs);
	plim_approval_free(approval);
	return status;
}

const struct command command_verify = {
	.name = "verify",
	.synopsis = "[OPTIONS] --key FILE TARGET",
	.meaning = "Tell whether an image is authorised: who signed what about it?",
	.options = options,
	.run = run,
};
