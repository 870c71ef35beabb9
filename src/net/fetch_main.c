/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll-fetch: takes orders on descriptor 3, asks registries, answers. */
#include "base/error.h"
#include "base/limits.h"
#include "base/sanitized.h"
#include "net/serving.h"
#include "process/channel.h"
#include "process/helper.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* Connections, pipes and pages of libcurl, for some hundred layers at once. */
#define MEMORY_MOST ((rlim_t)4 << 30)

/* It holds passwords: nobody looks into it, nothing of it is written where it dies. */
static void
protect(void)
{
	struct rlimit none = { 0, 0 }, memory = { MEMORY_MOST, MEMORY_MOST }, files;
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &none);
	if (!SANITIZED)
		setrlimit(RLIMIT_AS, &memory);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max < 4096 ? files.rlim_max : 4096;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	signal(SIGPIPE, SIG_IGN);
	umask(077);
}

/* Streams are numbered together, whoever they are of. */
static int
tell_why(struct fetch *fetch, const struct order *order, struct plim_error *err)
{
	int r = serve_why(fetch, order, err);
	return r < 0 ? r : serve_engine_why(fetch, order, err);
}

static int
serve(struct fetch *fetch, uint32_t kind, const struct order *order, struct message *message, struct saying *out, struct plim_error *err)
{
	switch (kind) {
	case ORDER_RESOLVE:
		return serve_resolve(fetch, order, out, err);
	case ORDER_DOCUMENT:
		return serve_document(fetch, order, out, err);
	case ORDER_REFERRERS:
		return serve_referrers(fetch, order, out, err);
	case ORDER_ADDRESS:
		return serve_address(fetch, order, out, err);
	case ORDER_STREAM:
		return serve_stream(fetch, order, &message->fd[0], err);
	case ORDER_WHY:
		return tell_why(fetch, order, err);
	case ORDER_PUSH_BLOB:
		return serve_push_blob(fetch, order, message->fd[0], err);
	case ORDER_MOUNT:
		return serve_mount(fetch, order, out, err);
	case ORDER_PUSH_MANIFEST:
		return serve_push_manifest(fetch, order, out, err);
	case ORDER_DELETE:
		return serve_delete(fetch, order, err);
	case ORDER_ENGINE_FIND:
		return serve_engine_find(fetch, order, out, err);
	case ORDER_ENGINE_STREAM:
		return serve_engine_stream(fetch, order, &message->fd[0], err);
	}
	return error_set(err, PLIM_EUSAGE, "an order that there is not");
}

static int
answer(struct saying *said, int r, const struct plim_error *why, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	AUTO(fd) int document = -1;
	if (r < 0)
		said->answer = (struct answer){ .code = (uint32_t)-r, .why = slice_of(why->text) };
	else if (said->document.p && (r = memory_file(said->document, &document, err)) < 0)
		return r;
	wire_write(&answer_wire, &said->answer, &body);
	return body.failed ? error_nomem(err) : channel_send_with(HELPER_CHANNEL, ANSWER, strbuf_slice(&body), &document, document >= 0, err);
}

static int
limits_take(struct slice text, struct plim_error *err)
{
	struct slice line;
	int r = 0;
	while (r == 0 && slice_next(&text, '\n', &line))
		if (line.n > 0)
			r = limit_choose(line, err);
	return r;
}

static struct slice
kept(struct fetch *fetch, struct slice text)
{
	return text.n ? arena_dup(fetch->arena, text) : SLICE_NONE;
}

/* The message ends with its order, what it says does not. */
static int
configure(struct fetch *fetch, struct cursor *from, struct plim_error *err)
{
	struct configuration *options = &fetch->options;
	int r = wire_read(&configuration_wire, from, fetch->arena, options, err);
	if (r < 0 || (r = limits_take(options->limits, err)) < 0)
		return r;
	options->auth_file = kept(fetch, options->auth_file);
	options->certificates = kept(fetch, options->certificates);
	options->registries_conf = kept(fetch, options->registries_conf);
	options->engine = kept(fetch, options->engine);
	for (size_t i = 0; i < options->plain_http_count; i++)
		options->plain_http[i] = kept(fetch, options->plain_http[i]);
	fetch->wallet = (struct wallet){ .named = options->auth_file.p, .anonymous = options->anonymous, .arena = fetch->arena };
	return registries_load(options->registries_conf.p, fetch->arena, &fetch->registries, err);
}

static int
take_file_order(struct fetch *fetch, const struct message *message, struct cursor *from, struct arena *arena, struct saying *out, struct plim_error *err)
{
	struct file_order order = { 0 };
	int r = wire_read(&file_order_wire, from, arena, &order, err);
	return r < 0 ? r : serve_file(fetch, &order, message->fd, out, err);
}

static int
take_order(struct fetch *fetch, struct message *message, struct arena *arena, struct saying *out, struct plim_error *err)
{
	struct cursor from = cursor_of(message->body);
	struct order order = { 0 };
	if (message->kind == ORDER_CONFIGURE)
		return fetch->registries ? error_set(err, PLIM_EUSAGE, "configured twice") : configure(fetch, &from, err);
	if (fetch->registries == NULL)
		return error_set(err, PLIM_EUSAGE, "an order before the configuration");
	if (message->kind == ORDER_FILE)
		return take_file_order(fetch, message, &from, arena, out, err);
	int r = wire_read(&order_wire, &from, arena, &order, err);
	return r < 0 ? r : serve(fetch, message->kind, &order, message, out, err);
}

static int
one_order(struct fetch *fetch, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	AUTO(arena) struct arena *arena = arena_new(0);
	struct plim_error why = { 0 };
	struct saying said = { .arena = arena };
	int r = arena ? channel_receive(HELPER_CHANNEL, &message, err) : error_nomem(err);
	if (r < 0)
		return r;
	r = take_order(fetch, &message, arena, &said, &why);
	return answer(&said, r, &why, err);
}

static void
tend(void *fetch)
{
	streams_tend(fetch);
	exports_tend(fetch);
}

static size_t
gather(void *fetch, struct curl_waitfd *fds, size_t most)
{
	size_t n = streams_gather(fetch, fds, most);
	return n + exports_gather(fetch, fds + n, most - n);
}

int
main(void)
{
	struct plim_error err = { 0 };
	struct fetch fetch = { 0 };
	struct stat channel;
	protect();
	if (fstat(HELPER_CHANNEL, &channel) < 0 || !S_ISSOCK(channel.st_mode)) {
		fprintf(stderr, "plimsoll-fetch is started by plimsoll, which speaks to registries through it\n");
		return 3;
	}
	fcntl(HELPER_CHANNEL, F_SETFD, FD_CLOEXEC);
	channel_patience(HELPER_CHANNEL, LIMIT_FETCH_STALL_S);
	fetch.arena = arena_new(0);
	if (fetch.arena == NULL || wheel_init(&fetch.wheel, HELPER_CHANNEL, &err) < 0)
		return 1;
	fetch.wheel.tend = tend;
	fetch.wheel.gather = gather;
	fetch.wheel.most = streams_wait;
	fetch.wheel.context = &fetch;
	for (;;) {
		while (!wheel_turn(&fetch.wheel, 60000, true))
			streams_sweep(&fetch);
		if (one_order(&fetch, &err) < 0)
			return 1;
	}
}
