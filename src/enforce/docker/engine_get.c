/* SPDX-License-Identifier: Apache-2.0 */
/* One question to an engine, on a connection of its own. */
#include "enforce/docker/engine_get.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/http.h"
#include "codec/json_fold.h"
#include "enforce/server/span.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <sys/un.h>

struct asking {
	struct arena *arena;
	engine_answered_fn *answered;
	void *context;
	struct slice path;
	struct bufferevent *stream;
	struct event *late;
	bool has_head;
	struct http_head head;
	struct http_body framing;
	struct http_chunks chunks;
	struct strbuf body;
};

/* Whoever hears the answer may be done with the arena, and all of this with it. */
static void
end(struct asking *a, const struct engine_answer *answer)
{
	if (a->stream)
		bufferevent_free(a->stream);
	if (a->late)
		event_free(a->late);
	strbuf_done(&a->body);
	a->answered(a->context, answer);
}

static void
fail(struct asking *a, const char *why)
{
	struct slice kept = arena_dup(a->arena, slice_of(why));
	end(a, &(struct engine_answer){ .why = kept.p ? kept : SLICE("out of memory") });
}

static void
refused(struct asking *a)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	const struct json *said = NULL;
	json_parse(strbuf_slice(&a->body), a->arena, &said, NULL);
	struct slice message = json_get_string(said, "message");
	strbuf_put_printable(&shown, slice_first_text(message, 500));
	struct slice kept = arena_dup(a->arena, strbuf_slice(&shown));
	end(a, &(struct engine_answer){ .status = a->head.status, .why = kept.p ? kept : SLICE("out of memory") });
}

static void
finish(struct asking *a)
{
	struct plim_error err = { 0 };
	struct engine_answer answer = { .status = a->head.status };
	if (a->head.status != 200) {
		refused(a);
		return;
	}
	int r = json_parse(strbuf_slice(&a->body), a->arena, &answer.json, &err);
	if (r == 0)
		r = json_check_folded_keys(answer.json, a->arena, &err);
	if (r < 0)
		fail(a, err.text);
	else
		end(a, &answer);
}

/* 1: go on; 0: more has to come. */
static int
take_head(struct asking *a, struct evbuffer *in, struct plim_error *err)
{
	size_t have = evbuffer_get_length(in);
	struct slice bytes = { have ? (const char *)evbuffer_pullup(in, -1) : "", have };
	size_t n = http_head_size(bytes, 0);
	if (n == 0)
		return have < LIMIT_SERVER_HEADER_BYTES ? 0 : error_set(err, PLIM_ELIMIT, "the engine's headers are too large");
	struct slice kept = arena_dup(a->arena, slice_first(bytes, n));
	evbuffer_drain(in, n);
	int r = kept.p ? http_answer_parse(kept, a->arena, &a->head, err) : error_nomem(err);
	if (r == 0)
		r = http_body_of_answer(&a->head, false, &a->framing, err);
	/* Without an end that is told nobody knows a whole answer from one that broke off. */
	if (r == 0 && (a->framing.framing == HTTP_UNTIL_CLOSE || a->framing.length > LIMIT_DOCUMENT_BYTES))
		r = error_set(err, PLIM_EFORMAT, "the engine's answer is too large, or has no length");
	a->has_head = r == 0;
	return r < 0 ? r : 1;
}

static int
take_body(struct asking *a, struct evbuffer *in, struct plim_error *err)
{
	size_t have = evbuffer_get_length(in);
	struct slice bytes = { have ? (const char *)evbuffer_pullup(in, -1) : "", have };
	int r = 0;
	if (a->framing.framing == HTTP_CHUNKED) {
		r = http_chunks_take(&a->chunks, &bytes, &a->body, LIMIT_DOCUMENT_BYTES, err);
		evbuffer_drain(in, have - bytes.n);
		return r < 0 ? r : a->chunks.state == HTTP_CHUNKS_DONE;
	}
	strbuf_put(&a->body, slice_first(bytes, (size_t)a->framing.length - a->body.n));
	evbuffer_drain(in, have);
	return a->body.failed ? error_nomem(err) : a->body.n == a->framing.length;
}

static void
on_read(struct bufferevent *stream, void *context)
{
	struct asking *a = context;
	struct evbuffer *in = bufferevent_get_input(stream);
	struct plim_error err = { 0 };
	int r = a->has_head ? 1 : take_head(a, in, &err);
	if (r > 0)
		r = take_body(a, in, &err);
	if (r < 0)
		fail(a, err.text);
	else if (r > 0)
		finish(a);
}

static void
on_event(struct bufferevent *stream, short what, void *context)
{
	struct asking *a = context;
	if (what & BEV_EVENT_CONNECTED) {
		evbuffer_add_printf(bufferevent_get_output(stream), "GET %.*s HTTP/1.1\r\nHost: plimsoll\r\nConnection: close\r\n\r\n", SLICE_ARG(a->path));
		return;
	}
	fail(a, what & BEV_EVENT_EOF ? "the engine's answer broke off" : "the engine cannot be asked");
}

static void
on_late(int fd, short what, void *context)
{
	(void)fd, (void)what;
	fail(context, "the engine does not answer (limit ENGINE_ANSWER_MS)");
}

static bool
begin(struct asking *a, struct event_base *loop, const char *socket)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval most = span(LIMIT_ENGINE_ANSWER_MS);
	if (strlen(socket) >= sizeof address.sun_path)
		return false;
	strcpy(address.sun_path, socket);
	a->stream = bufferevent_socket_new(loop, -1, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	a->late = evtimer_new(loop, on_late, a);
	/* The loop's time is that of its last turn: the request may have taken long to be read since. */
	event_base_update_cache_time(loop);
	if (a->stream == NULL || a->late == NULL || evtimer_add(a->late, &most) < 0)
		return false;
	bufferevent_setcb(a->stream, on_read, NULL, on_event, a);
	bufferevent_enable(a->stream, EV_READ | EV_WRITE);
	return bufferevent_socket_connect(a->stream, (struct sockaddr *)&address, sizeof address) == 0;
}

void
engine_get(struct event_base *loop, const char *socket, struct slice path, struct arena *arena, engine_answered_fn *answered, void *context)
{
	struct asking *a = arena_make(arena, struct asking);
	if (a == NULL) {
		answered(context, &(struct engine_answer){ .why = SLICE("out of memory") });
		return;
	}
	*a = (struct asking){ .arena = arena, .answered = answered, .context = context, .path = path };
	if (!begin(a, loop, socket))
		fail(a, "the engine cannot be asked");
}
