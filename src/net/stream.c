/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blobs into pipes, many at once.  What a pipe does not take pauses its
 * request; what breaks off goes on where it was, at another place if need be.
 * The last byte is held back until the server has said that it is the last.
 */
#include "base/error.h"
#include "base/limits.h"
#include "net/serving.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define PIPE_BYTES (1 << 20)

/* Less than that on one connection is no progress. */
#define PROGRESS_BYTES 65536

struct stream_out {
	struct stream_out *next;
	uint32_t number;
	struct arena *arena;
	struct slice repository;
	struct digest digest;
	uint64_t size;
	uint64_t had;                  /* of it, from the server */
	uint64_t skip;                 /* of this answer, which begins before what was had */
	int pipe;
	struct strbuf held;            /* what the pipe did not take yet */
	struct endpoint *endpoints;
	size_t endpoint_count, endpoint;
	unsigned breaks;
	struct ask ask;
	enum { STREAM_TO_BEGIN, STREAM_RUNS, STREAM_DRAINS, STREAM_ENDED } state;
	bool tended;                   /* by somebody further up the stack */
	bool checked;                  /* the headers of this answer */
	bool abandoned;                /* nobody reads */
	struct plim_error why;
	int failed;                    /* 0, or the code of `why`, which may hold what was of no consequence */
	bool wrong;                    /* the answer is; `why` says how */
};

/* the pipe */

static void
hold(struct stream_out *s, struct slice rest)
{
	strbuf_put(&s->held, rest);
}

/* How many bytes the pipe took, or -1 where nobody reads. */
static ssize_t
pipe_put(struct stream_out *s, struct slice bytes)
{
	size_t all = 0;
	while (all < bytes.n) {
		ssize_t put = write(s->pipe, bytes.p + all, bytes.n - all);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0 && errno == EAGAIN)
			break;
		if (put < 0) {
			s->abandoned = true;
			return -1;
		}
		all += (size_t)put;
	}
	return (ssize_t)all;
}

/* True once nothing is held, but for the last byte. */
static bool
flush(struct stream_out *s, bool last_too)
{
	if (s->held.n == 0)
		return true;
	size_t keep = !last_too && s->had == s->size;
	struct slice rest = slice_first(strbuf_slice(&s->held), s->held.n - keep);
	ssize_t put = pipe_put(s, rest);
	if (put <= 0)
		return put == 0 && s->held.n == keep;
	memmove(s->held.p, s->held.p + put, s->held.n - (size_t)put);
	s->held.n -= (size_t)put;
	return s->held.n == keep;
}

/* answers */

static int
wrong(struct stream_out *s, enum plim_code code, const char *what)
{
	s->wrong = true;
	return error_set(&s->why, code, "%s", what);
}

/* "bytes FROM-TO/SIZE" must go on exactly where we were. */
static int
range_check(struct stream_out *s, struct slice header)
{
	struct slice range, size, from, to;
	uint64_t first, last, all;
	if (!slice_skip(&header, SLICE("bytes ")) || !slice_cut(header, '/', &range, &size) || !slice_cut(range, '-', &from, &to) ||
	    !slice_to_u64(from, 10, &first) || !slice_to_u64(to, 10, &last))
		return wrong(s, PLIM_EFORMAT, "it answered a range that is none");
	if (first != s->had || last != s->size - 1 || (!slice_is(size, "*") && (!slice_to_u64(size, 10, &all) || all != s->size)))
		return wrong(s, PLIM_EFORMAT, "it answered another range than was asked for");
	return 0;
}

static int
length_check(struct stream_out *s, uint64_t wanted)
{
	uint64_t length;
	struct slice header = exchange_header(&s->ask.x, "Content-Length", 0);
	if (header.n == 0 || !slice_to_u64(header, 10, &length) || length == wanted)
		return 0;
	s->wrong = true;
	return error_set(&s->why, PLIM_EFORMAT, "the server has %ju bytes of it, not %ju", (uintmax_t)length, (uintmax_t)wanted);
}

/* A server may answer the whole to a question for the rest. */
static int
answer_check(struct stream_out *s)
{
	struct exchange *x = &s->ask.x;
	struct digest said;
	s->checked = true;
	s->skip = 0;
	if (x->status != 200 && x->status != 206)
		return wrong(s, PLIM_EFORMAT, "it answered neither the blob nor an error");
	if (answer_framing(x, &s->why) < 0)
		return s->wrong = true, PLIM_EFORMAT;
	if (digest_parse(exchange_header(x, "Docker-Content-Digest", 0), &said) && said.algorithm == s->digest.algorithm && !digest_eq(&said, &s->digest))
		return wrong(s, PLIM_EDIGEST, "the server says itself that it is another");
	if (x->status == 206 && s->ask.from > 0) {
		int r = range_check(s, exchange_header(x, "Content-Range", 0));
		return r < 0 ? r : length_check(s, s->size - s->had);
	}
	s->skip = s->had;
	return length_check(s, s->size);
}

static size_t
pass_on(struct stream_out *s, struct slice bytes)
{
	size_t n = bytes.n, skipped = s->skip < n ? (size_t)s->skip : n;
	s->skip -= skipped;
	bytes = slice_from(bytes, skipped);
	if (bytes.n > s->size - s->had) {
		wrong(s, PLIM_EFORMAT, "the server sends more than was announced");
		return CURL_WRITEFUNC_ERROR;
	}
	s->had += bytes.n;
	bool last = s->had == s->size && bytes.n > 0;
	struct slice now = slice_first(bytes, bytes.n - last);
	ssize_t put = pipe_put(s, now);
	if (put < 0)
		return CURL_WRITEFUNC_ERROR;
	hold(s, slice_from(bytes, (size_t)put));
	return s->held.failed ? CURL_WRITEFUNC_ERROR : n;
}

static size_t
on_bytes(void *context, struct slice bytes)
{
	struct stream_out *s = context;
	if (!s->checked && answer_check(s) < 0)
		return CURL_WRITEFUNC_ERROR;
	/* Bytes behind the last one are too many, whether or not the pipe is full. */
	if (!flush(s, false) && s->had < s->size) {
		if (s->abandoned)
			return CURL_WRITEFUNC_ERROR;
		s->ask.x.waits = s->pipe;
		s->ask.x.events = POLLOUT;
		return CURL_WRITEFUNC_PAUSE;
	}
	return pass_on(s, bytes);
}

/* the life of one */

static void
end(struct stream_out *s)
{
	ask_done(&s->ask);
	strbuf_done(&s->held);
	if (s->pipe >= 0)
		close(s->pipe);
	s->pipe = -1;
	s->state = STREAM_ENDED;
}

static void
give_up(struct stream_out *s)
{
	char text[DIGEST_TEXT_SIZE];
	const struct endpoint *at = &s->endpoints[s->endpoint];
	s->failed = s->why.code;
	error_wrap(&s->why, s->why.code, "%.*s/%.*s: blob %s", SLICE_ARG(at->host), SLICE_ARG(at->path), digest_text(&s->digest, text));
	end(s);
}

static int
place(struct stream_out *s, struct fetch *fetch)
{
	char text[DIGEST_TEXT_SIZE];
	struct server *server;
	const struct endpoint *at = &s->endpoints[s->endpoint];
	int r = server_of(fetch, at, &server, &s->why);
	if (r < 0)
		return r;
	if (server->unreachable)
		return error_set(&s->why, PLIM_EREMOTE, "it could not be reached before");
	ask_done(&s->ask);
	ask_init(&s->ask, fetch, server, at->path, "blob");
	s->ask.target = arena_printf(s->arena, "/v2/%.*s/blobs/%s", SLICE_ARG(at->path), digest_text(&s->digest, text));
	s->ask.x.sink = on_bytes;
	s->ask.x.context = s;
	s->ask.x.total_s = 0;
	s->ask.x.one_stream = true;
	return s->ask.target.p ? 0 : error_nomem(&s->why);
}

/* Another place may have what this one has not, or has wrong. */
static void
next_place(struct stream_out *s, struct fetch *fetch)
{
	if (s->ask.server && s->endpoints[s->endpoint].mirror && s->why.code == PLIM_EREMOTE && s->ask.x.status == 0)
		s->ask.server->unreachable = true;
	while (s->endpoint + 1 < s->endpoint_count) {
		s->endpoint++;
		s->wrong = false;
		s->why = (struct plim_error){ 0 };
		if (place(s, fetch) == 0) {
			s->state = STREAM_TO_BEGIN;
			return;
		}
	}
	give_up(s);
}

static void
begin(struct stream_out *s, struct fetch *fetch)
{
	if (s->ask.server->asking) {
		s->ask.not_before = clock_ms() + 5;
		return;
	}
	/* All is there, but not the word that it is: the last byte is asked for again, for there is no range of none. */
	if (s->had == s->size && s->size > 0) {
		s->had--;
		s->held.n--;
	}
	s->ask.from = s->had;
	s->checked = s->wrong = false;
	if (ask_start(&s->ask, &s->why) < 0)
		next_place(s, fetch);
	else
		s->state = STREAM_RUNS;
}

/* Something came since the last time: that is no repetition. */
static void
moved_on(struct stream_out *s)
{
	if (s->had >= s->ask.from + PROGRESS_BYTES && s->breaks < LIMIT_FETCH_BREAK_COUNT) {
		s->breaks++;
		s->ask.tries = 0;
		s->ask.challenged = false;
	}
}

static void
finished(struct stream_out *s, struct fetch *fetch)
{
	struct exchange *x = &s->ask.x;
	bool body = x->status == 200 || x->status == 206;
	if (s->abandoned) {
		end(s);
		return;
	}
	if (s->wrong) {
		next_place(s, fetch);
		return;
	}
	if (x->result == CURLE_OK && body && !s->checked && answer_check(s) < 0) {
		next_place(s, fetch);
		return;
	}
	if (x->result == CURLE_OK && body && s->had == s->size) {
		s->state = STREAM_DRAINS;
		return;
	}
	if (x->result == CURLE_OK && body)
		x->result = CURLE_PARTIAL_FILE;
	moved_on(s);
	int r = ask_step(&s->ask, &s->why);
	if (r == ASK_ANSWERED)
		r = ask_refused(&s->ask, &s->why);
	if (r == ASK_AGAIN)
		s->state = STREAM_TO_BEGIN;
	else
		next_place(s, fetch);
}

static void
drain(struct stream_out *s)
{
	if (flush(s, true) || s->abandoned)
		end(s);
}

/* A token that is asked for on the way has the loop turn, and comes here again: nobody is tended twice at once. */
static void
stream_tend(struct stream_out *s, struct fetch *fetch)
{
	if (s->tended || s->state == STREAM_ENDED)
		return;
	s->tended = true;
	if (s->state == STREAM_RUNS && s->ask.x.done)
		finished(s, fetch);
	if (s->state == STREAM_TO_BEGIN && s->ask.not_before <= clock_ms())
		begin(s, fetch);
	if (s->state == STREAM_DRAINS)
		drain(s);
	s->tended = false;
}

void
streams_tend(void *context)
{
	struct fetch *fetch = context;
	for (struct stream_out *s = fetch->streams; s; s = s->next)
		stream_tend(s, fetch);
}

/* orders */

static int
stream_make(struct fetch *fetch, const struct order *order, struct stream_out **out, struct plim_error *err)
{
	struct arena *arena = arena_new(1 << 20);
	struct stream_out *s = arena ? arena_make(arena, struct stream_out) : NULL;
	if (s == NULL) {
		arena_free(arena);
		return error_nomem(err);
	}
	*s = (struct stream_out){ .number = order->number, .arena = arena, .digest = order->digest, .size = order->size, .pipe = -1 };
	s->repository = arena_dup(arena, order->name);
	int r = s->repository.p ? registries_endpoints(fetch->registries, s->repository, true, arena, &s->endpoints, &s->endpoint_count, err) : error_nomem(err);
	if (r < 0) {
		arena_free(arena);
		return r;
	}
	/* Whatever is wrong from here on is the stream's to tell. */
	if (place(s, fetch) < 0)
		next_place(s, fetch);
	*out = s;
	return 0;
}

int
serve_stream(struct fetch *fetch, const struct order *order, int *pipe, struct plim_error *err)
{
	struct stream_out *s = NULL;
	if (*pipe < 0 || order->digest.algorithm == DIGEST_NONE)
		return error_set(err, PLIM_EUSAGE, "a stream without pipe or digest");
	int r = stream_make(fetch, order, &s, err);
	if (r < 0)
		return r;
	fcntl(*pipe, F_SETFL, O_NONBLOCK);
	/* Smaller ones work too; a user may have only so many large ones. */
	fcntl(*pipe, F_SETPIPE_SZ, PIPE_BYTES);
	if (s->state != STREAM_ENDED) {
		s->pipe = *pipe;
		*pipe = -1;
	}
	s->next = fetch->streams;
	fetch->streams = s;
	return 0;
}

static void
stream_drop(struct fetch *fetch, struct stream_out *s)
{
	struct stream_out **at = &fetch->streams;
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	arena_free(s->arena);
}

int
serve_why(struct fetch *fetch, const struct order *order, struct plim_error *err)
{
	struct stream_out *s = fetch->streams;
	while (s && s->number != order->number)
		s = s->next;
	if (s == NULL)
		return 0;
	if (s->state != STREAM_ENDED)
		return error_set(err, PLIM_EUSAGE, "stream %u has not ended", order->number);
	int r = s->failed;
	if (r < 0 && err)
		*err = s->why;
	stream_drop(fetch, s);
	return r;
}

/* What was told, or had nothing to tell, is forgotten: only where nobody further up the stack may hold it. */
void
streams_sweep(struct fetch *fetch)
{
	for (struct stream_out *s = fetch->streams, *next; s; s = next) {
		next = s->next;
		if (s->state == STREAM_ENDED && s->failed == 0)
			stream_drop(fetch, s);
	}
}

size_t
streams_gather(void *context, struct curl_waitfd *fds, size_t most)
{
	const struct fetch *fetch = context;
	size_t n = 0;
	for (const struct stream_out *s = fetch->streams; s && n < most; s = s->next)
		if (s->state == STREAM_DRAINS)
			fds[n++] = (struct curl_waitfd){ .fd = s->pipe, .events = CURL_WAIT_POLLOUT };
	return n;
}

uint64_t
streams_wait(void *context, uint64_t most)
{
	const struct fetch *fetch = context;
	uint64_t now = clock_ms();
	for (const struct stream_out *s = fetch->streams; s; s = s->next)
		if (s->state == STREAM_TO_BEGIN) {
			uint64_t wait = s->ask.not_before > now ? s->ask.not_before - now : 0;
			most = wait < most ? wait : most;
		}
	return most;
}
