/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/door.h"

#define DECIDERS_MOST 256

static int
deciders_option(const struct command *self, struct door_arguments *args)
{
	uint64_t n = 0;
	int status = number_option(self, &n);
	if (status == 0 && n > DECIDERS_MOST)
		return command_usage_error(self, "--deciders: %d at most", DECIDERS_MOST);
	args->serving.deciders = (unsigned)n;
	return status;
}

static int
limit_option(const struct command *self)
{
	struct plim_error err = { 0 };
	return plim_limit_choose(optarg, &err) < 0 ? command_error(self, &err) : 0;
}

int
door_option(const struct command *self, int chosen, struct door_arguments *args)
{
	struct http_listen *listen = &args->serving.listen;
	switch (chosen) {
	case OPT_LISTEN:
		return listen->address = optarg, 0;
	case OPT_STATUS:
		return args->serving.status = optarg, 0;
	case OPT_DECIDERS:
		return deciders_option(self, args);
	case OPT_LIMIT:
		return limit_option(self);
	case OPT_CERTIFICATE:
		return listen->certificate = optarg, 0;
	case OPT_KEY:
		return listen->key = optarg, 0;
	case OPT_CLIENT_CA:
		return listen->authorities = optarg, 0;
	default:
		return guarding_option(self, chosen, &args->guarding);
	}
}

int
door_done(const struct command *self, int argc, const char *usual, struct door_arguments *args)
{
	struct http_listen *listen = &args->serving.listen;
	int status = guarding_done(self, &args->guarding);
	if (status != 0)
		return status;
	if (argc != optind)
		return command_usage_error(self, "it takes options alone");
	if (listen->address == NULL)
		listen->address = usual;
	listen->inherits = true;
	args->serving.guard = &args->guarding.guard;
	return 0;
}
