/* SPDX-License-Identifier: Apache-2.0 */
/* Requests out of what has come of them: the head, the body, and over to whoever answers. */
#include "base/error.h"
#include "base/limits.h"
#include "enforce/server/http_parts.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>

static void
call_hand_over(struct connection *c)
{
	struct http_server *server = c->server;
	/* What is at hand takes memory by its size until it is answered. */
	if (server->answering_bytes + c->call->body.n > LIMIT_SERVER_ANSWERING_BYTES && server->answering_bytes > 0) {
		connection_refuse(c, 503, "too much is being answered\n");
		return;
	}
	call_begin(c->call);
	server->counts.requests++;
	c->known = true;
	c->last = !http_keeps_alive(&c->call->head);
	c->phase = ANSWERING;
	connection_served(c);
	connection_deadline(c, 0);
	server->options.handle(server->options.context, c->call, c->door->door);
}

static struct http_call *
call_new(struct connection *c)
{
	struct http_call *call = calloc(1, sizeof *call);
	if (call == NULL || (call->arena = arena_new(LIMIT_SERVER_CALL_BYTES)) == NULL) {
		free(call);
		return NULL;
	}
	call->connection = c;
	call->server = c->server;
	return call;
}

/* Whoever waits to hear that his body is wanted hears it. */
static void
go_on(struct connection *c)
{
	struct slice expects = http_header_find(&c->call->head, "Expect");
	if (expects.p && slice_eq_nocase(expects, SLICE("100-continue")) && c->call->head.minor == 1)
		evbuffer_add_printf(bufferevent_get_output(c->stream), "HTTP/1.1 100 Continue\r\n\r\n");
}

/* True: go on with its body. */
static bool
begin_call(struct connection *c, struct slice head)
{
	struct plim_error err = { 0 };
	if ((c->call = call_new(c)) == NULL)
		return connection_refuse(c, 503, "no memory\n"), false;
	struct slice kept = arena_dup(c->call->arena, head);
	int r = kept.p ? http_request_parse(kept, c->call->arena, &c->call->head, &err) : error_nomem(&err);
	if (r == 0)
		r = http_body_of_request(&c->call->head, &c->call->framing, &err);
	if (r < 0)
		return connection_refuse(c, r == PLIM_ENOMEM ? 431 : 400, "this is no request\n"), false;
	if (c->call->framing.length > c->server->options.body_most)
		return connection_refuse(c, 413, "the body is too large\n"), false;
	go_on(c);
	return true;
}

/* The whole head, or an absent slice: none yet, or it was refused. */
static bool
take_head(struct connection *c, struct evbuffer *in)
{
	size_t have = evbuffer_get_length(in);
	size_t most = have < LIMIT_SERVER_HEADER_BYTES ? have : LIMIT_SERVER_HEADER_BYTES;
	const char *bytes = most ? (const char *)evbuffer_pullup(in, (ssize_t)most) : NULL;
	size_t n = bytes ? http_head_size((struct slice){ bytes, most }, c->searched) : 0;
	c->searched = most;
	if (n == 0 && most == LIMIT_SERVER_HEADER_BYTES)
		connection_refuse(c, 431, "the headers are too large\n");
	if (n == 0)
		return false;
	bool taken = begin_call(c, (struct slice){ bytes, n });
	evbuffer_drain(in, n);
	c->searched = 0;
	return taken;
}

static bool
take_plain(struct connection *c, struct evbuffer *in)
{
	struct http_call *call = c->call;
	size_t wanted = (size_t)call->framing.length - call->body.n, have = evbuffer_get_length(in);
	size_t n = wanted < have ? wanted : have;
	char *room = n ? strbuf_reserve(&call->body, n) : NULL;
	if (n && room == NULL)
		return connection_refuse(c, 503, "no memory\n"), false;
	if (n && evbuffer_remove(in, room, n) != (int)n)
		return connection_refuse(c, 500, "the body was lost\n"), false;
	if (n)
		strbuf_added(&call->body, n);
	return call->body.n == call->framing.length;
}

static bool
take_chunks(struct connection *c, struct evbuffer *in)
{
	struct plim_error err = { 0 };
	size_t have = evbuffer_get_length(in);
	const char *all = have ? (const char *)evbuffer_pullup(in, -1) : "";
	struct slice bytes = { all, have };
	if (all == NULL)
		return connection_refuse(c, 503, "no memory\n"), false;
	int r = http_chunks_take(&c->chunks, &bytes, &c->call->body, c->server->options.body_most, &err);
	evbuffer_drain(in, have - bytes.n);
	if (r < 0)
		return connection_refuse(c, r == PLIM_ELIMIT ? 413 : 400, "the body is too large, or none\n"), false;
	return c->chunks.state == HTTP_CHUNKS_DONE;
}

void
connection_read(struct connection *c)
{
	struct evbuffer *in = bufferevent_get_input(c->stream);
	if (!c->begun && evbuffer_get_length(in) > 0) {
		c->begun = true;
		connection_deadline(c, LIMIT_SERVER_REQUEST_MS);
	}
	if (c->call == NULL && !take_head(c, in)) {
		if (c->phase == READING)
			connection_account(c);
		return;
	}
	bool whole = c->call->framing.framing == HTTP_CHUNKED ? take_chunks(c, in) : take_plain(c, in);
	if (whole)
		call_hand_over(c);
	else if (c->phase == READING)
		connection_account(c);
}
