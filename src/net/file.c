/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file at an address into one that is lent, only where it has changed
 * (If-None-Match, If-Modified-Since), and from where it broke off (Range,
 * If-Range).  Beside it stands which one it is a part of, so that another
 * process can go on with it later.  RFC 9110.
 */
#include "base/date.h"
#include "base/error.h"
#include "base/limits.h"
#include "net/serving.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* Less than that on one connection is no progress. */
#define PROGRESS_BYTES 65536

/* ETag or Last-Modified: those of servers have under 100. */
#define TOLD_MOST 1024

#define TOO_LONG "it is longer than it may be: limit FEED_FILE_BYTES, what is left of UPDATE_BYTES, or what an index says"

struct file_in {
	const struct file_order *order;
	struct arena *arena;
	int fd, beside;
	uint64_t had;
	struct slice mark;             /* of what is in the file; absent: nobody told one, it cannot be gone on with */
	struct ask ask;
	unsigned breaks;
	bool anew;                     /* the server had no more of it: once, it is begun anew */
	bool checked;                  /* the headers of this answer */
	int wrong;                     /* 0, or the code of `why` */
	struct plim_error why;
};

static void
auto_file_in(struct file_in *in)
{
	ask_done(&in->ask);
}

/* what the server tells */

/* What goes back to it, and into files of ours. */
static struct slice
told(const struct exchange *x, const char *name)
{
	struct slice value = exchange_header(x, name, 0);
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < 0x20 || (unsigned char)value.p[i] > 0x7e)
			return SLICE_NONE;
	return value.n > 0 && value.n <= TOLD_MOST ? value : SLICE_NONE;
}

/* By which the rest may be asked for: not a weak ETag, whose bytes may differ. */
static struct slice
mark_of(const struct exchange *x)
{
	struct slice etag = told(x, "ETag");
	return slice_starts(etag, SLICE("\"")) ? etag : told(x, "Last-Modified");
}

static int
wrong(struct file_in *in, enum plim_code code, const char *what)
{
	return in->wrong = error_set(&in->why, code, "%s", what);
}

/* files */

static int
put_all(struct file_in *in, int fd, struct slice bytes, uint64_t at)
{
	while (bytes.n > 0) {
		ssize_t put = pwrite(fd, bytes.p, bytes.n, (off_t)at);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return in->wrong = error_sys(&in->why, put < 0 ? errno : ENOSPC, "writing what is fetched");
		at += (uint64_t)put;
		bytes = slice_from(bytes, (size_t)put);
	}
	return 0;
}

static int
empty(struct file_in *in, int fd)
{
	return ftruncate(fd, 0) < 0 ? (in->wrong = error_sys(&in->why, errno, "emptying a file")) : 0;
}

/* The old mark goes before the old bytes, the new one comes before the new: whatever is in the file, the mark is not another's. */
static int
begin_anew(struct file_in *in)
{
	struct slice mark = mark_of(&in->ask.x);
	in->had = 0;
	in->mark = mark.p ? arena_dup(in->arena, mark) : SLICE_NONE;
	int r = empty(in, in->beside);
	if (r < 0 || (r = empty(in, in->fd)) < 0)
		return r;
	return put_all(in, in->beside, in->mark, 0);
}

/* answers */

/* "bytes FROM-TO/SIZE" must go on exactly where we were. */
static int
range_check(struct file_in *in)
{
	struct slice header = exchange_header(&in->ask.x, "Content-Range", 0), range, size, from, to;
	uint64_t first, last, all;
	if (!slice_skip(&header, SLICE("bytes ")) || !slice_cut(header, '/', &range, &size) || !slice_cut(range, '-', &from, &to) ||
	    !slice_to_u64(from, 10, &first) || !slice_to_u64(to, 10, &last))
		return wrong(in, PLIM_EFORMAT, "it answered a range that is none");
	if (first != in->had || (!slice_is(size, "*") && (!slice_to_u64(size, 10, &all) || all == 0 || last != all - 1)))
		return wrong(in, PLIM_EFORMAT, "it answered another range than was asked for");
	struct slice etag = told(&in->ask.x, "ETag");
	if (slice_starts(in->mark, SLICE("\"")) && etag.p && !slice_eq(etag, in->mark))
		return wrong(in, PLIM_EFORMAT, "it answered with the rest of another file");
	return 0;
}

/* HTTP/1 without a length goes on until the connection ends, by whomever: a list may break off after any line. */
static int
end_check(struct file_in *in)
{
	long version = 0;
	const struct exchange *x = &in->ask.x;
	curl_easy_getinfo(x->easy, CURLINFO_HTTP_VERSION, &version);
	bool framed = version == CURL_HTTP_VERSION_2_0 || version == CURL_HTTP_VERSION_3 || exchange_header(x, "Content-Length", 0).p ||
	              exchange_header(x, "Transfer-Encoding", 0).p;
	return framed ? 0 : wrong(in, PLIM_EFORMAT, "it does not say how it tells the end of its answer");
}

static int
answer_check(struct file_in *in)
{
	struct exchange *x = &in->ask.x;
	in->checked = true;
	if (x->status != 200 && x->status != 206)
		return wrong(in, PLIM_EFORMAT, "it answered neither the file nor an error");
	if (x->status == 206 && in->ask.from == 0)
		return wrong(in, PLIM_EFORMAT, "it answered with a part where all was asked for");
	if (answer_framing(x, &in->why) < 0)
		return in->wrong = PLIM_EFORMAT;
	int r = end_check(in);
	if (r < 0)
		return r;
	return x->status == 206 ? range_check(in) : begin_anew(in);
}

static size_t
on_bytes(void *context, struct slice bytes)
{
	struct file_in *in = context;
	if (!in->checked && answer_check(in) < 0)
		return CURL_WRITEFUNC_ERROR;
	if (bytes.n > in->order->most - in->had) {
		in->wrong = error_set(&in->why, PLIM_ELIMIT, TOO_LONG);
		return CURL_WRITEFUNC_ERROR;
	}
	if (put_all(in, in->fd, bytes, in->had) < 0)
		return CURL_WRITEFUNC_ERROR;
	in->had += bytes.n;
	return bytes.n;
}

/* requests */

/* A server that packs what it sends may call it by another name, and then not know it again: it is asked for both. */
static struct slice
etags_of(struct slice etag, struct arena *arena)
{
	struct slice plain = etag;
	if (!slice_skip_end(&plain, SLICE("-gzip\"")))
		return etag;
	struct slice both = arena_printf(arena, "%.*s, %.*s\"", SLICE_ARG(etag), SLICE_ARG(plain));
	return both.p ? both : etag;
}

static int
request(struct file_in *in, struct plim_error *err)
{
	struct ask *ask = &in->ask;
	ask_rest(ask);
	in->checked = false;
	if (!in->mark.p)
		in->had = 0;
	ask->from = in->had;
	ask->if_range = in->had ? in->mark : SLICE_NONE;
	/* What was begun is another one than that which is had. */
	ask->if_none_match = in->had ? SLICE_NONE : in->order->etag;
	ask->if_modified_since = in->had ? SLICE_NONE : in->order->modified;
	int r = ask_start(ask, err);
	if (r == 0)
		exchange_wait(&ask->x);
	return r;
}

/* Something came since the last time: that is no repetition. */
static void
moved_on(struct file_in *in)
{
	if (in->had >= in->ask.from + PROGRESS_BYTES && in->breaks < LIMIT_FETCH_BREAK_COUNT) {
		in->breaks++;
		in->ask.tries = 0;
	}
}

static int
go_on(struct file_in *in, struct plim_error *err)
{
	const struct exchange *x = &in->ask.x;
	moved_on(in);
	int r = ask_step(&in->ask, err);
	if (r != ASK_ANSWERED)
		return r;
	if (x->status == 416 && in->ask.from > 0 && !in->anew) {
		in->anew = true;
		in->mark = SLICE_NONE;
		return ASK_AGAIN;
	}
	return ask_refused(&in->ask, err);
}

/* Answered where it is there, or unchanged. */
static int
step(struct file_in *in, struct plim_error *err)
{
	const struct exchange *x = &in->ask.x;
	bool body = x->status == 200 || x->status == 206;
	if (in->wrong == 0 && x->result == CURLE_OK && body && !in->checked)
		answer_check(in);
	if (in->wrong < 0) {
		/* Nothing of it is gone on with. */
		int r = error_set(err, (enum plim_code)in->wrong, "%s", in->why.text);
		in->had = 0;
		empty(in, in->beside);
		return r;
	}
	bool asked = in->ask.if_none_match.p || in->ask.if_modified_since.p;
	if (x->result == CURLE_OK && (body || (x->status == 304 && asked)))
		return ASK_ANSWERED;
	return go_on(in, err);
}

static int
perform(struct file_in *in, struct plim_error *err)
{
	for (;;) {
		int r = request(in, err);
		if (r < 0 || (r = step(in, err)) != ASK_AGAIN)
			return r;
	}
}

/* Those are packed that are not yet; a weak ETag or none comes of it where the server packs as it sends. */
static bool
is_packed(struct slice address)
{
	static const char *const ends[] = { ".gz", ".bz2", ".xz", ".zst", ".zip", ".tgz" };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (slice_ends(address, slice_of(ends[i])))
			return true;
	return false;
}

static int
say_file(const struct file_in *in, struct saying *out, struct plim_error *err)
{
	const struct exchange *x = &in->ask.x;
	struct slice etag = told(x, "ETag"), modified = told(x, "Last-Modified");
	out->answer.yes = x->status != 304;
	out->answer.etag = etag.p ? arena_dup(out->arena, etag) : SLICE_NONE;
	out->answer.modified = modified.p ? arena_dup(out->arena, modified) : SLICE_NONE;
	if ((etag.p && !out->answer.etag.p) || (modified.p && !out->answer.modified.p))
		return error_nomem(err);
	time_t at = modified.p ? curl_getdate(out->answer.modified.p, NULL) : -1;
	out->answer.modified_at = at < 0 ? DATE_NONE : at;
	return 0;
}

/* Each file of a machine that is not there would be waited for anew. */
static bool
is_unreachable(const struct ask *ask)
{
	CURLcode result = ask->x.result;
	return ask->redirects == 0 && (result == CURLE_COULDNT_CONNECT || result == CURLE_COULDNT_RESOLVE_HOST || result == CURLE_COULDNT_RESOLVE_PROXY);
}

static int
ask_server(struct file_in *in, struct fetch *fetch, struct server *server, struct saying *out, struct plim_error *err)
{
	if (server->unreachable)
		return error_set(err, PLIM_EREMOTE, "it could not be reached before");
	ask_init(&in->ask, fetch, server, SLICE(""), "GET");
	in->ask.target = in->order->address;
	in->ask.x.sink = on_bytes;
	in->ask.x.context = in;
	in->ask.x.total_s = 0;
	in->ask.x.packed = !is_packed(in->order->address);
	int r = perform(in, err);
	server->unreachable = r < 0 && is_unreachable(&in->ask);
	return r < 0 ? r : say_file(in, out, err);
}

int
serve_file(struct fetch *fetch, const struct file_order *order, const int fd[static 2], struct saying *out, struct plim_error *err)
{
	struct server *server;
	struct file_order kept = *order;
	AUTO(file_in) struct file_in in = { .order = &kept, .arena = out->arena, .fd = fd[0], .beside = fd[1], .had = order->had, .mark = order->mark };
	if (fd[0] < 0 || fd[1] < 0)
		return error_set(err, PLIM_EUSAGE, "no file to write into");
	if (order->had > order->most)
		return error_set(err, PLIM_ELIMIT, TOO_LONG);
	kept.address = arena_dup(out->arena, order->address);
	if (kept.address.p == NULL)
		return error_nomem(err);
	kept.etag = etags_of(order->etag, out->arena);
	int r = address_is_secret(fetch, kept.address.p) ? 0 : error_set(err, PLIM_EUSAGE, "an address must begin with https://");
	if (r == 0)
		r = server_of_address(fetch, kept.address, &server, err);
	if (r == 0)
		r = ask_server(&in, fetch, server, out, err);
	return r < 0 ? error_wrap(err, r, "%.*s", SLICE_ARG(kept.address)) : 0;
}
