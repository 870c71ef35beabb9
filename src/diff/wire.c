/* SPDX-License-Identifier: Apache-2.0 */
/* A diff on its way from the judge: read back as any hostile input. */
#include "diff/diff.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/wire.h"

#define END { WIRE_END, 0, 0, 0, NULL }
#define TABLE(type, ...) { sizeof(type), (const struct wire_field[]){ __VA_ARGS__, END } }

#define DETAIL(field) WIRE_PLAIN(WIRE_SLICE, struct detail, field)
static const struct wire_struct wire_detail = TABLE(struct detail, DETAIL(what), DETAIL(old), DETAIL(new));

#define CHANGE(kind_, field) WIRE_PLAIN(kind_, struct change, field)
static const struct wire_struct wire_change = TABLE(struct change,
	WIRE_CHOICE(struct change, part, PART_COUNT - 1), WIRE_CHOICE(struct change, kind, CHANGE_CHANGED),
	CHANGE(WIRE_SLICE, group), CHANGE(WIRE_SLICE, subject), CHANGE(WIRE_SLICE, path), WIRE_MANY(struct change, details, detail_count, &wire_detail),
	WIRE_CHOICE(struct change, cause, CAUSE_COUNT - 1), CHANGE(WIRE_SLICE, input), CHANGE(WIRE_U32, layer), CHANGE(WIRE_SLICE, instruction));

#define COUNT(kind, field) WIRE_PLAIN(kind, struct part_count, field)
static const struct wire_struct wire_count = TABLE(struct part_count, COUNT(WIRE_U64, added), COUNT(WIRE_U64, removed),
	COUNT(WIRE_U64, changed), COUNT(WIRE_U64, unexplained), COUNT(WIRE_SLICE, not_compared));

#define GAP(kind_, field) WIRE_PLAIN(kind_, struct diff_gap, field)
static const struct wire_struct wire_gap = TABLE(struct diff_gap,
	GAP(WIRE_BOOL, of_new), GAP(WIRE_SLICE, kind), GAP(WIRE_SLICE, path), GAP(WIRE_SLICE, reason), GAP(WIRE_U32, layer));

#define DIFF(kind_, field) WIRE_PLAIN(kind_, struct diff, field)
static const struct wire_struct wire_diff = TABLE(struct diff,
	WIRE_MANY(struct diff, changes, change_count, &wire_change), WIRE_MANY(struct diff, counts, count_count, &wire_count),
	WIRE_MANY(struct diff, gaps, gap_count, &wire_gap),
	WIRE_CHOICE(struct diff, old_result, RESULT_FAIL), WIRE_CHOICE(struct diff, new_result, RESULT_FAIL), DIFF(WIRE_SLICE, policy_name),
	DIFF(WIRE_DIGEST, policy_digest), DIFF(WIRE_DIGEST, data_digest), DIFF(WIRE_BOOL, gated), WIRE_CHOICE(struct diff, gate, ACTION_FAIL));

void
diff_write(const struct diff *diff, struct strbuf *into)
{
	wire_write(&wire_diff, diff, into);
}

/* Texts are borrowed from the bytes: those are copied first. */
int
diff_parse(struct slice bytes, struct diff **out, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(LIMIT_VERDICT_BYTES);
	struct diff *diff = arena ? arena_make(arena, struct diff) : NULL;
	struct slice kept = diff ? arena_dup(arena, bytes) : SLICE_NONE;
	if (kept.p == NULL)
		return error_nomem(err);
	struct cursor from = cursor_of(kept);
	int r = wire_read(&wire_diff, &from, arena, diff, err);
	if (r < 0)
		return r;
	if (cursor_left(&from) || diff->count_count != PART_COUNT)
		return error_set(err, PLIM_EFORMAT, "a comparison of another form");
	diff->arena = ptr_take(&arena);
	*out = diff;
	return 0;
}
