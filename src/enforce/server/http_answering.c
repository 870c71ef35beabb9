/* SPDX-License-Identifier: Apache-2.0 */
/* Calls from hand to hand, and their answers: as a whole, or out of a pipe as fast as they are taken. */
#include "base/limits.h"
#include "enforce/server/http_answer_head.h"
#include "enforce/server/http_parts.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#define STREAM_MOST ((size_t)1 << 20)     /* bytes of an answer that wait to be taken, before its pipe waits too */
#define STREAM_LEAST ((size_t)1 << 18)    /* of them that are left when it goes on */

void
call_free(struct http_call *call)
{
	if (call == NULL)
		return;
	strbuf_done(&call->body);
	arena_free(call->arena);
	free(call);
}

static void
begin_answer(struct connection *c, const struct http_answer *answer, uint64_t length, enum phase phase)
{
	c->last |= c->server->ends;
	connection_served(c);
	c->phase = phase;
	http_answer_head(answer, length, c->last, bufferevent_get_output(c->stream));
	connection_deadline(c, LIMIT_SERVER_ANSWER_MS);
}

static void
write_answer(struct connection *c, const struct http_answer *answer, bool bodiless)
{
	begin_answer(c, answer, answer->body.n, WRITING);
	if (!bodiless && answer->body.n)
		evbuffer_add(bufferevent_get_output(c->stream), answer->body.p, answer->body.n);
}

/* Nothing behind a message that is none can be told apart from it. */
void
connection_refuse(struct connection *c, unsigned status, const char *why)
{
	c->server->counts.bad++;
	c->last = c->lingers = true;
	write_answer(c, &(struct http_answer){ .status = status, .type = "text/plain; charset=utf-8", .body = slice_of(why) }, false);
}

void
call_begin(struct http_call *call)
{
	struct http_server *server = call->server;
	server->answering_bytes += call->body.n;
	call->after = server->calls;
	if (call->after)
		call->after->before = call;
	server->calls = call;
}

/* It was answered, and its body is not at hand any more. */
void
call_end(struct http_call *call)
{
	call->server->answering_bytes -= call->body.n;
	*(call->before ? &call->before->after : &call->server->calls) = call->after;
	if (call->after)
		call->after->before = call->before;
	call_free(call);
}

void
http_call_answer(struct http_call *call, const struct http_answer *answer)
{
	struct connection *c = call->connection;
	if (c) {
		c->call = NULL;
		write_answer(c, answer, slice_is(call->head.method, "HEAD"));
	}
	call_end(call);
}

void
pipe_end(struct connection *c)
{
	if (c->pipe == NULL)
		return;
	int fd = event_get_fd(c->pipe);
	event_free(c->pipe);
	close(fd);
	c->pipe = NULL;
}

/* All of it is on its way: what is left is to be taken. */
static void
pipe_done(struct connection *c)
{
	pipe_end(c);
	c->phase = WRITING;
	bufferevent_setwatermark(c->stream, EV_WRITE, 0, 0);
}

static void
on_pipe(int fd, short what, void *context)
{
	struct connection *c = context;
	struct evbuffer *out = bufferevent_get_output(c->stream);
	int most = c->pipe_left < STREAM_LEAST ? (int)c->pipe_left : (int)STREAM_LEAST;
	(void)what;
	int n = evbuffer_read(out, fd, most);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		connection_close(c);
		return;
	}
	c->pipe_left -= (uint64_t)n;
	connection_deadline(c, LIMIT_SERVER_ANSWER_MS);
	if (c->pipe_left == 0)
		pipe_done(c);
	else if (evbuffer_get_length(out) > STREAM_MOST)
		event_del(c->pipe);
}

static bool
pipe_begin(struct connection *c, int pipe, uint64_t length)
{
	evutil_make_socket_nonblocking(pipe);
	c->pipe_left = length;
	c->pipe = event_new(c->server->loop, pipe, EV_READ | EV_PERSIST, on_pipe, c);
	if (c->pipe == NULL || event_add(c->pipe, NULL) < 0)
		return false;
	bufferevent_setwatermark(c->stream, EV_WRITE, STREAM_LEAST, 0);
	return true;
}

void
http_call_stream(struct http_call *call, const struct http_answer *answer, int pipe, uint64_t length)
{
	struct connection *c = call->connection;
	bool wanted = c && length > 0 && !slice_is(call->head.method, "HEAD");
	if (c) {
		c->call = NULL;
		begin_answer(c, answer, length, wanted ? STREAMING : WRITING);
	}
	call_end(call);
	if (!wanted)
		close(pipe);
	else if (!pipe_begin(c, pipe, length)) {
		if (c->pipe == NULL)
			close(pipe);
		connection_close(c);
	}
}

void
http_call_say(struct http_call *call, unsigned status, const char *text)
{
	struct slice line = arena_printf(call->arena, "%s\n", text);
	http_call_answer(call, &(struct http_answer){ .status = status, .type = "text/plain; charset=utf-8", .body = line });
}

const struct http_head *
http_call_head(const struct http_call *call)
{
	return &call->head;
}

struct slice
http_call_body(const struct http_call *call)
{
	return strbuf_slice(&call->body);
}

struct arena *
http_call_arena(struct http_call *call)
{
	return call->arena;
}

void
http_call_target(const struct http_call *call, struct slice *path, struct slice *query)
{
	slice_cut(call->head.target, '?', path, query);
}
