/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server of every door that listens: HTTP/1.1 over unix sockets, TCP and TLS, in one event loop.  A request comes whole, and its answer may
 * be given at any later time, from the loop's thread.
 *
 * Whoever sends slowly holds nobody up: a request has a time in which it must be whole, whatever trickles; requests that are not yet whole share a
 * number of bytes, and all connections a number.  Where one of them is used up, who has kept us
 * waiting the longest is let go, and who has never sent a whole request before who has.
 */
#ifndef ENFORCE_SERVER_HTTP_SERVER_H
#define ENFORCE_SERVER_HTTP_SERVER_H

#include "base/auto.h"
#include "codec/http.h"

#include <sys/types.h>

struct event_base;
struct http_server;
struct http_call;

struct http_server_options {
	/* Called for each request, whose answer it gives now or later by http_call_answer, once.  `door` is the listener's. */
	void (*handle)(void *context, struct http_call *call, const void *door);
	void (*reload)(void *context);      /* SIGHUP came, files of TLS were looked at already; NULL: nothing else is to be done */
	void *context;
	uint64_t body_most;                 /* bytes of a request's body; 0: LIMIT_SERVER_BODY_BYTES */
	uint64_t idle_ms;                   /* that a connection may wait for its next request; 0: for ever */
};

/* One socket that is listened at. */
struct http_listen {
	const char *name;             /* of the socket that systemd may have handed down, which goes before an address; NULL: any */
	bool inherits;                /* takes one of systemd's where there is one */
	const char *address;          /* "/PATH" or "unix:/PATH", else "HOST:PORT"; NULL: only systemd's */
	mode_t mode;                  /* of a path; 0: 0600 */
	const char *certificate, *key;      /* TLS; both NULL: none.  Borrowed until the server is freed, as the next */
	const char *authorities;      /* of clients, who then need a certificate of theirs; NULL: anybody */
	uint64_t connections;         /* at most; 0: as many as the server has */
	const void *door;             /* handed to `handle` */
};

/* Blocks SIGTERM, SIGINT and SIGHUP for itself, and ignores SIGPIPE; whatever is forked for the door is forked before.  One in a process. */
int http_server_new(const struct http_server_options *options, struct http_server **out, struct plim_error *err);
int http_server_listen(struct http_server *server, const struct http_listen *listen, struct plim_error *err);
/* Serves until SIGTERM or SIGINT: then nobody new comes in, and what is being answered is, for LIMIT_SERVER_END_MS at most. */
int http_server_run(struct http_server *server, struct plim_error *err);
/* Calls that nobody answered end with it, so that whoever would answer them ends before. */
void http_server_free(struct http_server *server);
AUTO_DEFINE(http_server, struct http_server, http_server_free)

/* For timers and sockets of the door's own; they are removed before the server is freed. */
struct event_base *http_server_loop(struct http_server *server);
/* The port of the last socket that was listened at, for one that asked for any; 0: of a path. */
unsigned http_server_port(const struct http_server *server);

/* What happened since the beginning. */
struct http_counts {
	uint64_t connections;         /* that came */
	uint64_t open;                /* now */
	uint64_t evicted;             /* let go for others */
	uint64_t late;                /* let go after their time */
	uint64_t requests;            /* that were whole */
	uint64_t bad;                 /* that were none, or too large */
	uint64_t reloads, reload_errors;    /* of certificates */
	int64_t certificate_until;    /* seconds; of the one that ends first; 0: there is none */
};
struct http_counts http_server_counts(const struct http_server *server);

/* Everything of a request lives until its answer, and so does its arena. */
const struct http_head *http_call_head(const struct http_call *call);
struct slice http_call_body(const struct http_call *call);
struct arena *http_call_arena(struct http_call *call);
/* The target in two: before '?', and behind it (absent without one); neither is decoded. */
void http_call_target(const struct http_call *call, struct slice *path, struct slice *query);

struct http_answer {
	unsigned status;
	const char *type;                     /* "application/json"; NULL: no Content-Type */
	struct slice body;
	const struct http_header *headers;    /* more of them */
	size_t header_count;
};

/* Ends the call.  Whoever asked may have gone by now: then nobody hears it. */
void http_call_answer(struct http_call *call, const struct http_answer *answer);
/*
 * The same with a body of `length` bytes out of a pipe, which is taken, in place of the answer's own.  Who takes them slowly holds back the pipe,
 * and nobody else; what ends early cuts the connection, so that nobody takes a part for the whole.
 */
void http_call_stream(struct http_call *call, const struct http_answer *answer, int pipe, uint64_t length);
/* The same with a line of text. */
void http_call_say(struct http_call *call, unsigned status, const char *text);

#endif
