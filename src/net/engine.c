/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images of Docker or podman on this machine, through the engine's socket: what a name means, and an image's archive into a pipe.  An
 * archive cannot be resumed: what breaks off has failed, and ORDER_WHY says so, for whoever reads the pipe cannot tell.
 */
#include "net/engine.h"

#include "base/error.h"
#include "base/limits.h"
#include "net/reference.h"
#include "net/serving.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#define PIPE_BYTES   (1 << 20)
#define REFUSAL_MOST 65536

struct export {
	struct export *next;
	uint32_t number;
	struct slice url;              /* in the program's arena, as the engine's socket */
	const char *socket;
	int pipe;
	struct strbuf held;            /* what the pipe did not take yet */
	uint64_t had;
	struct exchange x;
	enum { EXPORT_RUNS, EXPORT_DRAINS, EXPORT_ENDED } state;
	bool checked;                  /* the headers */
	bool abandoned;                /* nobody reads */
	int failed;                    /* 0, or the code of `why` */
	struct plim_error why;
};

/* requests */

static int
engine_find(struct fetch *fetch, struct plim_error *err)
{
	const struct engine_environment environment = { fetch->options.engine.p, getenv("DOCKER_HOST"), getenv("XDG_RUNTIME_DIR") };
	return fetch->engine ? 0 : engine_socket(&environment, fetch->arena, &fetch->engine, err);
}

/* Only what can be a reference or an id gets into a path: no "..", no "?". */
static int
engine_url(struct slice name, const char *what, struct arena *arena, struct slice *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf url = { 0 };
	struct reference reference;
	int r = reference_parse(name, &reference, err);
	if (r < 0)
		return r;
	strbuf_puts(&url, "http://localhost/images/");
	strbuf_put_percent(&url, name, "/:@");
	strbuf_printf(&url, "/%s", what);
	*out = url.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&url));
	return out->p ? 0 : error_nomem(err);
}

static struct exchange
question(const char *socket, struct slice url)
{
	return (struct exchange){ .method = "GET", .url = url.p, .socket = socket, .put_fd = -1, .stall_s = LIMIT_FETCH_ENGINE_S, .one_stream = true };
}

static int
refused(const struct exchange *x, struct slice said, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf shown = { 0 };
	struct slice message = arena ? engine_message_read(said, arena) : SLICE_NONE;
	strbuf_put_printable(&shown, slice_first_text(message, 500));
	return error_set(err, x->status == 404 ? PLIM_ENOTFOUND : PLIM_EREMOTE, "the engine answered %ld%s%s", x->status, shown.n ? ": " : "",
	                 shown.p ? shown.p : "");
}

static int
broken(const struct exchange *x, struct plim_error *err)
{
	long number = 0;
	curl_easy_getinfo(x->easy, CURLINFO_OS_ERRNO, &number);
	if (x->result == CURLE_COULDNT_CONNECT && number)
		return error_sys(err, (int)number, "no engine listens there");
	return error_set(err, PLIM_EREMOTE, "%s", *x->error ? x->error : curl_easy_strerror(x->result));
}

/* An end that is told: else nobody knows a whole answer from one that broke off. */
static int
framing_check(const struct exchange *x, struct plim_error *err)
{
	struct slice encoding = exchange_header(x, "Content-Encoding", 0);
	if (encoding.n > 0 && !slice_eq_nocase(encoding, SLICE("identity")))
		return error_set(err, PLIM_EFORMAT, "it answered with a Content-Encoding that nobody asked for");
	if (!exchange_header(x, "Content-Length", 0).p && !exchange_header(x, "Transfer-Encoding", 0).p)
		return error_set(err, PLIM_EFORMAT, "it does not say how it tells the end of its answer");
	return 0;
}

/* finding */

static int
found(const struct exchange *x, struct saying *out, struct plim_error *err)
{
	int r = 0;
	if (x->too_long)
		return error_set(err, PLIM_ELIMIT, "its answer is too long, limit DOCUMENT_BYTES");
	if (x->result != CURLE_OK)
		return broken(x, err);
	if (x->status != 200)
		return refused(x, strbuf_slice(&x->body), err);
	if ((r = framing_check(x, err)) == 0)
		r = engine_id_read(strbuf_slice(&x->body), out->arena, &out->answer.id, err);
	return r;
}

int
serve_engine_find(struct fetch *fetch, const struct order *order, struct saying *out, struct plim_error *err)
{
	struct slice url;
	int r = engine_find(fetch, err);
	if (r < 0 || (r = engine_url(order->name, "json", out->arena, &url, err)) < 0)
		return r;
	struct exchange x = question(fetch->engine, url);
	x.body_most = LIMIT_DOCUMENT_BYTES;
	x.total_s = LIMIT_FETCH_DOCUMENT_S;
	if ((r = exchange_start(&fetch->wheel, &x, err)) == 0) {
		exchange_wait(&x);
		r = found(&x, out, err);
	}
	exchange_done(&x);
	return r < 0 ? error_wrap(err, r, "%s", fetch->engine) : 0;
}

/* archives */

/* How many bytes the pipe took; none where nobody reads. */
static size_t
pipe_put(struct export *e, struct slice bytes)
{
	size_t all = 0;
	while (all < bytes.n) {
		ssize_t put = write(e->pipe, bytes.p + all, bytes.n - all);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0) {
			e->abandoned |= errno != EAGAIN;
			break;
		}
		all += (size_t)put;
	}
	return all;
}

static bool
flush(struct export *e)
{
	size_t put = pipe_put(e, strbuf_slice(&e->held));
	if (put > 0)
		memmove(e->held.p, e->held.p + put, e->held.n - put);
	e->held.n -= put;
	return e->held.n == 0;
}

static size_t
keep_refusal(struct export *e, struct slice bytes)
{
	if (e->x.body.n < REFUSAL_MOST)
		strbuf_put(&e->x.body, slice_first(bytes, REFUSAL_MOST));
	return bytes.n;
}

static size_t
on_bytes(void *context, struct slice bytes)
{
	struct export *e = context;
	if (e->x.status != 200)
		return keep_refusal(e, bytes);
	if (!e->checked && (e->failed = framing_check(&e->x, &e->why)) < 0)
		return CURL_WRITEFUNC_ERROR;
	e->checked = true;
	if (bytes.n > LIMIT_ARCHIVE_BYTES - e->had) {
		e->failed = error_set(&e->why, PLIM_ELIMIT, "the archive is longer than limit ARCHIVE_BYTES");
		return CURL_WRITEFUNC_ERROR;
	}
	if (!flush(e) && !e->abandoned) {
		e->x.waits = e->pipe;
		e->x.events = POLLOUT;
		return CURL_WRITEFUNC_PAUSE;
	}
	size_t put = pipe_put(e, bytes);
	if (e->abandoned)
		return CURL_WRITEFUNC_ERROR;
	strbuf_put(&e->held, slice_from(bytes, put));
	e->had += bytes.n;
	return e->held.failed ? CURL_WRITEFUNC_ERROR : bytes.n;
}

static void
end(struct export *e)
{
	exchange_done(&e->x);
	strbuf_done(&e->held);
	if (e->pipe >= 0)
		close(e->pipe);
	e->pipe = -1;
	e->state = EXPORT_ENDED;
}

static int
judge_answer(struct export *e)
{
	const struct exchange *x = &e->x;
	if (x->result == CURLE_OK && x->status != 200)
		return refused(x, strbuf_slice(&x->body), &e->why);
	if (e->failed < 0 || x->result == CURLE_OK)
		return e->failed;
	int r = broken(x, &e->why);
	return x->status == 200 ? error_wrap(&e->why, r, "the archive broke off after %ju bytes", (uintmax_t)e->had) : r;
}

static void
finished(struct export *e)
{
	if (!e->abandoned && (e->failed = judge_answer(e)) < 0)
		error_wrap(&e->why, e->failed, "%s", e->socket);
	if (e->abandoned || e->failed < 0)
		end(e);
	else
		e->state = EXPORT_DRAINS;
}

void
exports_tend(struct fetch *fetch)
{
	for (struct export *e = fetch->exports; e; e = e->next) {
		if (e->state == EXPORT_RUNS && e->x.done)
			finished(e);
		if (e->state == EXPORT_DRAINS && (flush(e) || e->abandoned))
			end(e);
	}
}

size_t
exports_gather(const struct fetch *fetch, struct curl_waitfd *fds, size_t most)
{
	size_t n = 0;
	for (const struct export *e = fetch->exports; e && n < most; e = e->next)
		if (e->state == EXPORT_DRAINS)
			fds[n++] = (struct curl_waitfd){ .fd = e->pipe, .events = CURL_WAIT_POLLOUT };
	return n;
}

/* An image is exported twice, perhaps once more: they may stay. */
static int
export_begin(struct fetch *fetch, struct export *e, struct plim_error *err)
{
	e->x = question(e->socket, e->url);
	e->x.sink = on_bytes;
	e->x.context = e;
	int r = exchange_start(&fetch->wheel, &e->x, err);
	if (r < 0) {
		exchange_done(&e->x);
		return r;
	}
	e->next = fetch->exports;
	fetch->exports = e;
	return 0;
}

int
serve_engine_stream(struct fetch *fetch, const struct order *order, int *pipe, struct plim_error *err)
{
	struct export *e = arena_make(fetch->arena, struct export);
	int r = *pipe < 0 ? error_set(err, PLIM_EUSAGE, "a stream without pipe") : e ? engine_find(fetch, err) : error_nomem(err);
	if (r < 0)
		return r;
	*e = (struct export){ .number = order->number, .socket = fetch->engine, .pipe = *pipe };
	if ((r = engine_url(order->name, "get", fetch->arena, &e->url, err)) < 0)
		return r;
	fcntl(*pipe, F_SETFL, O_NONBLOCK);
	fcntl(*pipe, F_SETPIPE_SZ, PIPE_BYTES);
	if ((r = export_begin(fetch, e, err)) == 0)
		*pipe = -1;
	return r;
}

/* Whoever stopped reading before the end has reasons of its own. */
int
serve_engine_why(struct fetch *fetch, const struct order *order, struct plim_error *err)
{
	struct export *e = fetch->exports;
	while (e && e->number != order->number)
		e = e->next;
	if (e == NULL || e->failed == 0)
		return 0;
	*err = e->why;
	return e->failed;
}
