/* SPDX-License-Identifier: Apache-2.0 */
/* Signals and looks at the clock: certificates that changed, and the end. */
#include "base/limits.h"
#include "enforce/server/http_parts.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <signal.h>
#include <stdio.h>

#define LOOK_S 2              /* between looks at the files of certificates */

static void
refresh_certificate(struct http_server *server, struct door *door)
{
	struct plim_error err = { 0 };
	bool changed;
	if (http_tls_refresh(door->tls, &changed, &err) < 0) {
		server->counts.reload_errors++;
		fprintf(stderr, "WARNING: the certificate changed and cannot be used, the one before it stays: %s\n", err.text);
	} else if (changed) {
		server->counts.reloads++;
	}
}

static void
refresh_certificates(struct http_server *server)
{
	for (size_t i = 0; i < server->door_count; i++)
		if (server->doors[i]->tls)
			refresh_certificate(server, server->doors[i]);
}

static void
on_look(int fd, short what, void *context)
{
	(void)fd, (void)what;
	refresh_certificates(context);
}

static void
on_reload(int signal, short what, void *context)
{
	struct http_server *server = context;
	(void)signal, (void)what;
	refresh_certificates(server);
	if (server->options.reload)
		server->options.reload(server->options.context);
}

static void
on_end_late(int fd, short what, void *context)
{
	struct http_server *server = context;
	(void)fd, (void)what;
	event_base_loopbreak(server->loop);
}

/* A request that is on its way may still be sent whole. */
static void
close_silent(const struct connections *list)
{
	for (struct connection *c = list->first, *after; c; c = after) {
		after = c->after;
		if (evbuffer_get_length(bufferevent_get_input(c->stream)) == 0 && c->call == NULL)
			connection_close(c);
	}
}

static void
on_end(int signal, short what, void *context)
{
	struct http_server *server = context;
	struct timeval most = span(LIMIT_SERVER_END_MS);
	(void)signal, (void)what;
	if (server->ends)
		return;
	server->ends = true;
	for (size_t i = 0; i < server->door_count; i++)
		evconnlistener_disable(server->doors[i]->listener);
	evtimer_add(server->end, &most);
	for (size_t i = 0; i < server->door_count; i++)
		for (int whom = NEW; whom <= KNOWN; whom++)
			close_silent(&server->doors[i]->lists[whom]);
	if (server->counts.open == 0)
		event_base_loopbreak(server->loop);
}

bool
http_signals_begin(struct http_server *server)
{
	static const struct { int number; event_callback_fn act; } signals[] = { { SIGTERM, on_end }, { SIGINT, on_end }, { SIGHUP, on_reload } };
	struct timeval often = { LOOK_S, 0 };
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < 3; i++) {
		server->signals[i] = evsignal_new(server->loop, signals[i].number, signals[i].act, server);
		if (server->signals[i] == NULL || event_add(server->signals[i], NULL) < 0)
			return false;
	}
	server->look = event_new(server->loop, -1, EV_PERSIST, on_look, server);
	server->end = evtimer_new(server->loop, on_end_late, server);
	return server->look && server->end && event_add(server->look, &often) == 0;
}

void
http_signals_end(struct http_server *server)
{
	struct event *events[] = { server->signals[0], server->signals[1], server->signals[2], server->look, server->end };
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (events[i])
			event_free(events[i]);
}
