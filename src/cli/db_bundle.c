/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/db_bundle.h"

#include "cli/judging.h"
#include "cli/lists.h"
#include "cli/progress.h"
#include "cli/signing.h"

#include <plimsoll/database.h>

enum { OPT_FILE = 256, OPT_TO };

#define DB_OPTION { { "db", required_argument, NULL, OPT_DB }, "FILE", "the database; $XDG_CACHE_HOME/plimsoll/advisories.db" }

const struct option_text db_sign_options[] = {
	{ { "key", required_argument, NULL, OPT_SIGN_KEY }, "KEY", "whose role is data: a file, or a pkcs11: URI" },
	SIGNING_OPTIONS,
	DB_OPTION,
	{ { 0 }, NULL, NULL },
};

const struct option_text db_export_options[] = {
	DB_OPTION,
	{ { 0 }, NULL, NULL },
};

const struct option_text db_delta_options[] = {
	{ { "output", required_argument, NULL, OPT_FILE }, "FILE", "the delta" },
	{ { 0 }, NULL, NULL },
};

const struct option_text db_publish_options[] = {
	{ { "to", required_argument, NULL, OPT_TO }, "oci://REF", "a tag in a registry, in place of a directory" },
	DB_OPTION,
	NETWORK_OPTIONS,
	CONFINING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

const struct option_text db_import_options[] = {
	DB_OPTION,
	DB_KEY_OPTION,
	DB_OLDER_OPTION,
	CONFINING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static int
done(const struct command *self, int r, const struct plim_error *err)
{
	return r < 0 ? command_error(self, err) : EXIT_PASS;
}

int
db_sign_run(const struct command *self, int argc, char **argv)
{
	struct signing_options signing = { 0 };
	const char *db = NULL;
	struct plim_error err = { 0 };
	int chosen;
	while ((chosen = command_option(self, argc, argv)) != -1) {
		if (chosen == OPT_DB)
			db = optarg;
		else if (!signing_option(chosen, &signing))
			return EXIT_ERROR;
	}
	if (argc != optind)
		return command_usage_error(self, "there is nothing to name here: --db says which database");
	if (signing.key == NULL)
		return command_usage_error(self, "which key? --key FILE");
	const struct plim_database_signing how = { signing.key, signing.companion, signing.passphrase_file };
	return done(self, plim_database_sign(db, &how, stdout, &err), &err);
}

int
db_export_run(const struct command *self, int argc, char **argv)
{
	const char *db = NULL;
	struct plim_error err = { 0 };
	int chosen;
	while ((chosen = command_option(self, argc, argv)) != -1) {
		if (chosen != OPT_DB)
			return EXIT_ERROR;
		db = optarg;
	}
	if (argc - optind != 1)
		return command_usage_error(self, "one file to write is needed");
	return done(self, plim_database_export(db, argv[optind], stdout, &err), &err);
}

int
db_delta_run(const struct command *self, int argc, char **argv)
{
	const char *output = NULL;
	struct plim_error err = { 0 };
	int chosen;
	while ((chosen = command_option(self, argc, argv)) != -1) {
		if (chosen != OPT_FILE)
			return EXIT_ERROR;
		output = optarg;
	}
	if (argc - optind != 2 || output == NULL)
		return command_usage_error(self, "an old and a new database are needed, and --output FILE");
	return done(self, plim_database_delta(argv[optind], argv[optind + 1], output, stdout, &err), &err);
}

struct publishing {
	struct plim_run_options run;
	const char *db, *to;
};

static int
take_publishing(const struct command *self, int chosen, struct publishing *publishing)
{
	switch (chosen) {
	case OPT_DB:
		return publishing->db = optarg, 0;
	case OPT_TO:
		return publishing->to = optarg, 0;
	default:
		return reading_option(self, chosen, &publishing->run);
	}
}

int
db_publish_run(const struct command *self, int argc, char **argv)
{
	struct publishing publishing = { .run = { .no_cache = 1, .warnings = stderr } };
	struct plim_error err = { 0 };
	int chosen, status = 0;
	while (status == 0 && (chosen = command_option(self, argc, argv)) != -1)
		status = take_publishing(self, chosen, &publishing);
	if (status != 0)
		return status;
	if (argc - optind != !publishing.to)
		return command_usage_error(self, "one directory is needed, or --to a registry");
	if (publishing.to)
		return done(self, plim_database_push(&publishing.run, publishing.db, publishing.to, stdout, &err), &err);
	return done(self, plim_database_publish(&publishing.run, publishing.db, argv[optind], stdout, &err), &err);
}

int
db_import_run(const struct command *self, int argc, char **argv)
{
	struct plim_run_options run = { .no_cache = 1, .warnings = stderr };
	struct plim_database_taking what = { 0 };
	struct list keys = { 0 };
	const char *db = NULL;
	struct plim_error err = { 0 };
	struct progress progress;
	int chosen, status = 0;
	progress_watch(&progress, &run);
	while (status == 0 && (chosen = command_option(self, argc, argv)) != -1) {
		if (chosen == OPT_DB)
			db = optarg;
		else if (chosen == OPT_DB_OLDER)
			what.allow_older = true;
		else
			status = chosen == OPT_DB_KEY ? list_option(self, &keys) : reading_option(self, chosen, &run);
	}
	if (status != 0)
		return status;
	if (argc - optind != 1)
		return command_usage_error(self, "one file to take is needed");
	what.file = argv[optind];
	what.keys = list_chosen(&keys);
	return done(self, plim_database_import(&run, &what, db, stdout, &err), &err);
}
