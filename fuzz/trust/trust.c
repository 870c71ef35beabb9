/* SPDX-License-Identifier: Apache-2.0 */
/* Documents in frames, held against keys: two kinds of answer alone, and the same whatever their order.  The signature is in `content`. */
#include "../fuzz.h"
#include "base/arena.h"
#include "base/date.h"
#include "trust/verify.h"

#define DOCUMENT_MOST 4

static enum outcome
answer(const struct trust_wanted *wanted, const struct trust_document *documents, size_t n, struct arena *arena)
{
	struct trust_answer *found;
	struct plim_error err = { 0 };
	fuzz_demand(trust_verify(wanted, documents, n, arena, &found, &err) == 0 && found->n <= REQUIREMENT_COUNT);
	for (size_t i = 0; i < found->n; i++)
		fuzz_touch(found->lines[i].text);
	/* Nobody here signed anything. */
	fuzz_demand(found->outcome == OUTCOME_FAILED);
	return found->outcome;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct key *key;
	AUTO(arena) struct arena *arena = arena_new(0);
	struct trust_document documents[DOCUMENT_MOST], back[DOCUMENT_MOST];
	struct cursor in = cursor_of((struct slice){ (const char *)data, size });
	struct fuzz_message frame;
	struct plim_error err = { 0 };
	size_t n = 0;
	if (key == NULL && key_generate(KEY_P256, &key, &err) < 0)
		abort();
	struct trusted_key trusted = { key, SLICE("k"), KEY_APPROVES, DATE_NONE, DATE_NONE, NULL };
	struct trust_wanted wanted = { .keys = &trusted, .key_count = 1, .subject = digest_of(SLICE("x")), .now = 1893456000, .verdict_age_most = 1000 };
	for (; n < DOCUMENT_MOST && fuzz_message_next(&in, &frame); n++)
		documents[n] = (struct trust_document){ (enum document_kind)(frame.kind % 4), frame.body, frame.content, SLICE("d") };
	for (size_t i = 0; i < n; i++)
		back[i] = documents[n - 1 - i];
	fuzz_demand(answer(&wanted, documents, n, arena) == answer(&wanted, back, n, arena));
	return 0;
}
