/* SPDX-License-Identifier: Apache-2.0 */
/* Asks an engine through its socket, in an event loop: GET alone, and JSON. */
#ifndef ENFORCE_DOCKER_ENGINE_GET_H
#define ENFORCE_DOCKER_ENGINE_GET_H

#include "base/arena.h"
#include "codec/json.h"

struct event_base;

struct engine_answer {
	unsigned status;             /* 0: there is no answer, and `why` says so */
	const struct json *json;     /* where the status is 200; none of its own keys is there twice, whatever its case */
	struct slice why;            /* what the engine says in the other cases; printable */
};

/* Once, maybe before engine_get returns. */
typedef void engine_answered_fn(void *context, const struct engine_answer *answer);

/*
 * `path` is what goes into the request as it stands: its author has encoded it.  What is asked and answered lives in the arena, which lives until
 * the answer; after LIMIT_ENGINE_ANSWER_MS there is none.
 */
void engine_get(struct event_base *loop, const char *socket, struct slice path, struct arena *arena, engine_answered_fn *answered, void *context);

#endif
