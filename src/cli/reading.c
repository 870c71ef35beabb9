/* SPDX-License-Identifier: Apache-2.0 */
/* --jobs, --no-cache, --require-sandbox, --limit, --quiet, --platform, and how registries are asked. */
#include "cli/reading.h"

#include <stdlib.h>
#include <string.h>

#define JOBS_MOST 64

static int
take_jobs(const struct command *self, struct plim_run_options *run)
{
	char *end;
	unsigned long jobs = strtoul(optarg, &end, 10);
	if (*optarg < '1' || *optarg > '9' || *end || jobs > JOBS_MOST)
		return command_usage_error(self, "--jobs takes a number from 1 to %d", JOBS_MOST);
	run->jobs = (unsigned)jobs;
	return 0;
}

static int
take_level(const struct command *self, struct plim_run_options *run)
{
	run->full = strcmp(optarg, "full") == 0;
	if (!run->full && strcmp(optarg, "standard") != 0)
		return command_usage_error(self, "--level is standard or full");
	return 0;
}

#define HOST_MOST 64

/* A process has one command line. */
static const char *plain_hosts[HOST_MOST + 1];
static struct plim_network_options network = { .plain_http = plain_hosts };

static int
take_plain_host(const struct command *self)
{
	size_t n = 0;
	while (plain_hosts[n])
		n++;
	if (n == HOST_MOST)
		return command_usage_error(self, "more than %d hosts without TLS", HOST_MOST);
	plain_hosts[n] = optarg;
	return 0;
}

int
network_option(const struct command *self, int chosen, struct plim_run_options *run)
{
	run->network = &network;
	switch (chosen) {
	case OPT_AUTHFILE:
		return network.auth_file = optarg, 0;
	case OPT_CERT_DIR:
		return network.certificates = optarg, 0;
	case OPT_PLAIN_HTTP:
		return take_plain_host(self);
	case OPT_REGISTRIES_CONF:
		return network.registries_conf = optarg, 0;
	case OPT_ANONYMOUS:
		return network.anonymous = true, 0;
	default:
		return EXIT_ERROR;
	}
}

int
reading_option(const struct command *self, int chosen, struct plim_run_options *run)
{
	struct plim_error err = { 0 };
	switch (chosen) {
	case OPT_JOBS:
		return take_jobs(self, run);
	case OPT_LEVEL:
		return take_level(self, run);
	case OPT_NO_CACHE:
		return run->no_cache = 1, 0;
	case OPT_REQUIRE_SANDBOX:
		return run->require_sandbox = 1, 0;
	case OPT_LIMIT:
		return plim_limit_choose(optarg, &err) < 0 ? command_error(self, &err) : 0;
	case OPT_QUIET:
		return run->on_progress = NULL, 0;
	case OPT_DOCKER_HOST:
		run->network = &network;
		return network.engine = optarg, 0;
	default:
		return network_option(self, chosen, run);
	}
}

int
platforms_option(const struct command *self, struct platforms *platforms)
{
	if (platforms->n == PLATFORM_MOST)
		return command_usage_error(self, "more than %d platforms", PLATFORM_MOST);
	platforms->at[platforms->n++] = optarg;
	return 0;
}

const char *const *
platforms_chosen(const struct platforms *platforms)
{
	return platforms->n ? platforms->at : NULL;
}
