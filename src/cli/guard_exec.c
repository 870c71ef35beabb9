/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll guard exec: containers run what their images contain. */
#include "cli/guard_exec.h"

#include "cli/guarding.h"
#include "enforce/exec/guard_exec.h"

enum { OPT_ALL = 256, OPT_ALLOW, OPT_PATIENCE, OPT_RUNTIME, OPT_DOCKER_ROOT, OPT_PODMAN_ROOT, OPT_CONTAINERD_STATE };

const struct option_text guard_exec_options[] = {
	{ { "all", no_argument, NULL, OPT_ALL }, NULL, "every container of every engine on this machine, those to come too" },
	{ { "allow", required_argument, NULL, OPT_ALLOW }, "GLOB", "paths, as containers see them, of what may run nevertheless; may be repeated" },
	{ { "runtime", required_argument, NULL, OPT_RUNTIME }, "FILE", "an OCI runtime that engines start, besides runc, crun and others in the usual places; may be repeated" },
	{ { "patience", required_argument, NULL, OPT_PATIENCE }, "MS", "a listener that is silent for longer is begun anew; 5000" },
	{ { "docker-root", required_argument, NULL, OPT_DOCKER_ROOT }, "DIR", "Docker's data root, in place of /var/lib/docker" },
	{ { "podman-root", required_argument, NULL, OPT_PODMAN_ROOT }, "DIR", "podman's store, in place of that of storage.conf" },
	{ { "containerd-state", required_argument, NULL, OPT_CONTAINERD_STATE }, "DIR", "containerd's state, in place of /run/containerd" },
	{ { "assign", required_argument, NULL, OPT_ASSIGN }, "FILE", "the signed assign file whose glass may be broken" },
	{ { "assign-key", required_argument, NULL, OPT_ASSIGN_KEY }, "FILE", "a public key that must have signed it; may be repeated" },
	{ { "assign-number", required_argument, NULL, OPT_ASSIGN_NUMBER }, "N", "its least number: an older one is refused" },
	{ { "dry-run", no_argument, NULL, OPT_DRY_RUN }, NULL, "decide, tell the log, and let pass" },
	LOGGING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

struct chosen {
	struct guard_exec_options exec;
	struct guarding guarding;
	struct list allow, runtimes;
	bool all;
};

static int
take_option(const struct command *self, int option, struct chosen *chosen)
{
	switch (option) {
	case OPT_ALL:
		return chosen->all = true, 0;
	case OPT_ALLOW:
		return list_option(self, &chosen->allow);
	case OPT_RUNTIME:
		return list_option(self, &chosen->runtimes);
	case OPT_PATIENCE:
		return number_option(self, &chosen->exec.patience);
	case OPT_DOCKER_ROOT:
		return chosen->exec.places.docker = optarg, 0;
	case OPT_PODMAN_ROOT:
		return chosen->exec.places.podman = optarg, 0;
	case OPT_CONTAINERD_STATE:
		return chosen->exec.places.containerd = optarg, 0;
	default:
		return guarding_option(self, option, &chosen->guarding);
	}
}

static int
check(const struct command *self, const struct chosen *chosen, int operands)
{
	if (chosen->all == (operands > 0))
		return command_usage_error(self, chosen->all ? "--all, or containers, but not both" : "a container is needed, or --all");
	if (chosen->exec.patience < 100 || chosen->exec.patience > 10000)
		return command_usage_error(self, "--patience is of 100 to 10000 milliseconds");
	return 0;
}

/* The assign file is not needed: without it no glass can be broken. */
static int
finish(const struct command *self, struct chosen *chosen)
{
	struct guarding *guarding = &chosen->guarding;
	if (guarding->guard.assign || guarding->keys.n) {
		int status = guarding_done(self, guarding);
		if (status != 0)
			return status;
		chosen->exec.orders = &guarding->guard;
	}
	guarding->log = (struct plim_log_place){ guarding->logging.file, guarding->logging.off, stderr };
	chosen->exec.log = &guarding->log;
	chosen->exec.dry = guarding->guard.dry;
	chosen->exec.allow = list_chosen(&chosen->allow);
	chosen->exec.runtimes = list_chosen(&chosen->runtimes);
	return 0;
}

int
guard_exec_command(const struct command *self, int argc, char **argv)
{
	struct chosen chosen = { .exec = { .patience = GUARD_EXEC_PATIENCE_MS }, .guarding = GUARDING_NONE };
	struct plim_error err = { 0 };
	int option, status = 0;
	while (status == 0 && (option = command_option(self, argc, argv)) != -1)
		status = take_option(self, option, &chosen);
	if (status != 0 || (status = check(self, &chosen, argc - optind)) != 0 || (status = finish(self, &chosen)) != 0)
		return status;
	chosen.exec.containers = chosen.all ? NULL : (const char *const *)argv + optind;
	return guard_exec_run(&chosen.exec, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}
