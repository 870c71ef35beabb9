/* SPDX-License-Identifier: Apache-2.0 */
/* A verdict as a hostile judge might send it: written again it is the same, and every report can show it. */
#include "../fuzz.h"

#include "policy/verdict_file.h"
#include "report/writer.h"

static void
report(const struct verdict *verdict)
{
	const struct verdict *const verdicts[] = { verdict };
	struct report report = { SLICE("docker-archive:web.tar:web:1"), verdicts, 1, verdict->result, 100, verdict->file_count & 1 };
	for (const struct writer *const *writer = writers; *writer; writer++) {
		AUTO(strbuf) struct strbuf text = { 0 };
		(*writer)->write(&report, &text);
		fuzz_touch(strbuf_slice(&text));
	}
}

static void
write_json(const struct verdict *verdict, struct strbuf *into)
{
	const struct verdict *const verdicts[] = { verdict };
	writer_json.write(&(struct report){ SLICE("tree"), verdicts, 1, verdict->result, 80, false }, into);
}

/* What is sound survives being written to a file, whatever bytes its texts have. */
static void
convert(struct verdict *verdict)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf first = { 0 };
	AUTO(strbuf) struct strbuf second = { 0 };
	struct verdict_list list;
	verdict->target = SLICE("tree");
	if (arena == NULL || verdict_spell(verdict, NULL) < 0)
		return;
	write_json(verdict, &first);
	if (verdict_list_read(strbuf_slice(&first), arena, &list, NULL) < 0)
		return;
	write_json(&list.at[0], &second);
	fuzz_demand(slice_eq(strbuf_slice(&first), strbuf_slice(&second)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(verdict) struct verdict *verdict = NULL;
	AUTO(verdict) struct verdict *again = NULL;
	AUTO(strbuf) struct strbuf first = { 0 };
	AUTO(strbuf) struct strbuf second = { 0 };
	struct slice bytes = { (const char *)data, size };
	if (size > 1 << 16 || verdict_parse(bytes, &verdict, NULL) < 0)
		return 0;
	verdict_write(verdict, &first);
	fuzz_demand(slice_starts(bytes, strbuf_slice(&first)));
	fuzz_demand(verdict_parse(strbuf_slice(&first), &again, NULL) == 0);
	verdict_write(again, &second);
	fuzz_demand(slice_eq(strbuf_slice(&first), strbuf_slice(&second)));
	report(verdict);
	convert(verdict);
	return 0;
}
