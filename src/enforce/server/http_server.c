/* SPDX-License-Identifier: Apache-2.0 */
/* Connections in an event loop: reading requests, waiting for answers, writing them, and letting go of who is late. */
#include "enforce/server/http_server.h"

#include "base/error.h"
#include "base/limits.h"
#include "enforce/server/http_answer_head.h"
#include "enforce/server/http_parts.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define LINGER_MS 1000        /* for who still sends while he is refused: a connection that is cut takes the answer with it */
#define STREAM_MOST ((size_t)1 << 20)     /* bytes of an answer that wait to be taken, before its pipe waits too */
#define STREAM_LEAST ((size_t)1 << 18)    /* of them that are left when it goes on */
#define SPARE_FILES 64        /* descriptors that are no client's */

/* Who is where, in the order in which it came there. */

static void
list_leave(struct connection *c)
{
	struct connections *list = c->in;
	*(c->before ? &c->before->after : &list->first) = c->after;
	*(c->after ? &c->after->before : &list->last) = c->before;
}

static void
list_join(struct connection *c, struct connections *list)
{
	c->in = list;
	c->before = list->last;
	c->after = NULL;
	*(list->last ? &list->last->after : &list->first) = c;
	list->last = c;
}

static void
let_go_held(struct connection *c)
{
	c->server->waiting_bytes -= c->held;
	c->held = 0;
}

static void
wait_end(struct connection *c)
{
	let_go_held(c);
	list_leave(c);
	list_join(c, &c->door->lists[OURS]);
}

static void
wait_begin(struct connection *c)
{
	list_leave(c);
	list_join(c, &c->door->lists[c->known ? KNOWN : NEW]);
}

static void
deadline(struct connection *c, uint64_t ms)
{
	struct timeval when = http_span(ms);
	if (ms)
		event_add(c->late, &when);
	else
		event_del(c->late);
}

static void
call_free(struct http_call *call)
{
	if (call == NULL)
		return;
	strbuf_done(&call->body);
	arena_free(call->arena);
	free(call);
}

static void
pipe_end(struct connection *c)
{
	if (c->pipe == NULL)
		return;
	int fd = event_get_fd(c->pipe);
	event_free(c->pipe);
	close(fd);
	c->pipe = NULL;
}

void
connection_close(struct connection *c)
{
	struct http_server *server = c->server;
	let_go_held(c);
	list_leave(c);
	pipe_end(c);
	if (c->phase == ANSWERING)
		c->call->connection = NULL;
	else
		call_free(c->call);
	if (c->late)
		event_free(c->late);
	if (c->stream)
		bufferevent_free(c->stream);
	c->door->open--;
	free(c);
	server->counts.open--;
	if (server->ends && server->counts.open == 0)
		event_base_loopbreak(server->loop);
}

static void
evict(struct connection *c)
{
	c->server->counts.evicted++;
	connection_close(c);
}

/* Who has waited the longest at this door. */
static struct connection *
longest_at(const struct door *door, int whom)
{
	return door->lists[whom].first;
}

/* At this door, else at another, but nobody who is known before somebody new.  False where nobody is waited for. */
static bool
evict_for(struct door *door)
{
	struct http_server *server = door->server;
	for (int whom = NEW; whom <= KNOWN; whom++) {
		struct connection *c = longest_at(door, whom);
		for (size_t i = 0; c == NULL && i < server->door_count; i++)
			c = longest_at(server->doors[i], whom);
		if (c) {
			evict(c);
			return true;
		}
	}
	return false;
}

static bool
evict_at(struct door *door)
{
	struct connection *c = longest_at(door, NEW) ? longest_at(door, NEW) : longest_at(door, KNOWN);
	if (c)
		evict(c);
	return c != NULL;
}

/* Answers. */

static void
begin_answer(struct connection *c, const struct http_answer *answer, uint64_t length, enum phase phase)
{
	c->last |= c->server->ends;
	wait_end(c);
	c->phase = phase;
	http_answer_head(answer, length, c->last, bufferevent_get_output(c->stream));
	deadline(c, LIMIT_SERVER_ANSWER_MS);
}

static void
write_answer(struct connection *c, const struct http_answer *answer, bool bodiless)
{
	begin_answer(c, answer, answer->body.n, WRITING);
	if (!bodiless && answer->body.n)
		evbuffer_add(bufferevent_get_output(c->stream), answer->body.p, answer->body.n);
}

/* Nothing behind a message that is none can be told apart from it. */
static void
refuse(struct connection *c, unsigned status, const char *why)
{
	c->server->counts.bad++;
	c->last = c->lingers = true;
	write_answer(c, &(struct http_answer){ .status = status, .type = "text/plain; charset=utf-8", .body = slice_of(why) }, false);
}

static void
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
static void
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
	deadline(c, LIMIT_SERVER_ANSWER_MS);
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

/* Requests. */

static void
call_hand_over(struct connection *c)
{
	struct http_server *server = c->server;
	/* What is at hand takes memory by its size until it is answered. */
	if (server->answering_bytes + c->call->body.n > LIMIT_SERVER_ANSWERING_BYTES && server->answering_bytes > 0) {
		refuse(c, 503, "too much is being answered\n");
		return;
	}
	call_begin(c->call);
	server->counts.requests++;
	c->known = true;
	c->last = !http_keeps_alive(&c->call->head);
	c->phase = ANSWERING;
	wait_end(c);
	deadline(c, 0);
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
		return refuse(c, 503, "no memory\n"), false;
	struct slice kept = arena_dup(c->call->arena, head);
	int r = kept.p ? http_request_parse(kept, c->call->arena, &c->call->head, &err) : error_nomem(&err);
	if (r == 0)
		r = http_body_of_request(&c->call->head, &c->call->framing, &err);
	if (r < 0)
		return refuse(c, r == PLIM_ENOMEM ? 431 : 400, "this is no request\n"), false;
	if (c->call->framing.length > c->server->options.body_most)
		return refuse(c, 413, "the body is too large\n"), false;
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
		refuse(c, 431, "the headers are too large\n");
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
		return refuse(c, 503, "no memory\n"), false;
	if (n && evbuffer_remove(in, room, n) != (int)n)
		return refuse(c, 500, "the body was lost\n"), false;
	if (n)
		strbuf_added(&call->body, n);
	return call->body.n == call->framing.length;
}

static bool
take_chunks(struct connection *c, struct evbuffer *in)
{
	struct plim_error err = { 0 };
	size_t have = evbuffer_get_length(in);
	struct slice bytes = { have ? (const char *)evbuffer_pullup(in, -1) : "", have };
	int r = http_chunks_take(&c->chunks, &bytes, &c->call->body, c->server->options.body_most, &err);
	evbuffer_drain(in, have - bytes.n);
	if (r < 0)
		return refuse(c, r == PLIM_ELIMIT ? 413 : 400, "the body is too large, or none\n"), false;
	return c->chunks.state == HTTP_CHUNKS_DONE;
}

static struct connection *
longest_holder(const struct http_server *server)
{
	for (int whom = NEW; whom <= KNOWN; whom++)
		for (size_t i = 0; i < server->door_count; i++)
			for (struct connection *c = longest_at(server->doors[i], whom); c; c = c->after)
				if (c->held)
					return c;
	return NULL;
}

/* What a request that is not whole holds of our memory, and whether that is too much for all of them. */
static void
account(struct connection *c)
{
	struct http_server *server = c->server;
	uint64_t now = evbuffer_get_length(bufferevent_get_input(c->stream)) + (c->call ? c->call->body.n : 0);
	server->waiting_bytes += now - c->held;
	c->held = now;
	while (server->waiting_bytes > LIMIT_SERVER_WAITING_BYTES) {
		struct connection *holder = longest_holder(server);
		evict(holder);
		if (holder == c)
			return;
	}
}

static void
read_more(struct connection *c)
{
	struct evbuffer *in = bufferevent_get_input(c->stream);
	if (!c->begun && evbuffer_get_length(in) > 0) {
		c->begun = true;
		deadline(c, LIMIT_SERVER_REQUEST_MS);
	}
	if (c->call == NULL && !take_head(c, in)) {
		if (c->phase == READING)
			account(c);
		return;
	}
	bool whole = c->call->framing.framing == HTTP_CHUNKED ? take_chunks(c, in) : take_plain(c, in);
	if (whole)
		call_hand_over(c);
	else if (c->phase == READING)
		account(c);
}

/* The next request may have come already, behind the one before. */
static void
read_next(struct connection *c)
{
	call_free(c->call);
	c->call = NULL;
	c->chunks = (struct http_chunks){ 0 };
	c->phase = READING;
	c->begun = false;
	c->searched = 0;
	wait_begin(c);
	deadline(c, c->server->options.idle_ms);
	if (evbuffer_get_length(bufferevent_get_input(c->stream)) > 0)
		read_more(c);
}

static void
linger(struct connection *c)
{
	struct evbuffer *in = bufferevent_get_input(c->stream);
	SSL *ssl = bufferevent_openssl_get_ssl(c->stream);
	c->phase = LINGERING;
	evbuffer_drain(in, evbuffer_get_length(in));
	if (ssl)
		SSL_shutdown(ssl);
	shutdown(bufferevent_getfd(c->stream), SHUT_WR);
	wait_begin(c);
	deadline(c, LINGER_MS);
}

static void
on_read(struct bufferevent *stream, void *context)
{
	struct connection *c = context;
	struct evbuffer *in = bufferevent_get_input(stream);
	if (c->phase == READING)
		read_more(c);
	else if (c->phase == LINGERING)
		evbuffer_drain(in, evbuffer_get_length(in));
}

/* All that was written has gone out: a "100 Continue" is no answer, and word of an empty buffer may come when it is so no more. */
static void
on_written(struct bufferevent *stream, void *context)
{
	struct connection *c = context;
	if (c->phase == STREAMING && c->pipe) {
		deadline(c, LIMIT_SERVER_ANSWER_MS);
		event_add(c->pipe, NULL);
	}
	if (c->phase != WRITING || evbuffer_get_length(bufferevent_get_output(stream)) > 0)
		return;
	if (c->lingers)
		linger(c);
	else if (c->last || c->server->ends)
		connection_close(c);
	else
		read_next(c);
}

/* Who only ended his own half still hears the answer. */
static void
on_event(struct bufferevent *stream, short what, void *context)
{
	struct connection *c = context;
	(void)stream;
	if (what & BEV_EVENT_CONNECTED)
		return;
	if ((what & BEV_EVENT_EOF) && (c->phase == ANSWERING || c->phase == STREAMING || c->phase == WRITING))
		c->last = true;
	else
		connection_close(c);
}

static void
on_late(int fd, short what, void *context)
{
	struct connection *c = context;
	(void)fd, (void)what;
	if (c->phase != LINGERING)
		c->server->counts.late++;
	connection_close(c);
}

/* Connections. */

static struct bufferevent *
stream_new(struct door *door, int fd)
{
	struct event_base *loop = door->server->loop;
	if (door->tls == NULL)
		return bufferevent_socket_new(loop, fd, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	SSL *ssl = http_tls_session(door->tls);
	struct bufferevent *stream = ssl ? bufferevent_openssl_socket_new(loop, fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
	                                       BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS) : NULL;
	if (stream == NULL)
		SSL_free(ssl);
	else
		bufferevent_openssl_set_allow_dirty_shutdown(stream, 1);
	return stream;
}

static bool
connection_begin(struct door *door, int fd)
{
	struct http_server *server = door->server;
	struct connection *c = calloc(1, sizeof *c);
	if (c == NULL)
		return false;
	*c = (struct connection){ .server = server, .door = door };
	c->late = evtimer_new(server->loop, on_late, c);
	c->stream = c->late ? stream_new(door, fd) : NULL;
	if (c->stream == NULL) {
		if (c->late)
			event_free(c->late);
		free(c);
		return false;
	}
	server->counts.open++;
	door->open++;
	list_join(c, &door->lists[NEW]);
	/* The handshake belongs to the first request. */
	c->begun = true;
	deadline(c, LIMIT_SERVER_REQUEST_MS);
	bufferevent_setcb(c->stream, on_read, on_written, on_event, c);
	bufferevent_setwatermark(c->stream, EV_READ, 0, LIMIT_SERVER_HEADER_BYTES);
	bufferevent_enable(c->stream, EV_READ | EV_WRITE);
	return true;
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from, int length, void *context)
{
	struct door *door = context;
	struct http_server *server = door->server;
	int on = 1;
	(void)listener, (void)length;
	server->counts.connections++;
	bool room = (door->open < door->most || evict_at(door)) && (server->counts.open < server->connection_most || evict_for(door));
	if (from->sa_family != AF_UNIX)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (!room || !connection_begin(door, fd))
		close(fd);
}

/* Without a descriptor the listener would turn and turn. */
static void
on_accept_error(struct evconnlistener *listener, void *context)
{
	(void)listener;
	evict_for(context);
}

/* The server. */

/* As many files as connections want, as far as the system lets us; not more connections than files. */
static uint64_t
connections_most(void)
{
	struct rlimit files;
	uint64_t wanted = LIMIT_SERVER_CONNECTION_COUNT;
	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return wanted < 256 ? wanted : 256;
	if (files.rlim_cur < wanted + SPARE_FILES) {
		files.rlim_cur = files.rlim_max < wanted + SPARE_FILES ? files.rlim_max : wanted + SPARE_FILES;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	uint64_t have = files.rlim_cur > 2 * SPARE_FILES ? files.rlim_cur - SPARE_FILES : SPARE_FILES;
	return have < wanted ? have : wanted;
}

int
http_server_new(const struct http_server_options *options, struct http_server **out, struct plim_error *err)
{
	AUTO(http_server) struct http_server *server = calloc(1, sizeof *server);
	if (server == NULL)
		return error_nomem(err);
	server->options = *options;
	if (server->options.body_most == 0)
		server->options.body_most = LIMIT_SERVER_BODY_BYTES;
	server->connection_most = connections_most();
	server->loop = event_base_new();
	if (server->loop == NULL || !http_signals_begin(server))
		return error_set(err, PLIM_ESYSTEM, "no event loop");
	*out = ptr_take(&server);
	return 0;
}

static void
door_free(struct door *door)
{
	if (door == NULL)
		return;
	for (size_t i = 0; i < LIST_COUNT; i++)
		while (door->lists[i].first)
			connection_close(door->lists[i].first);
	if (door->listener)
		evconnlistener_free(door->listener);
	listening_done(&door->listening);
	http_tls_free(door->tls);
	free(door);
}
AUTO_DEFINE(door, struct door, door_free)

static int
open_socket(const struct http_listen *listen, struct listening *out, struct plim_error *err)
{
	struct slice path = slice_of(listen->address ? listen->address : "");
	int r = listen->inherits ? listening_inherited(listen->name, out, err) : PLIM_ENOTFOUND;
	if (r != PLIM_ENOTFOUND)
		return r;
	if (listen->address == NULL)
		return listen->inherits ? r : error_set(err, PLIM_EUSAGE, "an address is missing");
	if (slice_skip(&path, SLICE("unix:")) || slice_starts(path, SLICE("/")))
		return listening_unix(path.p, listen->mode ? listen->mode : 0600, out, err);
	return listening_address(listen->address, out, err);
}

static int
door_add(struct http_server *server, struct door *door, struct plim_error *err)
{
	struct door **doors = reallocarray(server->doors, server->door_count + 1, sizeof *doors);
	if (doors == NULL)
		return error_nomem(err);
	server->doors = doors;
	door->listener = evconnlistener_new(server->loop, on_accept, door, LEV_OPT_CLOSE_ON_EXEC, 0, door->listening.fd);
	if (door->listener == NULL)
		return error_nomem(err);
	evconnlistener_set_error_cb(door->listener, on_accept_error);
	server->doors[server->door_count++] = door;
	return 0;
}

int
http_server_listen(struct http_server *server, const struct http_listen *listen, struct plim_error *err)
{
	AUTO(door) struct door *door = calloc(1, sizeof *door);
	if (door == NULL)
		return error_nomem(err);
	*door = (struct door){ .server = server, .listening = LISTENING_NONE, .door = listen->door, .most = listen->connections ? listen->connections : UINT64_MAX };
	if (!listen->certificate != !listen->key)
		return error_set(err, PLIM_EUSAGE, "a certificate and its key go together");
	int r = listen->certificate ? http_tls_open(listen->certificate, listen->key, listen->authorities, &door->tls, err) : 0;
	if (r < 0 || (r = open_socket(listen, &door->listening, err)) < 0 || (r = door_add(server, door, err)) < 0)
		return r;
	door = NULL;
	return 0;
}

int
http_server_run(struct http_server *server, struct plim_error *err)
{
	return event_base_dispatch(server->loop) < 0 ? error_set(err, PLIM_ESYSTEM, "the event loop failed") : 0;
}

struct event_base *
http_server_loop(struct http_server *server)
{
	return server->loop;
}

unsigned
http_server_port(const struct http_server *server)
{
	struct sockaddr_storage own = { 0 };
	socklen_t n = sizeof own;
	if (server->door_count == 0 || getsockname(server->doors[server->door_count - 1]->listening.fd, (struct sockaddr *)&own, &n) < 0)
		return 0;
	return own.ss_family == AF_INET    ? ntohs(((struct sockaddr_in *)&own)->sin_port)
	       : own.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&own)->sin6_port)
	                                   : 0;
}

struct http_counts
http_server_counts(const struct http_server *server)
{
	struct http_counts counts = server->counts;
	for (size_t i = 0; i < server->door_count; i++) {
		int64_t until = server->doors[i]->tls ? http_tls_until(server->doors[i]->tls) : 0;
		if (until && (counts.certificate_until == 0 || until < counts.certificate_until))
			counts.certificate_until = until;
	}
	return counts;
}

void
http_server_free(struct http_server *server)
{
	if (server == NULL)
		return;
	for (size_t i = 0; i < server->door_count; i++)
		door_free(server->doors[i]);
	while (server->calls)
		call_end(server->calls);
	free(server->doors);
	http_signals_end(server);
	if (server->loop)
		event_base_free(server->loop);
	free(server);
}
