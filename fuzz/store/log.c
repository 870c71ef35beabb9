/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log that somebody else wrote.  When the first byte is odd its entries are numbered and linked anew, so that the chain is reached.
 * What the reader calls whole or torn, the writer goes on with, and then it is whole.  What writes is static: its file is included.
 */
#include "../fuzz.h"

#include "store/log.c"
#include "store/log_read.h"

#include <sys/mman.h>

static void
forge(struct slice text, struct strbuf *into)
{
	uint64_t sequence = 0;
	size_t region = 0;
	for (size_t end; text.n; text = slice_from(text, end)) {
		struct log_line line;
		AUTO(arena) struct arena *arena = arena_new(0);
		end = slice_find(text, '\n') == SIZE_MAX ? text.n : slice_find(text, '\n') + 1;
		if (log_line_parse(slice_first(text, end), arena, &line, NULL) < 0) {
			strbuf_put(into, slice_first(text, end));
			continue;
		}
		line.sequence = ++sequence;
		line.previous = into->n ? digest_of(slice_from(strbuf_slice(into), region)) : (struct digest){ .algorithm = DIGEST_NONE };
		region = into->n;
		fuzz_demand(log_line_write(&line, into, NULL) == 0);
	}
}

static int
touch(void *context, const struct log_item *item, struct plim_error *err)
{
	(void)context;
	(void)err;
	fuzz_touch(item->line.entry.kind);
	for (size_t i = 0; i < item->line.entry.field_count; i++) {
		const struct log_field *field = &item->line.entry.fields[i];
		fuzz_touch(field->key);
		fuzz_touch(field->text);
		for (size_t k = 0; k < field->text_count; k++)
			fuzz_touch(field->texts[k]);
	}
	return 0;
}

static void
go_on(struct strbuf *text, const struct log_state *before)
{
	const struct log_wanted nothing = { 0 };
	const struct log_entry entry = { SLICE("verdict"), NULL, 0 };
	struct log_state after;
	struct tail tail;
	AUTO(fd) int fd = memfd_create("log", MFD_CLOEXEC);
	struct slice all = strbuf_slice(text);
	if (fd < 0 || write(fd, all.p, all.n) != (ssize_t)all.n || tail_find("/no-such-log", fd, &tail, NULL) < 0 || before->broken)
		return;
	fuzz_demand(lines_make(&tail, &entry, 1, text, NULL) == 0);
	fuzz_demand(log_walk_bytes(strbuf_slice(text), &nothing, touch, NULL, &after, NULL) == 0);
	/* What lacked only its newline is an entry now. */
	fuzz_demand(!after.broken && after.tail_bytes == 0 && after.entries - before->entries >= 1 && after.entries - before->entries <= 2);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct log_wanted nothing = { 0 };
	AUTO(strbuf) struct strbuf text = { 0 };
	struct log_state state;
	if (size < 1)
		return 0;
	struct slice given = { (const char *)data + 1, size - 1 };
	/* Small enough to be passed. */
	LIMIT_LOG_LINE_BYTES = data[0] & 2 ? 400 : 1048576;
	if (data[0] & 1)
		forge(given, &text);
	else
		strbuf_put(&text, given);
	fuzz_demand(log_walk_bytes(strbuf_slice(&text), &nothing, touch, NULL, &state, NULL) == 0);
	go_on(&text, &state);
	return 0;
}
