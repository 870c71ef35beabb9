/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A door behind http_server.h that says what it was asked: for tests/cli/http-server.py.  "/later" is answered after --delay, "/large" with
 * four million bytes, "/stream" with 50000 out of a pipe, "/short" with a pipe that ends before its 60000, "/stalled" with one that does not end,
 * "/counts" with what happened; anything else with method, target, and the body's length and digest.
 */
#include "base/digest.h"
#include "base/error.h"
#include "base/limits.h"
#include "enforce/server/http_server.h"

#include <event2/event.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

struct driver {
	struct http_server *server;
	struct timeval delay;
};

static void
say_counts(struct driver *driver, struct http_call *call)
{
	struct http_counts n = http_server_counts(driver->server);
	struct slice text = arena_printf(http_call_arena(call), "{\"open\": %llu, \"evicted\": %llu, \"late\": %llu, \"requests\": %llu, \"bad\": %llu, "
	                                 "\"reloads\": %llu, \"reload_errors\": %llu}", (unsigned long long)n.open, (unsigned long long)n.evicted,
	                                 (unsigned long long)n.late, (unsigned long long)n.requests, (unsigned long long)n.bad,
	                                 (unsigned long long)n.reloads, (unsigned long long)n.reload_errors);
	http_call_answer(call, &(struct http_answer){ .status = 200, .type = "application/json", .body = text });
}

static void
echo(struct http_call *call)
{
	const struct http_head *head = http_call_head(call);
	struct slice body = http_call_body(call);
	struct digest digest = digest_of(body);
	char text[DIGEST_TEXT_SIZE];
	struct slice said = arena_printf(http_call_arena(call), "%.*s %.*s %zu %s", SLICE_ARG(head->method), SLICE_ARG(head->target), body.n,
	                                 digest_text(&digest, text));
	http_call_say(call, 200, said.p);
}

static void
later(int fd, short what, void *call)
{
	(void)fd, (void)what;
	echo(call);
}

/* `length` bytes are promised, and fewer may come. */
static void
stream(struct http_call *call, uint64_t length, bool ends)
{
	static char bytes[50000];
	int ends_of[2];
	if (pipe2(ends_of, O_CLOEXEC) < 0 || write(ends_of[1], memset(bytes, 's', sizeof bytes), sizeof bytes) != (ssize_t)sizeof bytes)
		abort();
	if (ends)
		close(ends_of[1]);
	http_call_stream(call, &(struct http_answer){ .status = 200, .type = "application/octet-stream" }, ends_of[0], length);
}

static void
handle(void *context, struct http_call *call, const void *door)
{
	static char large[4000000];
	struct driver *driver = context;
	struct slice path, query;
	(void)door;
	http_call_target(call, &path, &query);
	if (slice_is(path, "/counts"))
		say_counts(driver, call);
	else if (slice_is(path, "/large"))
		http_call_answer(call, &(struct http_answer){ .status = 200, .body = { memset(large, 'x', sizeof large), sizeof large } });
	else if (slice_is(path, "/stream"))
		stream(call, 50000, true);
	else if (slice_is(path, "/short") || slice_is(path, "/stalled"))
		stream(call, 60000, slice_is(path, "/short"));
	else if (slice_is(path, "/later"))
		event_base_once(http_server_loop(driver->server), -1, EV_TIMEOUT, later, call, &driver->delay);
	else
		echo(call);
}

static int
take_options(int argc, char **argv, struct http_server_options *options, struct http_listen *listen, struct driver *driver, struct plim_error *err)
{
	static const struct option table[] = { { "listen", 1, NULL, 'l' }, { "certificate", 1, NULL, 'c' }, { "key", 1, NULL, 'k' }, { "clients", 1, NULL, 'a' },
		{ "inherit", 0, NULL, 'i' }, { "name", 1, NULL, 'n' }, { "limit", 1, NULL, 'L' }, { "idle", 1, NULL, 'I' }, { "delay", 1, NULL, 'd' }, { 0 } };
	int chosen, r = 0;
	while (r == 0 && (chosen = getopt_long(argc, argv, "", table, NULL)) != -1)
		switch (chosen) {
		case 'l': listen->address = optarg; break;
		case 'c': listen->certificate = optarg; break;
		case 'k': listen->key = optarg; break;
		case 'a': listen->authorities = optarg; break;
		case 'i': listen->inherits = true; break;
		case 'n': listen->name = optarg; break;
		case 'L': r = limit_choose(slice_of(optarg), err); break;
		case 'I': options->idle_ms = strtoull(optarg, NULL, 10); break;
		case 'd': driver->delay.tv_usec = strtol(optarg, NULL, 10) * 1000; break;
		default: r = error_set(err, PLIM_EUSAGE, "no such option");
		}
	return r;
}

int
main(int argc, char **argv)
{
	struct driver driver = { 0 };
	struct http_server_options options = { .handle = handle, .context = &driver };
	struct http_listen listen = { 0 };
	struct plim_error err = { 0 };
	int r = take_options(argc, argv, &options, &listen, &driver, &err);
	if (r == 0 && (r = http_server_new(&options, &driver.server, &err)) == 0 && (r = http_server_listen(driver.server, &listen, &err)) == 0) {
		printf("%u\n", http_server_port(driver.server));
		fflush(stdout);
		r = http_server_run(driver.server, &err);
	}
	http_server_free(driver.server);
	if (r < 0)
		fprintf(stderr, "%s\n", err.text);
	return r < 0 ? 3 : 0;
}
