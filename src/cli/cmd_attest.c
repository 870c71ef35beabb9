/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll attest: judge an image and, where it passes, authorise it. */
#include "cli/judging.h"
#include "cli/lists.h"
#include "cli/logging.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "cli/signing.h"

#include <plimsoll/trust.h>

enum { OPT_TAG = 256, OPT_BUNDLE, OPT_NOTATION, OPT_CERTIFICATE, OPT_EVIDENCE_KEY, OPT_SBOM, OPT_EVIDENCE_FROM, OPT_EVIDENCE_AGE };

struct attest_arguments {
	struct plim_attest_options attest;
	struct signing_options signing;
	struct list tags, witnesses, database_keys;
	struct plim_run_options reading;
	struct logging_options logging;
	struct plim_log_place log;
	struct outputs outputs;
	struct progress progress;
};

static const struct option_text options[] = {
	{ { "key", required_argument, NULL, OPT_SIGN_KEY }, "KEY", "the approval key: a file, or a pkcs11: URI" },
	SIGNING_OPTIONS,
	{ { "policy", required_argument, NULL, OPT_POLICY }, "FILE", "the policy, or a built-in one: baseline, standard (the default), strict, docker-cis-4, cis-image, cis-image-2, stig-container, nist-800-190, pci" },
	POLICY_KEY_OPTION,
	{ { "db", required_argument, NULL, OPT_DB }, "FILE", "the advisory database (see plimsoll db)" },
	DB_KEY_OPTION,
	{ { "tag", required_argument, NULL, OPT_TAG }, "TAG", "under which it is approved, in place of the target's; may be repeated" },
	{ { "evidence-key", required_argument, NULL, OPT_EVIDENCE_KEY }, "KEY", "signs each platform's verdict as evidence, which approves nothing" },
	{ { "sbom", required_argument, NULL, OPT_SBOM }, "FILE", "a CycloneDX or SPDX document (JSON) of the image, which the evidence key signs" },
	{ { "evidence-from", required_argument, NULL, OPT_EVIDENCE_FROM }, "FILE", "a public key whose evidence is taken in place of judging; may be repeated" },
	{ { "evidence-max-age", required_argument, NULL, OPT_EVIDENCE_AGE }, "SPAN", "how old that may be: 24h where not given" },
	{ { "bundle", no_argument, NULL, OPT_BUNDLE }, NULL, "sigstore bundles too, as referrers: what cosign 3 looks for" },
	{ { "notation", no_argument, NULL, OPT_NOTATION }, NULL, "a signature of the Notary Project too" },
	{ { "certificate", required_argument, NULL, OPT_CERTIFICATE }, "FILE", "the key's, for --notation; beside the key where not given" },
	LOGGING_OPTIONS,
	OUTPUT_OPTIONS,
	NETWORK_OPTIONS,
	{ { "jobs", required_argument, NULL, OPT_JOBS }, "N", "layers read at once; one per core" },
	CONFINING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static int
take_option(const struct command *self, int chosen, struct attest_arguments *args)
{
	if (logging_option(chosen, &args->logging))
		return 0;
	if (signing_option(chosen, &args->signing))
		return 0;
	switch (chosen) {
	case OPT_POLICY:
		return args->attest.policy = optarg, 0;
	case OPT_POLICY_KEY:
		return args->attest.policy_key = optarg, 0;
	case OPT_DB:
		return args->attest.database = optarg, 0;
	case OPT_DB_KEY:
		return list_option(self, &args->database_keys);
	case OPT_TAG:
		return list_option(self, &args->tags);
	case OPT_EVIDENCE_KEY:
		return args->attest.evidence_key = optarg, 0;
	case OPT_SBOM:
		return args->attest.sbom = optarg, 0;
	case OPT_EVIDENCE_FROM:
		return list_option(self, &args->witnesses);
	case OPT_EVIDENCE_AGE:
		return span_option(self, &args->attest.evidence_age_most);
	case OPT_BUNDLE:
		return args->attest.bundle = true, 0;
	case OPT_NOTATION:
		return args->attest.notation = true, 0;
	case OPT_CERTIFICATE:
		return args->attest.certificate = optarg, 0;
	case OPT_OUTPUT:
	case OPT_COLOR:
		return outputs_option(self, chosen, &args->outputs);
	default:
		return reading_option(self, chosen, &args->reading);
	}
}

static int
parse(const struct command *self, int argc, char **argv, struct attest_arguments *args)
{
	int chosen, status = 0;
	progress_watch(&args->progress, &args->reading);
	while (status == 0 && (chosen = command_option(self, argc, argv)) != -1)
		status = take_option(self, chosen, args);
	if (status != 0)
		return status;
	if (argc - optind != 1)
		return command_usage_error(self, argc == optind ? "a target is missing" : "one target at a time");
	if (args->signing.key == NULL)
		return command_usage_error(self, "which key? --key FILE");
	if (args->attest.sbom && args->attest.evidence_key == NULL)
		return command_usage_error(self, "an SBOM is evidence: --sbom needs --evidence-key");
	if (args->database_keys.n && args->witnesses.n)
		return command_usage_error(self, "by evidence no database is read here: --db-key binds nothing then");
	args->attest.size = sizeof args->attest;
	args->attest.target = argv[optind];
	args->attest.key = args->signing.key;
	args->attest.companion = args->signing.companion;
	args->attest.passphrase_file = args->signing.passphrase_file;
	args->attest.evidence_from = list_chosen(&args->witnesses);
	if (args->attest.evidence_age_most == 0)
		args->attest.evidence_age_most = 24 * 3600;
	args->attest.database_keys = list_chosen(&args->database_keys);
	args->attest.tags = list_chosen(&args->tags);
	args->attest.run = &args->reading;
	args->log = (struct plim_log_place){ args->logging.file, args->logging.off, stderr };
	args->attest.log = &args->log;
	args->attest.told = stderr;
	return 0;
}

static int
run(const struct command *self, int argc, char **argv)
{
	struct attest_arguments args = { .reading = { .warnings = stderr } };
	struct plim_error err = { 0 };
	struct plim_verdicts *verdicts = NULL;
	int status = parse(self, argc, argv, &args);
	if (status != 0)
		return status;
	if (plim_attest(&args.attest, &verdicts, &err) < 0)
		return command_error(self, &err);
	/* By evidence there is no verdict of ours. */
	status = verdicts ? outputs_write(self, verdicts, &args.outputs) : EXIT_PASS;
	plim_verdicts_free(verdicts);
	return status;
}

const struct command command_attest = {
	.name = "attest",
	.synopsis = "[OPTIONS] --key KEY docker://REFERENCE",
	.meaning = "Judge an image and, where it passes, sign it in its registry",
	.options = options,
	.run = run,
};
