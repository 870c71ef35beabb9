/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/1.1 messages as bytes (RFC 9112): heads, and where bodies end.  Strict, for two readers of one message must not see two: lines end
 * in CR LF, nothing is folded, a length is told once and in one way.
 */
#ifndef CODEC_HTTP_H
#define CODEC_HTTP_H

#include "base/arena.h"
#include "base/strbuf.h"

#include <plimsoll/error.h>

struct http_header {
	struct slice name, value;
};

/* Texts are the message's. */
struct http_head {
	struct slice method, target;          /* of a request, as they were written */
	unsigned status;                      /* of an answer */
	unsigned minor;                       /* HTTP/1.0 or 1.1 */
	const struct http_header *headers;    /* in the arena */
	size_t header_count;
};

/* How many bytes of `bytes` are the head, its empty line included; 0 where that has not come.  `from`: so many were searched before. */
size_t http_head_size(struct slice bytes, size_t from);

/* A whole head.  PLIM_EFORMAT says what is wrong, and never with the message's own words. */
int http_request_parse(struct slice head, struct arena *arena, struct http_head *out, struct plim_error *err);
int http_answer_parse(struct slice head, struct arena *arena, struct http_head *out, struct plim_error *err);

/* The first of this name, whatever its case; absent. */
struct slice http_header_find(const struct http_head *head, const char *name);
/* Whether the connection may be used for another message. */
bool http_keeps_alive(const struct http_head *head);

enum http_framing {
	HTTP_LENGTH,         /* so many bytes; 0: there is none */
	HTTP_CHUNKED,
	HTTP_UNTIL_CLOSE,    /* of answers only */
};

struct http_body {
	enum http_framing framing;
	uint64_t length;
};

/* PLIM_EFORMAT where two lengths are told, or one in a way that is not known. */
int http_body_of_request(const struct http_head *head, struct http_body *out, struct plim_error *err);
/* `bodiless`: it answers HEAD. */
int http_body_of_answer(const struct http_head *head, bool bodiless, struct http_body *out, struct plim_error *err);

/* The chunks of a body; valid when zeroed. */
struct http_chunks {
	uint64_t left;       /* of the chunk at hand */
	enum { HTTP_CHUNK_SIZE, HTTP_CHUNK_DATA, HTTP_CHUNK_END, HTTP_CHUNK_TRAILER, HTTP_CHUNKS_DONE } state;
};

/* Takes what it can off the front of `*in` and adds what it carries to `into`, at most up to `most` bytes there (PLIM_ELIMIT). */
int http_chunks_take(struct http_chunks *chunks, struct slice *in, struct strbuf *into, uint64_t most, struct plim_error *err);

#endif
