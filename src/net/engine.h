/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of an engine, Docker's or podman's, before any image: where it listens, and its JSON.  Docker Engine API 1.12 and later. */
#ifndef NET_ENGINE_H
#define NET_ENGINE_H

#include "base/arena.h"

#include <plimsoll/error.h>

/* The environment, as far as it says where an engine listens; NULL for what is not set. */
struct engine_environment {
	const char *named;         /* by the user */
	const char *docker_host;
	const char *runtime;       /* XDG_RUNTIME_DIR */
};

/*
 * The path of its socket, in the arena: the one that is named, else DOCKER_HOST's, else the first of the usual places that is there;
 * PLIM_ENOTFOUND names them.  "unix://PATH", and a bare path where it is named: PLIM_EUNSUPPORTED for any other way.
 */
int engine_socket(const struct engine_environment *environment, struct arena *arena, const char **out, struct plim_error *err);

/* "sha256:HEX" out of what an engine tells of an image; of keys that differ in case only, none is taken. */
int engine_id_read(struct slice json, struct arena *arena, struct slice *id, struct plim_error *err);

/* What an engine says where it refuses; absent where it does not say it as engines do. */
struct slice engine_message_read(struct slice json, struct arena *arena);

#endif
