/* SPDX-License-Identifier: Apache-2.0 */
/* FIRST's Exploit Prediction Scoring System: "#model_version:...,score_date:...", then cve,epss,percentile. */
#include "advisory/feed.h"
#include "base/cursor.h"
#include "base/date.h"
#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>

static int
bid(const struct feed_file *file)
{
	return slice_find_text(slice_first(file->bytes, 256), SLICE("\ncve,epss,percentile")) != SIZE_MAX ? 64 : 0;
}

/* "2026-08-16T00:00:00+0000": its day is what matters. */
static bool
score_date(struct slice line, int64_t *out)
{
	size_t at = slice_find_text(line, SLICE("score_date:"));
	int64_t day;
	if (at == SIZE_MAX || !date_parse_day(slice_first(slice_from(line, at + 11), 10), &day))
		return false;
	*out = day * 86400;
	return true;
}

/* Scores may be written as 1e-05. */
static bool
probability(struct slice text, double *out)
{
	char hold[32], *end;
	if (text.n == 0 || text.n >= sizeof hold)
		return false;
	snprintf(hold, sizeof hold, "%.*s", SLICE_ARG(text));
	*out = strtod(hold, &end);
	return *end == '\0' && *out >= 0 && *out <= 1;
}

static int
take_line(struct slice line, struct builder *builder, struct plim_error *err)
{
	struct slice id, rest, score, percentile;
	double value;
	if (!slice_cut(line, ',', &id, &rest) || !slice_cut(rest, ',', &score, &percentile) || !probability(score, &value))
		return error_set(err, PLIM_EFORMAT, "not an id and a score");
	return builder_scored(builder, &(struct scored){ id, value }, err);
}

static int
read_epss(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	struct cursor c = cursor_of(file->bytes);
	struct slice line;
	(void)arena;
	if (!cursor_line(&c, &line) || !score_date(line, &out->snapshot) || !cursor_line(&c, &line))
		return error_set(err, PLIM_EFORMAT, "line 1: no score_date");
	out->name = SLICE("epss");
	for (uint64_t number = 3; cursor_line(&c, &line); number++, out->records++) {
		int r = take_line(line, builder, err);
		if (r < 0)
			return r == PLIM_EFORMAT ? error_wrap(err, r, "line %llu", (unsigned long long)number) : r;
	}
	return 0;
}

const struct feed feed_epss = { .format = "epss", .bid = bid, .read = read_epss };
