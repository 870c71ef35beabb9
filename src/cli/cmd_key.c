/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll key: keys that approve, attest, deny, vouch for advisory data, approve exceptions, or say whose approvals count where. */
#include "cli/command.h"

#include <plimsoll/key.h>

enum { OPT_TYPE = 256, OPT_FORMAT, OPT_OUT, OPT_NO_PASSPHRASE, OPT_PASSPHRASE_FILE, OPT_ROLE, OPT_POLICY, OPT_REPOSITORY, OPT_FROM, OPT_UNTIL,
       OPT_CERTIFICATE, OPT_MAY };

#define LIST_MOST 64

static const struct option_text generate_options[] = {
	{ { "type", required_argument, NULL, OPT_TYPE }, "TYPE", "p256 (the default: every verifier knows it) or ed25519" },
	{ { "format", required_argument, NULL, OPT_FORMAT }, "FORMAT", "pkcs8 (the default) or cosign" },
	{ { "out", required_argument, NULL, OPT_OUT }, "PREFIX", "of the files: PREFIX.key, .pub, .may.yaml; plimsoll" },
	{ { "no-passphrase", no_argument, NULL, OPT_NO_PASSPHRASE }, NULL, "the key is not locked" },
	{ { "passphrase-file", required_argument, NULL, OPT_PASSPHRASE_FILE }, "FILE", "its first line; else $PLIMSOLL_KEY_PASSPHRASE, else the terminal is asked" },
	{ { "role", required_argument, NULL, OPT_ROLE }, "ROLE", "approve (the default), evidence, deny, data, exceptions or assign" },
	{ { "policy", required_argument, NULL, OPT_POLICY }, "DIGEST", "a policy that it may approve for, repeatable; any" },
	{ { "repository", required_argument, NULL, OPT_REPOSITORY }, "GLOB", "where its images may live, repeatable; everywhere" },
	{ { "from", required_argument, NULL, OPT_FROM }, "DAY", "its first day" },
	{ { "until", required_argument, NULL, OPT_UNTIL }, "DAY", "its last day" },
	{ { "certificate", required_argument, NULL, OPT_CERTIFICATE }, "SUBJECT", "also PREFIX.crt for the Notary Project, of \"C=..,ST=..,O=..,CN=..\"" },
	{ { 0 }, NULL, NULL },
};

static const struct option_text show_options[] = {
	{ { "may", required_argument, NULL, OPT_MAY }, "FILE", "what says what it may sign; the file beside the key" },
	{ { "passphrase-file", required_argument, NULL, OPT_PASSPHRASE_FILE }, "FILE", "its first line; else $PLIMSOLL_KEY_PASSPHRASE, else the terminal is asked" },
	{ { 0 }, NULL, NULL },
};

struct list {
	const char *texts[LIST_MOST + 1];
	size_t n;
};

struct arguments {
	struct plim_key_options key;
	struct list policies, repositories;
};

static int
list_add(const struct command *self, struct list *list, const char *const **of)
{
	if (list->n == LIST_MOST)
		return command_usage_error(self, "more than %d of one kind: write them into PREFIX.may.yaml", LIST_MOST);
	list->texts[list->n++] = optarg;
	*of = list->texts;
	return 0;
}

static int
take_option(const struct command *self, int chosen, struct arguments *args)
{
	const struct {
		int option;
		const char **into;
	} texts[] = {
		{ OPT_TYPE, &args->key.type },   { OPT_FORMAT, &args->key.format }, { OPT_OUT, &args->key.out },
		{ OPT_ROLE, &args->key.role },   { OPT_FROM, &args->key.from },     { OPT_UNTIL, &args->key.until },
		{ OPT_CERTIFICATE, &args->key.certificate }, { OPT_PASSPHRASE_FILE, &args->key.passphrase_file },
	};
	if (chosen == OPT_POLICY)
		return list_add(self, &args->policies, &args->key.policies);
	if (chosen == OPT_REPOSITORY)
		return list_add(self, &args->repositories, &args->key.repositories);
	if (chosen == OPT_NO_PASSPHRASE)
		args->key.no_passphrase = 1;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (chosen == texts[i].option)
			*texts[i].into = optarg;
	return chosen == '?' ? EXIT_ERROR : 0;
}

static int
run_generate(const struct command *self, int argc, char **argv)
{
	struct arguments args = { .key.size = sizeof args.key };
	struct plim_error err = { 0 };
	int chosen, status;
	while ((chosen = command_option(self, argc, argv)) != -1)
		if ((status = take_option(self, chosen, &args)) != 0)
			return status;
	if (optind != argc)
		return command_usage_error(self, "there is nothing to name here: --out says where");
	if (args.key.no_passphrase && args.key.passphrase_file)
		return command_usage_error(self, "--no-passphrase and --passphrase-file exclude each other");
	return plim_key_generate(&args.key, stdout, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

static int
run_show(const struct command *self, int argc, char **argv)
{
	struct plim_key_show_options options = { .size = sizeof options };
	struct plim_error err = { 0 };
	int chosen;
	while ((chosen = command_option(self, argc, argv)) != -1) {
		if (chosen == '?')
			return EXIT_ERROR;
		*(chosen == OPT_MAY ? &options.may : &options.passphrase_file) = optarg;
	}
	if (argc - optind != 1)
		return command_usage_error(self, "one key is needed");
	return plim_key_show(&options, argv[optind], stdout, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

static const struct command subcommands[] = {
	{
	    .name = "generate",
	    .of = "key",
	    .synopsis = "[OPTIONS]",
	    .meaning = "make a key, its public half, and the file that says what it may sign",
	    .options = generate_options,
	    .run = run_generate,
	},
	{
	    .name = "show",
	    .of = "key",
	    .synopsis = "[--may FILE] [--passphrase-file FILE] FILE|URI",
	    .meaning = "what kind of key it is, its id, and what it may sign",
	    .options = show_options,
	    .run = run_show,
	},
	{ 0 },
};

const struct command command_key = {
	.name = "key",
	.synopsis = "generate|show",
	.meaning = "Make and look at keys that approve images",
	.subcommands = subcommands,
};
