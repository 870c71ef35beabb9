/* SPDX-License-Identifier: Apache-2.0 */
/* From a question to an answer: which requests it takes, and which of them may carry credentials. */
#include "net/ask.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/json.h"

#include <openssl/evp.h>
#include <stdio.h>

void
ask_init(struct ask *ask, struct fetch *fetch, struct server *server, struct slice repository, const char *step)
{
	*ask = (struct ask){ .fetch = fetch, .server = server, .repository = repository, .actions = "pull", .method = "GET", .step = step };
	ask->x.put_fd = -1;
	ask->x.body_most = LIMIT_DOCUMENT_BYTES;
	ask->x.body_limit = "DOCUMENT_BYTES";
	ask->x.total_s = LIMIT_FETCH_DOCUMENT_S;
}

void
ask_done(struct ask *ask)
{
	exchange_done(&ask->x);
	strbuf_done(&ask->url);
}

/* credentials */

int
basic_line(struct arena *arena, const struct credentials *who, struct slice *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf plain = { 0 };
	strbuf_put(&plain, who->user);
	strbuf_putc(&plain, ':');
	strbuf_put(&plain, who->password);
	char *line = arena_alloc(arena, plain.n * 4 / 3 + 16);
	if (plain.failed || line == NULL)
		return error_nomem(err);
	memcpy(line, "Basic ", 6);
	int n = EVP_EncodeBlock((unsigned char *)line + 6, (const unsigned char *)plain.p, (int)plain.n);
	explicit_bzero(plain.p, plain.n);
	*out = (struct slice){ line, 6 + (size_t)n };
	return 0;
}

static int
basic(struct ask *ask, struct slice *out, struct plim_error *err)
{
	struct credentials who;
	int r = wallet_find(&ask->fetch->wallet, ask->server->host, ask->repository, &who, err);
	return r < 0 || !who.user.p ? r : basic_line(ask->fetch->arena, &who, out, err);
}

static int
bearer(struct ask *ask, struct slice *out, struct plim_error *err)
{
	struct slice token;
	int r = token_for(ask, &token, err);
	if (r < 0)
		return r;
	ask->shown = token.p;
	*out = token;
	return 0;
}

/* Wherever a registry sends us, nothing goes along. */
static int
authorize(struct ask *ask, struct plim_error *err)
{
	struct slice line = SLICE_NONE;
	int r = 0;
	if (ask->away)
		return 0;
	if (ask->authorization.p)
		line = ask->authorization;
	else if (ask->server->registry && ask->server->demands == BASIC)
		r = basic(ask, &line, err);
	else if (ask->server->registry && ask->server->demands == BEARER)
		r = bearer(ask, &line, err);
	if (r < 0 || line.p == NULL)
		return r;
	ask->introduced = true;
	return exchange_line(&ask->x, err, "Authorization: %s", line.p);
}

/* requests */

static bool
is_address(struct slice target)
{
	return slice_starts(target, SLICE("https://")) || slice_starts(target, SLICE("http://"));
}

static int
put_lines(struct ask *ask, struct plim_error *err)
{
	struct exchange *x = &ask->x;
	int r = ask->accept ? exchange_line(x, err, "Accept: %s", ask->accept) : 0;
	if (r == 0 && ask->content_type.p)
		r = exchange_line(x, err, "Content-Type: %.*s", SLICE_ARG(ask->content_type));
	if (r == 0 && ask->from > 0)
		r = exchange_line(x, err, "Range: bytes=%ju-", (uintmax_t)ask->from);
	if (r == 0 && ask->from > 0 && ask->if_range.p)
		r = exchange_line(x, err, "If-Range: %.*s", SLICE_ARG(ask->if_range));
	if (r == 0 && ask->if_none_match.p)
		r = exchange_line(x, err, "If-None-Match: %.*s", SLICE_ARG(ask->if_none_match));
	if (r == 0 && ask->if_modified_since.p)
		r = exchange_line(x, err, "If-Modified-Since: %.*s", SLICE_ARG(ask->if_modified_since));
	if (r == 0 && x->packed)
		r = exchange_line(x, err, "Accept-Encoding: gzip");
	return r;
}

static int
describe(struct ask *ask, struct plim_error *err)
{
	if (!ask->moved) {
		strbuf_clear(&ask->url);
		if (!is_address(ask->target))
			strbuf_put(&ask->url, ask->server->origin);
		strbuf_put(&ask->url, ask->target);
	}
	return ask->url.failed ? error_nomem(err) : put_lines(ask, err);
}

static int
manners(struct ask *ask, struct plim_error *err)
{
	struct server *server = ask->server;
	int r = ask->away ? server_of_address(ask->fetch, strbuf_slice(&ask->url), &server, err) : 0;
	ask->x.manners = &server->manners;
	return r;
}

int
ask_start(struct ask *ask, struct plim_error *err)
{
	exchange_done(&ask->x);
	ask->introduced = false;
	int r = describe(ask, err);
	if (r < 0 || (r = authorize(ask, err)) < 0 || (r = manners(ask, err)) < 0)
		return r;
	ask->x.method = ask->method;
	ask->x.url = ask->url.p;
	return exchange_start(&ask->fetch->wheel, &ask->x, err);
}

/* what an answer means */

static int
again(struct ask *ask, uint64_t wait_ms)
{
	ask->moved = ask->away = false;
	ask->redirects = 0;
	ask->not_before = clock_ms() + wait_ms;
	return ASK_AGAIN;
}

/* Seconds, or a date, from which nobody can tell how its clock and ours differ. */
static bool
retry_after(const struct exchange *x, uint64_t *seconds)
{
	return slice_to_u64(exchange_header(x, "Retry-After", 0), 10, seconds);
}

static bool
may_try(const struct ask *ask)
{
	return !ask->once && ask->tries + 1 < LIMIT_FETCH_TRY_COUNT;
}

static int
try_later(struct ask *ask, struct plim_error *err)
{
	uint64_t seconds = 0, wait = (uint64_t)250 << ask->tries;
	bool told = ask->x.result == CURLE_OK && retry_after(&ask->x, &seconds);
	if (told && seconds > LIMIT_FETCH_AFTER_S) {
		ask_refused(ask, err);
		AUTO(strbuf) struct strbuf said = { 0 };
		strbuf_puts(&said, err ? err->text : "");
		return error_set(err, PLIM_EREMOTE, "%s; it wants no more requests for %ju s, limit FETCH_AFTER_S", said.p ? said.p : "", (uintmax_t)seconds);
	}
	ask->tries++;
	/* Many who were refused at once do not come back at once. */
	wait += arc4random_uniform((uint32_t)wait / 2 + 1);
	return again(ask, told && seconds * 1000 > wait ? seconds * 1000 : wait);
}

/* A blob's place is told by a redirect: TLS is not given up for it, and it needs no credentials of ours. */
static int
go_on(struct ask *ask, struct slice location, struct plim_error *err)
{
	CURLU *url = curl_url();
	char *next = NULL;
	bool whole = url && curl_url_set(url, CURLUPART_URL, ask->url.p, 0) == CURLUE_OK &&
	             curl_url_set(url, CURLUPART_URL, location.p, CURLU_DISALLOW_USER) == CURLUE_OK &&
	             curl_url_get(url, CURLUPART_URL, &next, 0) == CURLUE_OK;
	curl_url_cleanup(url);
	if (!whole)
		return error_set(err, PLIM_EFORMAT, "it sends us on to what is no address");
	bool secret = slice_starts(strbuf_slice(&ask->url), SLICE("https:"));
	strbuf_clear(&ask->url);
	strbuf_puts(&ask->url, next);
	curl_free(next);
	if (ask->url.failed)
		return error_nomem(err);
	if (!is_address(strbuf_slice(&ask->url)) || (secret && !address_is_secret(ask->fetch, ask->url.p)))
		return error_set(err, PLIM_EREMOTE, "it sends us on to an address that is not https");
	if (++ask->redirects > LIMIT_FETCH_REDIRECT_COUNT)
		return error_set(err, PLIM_ELIMIT, "it sends us on and on, limit FETCH_REDIRECT_COUNT");
	ask->moved = true;
	ask->away |= !origin_same(ask->url.p, ask->server->origin.p) && !(is_address(ask->target) && origin_same(ask->url.p, ask->target.p));
	ask->not_before = 0;
	return ASK_AGAIN;
}

/* Once more with what it demands; what was refused with credentials of ours stays refused, but a token may have run out. */
static int
introduce(struct ask *ask, struct plim_error *err)
{
	if (ask->challenged || ask->away || !ask->server->registry || ask->authorization.p || (ask->introduced && ask->server->demands == BASIC))
		return ASK_ANSWERED;
	/* What has gone out of a pipe cannot be sent once more. */
	if (ask->once && ask->x.put_at > 0)
		return ASK_ANSWERED;
	int r = server_learn(ask->server, ask->fetch->arena, &ask->x, &ask->scope, err);
	if (r < 0)
		return r;
	ask->challenged = true;
	return again(ask, 0);
}

static bool
is_busy(long status)
{
	return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

static bool
is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

int
answer_framing(const struct exchange *x, struct plim_error *err)
{
	uint64_t length;
	struct slice first = exchange_header(x, "Content-Length", 0), other, encoding = exchange_header(x, "Content-Encoding", 0);
	if (first.p && !slice_to_u64(first, 10, &length))
		return error_set(err, PLIM_EFORMAT, "its Content-Length is no number");
	for (size_t i = 1; (other = exchange_header(x, "Content-Length", i)).p; i++)
		if (!slice_eq(first, other))
			return error_set(err, PLIM_EFORMAT, "it answered with two lengths that differ");
	bool packed = x->packed && (slice_eq_nocase(encoding, SLICE("gzip")) || slice_eq_nocase(encoding, SLICE("x-gzip")));
	if (encoding.n > 0 && !packed && !slice_eq_nocase(encoding, SLICE("identity")))
		return error_set(err, PLIM_EFORMAT, "it answered with a Content-Encoding that nobody asked for");
	return 0;
}

static int
answered(struct ask *ask, struct plim_error *err)
{
	struct exchange *x = &ask->x;
	struct slice location = exchange_header(x, "Location", 0);
	bool reads = strcmp(ask->method, "GET") == 0 || strcmp(ask->method, "HEAD") == 0;
	if (x->status == 401)
		return introduce(ask, err);
	if (is_redirect(x->status) && reads && location.n > 0) {
		AUTO(strbuf) struct strbuf copy = { 0 };
		strbuf_put(&copy, location);
		return copy.p ? go_on(ask, strbuf_slice(&copy), err) : error_nomem(err);
	}
	if (is_busy(x->status) && may_try(ask))
		return try_later(ask, err);
	int r = x->status / 100 == 2 ? answer_framing(x, err) : 0;
	return r < 0 ? r : ASK_ANSWERED;
}

static bool
may_pass(CURLcode result)
{
	static const CURLcode passing[] = {
		CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_PARTIAL_FILE, CURLE_OPERATION_TIMEDOUT, CURLE_SSL_CONNECT_ERROR,
		CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_WEIRD_SERVER_REPLY,
	};
	for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
		if (result == passing[i])
			return true;
	return false;
}

/* What registries.conf calls insecure may have no TLS at all. */
static bool
gives_up_tls(struct ask *ask)
{
	struct server *server = ask->server;
	bool fails = ask->x.result == CURLE_SSL_CONNECT_ERROR || ask->x.result == CURLE_COULDNT_CONNECT;
	if (!fails || !server->lenient || ask->away || !slice_starts(server->origin, SLICE("https://")))
		return false;
	struct slice origin = arena_printf(ask->fetch->arena, "http://%.*s", SLICE_ARG(slice_from(server->origin, 8)));
	server->origin = origin.p ? origin : server->origin;
	return origin.p != NULL;
}

static int
failed(struct ask *ask, struct plim_error *err)
{
	struct exchange *x = &ask->x;
	AUTO(strbuf) struct strbuf shown = { 0 };
	if (x->result == CURLE_OUT_OF_MEMORY)
		return error_set(err, PLIM_ELIMIT, "its headers are too long, or there is no memory");
	if (x->too_long)
		return error_set(err, PLIM_ELIMIT, "its answer is too long, limit %s", x->headers.n > LIMIT_FETCH_HEADER_BYTES ? "FETCH_HEADER_BYTES" : x->body_limit);
	if (x->put_failed)
		return error_set(err, PLIM_ESYSTEM, "what was to be sent ended early");
	if (gives_up_tls(ask))
		return again(ask, 0);
	if (may_pass(x->result) && may_try(ask))
		return try_later(ask, err);
	strbuf_put_printable(&shown, slice_first_text(slice_of(x->error[0] ? x->error : curl_easy_strerror(x->result)), 300));
	return error_set(err, PLIM_EREMOTE, "%s", shown.p ? shown.p : "");
}

int
ask_step(struct ask *ask, struct plim_error *err)
{
	return ask->x.result == CURLE_OK ? answered(ask, err) : failed(ask, err);
}

void
ask_rest(const struct ask *ask)
{
	for (uint64_t now; (now = clock_ms()) < ask->not_before;)
		wheel_turn(&ask->fetch->wheel, ask->not_before - now, false);
}

int
ask_perform(struct ask *ask, struct plim_error *err)
{
	for (;;) {
		ask_rest(ask);
		int r = ask_start(ask, err);
		if (r < 0)
			return r;
		exchange_wait(&ask->x);
		r = ask_step(ask, err);
		if (r != ASK_AGAIN)
			return r;
	}
}

/* refusals */

static const char *
status_text(long status)
{
	static const struct {
		long status;
		const char *text;
	} known[] = {
		{ 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" }, { 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" }, { 408, "Request Timeout" }, { 413, "Content Too Large" }, { 416, "Range Not Satisfiable" },
		{ 429, "Too Many Requests" }, { 500, "Internal Server Error" }, { 501, "Not Implemented" }, { 502, "Bad Gateway" },
		{ 503, "Service Unavailable" }, { 504, "Gateway Timeout" },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].status == status)
			return known[i].text;
	return "";
}

static void
put_cleaned(struct strbuf *into, struct slice text)
{
	if (text.n == 0)
		return;
	strbuf_puts(into, ": ");
	strbuf_put_printable(into, slice_first_text(text, 200));
	strbuf_puts(into, text.n > 200 ? "..." : "");
}

/* {"errors": [{"code": ..., "message": ...}]}, and what token servers say. */
static void
put_said(const struct exchange *x, struct strbuf *into)
{
	static const char *const others[] = { "error_description", "details", "message", "error" };
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	const struct json *root;
	if (arena == NULL || json_parse(strbuf_slice(&x->body), arena, &root, NULL) < 0)
		return;
	const struct json *first = json_item(json_get(root, "errors"), 0);
	put_cleaned(into, json_get_string(first, "code"));
	put_cleaned(into, json_get_string(first, "message"));
	for (size_t i = 0; first == NULL && i < sizeof others / sizeof *others; i++)
		if (json_get_string(root, others[i]).n > 0) {
			put_cleaned(into, json_get_string(root, others[i]));
			return;
		}
}

/* What Docker Hub and others say of how many requests they take: "100;w=21600". */
static void
put_rate(const struct exchange *x, struct strbuf *into)
{
	struct slice limit = exchange_header(x, "RateLimit-Limit", 0), count, window = SLICE_NONE;
	if (limit.n == 0)
		return;
	slice_cut(limit, ';', &count, &window);
	strbuf_puts(into, "; it takes ");
	strbuf_put_printable(into, slice_first(slice_trim(count), 20));
	strbuf_puts(into, " requests");
	window = slice_trim(window);
	if (slice_skip(&window, SLICE("w="))) {
		strbuf_puts(into, " in ");
		strbuf_put_printable(into, slice_first(window, 20));
		strbuf_puts(into, " s");
	}
}

static void
put_advice(const struct server *server, struct strbuf *into)
{
	strbuf_printf(into, "log in with: podman login %.*s or docker login %.*s", SLICE_ARG(server->host), SLICE_ARG(server->host));
}

int
ask_refused(const struct ask *ask, struct plim_error *err)
{
	const struct exchange *x = &ask->x;
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_printf(&text, "%s answered %ld%s%s", ask->away ? "where it sends us" : "the server", x->status, *status_text(x->status) ? " " : "", status_text(x->status));
	put_said(x, &text);
	if (x->status == 429) {
		put_rate(x, &text);
		strbuf_puts(&text, ask->introduced || !ask->server->registry ? "" : "; credentials may raise it: ");
		if (!ask->introduced && ask->server->registry)
			put_advice(ask->server, &text);
	}
	if ((x->status == 401 || x->status == 403) && ask->server->registry && !ask->away) {
		strbuf_puts(&text, "; ");
		put_advice(ask->server, &text);
	}
	enum plim_code code = x->status == 404 ? PLIM_ENOTFOUND : x->status == 405 ? PLIM_EUNSUPPORTED : PLIM_EREMOTE;
	return error_set(err, code, "%s", text.p ? text.p : "");
}

int
ask_advise(const struct ask *ask, int r, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_printf(&text, "%s; ", err ? err->text : "");
	put_advice(ask->server, &text);
	return error_set(err, (enum plim_code)r, "%s", text.p ? text.p : "");
}

int
ask_wrap(const struct ask *ask, int r, struct plim_error *err)
{
	return error_wrap(err, r, "%.*s/%.*s: %s", SLICE_ARG(ask->server->host), SLICE_ARG(ask->repository), ask->step);
}
