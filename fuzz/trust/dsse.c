/* SPDX-License-Identifier: Apache-2.0 */
/* Envelopes, alone and in a bundle, and the statement in them. */
#include "../fuzz.h"
#include "base/arena.h"
#include "trust/bundle.h"
#include "trust/statement.h"

static void
read_statement(struct slice payload, struct arena *arena)
{
	struct statement *statement;
	struct vsa *vsa;
	struct plim_error err = { 0 };
	if (statement_parse(payload, arena, &statement, &err) < 0)
		return;
	fuzz_demand(statement->subject_count > 0 && statement_speaks_of(statement, &statement->subjects[0].digest));
	if (vsa_parse(statement, arena, &vsa, &err) < 0)
		return;
	fuzz_touch(vsa->repository);
	fuzz_touch(vsa->tag);
	for (size_t i = 0; i < vsa->level_count; i++)
		fuzz_touch(vsa->levels[i]);
}

static void
round_trip(const struct dsse *read, struct arena *arena)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct dsse *again;
	struct plim_error err = { 0 };
	dsse_write(read, &text);
	fuzz_demand(dsse_parse(strbuf_slice(&text), arena, &again, &err) == 0 && again->signature_count == read->signature_count);
	fuzz_demand(slice_eq(read->payload, again->payload));
	for (size_t i = 0; i < read->signature_count; i++)
		fuzz_demand(slice_eq(read->signatures[i].bytes, again->signatures[i].bytes));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct slice text = { (const char *)data, size };
	struct dsse *envelope;
	struct bundle *bundle;
	struct plim_error err = { 0 };
	read_statement(text, arena);
	if (dsse_parse(text, arena, &envelope, &err) == 0) {
		round_trip(envelope, arena);
		read_statement(envelope->payload, arena);
	}
	if (bundle_parse(text, arena, &bundle, &err) == 0)
		round_trip(bundle->envelope, arena);
	return 0;
}
