/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz target: heads of requests and answers, and a chunked body, which is the same one in pieces as at once. */
#include "../fuzz.h"

#include "codec/http.h"

static void
touch(const struct http_head *head)
{
	struct plim_error err = { 0 };
	struct http_body body;
	for (size_t i = 0; i < head->header_count; i++) {
		fuzz_demand(head->headers[i].name.n > 0);
		fuzz_touch(head->headers[i].value);
	}
	fuzz_touch(head->method);
	fuzz_touch(head->target);
	http_keeps_alive(head);
	fuzz_demand(http_body_of_request(head, &body, &err) < 0 || body.framing != HTTP_UNTIL_CLOSE);
	http_body_of_answer(head, false, &body, &err);
}

static int
unchunk(struct slice text, size_t step, struct strbuf *into, struct http_chunks *chunks)
{
	AUTO(strbuf) struct strbuf held = { 0 };
	struct plim_error err = { 0 };
	int r = 0;
	for (size_t at = 0; r == 0 && at < text.n; at += step) {
		strbuf_put(&held, slice_first(slice_from(text, at), step));
		struct slice rest = strbuf_slice(&held);
		r = http_chunks_take(chunks, &rest, into, 1 << 16, &err);
		AUTO(strbuf) struct strbuf left = { 0 };
		strbuf_put(&left, rest);
		strbuf_clear(&held);
		strbuf_put(&held, strbuf_slice(&left));
	}
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	AUTO(strbuf) struct strbuf whole = { 0 }, pieces = { 0 };
	struct http_chunks one = { 0 }, other = { 0 };
	struct plim_error err = { 0 };
	struct http_head head;
	struct slice text = { (const char *)data, size }, begin = slice_first(text, http_head_size(text, 0));
	if (http_request_parse(begin, arena, &head, &err) == 0)
		touch(&head);
	if (http_answer_parse(begin, arena, &head, &err) == 0)
		touch(&head);
	if (unchunk(text, size ? size : 1, &whole, &one) == 0 && unchunk(text, 3, &pieces, &other) == 0)
		fuzz_demand(one.state == other.state && slice_eq(strbuf_slice(&whole), strbuf_slice(&pieces)));
	return 0;
}
