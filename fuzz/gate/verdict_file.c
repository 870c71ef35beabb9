/* SPDX-License-Identifier: Apache-2.0 */
/* A file of verdicts from anywhere: what is read of it travels unchanged, every report can show it, and JSON gives the same again. */
#include "../fuzz.h"

#include "policy/verdict_file.h"
#include "report/writer.h"

#include <stdlib.h>

static void
write_with(const struct writer *writer, const struct verdict_list *list, struct strbuf *into)
{
	const struct verdict **verdicts = calloc(list->n, sizeof *verdicts);
	struct report report = { list->target, verdicts, list->n, list->at[0].result, 72, false };
	for (size_t i = 0; verdicts && i < list->n; i++) {
		verdicts[i] = &list->at[i];
		report.result = list->at[i].result > report.result ? list->at[i].result : report.result;
	}
	if (verdicts)
		writer->write(&report, into);
	free(verdicts);
}

/* Through the channel, and through JSON. */
static void
again(const struct verdict_list *list, struct arena *arena)
{
	AUTO(strbuf) struct strbuf sent = { 0 };
	AUTO(strbuf) struct strbuf json = { 0 };
	AUTO(strbuf) struct strbuf second = { 0 };
	struct verdict_list taken, read;
	verdict_list_write(list, &sent);
	fuzz_demand(verdict_list_parse(strbuf_slice(&sent), arena, &taken, NULL) == 0);
	write_with(&writer_json, &taken, &json);
	fuzz_demand(verdict_list_read(strbuf_slice(&json), arena, &read, NULL) == 0);
	write_with(&writer_json, &read, &second);
	fuzz_demand(slice_eq(strbuf_slice(&json), strbuf_slice(&second)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct verdict_list list;
	if (size > 1 << 16 || arena == NULL || verdict_list_read((struct slice){ (const char *)data, size }, arena, &list, NULL) < 0)
		return 0;
	again(&list, arena);
	for (const struct writer *const *writer = writers; *writer; writer++) {
		AUTO(strbuf) struct strbuf text = { 0 };
		write_with(*writer, &list, &text);
		fuzz_touch(strbuf_slice(&text));
	}
	return 0;
}
