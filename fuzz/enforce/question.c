/* SPDX-License-Identifier: Apache-2.0 */
/* What those who decide are asked, and what they answer, as it comes from another process. */
#include "../fuzz.h"

#include "enforce/server/question_wire.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	AUTO(strbuf) struct strbuf written = { 0 };
	struct slice text = { (const char *)data, size };
	struct cursor from = cursor_of(text);
	struct plim_error err = { 0 };
	struct guard_question question, again;
	struct guard_answer answer = { 0 };
	if (question_read(text, arena, &question, &err) == 0 && question_write(&question, arena, &written, &err) == 0) {
		fuzz_demand(question_read(strbuf_slice(&written), arena, &again, &err) == 0 && again.place_count == question.place_count &&
		            again.digest_count == question.digest_count && slice_eq(again.subject, question.subject));
	}
	if (wire_read(&guard_answer_wire, &from, arena, &answer, &err) == 0) {
		fuzz_demand(answer.outcome <= GUARD_CANNOT_TELL);
		fuzz_touch(answer.reason);
	}
	return 0;
}
