/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/events.h"

#include "base/error.h"
#include "policy/judge.h"

#include <plimsoll/log.h>

int
event_record(const struct plim_log_place *log, const char *kind, const struct log_field *fields, size_t n, struct plim_error *err)
{
	AUTO(log_place) struct log_place place = { 0 };
	if (log && log->off)
		return 0;
	int r = log_place_find(log ? log->file : NULL, &place, err);
	const struct log_entry entry = { slice_of(kind), fields, n };
	return r < 0 || place.path == NULL ? r : log_record(&place, &entry, 1, log ? log->warnings : NULL, err);
}

struct slice
event_digest(struct arena *arena, const struct digest *digest)
{
	char text[DIGEST_TEXT_SIZE];
	return digest->algorithm == DIGEST_NONE ? SLICE_NONE : arena_dup(arena, slice_of(digest_text(digest, text)));
}

int
event_verdicts(const struct plim_log_place *log, const struct plim_verdicts *verdicts, const char *asked, struct plim_error *err)
{
	enum result worst = verdicts_worst(verdicts);
	if (log && log->off)
		return 0;
	int r = plim_verdicts_log(verdicts, log ? log->file : NULL, log ? log->warnings : NULL, err);
	if (r < 0 || worst == RESULT_PASS)
		return r;
	const struct log_field fields[] = {
		LOG_FIELD_TEXT("asked", slice_of(asked)),
		LOG_FIELD_TEXT("result", slice_of(result_name(worst))),
		LOG_FIELD_TEXT("target", verdicts->target),
	};
	return event_record(log, "refusal", fields, sizeof fields / sizeof *fields, err);
}
