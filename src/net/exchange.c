/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: libcurl's sockets, the pipes that paused bodies wait for, and the channel, in one poll. */
#include "net/exchange.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/vec.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

uint64_t
clock_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int
wheel_init(struct wheel *wheel, int channel, struct plim_error *err)
{
	*wheel = (struct wheel){ .channel = channel };
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || (wheel->multi = curl_multi_init()) == NULL)
		return error_nomem(err);
	/* A paused stream of HTTP/2 holds up its connection: none is shared. */
	curl_multi_setopt(wheel->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	const char *usual = getenv("no_proxy");
	usual = usual ? usual : getenv("NO_PROXY");
	strbuf_printf(&wheel->no_proxy, "%s%slocalhost,127.0.0.1,::1", usual ? usual : "", usual ? "," : "");
	return wheel->no_proxy.failed ? error_nomem(err) : 0;
}

/* headers */

static bool
has_control(const char *line)
{
	for (; *line; line++)
		if ((unsigned char)*line < 0x20 || *line == 0x7f)
			return true;
	return false;
}

/* What is refused is not shown: a password may be in it. */
static int
line_add(struct exchange *x, const char *line, struct plim_error *err)
{
	if (has_control(line))
		return error_set(err, PLIM_EFORMAT, "the value of a header would have control characters in it");
	struct curl_slist *more = curl_slist_append(x->lines, line);
	if (more == NULL)
		return error_nomem(err);
	x->lines = more;
	return 0;
}

int
exchange_line(struct exchange *x, struct plim_error *err, const char *format, ...)
{
	char *line = NULL;
	va_list args;
	va_start(args, format);
	int n = vasprintf(&line, format, args);
	va_end(args);
	if (n < 0)
		return error_nomem(err);
	int r = line_add(x, line, err);
	explicit_bzero(line, (size_t)n);
	free(line);
	return r;
}

struct slice
exchange_header(const struct exchange *x, const char *name, size_t nth)
{
	struct slice rest = strbuf_slice(&x->headers), line, key, value;
	while (slice_next(&rest, '\n', &line))
		if (slice_cut(line, ':', &key, &value) && slice_eq_nocase(slice_trim(key), slice_of(name)) && nth-- == 0)
			return slice_trim(value);
	return SLICE_NONE;
}

/* A new status line begins a new answer: those before it (100, 103) are forgotten. */
static size_t
on_header(char *p, size_t size, size_t n, void *context)
{
	struct exchange *x = context;
	struct slice line = { p, size * n };
	if (slice_starts(line, SLICE("HTTP/")))
		strbuf_clear(&x->headers);
	else {
		strbuf_put(&x->headers, slice_trim(line));
		strbuf_putc(&x->headers, '\n');
	}
	x->too_long = x->headers.n > LIMIT_FETCH_HEADER_BYTES;
	return x->too_long || x->headers.failed ? 0 : line.n;
}

/* bodies: a refusal is kept, whatever becomes of the others */

static size_t
on_body(char *p, size_t size, size_t n, void *context)
{
	struct exchange *x = context;
	struct slice bytes = { p, size * n };
	if (x->status == 0)
		curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &x->status);
	bool refusal = x->status / 100 != 2;
	if (x->sink && !refusal)
		return x->sink(x->context, bytes);
	uint64_t most = refusal ? REFUSAL_BYTES : x->body_most;
	if (bytes.n > most - x->body.n) {
		x->cut = refusal;
		x->too_long = !refusal;
		return CURL_WRITEFUNC_ERROR;
	}
	strbuf_put(&x->body, bytes);
	return x->body.failed ? CURL_WRITEFUNC_ERROR : bytes.n;
}

static size_t
put_slice(struct exchange *x, char *into, size_t room)
{
	struct slice rest = slice_first(slice_from(x->put, (size_t)x->put_at), room);
	if (rest.n > 0)
		memcpy(into, rest.p, rest.n);
	return rest.n;
}

/* A pipe that has nothing yet is waited for with the others; a file answers at once. */
static size_t
on_put(char *into, size_t size, size_t n, void *context)
{
	struct exchange *x = context;
	size_t room = size * n;
	struct pollfd ready = { x->put_fd, POLLIN, 0 };
	if (x->put_fd < 0) {
		room = put_slice(x, into, room);
		x->put_at += room;
		return room;
	}
	if (room > x->put_size - x->put_at)
		room = (size_t)(x->put_size - x->put_at);
	if (room > 0 && poll(&ready, 1, 0) == 0) {
		x->waits = x->put_fd;
		x->events = POLLIN;
		return CURL_READFUNC_PAUSE;
	}
	ssize_t got = room ? read(x->put_fd, into, room) : 0;
	x->put_failed = got < 0 || (got == 0 && room > 0);
	x->put_at += got > 0 ? (uint64_t)got : 0;
	return x->put_failed ? CURL_READFUNC_ABORT : (size_t)got;
}

/* A body in memory begins anew where libcurl finds that a kept connection had been closed. */
static int
on_seek(void *context, curl_off_t offset, int origin)
{
	struct exchange *x = context;
	if (x->put_fd >= 0 || origin != SEEK_SET || offset < 0 || (uint64_t)offset > x->put.n)
		return (uint64_t)offset == x->put_at ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_CANTSEEK;
	x->put_at = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

/* options */

static void
set_manners(CURL *easy, const struct manners *manners)
{
	const char *file = getenv("SSL_CERT_FILE"), *directory = getenv("SSL_CERT_DIR");
	if (file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, file);
	if (directory)
		curl_easy_setopt(easy, CURLOPT_CAPATH, directory);
	if (manners == NULL)
		return;
	if (manners->insecure) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	struct curl_blob authorities = { (void *)manners->authorities.p, manners->authorities.n, CURL_BLOB_NOCOPY };
	if (manners->authorities.p)
		curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &authorities);
	if (manners->certificate) {
		curl_easy_setopt(easy, CURLOPT_SSLCERT, manners->certificate);
		curl_easy_setopt(easy, CURLOPT_SSLKEY, manners->key);
	}
}

/* libcurl itself reads HTTP_PROXY in lower case only, since a CGI program finds a header of its client in the other. */
static void
set_proxy(const struct wheel *wheel, struct exchange *x)
{
	const char *proxy = getenv("HTTP_PROXY");
	curl_easy_setopt(x->easy, CURLOPT_NOPROXY, wheel->no_proxy.p);
	if (proxy && !getenv("http_proxy") && !getenv("REQUEST_METHOD") && strncmp(x->url, "http:", 5) == 0)
		curl_easy_setopt(x->easy, CURLOPT_PROXY, proxy);
}

static void
set_times(struct exchange *x)
{
	long stall = (long)(x->stall_s ? x->stall_s : LIMIT_FETCH_STALL_S);
	curl_easy_setopt(x->easy, CURLOPT_CONNECTTIMEOUT, (long)LIMIT_FETCH_CONNECT_S);
	curl_easy_setopt(x->easy, CURLOPT_LOW_SPEED_LIMIT, 128L);
	curl_easy_setopt(x->easy, CURLOPT_LOW_SPEED_TIME, stall);
	curl_easy_setopt(x->easy, CURLOPT_TIMEOUT, (long)x->total_s);
	curl_easy_setopt(x->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, stall);
}

static void
set_upload(struct exchange *x)
{
	curl_off_t size = (curl_off_t)(x->put_fd >= 0 ? x->put_size : x->put.n);
	curl_easy_setopt(x->easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(x->easy, CURLOPT_INFILESIZE_LARGE, size);
	curl_easy_setopt(x->easy, CURLOPT_READFUNCTION, on_put);
	curl_easy_setopt(x->easy, CURLOPT_READDATA, x);
	curl_easy_setopt(x->easy, CURLOPT_SEEKFUNCTION, on_seek);
	curl_easy_setopt(x->easy, CURLOPT_SEEKDATA, x);
	curl_easy_setopt(x->easy, CURLOPT_UPLOAD_BUFFERSIZE, 524288L);
	/* The refusal that it would save a body from comes from the request before. */
	exchange_line(x, NULL, "Expect:");
}

static void
set_request(struct exchange *x)
{
	bool head = strcmp(x->method, "HEAD") == 0, get = strcmp(x->method, "GET") == 0;
	if (x->put.p || x->put_fd >= 0)
		set_upload(x);
	if (head)
		curl_easy_setopt(x->easy, CURLOPT_NOBODY, 1L);
	else if (!get)
		curl_easy_setopt(x->easy, CURLOPT_CUSTOMREQUEST, x->method);
	curl_easy_setopt(x->easy, CURLOPT_URL, x->url);
	curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->lines);
	curl_easy_setopt(x->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(x->easy, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(x->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(x->easy, CURLOPT_WRITEDATA, x);
}

static void
set_protocol(struct exchange *x)
{
	curl_easy_setopt(x->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(x->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(x->easy, CURLOPT_HTTP_VERSION, (long)(x->one_stream ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS));
	curl_easy_setopt(x->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(x->easy, CURLOPT_PATH_AS_IS, 1L);
	if (x->socket)
		curl_easy_setopt(x->easy, CURLOPT_UNIX_SOCKET_PATH, x->socket);
	curl_easy_setopt(x->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(x->easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(x->easy, CURLOPT_BUFFERSIZE, 262144L);
	curl_easy_setopt(x->easy, CURLOPT_ERRORBUFFER, x->error);
	curl_easy_setopt(x->easy, CURLOPT_USERAGENT, "plimsoll/" PLIMSOLL_VERSION);
	curl_easy_setopt(x->easy, CURLOPT_PRIVATE, x);
}

/* the life of one */

int
exchange_start(struct wheel *wheel, struct exchange *x, struct plim_error *err)
{
	x->done = x->too_long = x->cut = x->put_failed = false;
	x->status = 0;
	x->put_at = 0;
	x->waits = -1;
	x->error[0] = '\0';
	strbuf_clear(&x->headers);
	strbuf_clear(&x->body);
	x->easy = curl_easy_init();
	if (x->easy == NULL)
		return error_nomem(err);
	x->wheel = wheel;
	set_protocol(x);
	set_times(x);
	set_proxy(wheel, x);
	set_manners(x->easy, x->manners);
	set_request(x);
	if (curl_multi_add_handle(wheel->multi, x->easy) != CURLM_OK)
		return error_nomem(err);
	x->next = wheel->running;
	wheel->running = x;
	return 0;
}

static void
forget(struct exchange *x)
{
	struct exchange **at = &x->wheel->running;
	while (*at && *at != x)
		at = &(*at)->next;
	if (*at)
		*at = x->next;
	curl_multi_remove_handle(x->wheel->multi, x->easy);
}

static void
finish(struct exchange *x, CURLcode result)
{
	curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &x->status);
	x->result = x->cut ? CURLE_OK : result;
	x->done = true;
	x->waits = -1;
	forget(x);
}

void
exchange_done(struct exchange *x)
{
	if (x->easy && !x->done)
		forget(x);
	if (x->easy)
		curl_easy_cleanup(x->easy);
	curl_slist_free_all(x->lines);
	strbuf_done(&x->headers);
	strbuf_done(&x->body);
	x->easy = NULL;
	x->lines = NULL;
}

void
exchange_continue(struct exchange *x)
{
	x->waits = -1;
	curl_easy_pause(x->easy, CURLPAUSE_CONT);
}

void
exchange_wait(struct exchange *x)
{
	while (!x->done)
		wheel_turn(x->wheel, 1000, false);
}

/* the loop */

/* libcurl takes its own; ours stand in front: the channel, then what paused. */
static size_t
gather(struct wheel *wheel, bool listening, struct curl_waitfd *fds, size_t most)
{
	size_t n = 0;
	fds[n++] = (struct curl_waitfd){ .fd = wheel->channel, .events = (short)(listening ? CURL_WAIT_POLLIN : 0) };
	for (struct exchange *x = wheel->running; x && n < most; x = x->next)
		if (x->waits >= 0)
			fds[n++] = (struct curl_waitfd){ .fd = x->waits, .events = (short)(x->events == POLLIN ? CURL_WAIT_POLLIN : CURL_WAIT_POLLOUT) };
	if (wheel->gather)
		n += wheel->gather(wheel->context, fds + n, most - n);
	return n;
}

/* An exchange that goes on may finish another or itself: after each one, from the front again. */
static void
wake(struct wheel *wheel)
{
	for (bool again = true; again;) {
		again = false;
		for (struct exchange *x = wheel->running; x && !again; x = x->next) {
			struct pollfd ready = { x->waits, x->events, 0 };
			if (x->waits < 0 || poll(&ready, 1, 0) <= 0)
				continue;
			exchange_continue(x);
			again = x->waits < 0;
		}
	}
}

static bool
collect(struct wheel *wheel)
{
	int left;
	bool any = false;
	for (CURLMsg *m; (m = curl_multi_info_read(wheel->multi, &left)) != NULL;) {
		struct exchange *x = NULL;
		CURLcode result = m->data.result;
		if (m->msg == CURLMSG_DONE && curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&x) == CURLE_OK && x)
			finish(x, result);
		any = true;
	}
	return any;
}

/* Whoever asked has gone: nobody wants what is under way. */
static void
end_with_channel(int channel)
{
	struct pollfd gone = { channel, 0, 0 };
	if (poll(&gone, 1, 0) > 0 && gone.revents & (POLLHUP | POLLERR | POLLNVAL))
		_exit(0);
}

#define WAITED_MOST 2048

bool
wheel_turn(struct wheel *wheel, uint64_t most_ms, bool listening)
{
	struct curl_waitfd fds[WAITED_MOST];
	int running;
	curl_multi_perform(wheel->multi, &running);
	if (collect(wheel))
		most_ms = 0;
	else if (wheel->most)
		most_ms = wheel->most(wheel->context, most_ms);
	size_t n = gather(wheel, listening, fds, WAITED_MOST);
	if (curl_multi_poll(wheel->multi, fds, (unsigned)n, (int)most_ms, NULL) != CURLM_OK)
		_exit(1);
	end_with_channel(wheel->channel);
	wake(wheel);
	curl_multi_perform(wheel->multi, &running);
	collect(wheel);
	if (wheel->tend)
		wheel->tend(wheel->context);
	return listening && (fds[0].revents & CURL_WAIT_POLLIN);
}
