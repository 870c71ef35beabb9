/* SPDX-License-Identifier: Apache-2.0 */
/* Taking rows from the judge, as any hostile input. */
#include "gate/rows.h"

#include "base/error.h"
#include "base/strbuf.h"

/* SQLite's own bound. */
#define COLUMN_MOST 2000

struct asking {
	const struct row_sink *sink;
	struct arena *arena;
	const char *names[COLUMN_MOST];
	struct fact_value values[COLUMN_MOST];
	size_t columns;
	bool begun;
};

static int
take_columns(struct asking *asking, struct slice body, struct plim_error *err)
{
	struct cursor from = cursor_of(body);
	if (asking->begun)
		return error_set(err, PLIM_EPROCESS, "the judge sent columns twice");
	asking->begun = true;
	while (cursor_left(&from) && asking->columns < COLUMN_MOST) {
		struct slice name = wire_take_slice(&from);
		asking->names[asking->columns] = arena_strz(asking->arena, name);
		if (asking->names[asking->columns++] == NULL)
			return error_nomem(err);
	}
	if (from.bad || cursor_left(&from))
		return error_set(err, PLIM_EPROCESS, "the judge sent columns that are none");
	struct fact_row row = { asking->columns, asking->names, NULL };
	return asking->sink->begin ? asking->sink->begin(asking->sink->context, &row, err) : 0;
}

static int
take_rows(struct asking *asking, struct slice body, struct plim_error *err)
{
	struct cursor from = cursor_of(body);
	struct fact_row row = { asking->columns, asking->names, asking->values };
	if (asking->columns == 0)
		return error_set(err, PLIM_EPROCESS, "the judge sent rows without columns");
	while (cursor_left(&from)) {
		for (size_t i = 0; i < asking->columns; i++)
			if (!take_value(&from, &asking->values[i]))
				return error_set(err, PLIM_EPROCESS, "the judge sent rows that are none");
		int r = asking->sink->row(asking->sink->context, &row, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static void
warn(const struct row_sink *sink, struct slice body)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_put_printable(&text, body);
	if (sink->warnings)
		fprintf(sink->warnings, "warning: %s\n", text.p ? text.p : "");
}

/* 1 at the end of the answer. */
static int
take(struct asking *asking, const struct message *message, struct plim_error *err)
{
	switch (message->kind) {
	case SAY_WARNING:
		warn(asking->sink, message->body);
		return 0;
	case SAY_COLUMNS:
		return take_columns(asking, message->body, err);
	case SAY_ROWS:
		return take_rows(asking, message->body, err);
	case SAY_DONE:
		return asking->begun ? 1 : error_set(err, PLIM_EPROCESS, "the judge sent no columns");
	default:
		return error_set(err, PLIM_EPROCESS, "the judge spoke out of turn");
	}
}

int
rows_ask(struct analysis *analysis, struct run *run, const struct process *judge, size_t image, struct slice statement,
         const struct row_sink *sink, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(free) struct asking *asking = calloc(1, sizeof *asking);
	struct message message;
	if (arena == NULL || asking == NULL)
		return error_nomem(err);
	*asking = (struct asking){ .sink = sink, .arena = arena };
	int r = judging_ask(analysis, run, judge, SAY_QUERY, image, statement, &message, err);
	/* Rows, and warnings before them, are about to be written. */
	watching_end(&run->watching);
	while (r == 0) {
		r = take(asking, &message, err);
		message_done(&message);
		if (r == 0)
			r = run_expect(run, judge, 0, &message, err);
	}
	return r < 0 ? r : 0;
}
