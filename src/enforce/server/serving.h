/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A door that listens: the server, who decides, what is counted, and the pages of its health.  A door of a protocol adds what it makes of a request.
 *
 *     GET /healthz   200 while the process turns
 *     GET /readyz    200 while somebody is there who decides, and fetches where a door does, 503 else
 *     GET /metrics   metrics.def
 */
#ifndef ENFORCE_SERVER_SERVING_H
#define ENFORCE_SERVER_SERVING_H

#include "enforce/server/deciding.h"
#include "enforce/server/http_server.h"
#include "enforce/server/metrics.h"

struct serving;

/* A protocol. */
struct serving_door {
	const char *name;                    /* "docker" */
	/* Each request of the door's sockets, as http_server_options.handle. */
	void (*handle)(void *context, struct http_call *call);
	/* Before the first request; NULL: nothing is to be prepared.  The loop and serving_ask are there. */
	int (*begin)(void *context, struct serving *serving, struct plim_error *err);
	/* Whether it could do what it is asked, now, and, once the loop has ended, 0 or why it cannot go on; NULL: whoever decides is enough. */
	bool (*is_ready)(void *context);
	int (*check)(void *context, struct plim_error *err);
	/* After the last, while the loop is still there; NULL: there is nothing to end. */
	void (*end)(void *context);
	void *context;
	uint64_t body_most, idle_ms;         /* as of http_server_options */
};

struct serving_options {
	const struct guard_options *guard;
	struct http_listen listen;           /* the door's socket */
	const char *status;                  /* an address for the pages of its health alone, without TLS; NULL: none */
	bool pages;                          /* they are at the door's own socket, too */
	unsigned deciders;                   /* processes that ask; 0: four */
};

/* Until somebody ends it.  `told` hears a line once it serves. */
int serving_run(const struct serving_options *options, const struct serving_door *door, FILE *told, struct plim_error *err);

/* As deciders_ask, counted and timed. */
void serving_ask(struct serving *serving, const struct guard_question *question, struct arena *arena, uint64_t ms, decided_fn *decided, void *context);
/* A request was refused for what it is. */
void serving_refused(struct serving *serving);
struct http_server *serving_http(struct serving *serving);
/* Whoever is refused is let in all the same, and the log tells. */
bool serving_is_dry(const struct serving *serving);

#endif
