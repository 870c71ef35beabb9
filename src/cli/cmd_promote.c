/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll promote: to the next repository, where the image passes that one's policy. */
#include "cli/judging.h"
#include "cli/lists.h"
#include "cli/logging.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "cli/signing.h"

#include <plimsoll/trust.h>

struct promote_arguments {
	struct plim_promote_options promote;
	struct signing_options signing;
	struct list database_keys;
	struct plim_run_options reading;
	struct logging_options logging;
	struct plim_log_place log;
	struct outputs outputs;
	struct progress progress;
};

static const struct option_text options[] = {
	{ { "policy", required_argument, NULL, OPT_POLICY }, "FILE", "the destination's policy, or a built-in one: baseline, standard (the default), strict, docker-cis-4, cis-image, cis-image-2, stig-container, nist-800-190, pci" },
	POLICY_KEY_OPTION,
	{ { "db", required_argument, NULL, OPT_DB }, "FILE", "the advisory database (see plimsoll db)" },
	DB_KEY_OPTION,
	{ { "key", required_argument, NULL, OPT_SIGN_KEY }, "KEY", "approves it in the destination: a file, or a pkcs11: URI" },
	SIGNING_OPTIONS,
	LOGGING_OPTIONS,
	OUTPUT_OPTIONS,
	READING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static int
take_option(const struct command *self, int chosen, struct promote_arguments *args)
{
	if (logging_option(chosen, &args->logging))
		return 0;
	if (signing_option(chosen, &args->signing))
		return 0;
	switch (chosen) {
	case OPT_POLICY:
		return args->promote.policy = optarg, 0;
	case OPT_POLICY_KEY:
		return args->promote.policy_key = optarg, 0;
	case OPT_DB:
		return args->promote.database = optarg, 0;
	case OPT_DB_KEY:
		return list_option(self, &args->database_keys);
	case OPT_OUTPUT:
	case OPT_COLOR:
		return outputs_option(self, chosen, &args->outputs);
	default:
		return reading_option(self, chosen, &args->reading);
	}
}

static int
parse(const struct command *self, int argc, char **argv, struct promote_arguments *args)
{
	int chosen, status = 0;
	progress_watch(&args->progress, &args->reading);
	while (status == 0 && (chosen = command_option(self, argc, argv)) != -1)
		status = take_option(self, chosen, args);
	if (status != 0)
		return status;
	if (argc - optind != 2)
		return command_usage_error(self, "a source and a destination are needed");
	args->promote.size = sizeof args->promote;
	args->promote.source = argv[optind];
	args->promote.destination = argv[optind + 1];
	args->promote.key = args->signing.key;
	args->promote.database_keys = list_chosen(&args->database_keys);
	args->promote.companion = args->signing.companion;
	args->promote.passphrase_file = args->signing.passphrase_file;
	args->promote.run = &args->reading;
	args->log = (struct plim_log_place){ args->logging.file, args->logging.off, stderr };
	args->promote.log = &args->log;
	args->promote.told = stderr;
	return 0;
}

static int
run(const struct command *self, int argc, char **argv)
{
	struct promote_arguments args = { .reading = { .warnings = stderr } };
	struct plim_error err = { 0 };
	struct plim_verdicts *verdicts = NULL;
	int status = parse(self, argc, argv, &args);
	if (status != 0)
		return status;
	if (plim_promote(&args.promote, &verdicts, &err) < 0)
		return command_error(self, &err);
	status = outputs_write(self, verdicts, &args.outputs);
	plim_verdicts_free(verdicts);
	return status;
}

const struct command command_promote = {
	.name = "promote",
	.synopsis = "[OPTIONS] docker://SOURCE docker://DESTINATION",
	.meaning = "Copy an image with its signatures, where it passes the destination's policy",
	.options = options,
	.run = run,
};
