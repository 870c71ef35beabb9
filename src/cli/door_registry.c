/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll guard registry: a registry in front of others, which lets authorised images out. */
#include "cli/door.h"

#include "enforce/registry/guard_registry.h"
#include "net/fetcher.h"

#define LISTEN_USUAL "127.0.0.1:5050"

enum { OPT_UPSTREAM = OPT_OWN, OPT_FETCHERS };

static const struct option_text options[] = {
	{ { "upstream", required_argument, NULL, OPT_UPSTREAM }, "HOST[:PORT]", "a registry behind it; the first is meant where nobody names one; may be repeated; needed" },
	{ { "fetchers", required_argument, NULL, OPT_FETCHERS }, "N", "processes that fetch; 4" },
	DOOR_OPTIONS,
	DOOR_TLS_OPTIONS,
	{ { 0 }, NULL, NULL },
};

#define FETCHERS_MOST 256

struct registry_arguments {
	struct door_arguments door;
	struct list hosts;
	uint64_t fetchers;
};

static int
take_option(const struct command *self, int chosen, struct registry_arguments *args)
{
	switch (chosen) {
	case OPT_UPSTREAM:
		return list_option(self, &args->hosts);
	case OPT_FETCHERS:
		return number_option(self, &args->fetchers);
	default:
		return door_option(self, chosen, &args->door);
	}
}

static int
parse(const struct command *self, int argc, char **argv, struct registry_arguments *args)
{
	int chosen, status = 0;
	while (status == 0 && (chosen = command_option(self, argc, argv)) != -1)
		status = take_option(self, chosen, args);
	if (status != 0 || (status = door_done(self, argc, LISTEN_USUAL, &args->door)) != 0)
		return status;
	if (args->hosts.n == 0)
		return command_usage_error(self, "in front of what? Name a registry: --upstream HOST");
	if (args->fetchers > FETCHERS_MOST)
		return command_usage_error(self, "--fetchers: %d at most", FETCHERS_MOST);
	return 0;
}

/* As whoever decides is asked: what decides and what fetches speak to the same registries in the same way. */
static struct fetcher_options
network_of(const struct plim_network_options *from)
{
	static const struct plim_network_options usual;
	if (from == NULL)
		from = &usual;
	return (struct fetcher_options){
		.auth_file = from->auth_file, .certificates = from->certificates, .registries_conf = from->registries_conf, .plain_http = from->plain_http,
		.anonymous = from->anonymous,
	};
}

static int
run(const struct command *self, int argc, char **argv)
{
	struct registry_arguments args = { .door = DOOR_NONE };
	struct plim_error err = { 0 };
	int status = parse(self, argc, argv, &args);
	if (status != 0)
		return status;
	const struct fetcher_options network = network_of(args.door.guarding.run.network);
	const struct guard_registry_options registry = { list_chosen(&args.hosts), &network, (unsigned)args.fetchers };
	args.door.serving.pages = true;
	return guard_registry_run(&args.door.serving, &registry, stderr, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

const struct command door_registry = {
	.name = "registry",
	.of = "guard",
	.synopsis = "[OPTIONS] --assign FILE --assign-key FILE --upstream HOST",
	.meaning = "a registry in front of others: only authorised images come out",
	.options = options,
	.run = run,
};
