/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll guard docker: Docker Engine's authorization plugin. */
#include "cli/door.h"

#include "base/arena.h"
#include "base/error.h"
#include "enforce/docker/guard_docker.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define SOCKET_USUAL "/run/docker/plugins/plimsoll.sock"
#define ENGINE_USUAL "/run/docker.sock"

enum { OPT_ENGINE = OPT_OWN, OPT_REFUSE, OPT_RUNTIME, OPT_HIDE };

static const struct option_text options[] = {
	{ { "engine", required_argument, NULL, OPT_ENGINE }, "SOCKET", "of the engine itself; " ENGINE_USUAL },
	{ { "refuse", required_argument, NULL, OPT_REFUSE }, "LIST", "what is refused whatever the image (see plimsoll-guard(1)); all, none" },
	{ { "runtime", required_argument, NULL, OPT_RUNTIME }, "NAME", "a runtime that may be named, and no other may run; may be repeated" },
	{ { "hide", required_argument, NULL, OPT_HIDE }, "PATH", "that no container may see, as sockets of engines; may be repeated" },
	DOOR_OPTIONS,
	{ { 0 }, NULL, NULL },
};

/* Whoever writes there, or asks there, needs no guard's leave.  Docker brings a containerd of its own along where the machine has none. */
static const char *const hidden_usual[] = {
	"/run/docker.sock", "/var/run/docker.sock", "/run/docker/plugins", "/var/run/docker/plugins", "/run/docker/containerd", "/run/containerd/containerd.sock",
	"/var/run/containerd/containerd.sock", "/run/buildkit", "/run/podman/podman.sock", "/run/crio/crio.sock", "/run/systemd/private", "/run/dbus/system_bus_socket",
	"/etc/docker", "/usr/lib/docker/plugins", "/var/lib/docker/btrfs", "/var/lib/docker/buildkit", "/var/lib/docker/containerd", "/var/lib/docker/containers",
	"/var/lib/docker/fuse-overlayfs", "/var/lib/docker/image", "/var/lib/docker/overlay2", "/var/lib/docker/plugins", "/var/lib/docker/rootfs", "/var/lib/docker/swarm",
	"/var/lib/docker/vfs", "/var/lib/docker/zfs", "/var/lib/containerd", "/var/lib/containers/storage",
};
#define HIDDEN_USUAL (sizeof hidden_usual / sizeof *hidden_usual)
#define HIDDEN_MOST  (HIDDEN_USUAL + LIST_MOST + 2)

struct docker_arguments {
	struct door_arguments door;
	struct guard_docker_options docker;
	struct list runtimes, hidden;
	const char *all_hidden[2 * HIDDEN_MOST + 1];
};

static int
refuse_option(const struct command *self, struct docker_arguments *args)
{
	struct plim_error err = { 0 };
	return docker_refusals_parse(slice_of(optarg), args->docker.shape.refused, &err) < 0 ? command_usage_error(self, "--refuse: %s", err.text) : 0;
}

static int
take_option(const struct command *self, int chosen, struct docker_arguments *args)
{
	switch (chosen) {
	case OPT_ENGINE:
		return args->docker.engine = optarg, 0;
	case OPT_REFUSE:
		return refuse_option(self, args);
	case OPT_RUNTIME:
		return list_option(self, &args->runtimes);
	case OPT_HIDE:
		return list_option(self, &args->hidden);
	default:
		return door_option(self, chosen, &args->door);
	}
}

static const char *
path_of(const char *address)
{
	return strncmp(address, "unix://", 7) == 0 ? address + 7 : address;
}

/* The usual ones, those of the user, the sockets of the engine and of this door. */
static void
hide(struct docker_arguments *args)
{
	size_t n = 0;
	const char *listen = args->door.serving.listen.address;
	for (size_t i = 0; i < HIDDEN_USUAL; i++)
		args->all_hidden[n++] = hidden_usual[i];
	for (size_t i = 0; i < args->hidden.n; i++)
		args->all_hidden[n++] = args->hidden.at[i];
	args->all_hidden[n++] = args->docker.engine;
	if (*listen == '/')
		args->all_hidden[n++] = listen;
	args->docker.shape.hidden = args->all_hidden;
}

static int
check_paths(const struct command *self, const struct docker_arguments *args)
{
	for (const char *const *path = args->all_hidden; *path; path++)
		if (**path != '/')
			return command_usage_error(self, "'%s': a path from / on", *path);
	return 0;
}

/* And where their links lead now: /var/lib/docker may be on another disk. */
static int
hide_real(struct docker_arguments *args, struct arena *arena, struct plim_error *err)
{
	const char **end = args->all_hidden;
	char real[PATH_MAX];
	while (*end)
		end++;
	for (const char **path = args->all_hidden, **written = end; path < written; path++) {
		if (realpath(*path, real) == NULL || strcmp(real, *path) == 0)
			continue;
		*end = arena_strz(arena, slice_of(real));
		if (*end++ == NULL)
			return error_nomem(err);
	}
	return 0;
}

static int
parse(const struct command *self, int argc, char **argv, struct docker_arguments *args)
{
	int chosen, status = 0;
	while (status == 0 && (chosen = command_option(self, argc, argv)) != -1)
		status = take_option(self, chosen, args);
	if (status != 0 || (status = door_done(self, argc, SOCKET_USUAL, &args->door)) != 0)
		return status;
	args->docker.engine = path_of(args->docker.engine);
	args->docker.shape.runtimes = list_chosen(&args->runtimes);
	hide(args);
	return check_paths(self, args);
}

static int
run(const struct command *self, int argc, char **argv)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct docker_arguments args = { .door = DOOR_NONE, .docker.engine = ENGINE_USUAL };
	struct plim_error err = { 0 };
	docker_refusals_default(args.docker.shape.refused);
	int status = parse(self, argc, argv, &args);
	if (status != 0)
		return status;
	if ((arena ? hide_real(&args, arena, &err) : error_nomem(&err)) < 0)
		return command_error(self, &err);
	return guard_docker_run(&args.door.serving, &args.docker, stderr, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

const struct command door_docker = {
	.name = "docker",
	.of = "guard",
	.synopsis = "[OPTIONS] --assign FILE --assign-key FILE",
	.meaning = "Docker Engine's authorization plugin: only authorised images start",
	.options = options,
	.run = run,
};
