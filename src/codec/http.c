/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of HTTP messages, line by line, and the framing of bodies. */
#include "codec/http.h"

#include "base/error.h"

/* Longer lines tell no size: extensions of chunks are nobody's, trailers neither. */
#define CHUNK_LINE_MOST 1024

size_t
http_head_size(struct slice bytes, size_t from)
{
	size_t at = slice_find_text(slice_from(bytes, from > 3 ? from - 3 : 0), SLICE("\r\n\r\n"));
	return at == SIZE_MAX ? 0 : at + (from > 3 ? from - 3 : 0) + 4;
}

/* RFC 9110, 5.6.2. */
static bool
is_token(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c <= ' ' || c >= 127 || strchr("\"(),/:;<=>?@[\\]{}", c))
			return false;
	}
	return s.n > 0;
}

static bool
is_visible(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] == 127)
			return false;
	return s.n > 0;
}

/* Bytes above ASCII are text of somebody's; control bytes are nobody's. */
static bool
is_value(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 127)
			return false;
	return true;
}

static bool
line_next(struct slice *rest, struct slice *line)
{
	size_t at = slice_find_text(*rest, SLICE("\r\n"));
	if (at == SIZE_MAX)
		return false;
	*line = slice_first(*rest, at);
	*rest = slice_from(*rest, at + 2);
	return true;
}

static struct slice
trim(struct slice s)
{
	while (s.n > 0 && (*s.p == ' ' || *s.p == '\t'))
		s = slice_from(s, 1);
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

static int
header_parse(struct slice line, struct http_header *out, struct plim_error *err)
{
	struct slice value;
	if (!slice_cut(line, ':', &out->name, &value) || !is_token(out->name))
		return error_set(err, PLIM_EFORMAT, "a header without a name");
	out->value = trim(value);
	return is_value(value) ? 0 : error_set(err, PLIM_EFORMAT, "a header with control bytes");
}

static size_t
lines_in(struct slice s)
{
	size_t n = 0;
	for (struct slice line; line_next(&s, &line);)
		n++;
	return n;
}

static int
headers_parse(struct slice rest, struct arena *arena, struct http_head *out, struct plim_error *err)
{
	struct http_header *headers = arena_make_array(arena, lines_in(rest), struct http_header);
	struct slice line;
	if (headers == NULL)
		return error_nomem(err);
	out->headers = headers;
	while (line_next(&rest, &line) && line.n > 0) {
		int r = header_parse(line, &headers[out->header_count], err);
		if (r < 0)
			return r;
		out->header_count++;
	}
	return line.n == 0 && rest.n == 0 ? 0 : error_set(err, PLIM_EFORMAT, "a head without its end");
}

static bool
version_parse(struct slice text, unsigned *minor)
{
	*minor = slice_is(text, "HTTP/1.1");
	return *minor || slice_is(text, "HTTP/1.0");
}

int
http_request_parse(struct slice head, struct arena *arena, struct http_head *out, struct plim_error *err)
{
	struct slice line = SLICE_NONE, rest, version = SLICE_NONE;
	*out = (struct http_head){ .minor = 1 };
	if (!line_next(&head, &line) || !slice_cut(line, ' ', &out->method, &rest) || !slice_cut(rest, ' ', &out->target, &version))
		return error_set(err, PLIM_EFORMAT, "a first line that is none of a request");
	if (!is_token(out->method) || !is_visible(out->target))
		return error_set(err, PLIM_EFORMAT, "a method or a target that is none");
	if (!version_parse(version, &out->minor))
		return error_set(err, PLIM_EFORMAT, "a version of HTTP that is not spoken here");
	return headers_parse(head, arena, out, err);
}

int
http_answer_parse(struct slice head, struct arena *arena, struct http_head *out, struct plim_error *err)
{
	struct slice line = SLICE_NONE, version, rest = SLICE_NONE, status, phrase;
	uint64_t number = 0;
	*out = (struct http_head){ .minor = 1 };
	if (!line_next(&head, &line) || !slice_cut(line, ' ', &version, &rest) || !version_parse(version, &out->minor))
		return error_set(err, PLIM_EFORMAT, "a first line that is none of an answer");
	slice_cut(rest, ' ', &status, &phrase);
	if (status.n != 3 || !slice_to_u64(status, 10, &number) || number < 100)
		return error_set(err, PLIM_EFORMAT, "a status that is none");
	out->status = (unsigned)number;
	return headers_parse(head, arena, out, err);
}

/* The first of this name behind `*at`, which moves behind it. */
static struct slice
find_from(const struct http_head *head, const char *name, size_t *at)
{
	while (*at < head->header_count) {
		const struct http_header *header = &head->headers[(*at)++];
		if (slice_eq_nocase(header->name, slice_of(name)))
			return header->value;
	}
	return SLICE_NONE;
}

struct slice
http_header_find(const struct http_head *head, const char *name)
{
	size_t at = 0;
	return find_from(head, name, &at);
}

/* Whether a word is in a list, in any of the headers of this name. */
static bool
lists(const struct http_head *head, const char *name, const char *word)
{
	size_t at = 0;
	for (struct slice value; (value = find_from(head, name, &at)).p;)
		for (struct slice piece; slice_next(&value, ',', &piece);)
			if (slice_eq_nocase(trim(piece), slice_of(word)))
				return true;
	return false;
}

bool
http_keeps_alive(const struct http_head *head)
{
	if (lists(head, "Connection", "close"))
		return false;
	return head->minor == 1 || lists(head, "Connection", "keep-alive");
}

static int
length_of(const struct http_head *head, bool *told, uint64_t *out, struct plim_error *err)
{
	size_t at = 0;
	struct slice value = find_from(head, "Content-Length", &at);
	*told = value.p != NULL;
	if (!*told)
		return 0;
	/* Digits alone: neither a sign nor a list of equal numbers. */
	if (find_from(head, "Content-Length", &at).p || !slice_to_u64(value, 10, out))
		return error_set(err, PLIM_EFORMAT, "a Content-Length that is no number, or two of them");
	return 0;
}

static int
body_of(const struct http_head *head, enum http_framing otherwise, struct http_body *out, struct plim_error *err)
{
	size_t at = 0;
	bool told;
	struct slice coding = find_from(head, "Transfer-Encoding", &at);
	*out = (struct http_body){ otherwise, 0 };
	int r = length_of(head, &told, &out->length, err);
	if (r < 0)
		return r;
	if (told)
		out->framing = HTTP_LENGTH;
	if (!coding.p)
		return 0;
	if (told || head->minor == 0 || find_from(head, "Transfer-Encoding", &at).p || !slice_eq_nocase(coding, SLICE("chunked")))
		return error_set(err, PLIM_EFORMAT, "a Transfer-Encoding that is not chunked, or a length beside it");
	out->framing = HTTP_CHUNKED;
	return 0;
}

int
http_body_of_request(const struct http_head *head, struct http_body *out, struct plim_error *err)
{
	return body_of(head, HTTP_LENGTH, out, err);
}

int
http_body_of_answer(const struct http_head *head, bool bodiless, struct http_body *out, struct plim_error *err)
{
	int r = body_of(head, HTTP_UNTIL_CLOSE, out, err);
	if (bodiless || head->status < 200 || head->status == 204 || head->status == 304)
		*out = (struct http_body){ HTTP_LENGTH, 0 };
	return r;
}

/* "1A;extension": hexadecimal digits alone; false for anything else. */
static bool
size_parse(struct slice line, uint64_t *out)
{
	struct slice digits, extension;
	slice_cut(line, ';', &digits, &extension);
	return slice_to_u64(trim(digits), 16, out);
}

/* 1, or 0 where the line has not come. */
static int
chunk_line(struct slice *in, struct slice *line, struct plim_error *err)
{
	if (line_next(in, line))
		return line->n <= CHUNK_LINE_MOST ? 1 : error_set(err, PLIM_EFORMAT, "a long line between chunks");
	return in->n <= CHUNK_LINE_MOST ? 0 : error_set(err, PLIM_EFORMAT, "a long line between chunks");
}

/* A line of a size, behind a chunk, or behind all of them: 1. */
static int
chunk_step(struct http_chunks *chunks, struct slice line, struct plim_error *err)
{
	switch (chunks->state) {
	case HTTP_CHUNK_SIZE:
		if (!size_parse(line, &chunks->left))
			return error_set(err, PLIM_EFORMAT, "a chunk without its size");
		chunks->state = chunks->left ? HTTP_CHUNK_DATA : HTTP_CHUNK_TRAILER;
		return 1;
	case HTTP_CHUNK_END:
		if (line.n > 0)
			return error_set(err, PLIM_EFORMAT, "a chunk that is longer than its size");
		chunks->state = HTTP_CHUNK_SIZE;
		return 1;
	default:
		if (line.n == 0)
			chunks->state = HTTP_CHUNKS_DONE;
		return 1;
	}
}

/* 1 where something was taken; a size that is too large is told before its bytes come. */
static int
chunk_data(struct http_chunks *chunks, struct slice *in, struct strbuf *into, uint64_t most, struct plim_error *err)
{
	struct slice part = slice_first(*in, chunks->left < in->n ? (size_t)chunks->left : in->n);
	if (chunks->left > most || into->n > most - chunks->left)
		return error_set(err, PLIM_ELIMIT, "a body of more than %llu bytes", (unsigned long long)most);
	strbuf_put(into, part);
	*in = slice_from(*in, part.n);
	chunks->left -= part.n;
	if (chunks->left == 0)
		chunks->state = HTTP_CHUNK_END;
	return into->failed ? error_nomem(err) : part.n > 0;
}

/* 1 where something was taken, 0 where more has to come. */
static int
chunk_next(struct http_chunks *chunks, struct slice *in, struct strbuf *into, uint64_t most, struct plim_error *err)
{
	struct slice line;
	if (chunks->state == HTTP_CHUNK_DATA)
		return chunk_data(chunks, in, into, most, err);
	int r = chunk_line(in, &line, err);
	return r > 0 ? chunk_step(chunks, line, err) : r;
}

int
http_chunks_take(struct http_chunks *chunks, struct slice *in, struct strbuf *into, uint64_t most, struct plim_error *err)
{
	int r = 1;
	while (r > 0 && chunks->state != HTTP_CHUNKS_DONE)
		r = chunk_next(chunks, in, into, most, err);
	return r < 0 ? r : 0;
}
