/* SPDX-License-Identifier: Apache-2.0 */
/* A judge that answers a query with anything, in any order, to each of the formats.  The parent's side is static: its files are included whole. */
#include "../fuzz.h"

#include "gate/row_format.h"
#include "gate/rows.c"

static int
hear(struct asking *asking, struct cursor *in)
{
	struct plim_error err = { 0 };
	struct fuzz_message given;
	int r = 0;
	while (r == 0 && fuzz_message_next(in, &given)) {
		struct message message = { .kind = given.kind, .body = given.body, .fd = { -1, -1 } };
		r = given.kind == SAY_FAILED ? failure_of(given.body, &err) : take(asking, &message, &err);
		fuzz_demand(r <= 1);
	}
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor in = cursor_of((struct slice){ (const char *)data, size });
	static const char *const names[] = { "table", "line", "json", "jsonl", "csv" };
	const struct row_format *format = row_format_find(names[cursor_u8(&in) % (sizeof names / sizeof *names)]);
	struct row_output out = { .arena = arena_new(64 << 20) };
	const struct row_sink sink = { format->begin, format->row, &out, NULL };
	struct asking *asking = calloc(1, sizeof *asking);
	if (asking && out.arena) {
		*asking = (struct asking){ .sink = &sink, .arena = out.arena };
		if (hear(asking, &in) == 1) {
			format->end(&out);
			fuzz_touch(strbuf_slice(&out.text));
		}
	}
	row_output_done(&out);
	free(asking);
	return 0;
}
