/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reviews: the first byte says which webhook is asked, and what the core says of the images.  Whatever came, what is not read as a whole
 * allows nothing, the answer is JSON, and where something is allowed each image was admitted.
 */
#include "../fuzz.h"

#include "base/vec.h"
#include "codec/json.h"
#include "enforce/kubernetes/admission.h"

static bool
all_admitted(const struct admission *a, const struct guard_answer *answers)
{
	for (size_t i = 0; i < a->image_count; i++)
		if (a->images[i].wrong.p || a->images[i].first > i || !answers[a->images[i].first].admits)
			return false;
	return true;
}

static void
check(const struct admission *a, uint8_t choice, struct arena *arena)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	const struct json *document;
	struct guard_question question;
	struct guard_answer *answers = arena_make_array(arena, a->image_count + 1, struct guard_answer);
	for (size_t i = 0; i < a->image_count; i++) {
		if (admission_question(a, i, &question)) {
			fuzz_touch(question.places[0].repository);
			fuzz_demand(question.digest_count || question.places[0].tag.n);
		}
		answers[i].admits = (choice >> 2 & 1) || (choice >> 3 & 1 && i % 2);
		answers[i].outcome = answers[i].admits ? GUARD_ALLOWED : GUARD_REFUSED;
		answers[i].digest = digest_of(SLICE("x"));
	}
	struct admission_result result = admission_answer(a, answers, false, &text);
	fuzz_demand(result.allowed == (a->refusal.p == NULL && all_admitted(a, answers)));
	fuzz_demand(json_parse(strbuf_slice(&text), arena, &document, NULL) == 0);
	fuzz_demand(a->hook == ADMISSION_IMAGES || slice_eq(json_get_string(json_get(document, "response"), "uid"), a->uid));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	AUTO(arena) struct arena *arena = arena_new(0);
	struct admission admission;
	struct plim_error err;
	if (admission_parse((enum admission_hook)(data[0] % 3), (struct slice){ (const char *)data + 1, size - 1 }, arena, &admission, &err) == 0)
		check(&admission, data[0] / 3, arena);
	return 0;
}
