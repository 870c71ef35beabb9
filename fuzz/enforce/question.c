/* SPDX-License-Identifier: Apache-2.0 */
/* What those who decide are asked, and what they answer, as it comes from another process. */
#include "../fuzz.h"

#include "enforce/server/question_wire.h"

/* What was read once is read the same out of what is written of it. */
static void
check_question(struct slice text, struct arena *arena)
{
	AUTO(strbuf) struct strbuf written = { 0 }, once_more = { 0 };
	struct guard_question question, again;
	struct plim_error err = { 0 };
	if (question_read(text, arena, &question, &err) < 0 || question_write(&question, arena, &written, &err) < 0)
		return;
	fuzz_demand(question_read(strbuf_slice(&written), arena, &again, &err) == 0 && question_write(&again, arena, &once_more, &err) == 0);
	fuzz_demand(slice_eq(strbuf_slice(&written), strbuf_slice(&once_more)));
}

static void
check_answer(struct slice text, struct arena *arena)
{
	AUTO(strbuf) struct strbuf written = { 0 };
	struct cursor from = cursor_of(text);
	struct guard_answer answer = { 0 };
	if (wire_read(&guard_answer_wire, &from, arena, &answer, NULL) < 0)
		return;
	fuzz_demand(answer.outcome <= GUARD_CANNOT_TELL);
	wire_write(&guard_answer_wire, &answer, &written);
	fuzz_demand(slice_eq(strbuf_slice(&written), slice_first(text, from.at)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	struct slice text = { (const char *)data, size };
	check_question(text, arena);
	check_answer(text, arena);
	return 0;
}
