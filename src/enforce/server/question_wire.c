/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of what deciders are asked and what they say. */
#include "enforce/server/question_wire.h"

#include "base/error.h"

/* As guard_question, but that the door's name is a slice here. */
struct carried {
	struct slice door;
	struct guard_question question;
};

static const struct wire_field place_fields[] = {
	WIRE_PLAIN(WIRE_SLICE, struct guard_place, repository),
	WIRE_PLAIN(WIRE_SLICE, struct guard_place, tag),
	WIRE_PLAIN(WIRE_DIGEST, struct guard_place, digest),
	{ 0 },
};
static const struct wire_struct place_wire = { sizeof(struct guard_place), place_fields };

static const struct wire_field digest_fields[] = { { WIRE_DIGEST, 0, 0, 0, NULL }, { 0 } };
static const struct wire_struct digest_wire = { sizeof(struct digest), digest_fields };

static const struct wire_field question_fields[] = {
	WIRE_MANY(struct guard_question, places, place_count, &place_wire),
	WIRE_MANY(struct guard_question, digests, digest_count, &digest_wire),
	WIRE_PLAIN(WIRE_SLICE, struct guard_question, namespace),
	WIRE_PLAIN(WIRE_SLICE, struct guard_question, subject),
	WIRE_PLAIN(WIRE_BOOL, struct guard_question, resolves),
	WIRE_PLAIN(WIRE_BOOL, struct guard_question, quiet),
	{ 0 },
};
static const struct wire_struct question_wire = { sizeof(struct guard_question), question_fields };

static const struct wire_field carried_fields[] = {
	WIRE_PLAIN(WIRE_SLICE, struct carried, door),
	WIRE_INSIDE(struct carried, question, &question_wire),
	{ 0 },
};
static const struct wire_struct carried_wire = { sizeof(struct carried), carried_fields };

static const struct wire_field answer_fields[] = {
	WIRE_CHOICE(struct guard_answer, outcome, GUARD_CANNOT_TELL),
	WIRE_PLAIN(WIRE_BOOL, struct guard_answer, admits),
	WIRE_PLAIN(WIRE_BOOL, struct guard_answer, dry),
	WIRE_PLAIN(WIRE_BOOL, struct guard_answer, broken),
	WIRE_PLAIN(WIRE_SLICE, struct guard_answer, rule),
	WIRE_PLAIN(WIRE_SLICE, struct guard_answer, reason),
	WIRE_PLAIN(WIRE_DIGEST, struct guard_answer, digest),
	WIRE_PLAIN(WIRE_U64, struct guard_answer, until),
	{ 0 },
};
const struct wire_struct guard_answer_wire = { sizeof(struct guard_answer), answer_fields };

int
question_write(const struct guard_question *question, struct arena *arena, struct strbuf *into, struct plim_error *err)
{
	struct carried *carried = arena_make(arena, struct carried);
	if (carried == NULL)
		return error_nomem(err);
	*carried = (struct carried){ slice_of(question->door), *question };
	wire_write(&carried_wire, carried, into);
	return into->failed ? error_nomem(err) : 0;
}

int
question_read(struct slice body, struct arena *arena, struct guard_question *out, struct plim_error *err)
{
	struct carried carried = { 0 };
	struct cursor from = cursor_of(body);
	int r = wire_read(&carried_wire, &from, arena, &carried, err);
	if (r < 0)
		return r;
	*out = carried.question;
	out->door = carried.door.p ? arena_strz(arena, carried.door) : "";
	return out->door ? 0 : error_nomem(err);
}
