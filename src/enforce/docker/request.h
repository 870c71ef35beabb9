/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Docker Engine tells an authorization plugin of a request: which of its routes that is, as the engine itself will read it.  Whatever is read in
 * two ways is an error, and so refused: a target that cannot be decoded, a key that is there twice for Go, a body that was kept from us.
 */
#ifndef ENFORCE_DOCKER_REQUEST_H
#define ENFORCE_DOCKER_REQUEST_H

#include "base/arena.h"
#include "codec/json.h"

#include <plimsoll/error.h>

enum docker_act {
	DOCKER_PASS,        /* runs nothing */
	DOCKER_CREATE, DOCKER_START, DOCKER_RENAME, DOCKER_EXEC, DOCKER_COPY, DOCKER_BUILD, DOCKER_VOLUME, DOCKER_PLUGIN, DOCKER_SWARM, DOCKER_SERVICE,
	DOCKER_UNKNOWN,     /* changes something in a way that is not known here */
};

struct docker_request {
	enum docker_act act;
	struct slice method, uri;      /* as they were told */
	struct slice path;             /* decoded, without version */
	struct slice name;             /* what stands for * in its route; absent: it has none */
	struct slice query;            /* not decoded; absent: none */
	unsigned version;              /* of the API, major times 1000 and minor; UINT_MAX: none is written, the engine's own */
	bool empty;                    /* its body is empty for certain */
	const struct json *body;       /* of the acts that need one: an object */
	struct slice user;             /* who asks, where TLS told it; absent */
};

/* `told` is the body of AuthZPlugin.AuthZReq or AuthZRes.  Texts live in the arena; PLIM_EFORMAT says what is wrong. */
int docker_request_parse(struct slice told, struct arena *arena, struct docker_request *out, struct plim_error *err);

/* The next value that the query has for this key; false at the end.  `*rest` begins as the query.  PLIM_EFORMAT through `*bad`. */
bool docker_query_next(struct slice *rest, const char *key, struct arena *arena, struct slice *value, bool *bad);

/* A member as Go finds it: whatever the case of its letters; NULL. */
const struct json *docker_get(const struct json *object, const char *key);

#endif
