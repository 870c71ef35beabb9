/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the server share. */
#ifndef ENFORCE_SERVER_HTTP_PARTS_H
#define ENFORCE_SERVER_HTTP_PARTS_H

#include "enforce/server/http_server.h"
#include "enforce/server/http_tls.h"
#include "enforce/server/listening.h"
#include "enforce/server/span.h"

struct bufferevent;
struct event;
struct evconnlistener;
struct sockaddr;

enum phase {
	READING,      /* a request; nothing of it may have come */
	ANSWERING,    /* it is somebody's to answer */
	STREAMING,    /* its answer's body still comes */
	WRITING,
	LINGERING,    /* all was said, and what comes is thrown away */
};

struct http_call {
	struct connection *connection;    /* NULL: has gone */
	struct http_call *before, *after; /* of those that are somebody's to answer */
	struct http_server *server;
	struct arena *arena;
	struct http_head head;
	struct http_body framing;
	struct strbuf body;
};

struct connection {
	struct http_server *server;
	struct door *door;
	struct bufferevent *stream;
	struct event *late;
	struct http_call *call;           /* begun by the first byte of a request's head that is whole */
	struct http_chunks chunks;
	struct event *pipe;               /* whose bytes become the answer's; NULL: none */
	uint64_t pipe_left;
	enum phase phase;
	bool last;                        /* ends with this answer */
	bool lingers;                     /* what it sends is not read to its end */
	bool begun;                       /* something of a request has come */
	bool known;                       /* it has sent a whole request */
	size_t searched;                  /* bytes without the end of a head */
	uint64_t held;                    /* bytes of a request that is not whole */
	struct connections *in;           /* this list */
	struct connection *before, *after;
};

/* In the order in which they came there. */
struct connections {
	struct connection *first, *last;
};

/* For whom we wait: who has never sent a whole request, and who has.  The others wait for us, or take what we say. */
enum { NEW, KNOWN, OURS, LIST_COUNT };

struct door {
	struct http_server *server;
	struct listening listening;
	struct evconnlistener *listener;
	struct http_tls *tls;
	struct connections lists[LIST_COUNT];
	uint64_t open, most;              /* connections */
	const void *door;
};

struct http_server {
	struct http_server_options options;
	struct event_base *loop;
	struct event *signals[3], *look, *end;
	struct door **doors;
	size_t door_count;
	struct http_call *calls;          /* those that are somebody's to answer */
	uint64_t waiting_bytes, answering_bytes, connection_most;
	struct http_counts counts;
	bool ends;
};

/* http_waiting.c */

/* Into the list of its door, as the last; each connection is in one, from its beginning to its end. */
void connection_join(struct connection *c, struct connections *list);
void connection_leave(struct connection *c);
/* We wait for it now, or do not any more: then what it held is no request that is not whole. */
void connection_waits(struct connection *c);
void connection_served(struct connection *c);
void connection_let_go_held(struct connection *c);
/* What it holds now of a request that is not whole.  Where all of them hold too much some are let go, and it may be one of them: nothing is done with it behind this. */
void connection_account(struct connection *c);
/* After so many milliseconds it is let go; 0: never. */
void connection_deadline(struct connection *c, uint64_t ms);
/* Lets somebody go for a new one: who waits at this door; or at any, this one first.  False where nobody does. */
bool evict_at_door(struct door *door);
bool evict_for_door(struct door *door);

/* http_answering.c */

/* It is somebody's to answer from now on, and counted as such until call_end, which frees it. */
void call_begin(struct http_call *call);
void call_end(struct http_call *call);
/* One that has not begun; NULL is none. */
void call_free(struct http_call *call);
/* Its answer is that there is none, and what it sends further is thrown away. */
void connection_refuse(struct connection *c, unsigned status, const char *why);
/* Whatever comes out of its pipe is nobody's any more; it may have none. */
void pipe_end(struct connection *c);

/* http_reading.c: takes what has come of a request. */
void connection_read(struct connection *c);

/* http_connection.c */

/* Listeners' callbacks; `context` is the door. */
void connection_accept(struct evconnlistener *listener, int fd, struct sockaddr *from, int length, void *context);
void connection_accept_error(struct evconnlistener *listener, void *context);
/* Lets go of it, whatever it is doing; ends the loop with the last one where the server ends. */
void connection_close(struct connection *c);

/* http_signals.c: what the server does without being asked by a client.  False without memory. */
bool http_signals_begin(struct http_server *server);
void http_signals_end(struct http_server *server);

#endif
