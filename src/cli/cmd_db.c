/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll db: the advisory data. */
#include "cli/db_bundle.h"
#include "cli/judging.h"
#include "cli/lists.h"
#include "cli/progress.h"
#include "cli/reading.h"

#include <plimsoll/database.h>

enum { OPT_FROM = 256, OPT_OUTPUT, OPT_PREVIOUS, OPT_FEED, OPT_MIRROR, OPT_MIRRORS_ONLY, OPT_OFFLINE, OPT_ACCEPT_SMALLER, OPT_UNSIGNED };

static const struct option_text build_options[] = {
	{ { "from", required_argument, NULL, OPT_FROM }, "DIR", "where the feeds are, as their publishers publish them" },
	{ { "output", required_argument, NULL, OPT_OUTPUT }, "FILE", "the database; $XDG_CACHE_HOME/plimsoll/advisories.db" },
	{ { "previous", required_argument, NULL, OPT_PREVIOUS }, "FILE", "a database from before: days of fixes that feeds do not date are carried over" },
	{ { "at", required_argument, NULL, OPT_AT }, "TIME", "the day of fixes that are new, 2026-01-31 or 2026-01-31T12:00:00Z; now" },
	CONFINING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static const struct option_text update_options[] = {
	{ { "feed", required_argument, NULL, OPT_FEED }, "GLOB", "of this feed, in place of the usual ones; may be repeated" },
	{ { "mirror", required_argument, NULL, OPT_MIRROR }, "URL", "has HOST/PATH of each file below it; may be repeated, asked in this order" },
	{ { "mirrors-only", no_argument, NULL, OPT_MIRRORS_ONLY }, NULL, "ask mirrors, and no publisher" },
	{ { "offline", no_argument, NULL, OPT_OFFLINE }, NULL, "ask nobody: build of what was fetched before" },
	{ { "accept-smaller", no_argument, NULL, OPT_ACCEPT_SMALLER }, NULL, "take feeds that lost more than half of their records" },
	{ { "from", required_argument, NULL, OPT_FROM }, "URL", "of an index.json of db publish, or oci://REF of a database in a registry: take its database, in place of feeds; may be repeated" },
	DB_KEY_OPTION,
	DB_OLDER_OPTION,
	{ { "allow-unsigned", no_argument, NULL, OPT_UNSIGNED }, NULL, "with --from: nobody need have signed it" },
	{ { "db", required_argument, NULL, OPT_DB }, "FILE", "the database; $XDG_CACHE_HOME/plimsoll/advisories.db" },
	NETWORK_OPTIONS,
	CONFINING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static const struct option_text no_options[] = { { { 0 }, NULL, NULL } };

static const struct option_text ask_options[] = {
	{ { "db", required_argument, NULL, OPT_DB }, "FILE", "the database; $XDG_CACHE_HOME/plimsoll/advisories.db" },
	{ { 0 }, NULL, NULL },
};

static int
run_build(const struct command *self, int argc, char **argv)
{
	struct plim_database_sources from = { 0 };
	const char *output = NULL;
	struct plim_run_options run = { .no_cache = 1, .warnings = stderr };
	struct plim_error err = { 0 };
	struct progress progress;
	int r;
	int chosen;
	progress_watch(&progress, &run);
	while ((chosen = command_option(self, argc, argv)) != -1) {
		if (chosen == OPT_FROM)
			from.directory = optarg;
		else if (chosen == OPT_OUTPUT)
			output = optarg;
		else if (chosen == OPT_PREVIOUS)
			from.previous = optarg;
		else if (chosen == OPT_AT)
			from.at = optarg;
		else if ((r = reading_option(self, chosen, &run)) != 0)
			return r;
	}
	if (from.directory == NULL || optind != argc)
		return command_usage_error(self, "--from DIR says where the feeds are");
	return plim_database_build(&run, &from, output, stdout, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

struct updating {
	struct plim_database_update how;
	struct plim_run_options run;
	struct plim_database_following follow;
	struct list feeds, mirrors, from, keys;
	const char *db;
};

static int
take_update(const struct command *self, int chosen, struct updating *updating)
{
	switch (chosen) {
	case OPT_FEED:
		return list_option(self, &updating->feeds);
	case OPT_MIRROR:
		return list_option(self, &updating->mirrors);
	case OPT_MIRRORS_ONLY:
		return updating->how.mirrors_only = true, 0;
	case OPT_OFFLINE:
		return updating->how.offline = true, 0;
	case OPT_ACCEPT_SMALLER:
		return updating->how.accept_smaller = true, 0;
	case OPT_FROM:
		return list_option(self, &updating->from);
	case OPT_DB_KEY:
		return list_option(self, &updating->keys);
	case OPT_DB_OLDER:
		return updating->follow.allow_older = true, 0;
	case OPT_UNSIGNED:
		return updating->follow.allow_unsigned = true, 0;
	case OPT_DB:
		return updating->db = optarg, 0;
	default:
		return reading_option(self, chosen, &updating->run);
	}
}

static int
run_follow(const struct command *self, struct updating *updating)
{
	const struct plim_database_update *how = &updating->how;
	struct plim_error err = { 0 };
	if (updating->feeds.n || updating->mirrors.n || how->mirrors_only || how->offline || how->accept_smaller)
		return command_usage_error(self, "--from takes a database as it is: there is nothing to choose of feeds and their mirrors then");
	if (updating->keys.n && updating->follow.allow_unsigned)
		return command_usage_error(self, "--db-key or --allow-unsigned, one of them");
	updating->follow.mirrors = list_chosen(&updating->from);
	updating->follow.keys = list_chosen(&updating->keys);
	return plim_database_follow(&updating->run, &updating->follow, updating->db, stdout, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

static int
run_update(const struct command *self, int argc, char **argv)
{
	struct updating updating = { .run = { .no_cache = 1, .warnings = stderr } };
	struct plim_error err = { 0 };
	struct progress progress;
	size_t behind = 0;
	int chosen, r;
	progress_watch(&progress, &updating.run);
	while ((chosen = command_option(self, argc, argv)) != -1)
		if ((r = take_update(self, chosen, &updating)) != 0)
			return r;
	if (optind != argc)
		return command_usage_error(self, "there is nothing to name here: --feed names feeds");
	if (updating.from.n)
		return run_follow(self, &updating);
	if (updating.keys.n || updating.follow.allow_older || updating.follow.allow_unsigned)
		return command_usage_error(self, "feeds are not signed: --db-key, --allow-older and --allow-unsigned are for --from");
	if (updating.how.mirrors_only && updating.mirrors.n == 0)
		return command_usage_error(self, "--mirrors-only needs a --mirror");
	updating.how.feeds = list_chosen(&updating.feeds);
	updating.how.mirrors = list_chosen(&updating.mirrors);
	if (plim_database_update(&updating.run, &updating.how, updating.db, stdout, &behind, &err) < 0)
		return command_error(self, &err);
	return behind ? EXIT_UNKNOWN : EXIT_PASS;
}

static int
run_feeds(const struct command *self, int argc, char **argv)
{
	struct plim_error err = { 0 };
	if (command_option(self, argc, argv) != -1)
		return EXIT_ERROR;
	return plim_database_feeds((const char *const *)argv + optind, stdout, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

/* The database that --db names; false after a complaint. */
static bool
parse_ask(const struct command *self, int argc, char **argv, const char **db)
{
	int chosen;
	*db = NULL;
	while ((chosen = command_option(self, argc, argv)) != -1) {
		if (chosen != OPT_DB)
			return false;
		*db = optarg;
	}
	if (argc - optind == 1)
		return true;
	command_usage_error(self, "one word is needed");
	return false;
}

static const struct option_text status_options[] = {
	{ { "db", required_argument, NULL, OPT_DB }, "FILE", "the database; $XDG_CACHE_HOME/plimsoll/advisories.db" },
	DB_KEY_OPTION,
	{ { "at", required_argument, NULL, OPT_AT }, "TIME", "how old the data is then, 2026-01-31 or 2026-01-31T12:00:00Z; now" },
	{ { 0 }, NULL, NULL },
};

static int
run_status(const struct command *self, int argc, char **argv)
{
	const char *db = NULL, *at = NULL;
	struct list keys = { 0 };
	struct plim_error err = { 0 };
	int chosen, status = 0;
	while (status == 0 && (chosen = command_option(self, argc, argv)) != -1) {
		if (chosen == OPT_DB)
			db = optarg;
		else if (chosen == OPT_AT)
			at = optarg;
		else
			status = chosen == OPT_DB_KEY ? list_option(self, &keys) : EXIT_ERROR;
	}
	if (status != 0)
		return status;
	if (argc != optind)
		return command_usage_error(self, "there is nothing to name here");
	return plim_database_status(db, at, list_chosen(&keys), stdout, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

typedef int ask_fn(const char *path, const char *word, FILE *into, struct plim_error *err);

static int
run_ask(const struct command *self, int argc, char **argv, ask_fn *fn)
{
	const char *db;
	struct plim_error err = { 0 };
	if (!parse_ask(self, argc, argv, &db))
		return EXIT_ERROR;
	int r = fn(db, argv[optind], stdout, &err);
	if (r < 0)
		command_error(self, &err);
	return r == 0 ? EXIT_PASS : r == PLIM_ENOTFOUND ? EXIT_FAIL : EXIT_ERROR;
}

static int
run_show(const struct command *self, int argc, char **argv)
{
	return run_ask(self, argc, argv, plim_database_show);
}

static int
run_search(const struct command *self, int argc, char **argv)
{
	return run_ask(self, argc, argv, plim_database_search);
}

static const struct command subcommands[] = {
	{
	    .name = "build",
	    .of = "db",
	    .synopsis = "--from DIR [--output FILE] [--previous FILE]",
	    .meaning = "compile feeds (Debian tracker, Alpine secdb, CSAF, OSV, KEV, EPSS) into one file",
	    .options = build_options,
	    .run = run_build,
	},
	{
	    .name = "update",
	    .of = "db",
	    .synopsis = "[--feed GLOB]... [--mirror URL]... [--mirrors-only] [--offline] [--db FILE] | --from URL... --db-key FILE... [--allow-older] [--db FILE]",
	    .meaning = "fetch what changed of feeds, and compile them (exit status 2: some stay as they were)",
	    .options = update_options,
	    .run = run_update,
	},
	{
	    .name = "feeds",
	    .of = "db",
	    .synopsis = "[GLOB]...",
	    .meaning = "list the feeds that can be fetched, or the files of those that are named",
	    .options = no_options,
	    .run = run_feeds,
	},
	{
	    .name = "status",
	    .of = "db",
	    .synopsis = "[--db FILE] [--db-key FILE]... [--at TIME]",
	    .meaning = "show feeds, where and when they were fetched, who signed them, and which releases are covered",
	    .options = status_options,
	    .run = run_status,
	},
	{
	    .name = "show",
	    .of = "db",
	    .synopsis = "[--db FILE] ID",
	    .meaning = "show what is known about an id or alias, as JSON (exit status 1: nothing)",
	    .options = ask_options,
	    .run = run_show,
	},
	{
	    .name = "search",
	    .of = "db",
	    .synopsis = "[--db FILE] PACKAGE",
	    .meaning = "list what is said of a package; a glob (exit status 1: nothing)",
	    .options = ask_options,
	    .run = run_search,
	},
	{
	    .name = "sign",
	    .of = "db",
	    .synopsis = "--key KEY [--db FILE]",
	    .meaning = "sign a database; the signature lies behind it in its file",
	    .options = db_sign_options,
	    .run = db_sign_run,
	},
	{
	    .name = "export",
	    .of = "db",
	    .synopsis = "[--db FILE] FILE",
	    .meaning = "pack a database with its signatures into one file, for an air gap",
	    .options = db_export_options,
	    .run = db_export_run,
	},
	{
	    .name = "import",
	    .of = "db",
	    .synopsis = "[--db FILE] [--db-key FILE]... [--allow-older] FILE",
	    .meaning = "take a packed database, a delta, or a database in place of the one that is there",
	    .options = db_import_options,
	    .run = db_import_run,
	},
	{
	    .name = "publish",
	    .of = "db",
	    .synopsis = "[--db FILE] DIR | --to oci://REF [--db FILE]",
	    .meaning = "pack a signed database for a mirror, with deltas from those before it, or into a registry",
	    .options = db_publish_options,
	    .run = db_publish_run,
	},
	{
	    .name = "delta",
	    .of = "db",
	    .synopsis = "--output FILE OLD NEW",
	    .meaning = "write what leads from one database to a newer one",
	    .options = db_delta_options,
	    .run = db_delta_run,
	},
	{ 0 },
};

const struct command command_db = {
	.name = "db",
	.synopsis = "update|build|feeds|status|show|search|sign|export|import|delta|publish ...",
	.meaning = "Build and ask the advisory data",
	.options = ask_options,
	.subcommands = subcommands,
};
