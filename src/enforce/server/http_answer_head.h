/* SPDX-License-Identifier: Apache-2.0 */
/* The head of an answer, as bytes (RFC 9112). */
#ifndef ENFORCE_SERVER_HTTP_ANSWER_HEAD_H
#define ENFORCE_SERVER_HTTP_ANSWER_HEAD_H

#include "enforce/server/http_server.h"

struct evbuffer;

/* Of an answer whose body has `length` bytes, whatever its own; `last`: the connection ends with it.  Its headers' texts go out as they are. */
void http_answer_head(const struct http_answer *answer, uint64_t length, bool last, struct evbuffer *into);

#endif
