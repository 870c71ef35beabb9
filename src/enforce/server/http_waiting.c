/* SPDX-License-Identifier: Apache-2.0 */
/* Who is in which list, in the order in which it came there; what requests that are not whole hold; and who goes where there is no room. */
#include "base/limits.h"
#include "enforce/server/http_parts.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

void
connection_leave(struct connection *c)
{
	struct connections *list = c->in;
	*(c->before ? &c->before->after : &list->first) = c->after;
	*(c->after ? &c->after->before : &list->last) = c->before;
}

void
connection_join(struct connection *c, struct connections *list)
{
	c->in = list;
	c->before = list->last;
	c->after = NULL;
	*(list->last ? &list->last->after : &list->first) = c;
	list->last = c;
}

void
connection_let_go_held(struct connection *c)
{
	c->server->waiting_bytes -= c->held;
	c->held = 0;
}

void
connection_served(struct connection *c)
{
	connection_let_go_held(c);
	connection_leave(c);
	connection_join(c, &c->door->lists[OURS]);
}

void
connection_waits(struct connection *c)
{
	connection_leave(c);
	connection_join(c, &c->door->lists[c->known ? KNOWN : NEW]);
}

void
connection_deadline(struct connection *c, uint64_t ms)
{
	struct timeval when = span(ms);
	if (ms)
		event_add(c->late, &when);
	else
		event_del(c->late);
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
bool
evict_for_door(struct door *door)
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

bool
evict_at_door(struct door *door)
{
	struct connection *c = longest_at(door, NEW) ? longest_at(door, NEW) : longest_at(door, KNOWN);
	if (c)
		evict(c);
	return c != NULL;
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
void
connection_account(struct connection *c)
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
