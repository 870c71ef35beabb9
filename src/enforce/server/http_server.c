/* SPDX-License-Identifier: Apache-2.0 */
/* The server and its doors: making, listening, serving and counting. */
#include "enforce/server/http_server.h"

#include "base/error.h"
#include "base/limits.h"
#include "enforce/server/http_parts.h"

#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define SPARE_FILES 64        /* descriptors that are no client's */

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
	door->listener = evconnlistener_new(server->loop, connection_accept, door, LEV_OPT_CLOSE_ON_EXEC, 0, door->listening.fd);
	if (door->listener == NULL)
		return error_nomem(err);
	evconnlistener_set_error_cb(door->listener, connection_accept_error);
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
