/* SPDX-License-Identifier: Apache-2.0 */
/* Drift on its way from the judge: read back as any hostile input. */
#include "diff/drift.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/wire.h"

#define END { WIRE_END, 0, 0, 0, NULL }
#define TABLE(type, ...) { sizeof(type), (const struct wire_field[]){ __VA_ARGS__, END } }
#define TEXT(type, field) WIRE_PLAIN(WIRE_SLICE, struct type, field)

static const struct wire_struct wire_detail = TABLE(struct detail, TEXT(detail, what), TEXT(detail, old), TEXT(detail, new));

static const struct wire_struct wire_process = TABLE(struct drift_process,
	WIRE_PLAIN(WIRE_U64, struct drift_process, pid), TEXT(drift_process, name), TEXT(drift_process, via));

static const struct wire_struct wire_change = TABLE(struct drift_change,
	WIRE_CHOICE(struct drift_change, kind, DRIFT_KIND_MOST), TEXT(drift_change, path), TEXT(drift_change, from), TEXT(drift_change, same_as),
	TEXT(drift_change, type), WIRE_CHOICE(struct drift_change, class, DRIFT_CLASS_COUNT - 1),
	WIRE_CHOICE(struct drift_change, severity, SEVERITY_CRITICAL), TEXT(drift_change, package_type), TEXT(drift_change, package),
	WIRE_MANY(struct drift_change, details, detail_count, &wire_detail), WIRE_MANY(struct drift_change, processes, process_count, &wire_process));

static const struct wire_struct wire_gap = TABLE(struct drift_gap, TEXT(drift_gap, path), TEXT(drift_gap, reason));

static const struct wire_struct wire_drift = TABLE(struct drift,
	WIRE_MANY(struct drift, changes, change_count, &wire_change), WIRE_PLAIN(WIRE_U64, struct drift, ignored),
	WIRE_MANY(struct drift, gaps, gap_count, &wire_gap));

void
drift_write(const struct drift *drift, struct strbuf *into)
{
	wire_write(&wire_drift, drift, into);
}

int
drift_parse(struct slice bytes, struct drift **out, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(LIMIT_VERDICT_BYTES);
	struct drift *drift = arena ? arena_make(arena, struct drift) : NULL;
	struct slice kept = drift ? arena_dup(arena, bytes) : SLICE_NONE;
	if (kept.p == NULL)
		return error_nomem(err);
	struct cursor from = cursor_of(kept);
	int r = wire_read(&wire_drift, &from, arena, drift, err);
	if (r < 0)
		return r;
	if (cursor_left(&from))
		return error_set(err, PLIM_EFORMAT, "drift of another form");
	for (size_t i = 0; i < drift->change_count; i++)
		if (!slice_starts(drift->changes[i].path, SLICE("/")))
			return error_set(err, PLIM_EFORMAT, "drift of no path");
	drift->arena = ptr_take(&arena);
	*out = drift;
	return 0;
}
