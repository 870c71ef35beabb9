/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/server/http_answer_head.h"

#include <event2/buffer.h>

static const char *
phrase_of(unsigned status)
{
	static const struct { unsigned status; const char *phrase; } phrases[] = {
		{ 200, "OK" }, { 201, "Created" }, { 202, "Accepted" }, { 204, "No Content" }, { 304, "Not Modified" }, { 307, "Temporary Redirect" },
		{ 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" }, { 405, "Method Not Allowed" },
		{ 408, "Request Timeout" }, { 411, "Length Required" }, { 413, "Content Too Large" }, { 415, "Unsupported Media Type" },
		{ 429, "Too Many Requests" }, { 431, "Request Header Fields Too Large" }, { 500, "Internal Server Error" },
		{ 502, "Bad Gateway" }, { 503, "Service Unavailable" }, { 504, "Gateway Timeout" },
	};
	for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Answer";
}

void
http_answer_head(const struct http_answer *answer, uint64_t length, bool last, struct evbuffer *into)
{
	evbuffer_add_printf(into, "HTTP/1.1 %u %s\r\nContent-Length: %ju\r\n", answer->status, phrase_of(answer->status), (uintmax_t)length);
	if (answer->type)
		evbuffer_add_printf(into, "Content-Type: %s\r\n", answer->type);
	for (size_t i = 0; i < answer->header_count; i++) {
		const struct http_header *h = &answer->headers[i];
		evbuffer_add_printf(into, "%.*s: %.*s\r\n", SLICE_ARG(h->name), SLICE_ARG(h->value));
	}
	evbuffer_add_printf(into, "%s\r\n", last ? "Connection: close\r\n" : "");
}
