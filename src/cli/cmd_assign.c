/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll assign: whose approvals count where. */
#include "cli/lists.h"
#include "cli/reading.h"
#include "cli/signing.h"

#include "enforce/assign_sign.h"

enum { OPT_OUT = 256, OPT_KEYS };

static const struct option_text sign_options[] = {
	{ { "key", required_argument, NULL, OPT_SIGN_KEY }, "KEY", "who says so: a file or a pkcs11: URI, of the role assign; needed" },
	SIGNING_OPTIONS,
	{ { "out", required_argument, NULL, OPT_OUT }, "FILE", "where it goes; FILE.signed" },
	NETWORK_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static const struct option_text show_options[] = {
	{ { "assign-key", required_argument, NULL, OPT_KEYS }, "FILE", "a public key that assigns; may be repeated; needed" },
	{ { 0 }, NULL, NULL },
};

static int
sign_option(const struct command *self, int chosen, struct assign_sign_options *what, struct signing_options *signing, struct plim_run_options *run)
{
	if (signing_option(chosen, signing))
		return 0;
	if (chosen == OPT_OUT)
		return what->out = optarg, 0;
	return network_option(self, chosen, run);
}

static int
run_sign(const struct command *self, int argc, char **argv)
{
	struct plim_run_options run = { .warnings = stderr };
	struct assign_sign_options what = { .run = &run };
	struct signing_options signing = { 0 };
	struct plim_error err = { 0 };
	int status = 0;
	for (int chosen; status == 0 && (chosen = command_option(self, argc, argv)) != -1;)
		status = sign_option(self, chosen, &what, &signing, &run);
	if (status != 0)
		return status;
	if (argc - optind != 1)
		return command_usage_error(self, argc == optind ? "an assign file is missing" : "one assign file at a time");
	if (signing.key == NULL)
		return command_usage_error(self, "--key KEY is missing");
	what.file = argv[optind];
	what.key = signing.key;
	what.companion = signing.companion;
	what.passphrase_file = signing.passphrase_file;
	return assign_sign(&what, stdout, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

static int
run_show(const struct command *self, int argc, char **argv)
{
	struct list keys = { .n = 0 };
	struct plim_error err = { 0 };
	int status = 0;
	for (int chosen; status == 0 && (chosen = command_option(self, argc, argv)) != -1;)
		status = chosen == OPT_KEYS ? list_option(self, &keys) : EXIT_ERROR;
	if (status != 0)
		return status;
	if (argc - optind != 1)
		return command_usage_error(self, argc == optind ? "a signed assign file is missing" : "one at a time");
	if (keys.n == 0)
		return command_usage_error(self, "whose signature? Name a public key: --assign-key FILE");
	return assign_show(argv[optind], list_chosen(&keys), stdout, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

static const struct command subcommands[] = {
	{
	    .name = "sign",
	    .of = "assign",
	    .synopsis = "[OPTIONS] --key KEY FILE",
	    .meaning = "put keys and policies inside that it names, and sign it",
	    .options = sign_options,
	    .run = run_sign,
	},
	{
	    .name = "show",
	    .of = "assign",
	    .synopsis = "--assign-key FILE SIGNED",
	    .meaning = "what was signed",
	    .options = show_options,
	    .run = run_show,
	},
	{ 0 },
};

static const struct option_text no_options[] = { { { 0 }, NULL, NULL } };

const struct command command_assign = {
	.name = "assign",
	.synopsis = "sign|show ...",
	.meaning = "Say whose approvals count where: what guards go by",
	.options = no_options,
	.subcommands = subcommands,
};
