/* SPDX-License-Identifier: Apache-2.0 */
/* One connection from its beginning to its end: what the event loop tells of it, and what that means in each of its phases. */
#include "base/limits.h"
#include "enforce/server/http_parts.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#define LINGER_MS 1000        /* for who still sends while he is refused: a connection that is cut takes the answer with it */

void
connection_close(struct connection *c)
{
	struct http_server *server = c->server;
	connection_let_go_held(c);
	connection_leave(c);
	pipe_end(c);
	if (c->phase == ANSWERING)
		c->call->connection = NULL;
	else
		call_free(c->call);
	event_free(c->late);
	bufferevent_free(c->stream);
	c->door->open--;
	free(c);
	server->counts.open--;
	if (server->ends && server->counts.open == 0)
		event_base_loopbreak(server->loop);
}

/* The next request may have come already, behind the one before. */
static void
read_next(struct connection *c)
{
	c->chunks = (struct http_chunks){ 0 };
	c->phase = READING;
	c->begun = false;
	c->searched = 0;
	connection_waits(c);
	connection_deadline(c, c->server->options.idle_ms);
	if (evbuffer_get_length(bufferevent_get_input(c->stream)) > 0)
		connection_read(c);
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
	connection_waits(c);
	connection_deadline(c, LINGER_MS);
}

static void
on_read(struct bufferevent *stream, void *context)
{
	struct connection *c = context;
	struct evbuffer *in = bufferevent_get_input(stream);
	if (c->phase == READING)
		connection_read(c);
	else if (c->phase == LINGERING)
		evbuffer_drain(in, evbuffer_get_length(in));
}

/* All that was written has gone out: a "100 Continue" is no answer, and word of an empty buffer may come when it is so no more. */
static void
on_written(struct bufferevent *stream, void *context)
{
	struct connection *c = context;
	if (c->phase == STREAMING && c->pipe) {
		connection_deadline(c, LIMIT_SERVER_ANSWER_MS);
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

static struct bufferevent *
stream_new(struct door *door, int fd)
{
	struct event_base *loop = door->server->loop;
	if (door->tls == NULL)
		return bufferevent_socket_new(loop, fd, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	SSL *ssl = http_tls_session(door->tls);
	/* Where it fails it has freed the session, too, and left the descriptor. */
	struct bufferevent *stream = ssl ? bufferevent_openssl_socket_new(loop, fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
	                                       BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS) : NULL;
	if (stream)
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
	connection_join(c, &door->lists[NEW]);
	/* The handshake belongs to the first request. */
	c->begun = true;
	connection_deadline(c, LIMIT_SERVER_REQUEST_MS);
	bufferevent_setcb(c->stream, on_read, on_written, on_event, c);
	bufferevent_setwatermark(c->stream, EV_READ, 0, LIMIT_SERVER_HEADER_BYTES);
	bufferevent_enable(c->stream, EV_READ | EV_WRITE);
	return true;
}

void
connection_accept(struct evconnlistener *listener, int fd, struct sockaddr *from, int length, void *context)
{
	struct door *door = context;
	struct http_server *server = door->server;
	int on = 1;
	(void)listener, (void)length;
	server->counts.connections++;
	bool room = (door->open < door->most || evict_at_door(door)) && (server->counts.open < server->connection_most || evict_for_door(door));
	if (from->sa_family != AF_UNIX)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (!room || !connection_begin(door, fd))
		close(fd);
}

/* Without a descriptor the listener would turn and turn. */
void
connection_accept_error(struct evconnlistener *listener, void *context)
{
	(void)listener;
	evict_for_door(context);
}
