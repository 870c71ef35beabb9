/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a door that listens, put together. */
#include "enforce/server/serving.h"

#include "base/error.h"
#include "enforce/server/listening.h"

#include <stdio.h>
#include <time.h>

#define DECIDERS_USUAL 4

/* Whoever may look at a door's health does not take its connections. */
#define STATUS_CONNECTIONS 32

struct serving {
	const struct serving_options *options;
	const struct serving_door *door;
	struct http_server *http;
	struct deciders *deciders;
	struct metrics metrics;
};

/* Whose socket a request came in by. */
static const char door_socket, status_socket;

static uint64_t
microseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* The pages. */

static void
gather(struct serving *serving)
{
	const struct http_counts http = http_server_counts(serving->http);
	const struct deciders_counts who = deciders_count(serving->deciders);
	const struct { enum metric metric; uint64_t value; } others[] = {
		{ METRIC_RECALLED, who.recalled }, { METRIC_ASKED, who.asked }, { METRIC_LATE, who.late }, { METRIC_DECIDERS_REPLACED, who.replaced },
		{ METRIC_DECIDERS_READY, who.ready }, { METRIC_WAITING, who.waiting }, { METRIC_REQUESTS, http.requests }, { METRIC_REQUESTS_BAD, http.bad },
		{ METRIC_CONNECTIONS, http.connections }, { METRIC_CONNECTIONS_OPEN, http.open }, { METRIC_CONNECTIONS_LATE, http.late },
		{ METRIC_CONNECTIONS_EVICTED, http.evicted }, { METRIC_RELOADS, http.reloads }, { METRIC_RELOAD_ERRORS, http.reload_errors },
		{ METRIC_CERTIFICATE_UNTIL, http.certificate_until > 0 ? (uint64_t)http.certificate_until : 0 },
	};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		serving->metrics.value[others[i].metric] = others[i].value;
}

static void
say_metrics(struct serving *serving, struct http_call *call)
{
	AUTO(strbuf) struct strbuf page = { 0 };
	gather(serving);
	metrics_write(&serving->metrics, serving->door->name, &page);
	if (page.failed)
		http_call_say(call, 503, "out of memory");
	else
		http_call_answer(call, &(struct http_answer){ .status = 200, .type = "text/plain; version=0.0.4", .body = strbuf_slice(&page) });
}

static void
say_health(struct serving *serving, struct http_call *call)
{
	(void)serving;
	http_call_say(call, 200, "ok");
}

static void
say_readiness(struct serving *serving, struct http_call *call)
{
	const struct serving_door *door = serving->door;
	bool decides = deciders_are_ready(serving->deciders), ready = decides && (door->is_ready == NULL || door->is_ready(door->context));
	http_call_say(call, ready ? 200 : 503, ready ? "ok" : decides ? "nobody is there who fetches" : "nobody is there who decides");
}

static bool
say_page(struct serving *serving, struct http_call *call)
{
	static const struct {
		const char *path;
		void (*say)(struct serving *serving, struct http_call *call);
	} pages[] = { { "/healthz", say_health }, { "/readyz", say_readiness }, { "/metrics", say_metrics } };
	const struct http_head *head = http_call_head(call);
	struct slice path, query;
	http_call_target(call, &path, &query);
	if (!slice_is(head->method, "GET") && !slice_is(head->method, "HEAD"))
		return false;
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		if (slice_is(path, pages[i].path)) {
			pages[i].say(serving, call);
			return true;
		}
	return false;
}

static void
handle(void *context, struct http_call *call, const void *socket)
{
	struct serving *serving = context;
	if ((socket == &status_socket || serving->options->pages) && say_page(serving, call))
		return;
	if (socket == &status_socket)
		http_call_say(call, 404, "there is /healthz, /readyz and /metrics");
	else
		serving->door->handle(serving->door->context, call);
}

/* Questions. */

struct timed {
	struct serving *serving;
	uint64_t begun;
	decided_fn *decided;
	void *context;
};

static void
count(struct metrics *metrics, const struct guard_answer *answer)
{
	static const enum metric outcomes[] = {
		[GUARD_ALLOWED] = METRIC_DECISION_ALLOWED, [GUARD_REFUSED] = METRIC_DECISION_REFUSED, [GUARD_CANNOT_TELL] = METRIC_DECISION_CANNOT_TELL,
	};
	metrics->value[outcomes[answer->outcome]]++;
	if (answer->admits)
		metrics->value[answer->broken ? METRIC_ADMITTED_BROKEN : answer->dry ? METRIC_ADMITTED_DRY : METRIC_ADMITTED]++;
}

static void
on_decided(void *context, const struct guard_answer *answer)
{
	struct timed *timed = context;
	count(&timed->serving->metrics, answer);
	metrics_time(&timed->serving->metrics, microseconds() - timed->begun);
	timed->decided(timed->context, answer);
}

void
serving_ask(struct serving *serving, const struct guard_question *question, struct arena *arena, uint64_t ms, decided_fn *decided, void *context)
{
	struct timed *timed = arena_make(arena, struct timed);
	if (timed == NULL) {
		decided(context, &(struct guard_answer){ .outcome = GUARD_CANNOT_TELL, .reason = SLICE("out of memory") });
		return;
	}
	*timed = (struct timed){ serving, microseconds(), decided, context };
	deciders_ask(serving->deciders, question, arena, ms, on_decided, timed);
}

void
serving_refused(struct serving *serving)
{
	serving->metrics.value[METRIC_REFUSED_BY_SHAPE]++;
}

struct http_server *
serving_http(struct serving *serving)
{
	return serving->http;
}

bool
serving_is_dry(const struct serving *serving)
{
	return serving->options->guard->dry;
}

/* The whole. */

static int
open_sockets(struct serving *serving, struct plim_error *err)
{
	struct http_listen own = serving->options->listen, status = { .address = serving->options->status, .door = &status_socket, .mode = 0666, .connections = STATUS_CONNECTIONS };
	own.door = &door_socket;
	int r = http_server_listen(serving->http, &own, err);
	if (r == 0 && status.address)
		r = http_server_listen(serving->http, &status, err);
	listening_forget_inherited();
	return r;
}

static int
serve(struct serving *serving, FILE *told, struct plim_error *err)
{
	const struct serving_door *door = serving->door;
	const struct http_server_options options = { .handle = handle, .context = serving, .body_most = door->body_most, .idle_ms = door->idle_ms };
	int r = http_server_new(&options, &serving->http, err);
	if (r < 0 || (r = deciders_attach(serving->deciders, http_server_loop(serving->http), err)) < 0 || (r = open_sockets(serving, err)) < 0)
		return r;
	if (door->begin && (r = door->begin(door->context, serving, err)) < 0)
		return r;
	fprintf(told, "plimsoll guard %s: serving%s\n", door->name, serving_is_dry(serving) ? ", in a dry run: nobody is refused" : "");
	fflush(told);
	if ((r = http_server_run(serving->http, err)) < 0 || (r = deciders_check(serving->deciders, err)) < 0)
		return r;
	return door->check ? door->check(door->context, err) : 0;
}

int
serving_run(const struct serving_options *options, const struct serving_door *door, FILE *told, struct plim_error *err)
{
	struct serving serving = { .options = options, .door = door };
	/* Before sockets and keys are there to be inherited. */
	int r = deciders_start(options->guard, options->deciders ? options->deciders : DECIDERS_USUAL, &serving.deciders, err);
	if (r == 0)
		r = serve(&serving, told, err);
	deciders_stop(serving.deciders);
	if (door->end)
		door->end(door->context);
	http_server_free(serving.http);
	return r;
}
