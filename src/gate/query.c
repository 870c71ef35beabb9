/* SPDX-License-Identifier: Apache-2.0 */
/* plim_query: rows as a table for people, as JSON or CSV for programs. */
#include <plimsoll/query.h>

#include "base/error.h"
#include "base/output.h"
#include "base/vec.h"
#include "codec/json_write.h"
#include "facts/facts.h"
#include "gate/judging.h"

/* SQLite's own bound. */
#define COLUMN_MOST 2000

struct query_output {
	struct strbuf text;
	struct json_writer json;
	struct arena *arena;
	VEC(struct slice) cells;    /* of a table: widths are known at the end */
	size_t columns;
};

struct row_format {
	const char *name;
	fact_row_fn *begin;
	fact_row_fn *row;
	void (*end)(struct query_output *out);
};

/* As SQL would print it; absent for NULL. */
static struct slice
cell_text(struct arena *arena, const struct fact_value *value)
{
	if (value->type == FACT_TEXT)
		return arena_dup(arena, value->text);
	if (value->type == FACT_INTEGER)
		return arena_printf(arena, "%jd", (intmax_t)value->integer);
	return value->type == FACT_REAL ? arena_printf(arena, "%.15g", value->real) : SLICE_NONE;
}

static int
json_begin(void *context, const struct fact_row *row, struct plim_error *err)
{
	struct query_output *out = context;
	(void)row, (void)err;
	out->json = (struct json_writer){ .into = &out->text, .indent = true };
	json_write_array(&out->json);
	return 0;
}

static void
json_cell(struct json_writer *w, const struct fact_value *value)
{
	if (value->type == FACT_TEXT)
		json_write_string(w, value->text);
	else if (value->type == FACT_INTEGER)
		json_write_i64(w, value->integer);
	else if (value->type == FACT_REAL)
		json_write_double(w, value->real);
	else
		json_write_null(w);
}

/* Columns keep the query's order here: a row is for its reader, not for a digest. */
static int
json_row(void *context, const struct fact_row *row, struct plim_error *err)
{
	struct query_output *out = context;
	(void)err;
	json_write_object(&out->json);
	for (size_t i = 0; i < row->n; i++) {
		out->json.last_key[out->json.depth] = SLICE_NONE;
		json_write_key(&out->json, slice_of(row->names[i]));
		json_cell(&out->json, &row->values[i]);
	}
	json_write_object_end(&out->json);
	return 0;
}

static void
json_end(struct query_output *out)
{
	json_write_array_end(&out->json);
	strbuf_putc(&out->text, '\n');
}

/* RFC 4180: quotes only where they are needed. */
static void
csv_cell(struct strbuf *text, struct slice cell)
{
	bool quote = false;
	for (size_t i = 0; i < cell.n; i++)
		quote |= strchr(",\"\r\n", cell.p[i]) != NULL;
	if (!quote) {
		strbuf_put(text, cell);
		return;
	}
	strbuf_putc(text, '"');
	for (size_t i = 0; i < cell.n; i++) {
		if (cell.p[i] == '"')
			strbuf_putc(text, '"');
		strbuf_putc(text, cell.p[i]);
	}
	strbuf_putc(text, '"');
}

static int
csv_begin(void *context, const struct fact_row *row, struct plim_error *err)
{
	struct query_output *out = context;
	(void)err;
	for (size_t i = 0; i < row->n; i++) {
		if (i > 0)
			strbuf_putc(&out->text, ',');
		csv_cell(&out->text, slice_of(row->names[i]));
	}
	strbuf_putc(&out->text, '\n');
	return 0;
}

static int
csv_row(void *context, const struct fact_row *row, struct plim_error *err)
{
	struct query_output *out = context;
	AUTO(arena) struct arena *arena = arena_new(0);
	if (arena == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < row->n; i++) {
		if (i > 0)
			strbuf_putc(&out->text, ',');
		csv_cell(&out->text, cell_text(arena, &row->values[i]));
	}
	strbuf_putc(&out->text, '\n');
	return 0;
}

static int
table_cell(struct query_output *out, struct slice cell, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put_printable(&shown, cell);
	struct slice *kept = vec_push(&out->cells);
	if (kept == NULL || shown.failed)
		return error_nomem(err);
	*kept = arena_dup(out->arena, strbuf_slice(&shown));
	return kept->p ? 0 : error_nomem(err);
}

static int
table_begin(void *context, const struct fact_row *row, struct plim_error *err)
{
	struct query_output *out = context;
	out->columns = row->n;
	for (size_t i = 0; i < row->n; i++) {
		int r = table_cell(out, slice_of(row->names[i]), err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
table_row(void *context, const struct fact_row *row, struct plim_error *err)
{
	struct query_output *out = context;
	for (size_t i = 0; i < row->n; i++) {
		int r = table_cell(out, cell_text(out->arena, &row->values[i]), err);
		if (r < 0)
			return r;
	}
	return 0;
}

static size_t
column_width(const struct query_output *out, size_t column)
{
	size_t width = 0;
	for (size_t i = column; i < out->cells.n; i += out->columns)
		if (out->cells.at[i].n > width)
			width = out->cells.at[i].n;
	return width;
}

static void
table_line(struct query_output *out, const size_t *widths, size_t first)
{
	for (size_t i = 0; i < out->columns; i++) {
		struct slice cell = out->cells.at[first + i];
		strbuf_put(&out->text, cell);
		if (i + 1 < out->columns)
			strbuf_fill(&out->text, ' ', widths[i] - cell.n + 2);
	}
	strbuf_putc(&out->text, '\n');
}

static void
table_rule(struct query_output *out, const size_t *widths)
{
	for (size_t i = 0; i < out->columns; i++) {
		strbuf_fill(&out->text, '-', widths[i]);
		strbuf_puts(&out->text, i + 1 < out->columns ? "  " : "\n");
	}
}

static void
table_end(struct query_output *out)
{
	size_t *widths = arena_make_array(out->arena, out->columns + 1, size_t);
	if (widths == NULL) {
		out->text.failed = true;
		return;
	}
	for (size_t i = 0; i < out->columns; i++)
		widths[i] = column_width(out, i);
	for (size_t first = 0; out->columns && first < out->cells.n; first += out->columns) {
		table_line(out, widths, first);
		if (first == 0)
			table_rule(out, widths);
	}
}

static void
csv_end(struct query_output *out)
{
	(void)out;
}

static const struct row_format formats[] = {
	{ "table", table_begin, table_row, table_end },
	{ "json", json_begin, json_row, json_end },
	{ "csv", csv_begin, csv_row, csv_end },
};

static const struct row_format *
format_find(const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (slice_is(slice_of(name ? name : "table"), formats[i].name))
			return &formats[i];
	return NULL;
}

/* Whoever asks for rows asks about one image: which ones there are is the useful answer to anything else. */
static int
demand_one(const struct image_set *set, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (set == NULL || image_set_count(set) == 1)
		return 0;
	for (size_t i = 0; i < image_set_count(set); i++) {
		const struct image *image = image_set_image(set, i);
		strbuf_puts(&text, i ? "; " : "");
		strbuf_put_printable(&text, image->reference);
		strbuf_puts(&text, image->reference.n ? " for " : "");
		platform_text(&image->platform, &text);
	}
	return error_set(err, PLIM_EUSAGE, "there are %zu images in it, name one by its reference or by --platform: %s",
	                 image_set_count(set), text.p ? text.p : "none");
}

struct asking {
	const struct row_format *format;
	struct query_output out;
	const char *names[COLUMN_MOST];
	struct fact_value values[COLUMN_MOST];
	size_t columns;
	bool begun;
	FILE *warnings;
};

static void
asking_done(struct asking *asking)
{
	strbuf_done(&asking->out.text);
	vec_done(&asking->out.cells);
	arena_free(asking->out.arena);
}

static int
take_columns(struct asking *asking, struct slice body, struct plim_error *err)
{
	struct cursor from = cursor_of(body);
	if (asking->begun)
		return error_set(err, PLIM_EPROCESS, "the judge sent columns twice");
	asking->begun = true;
	while (cursor_left(&from) && asking->columns < COLUMN_MOST) {
		struct slice name = wire_take_slice(&from);
		asking->names[asking->columns] = arena_strz(asking->out.arena, name);
		if (asking->names[asking->columns++] == NULL)
			return error_nomem(err);
	}
	if (from.bad || cursor_left(&from))
		return error_set(err, PLIM_EPROCESS, "the judge sent columns that are none");
	struct fact_row row = { asking->columns, asking->names, NULL };
	return asking->format->begin(&asking->out, &row, err);
}

static int
take_rows(struct asking *asking, struct slice body, struct plim_error *err)
{
	struct cursor from = cursor_of(body);
	struct fact_row row = { asking->columns, asking->names, asking->values };
	while (cursor_left(&from)) {
		for (size_t i = 0; i < asking->columns; i++)
			if (!take_value(&from, &asking->values[i]))
				return error_set(err, PLIM_EPROCESS, "the judge sent rows that are none");
		int r = asking->columns ? asking->format->row(&asking->out, &row, err) : error_set(err, PLIM_EPROCESS, "the judge sent rows without columns");
		if (r < 0)
			return r;
	}
	return 0;
}

static void
warn(const struct asking *asking, struct slice body)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_put_printable(&text, body);
	if (asking->warnings)
		fprintf(asking->warnings, "warning: %s\n", text.p ? text.p : "");
}

/* 1 at the end of the answer. */
static int
take(struct asking *asking, const struct message *message, struct plim_error *err)
{
	switch (message->kind) {
	case SAY_WARNING:
		warn(asking, message->body);
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

static int
ask(struct run *run, struct analysis *analysis, const struct process *judge, const char *sql, struct asking *asking, struct plim_error *err)
{
	struct message message;
	int r = judging_ask(analysis, run, judge, SAY_QUERY, 0, slice_of(sql), &message, err);
	while (r == 0) {
		r = take(asking, &message, err);
		message_done(&message);
		if (r == 0)
			r = run_expect(run, judge, 0, &message, err);
	}
	if (r < 0)
		return r;
	asking->format->end(&asking->out);
	return asking->out.text.failed ? error_nomem(err) : 0;
}

static int
query(const struct plim_query_options *options, const struct row_format *format, const char *sql, FILE *into, struct plim_error *err)
{
	const char *platforms[] = { options->platform, NULL };
	struct judge_order order = { .target = slice_of(options->target), .statement = slice_of(sql) };
	bool digests = false;
	AUTO(run) struct run *run = NULL;
	AUTO(analysis) struct analysis *analysis = NULL;
	AUTO(process) struct process judge = { .channel = -1 };
	struct asking asking = { .format = format, .out = { .arena = arena_new(0) }, .warnings = options->warnings };
	int r = asking.out.arena ? run_start(options->run, &run, err) : error_nomem(err);
	if (r == 0)
		r = judging_begin(run, &order, &judge, err);
	if (r == 0)
		r = analysis_open(run, options->target, platforms[0] ? platforms : NULL, &analysis, err);
	if (r == 0)
		r = demand_one(analysis_set(analysis), err);
	if (r == 0)
		r = judging_ready(run, &judge, &digests, err);
	if (r == 0 && digests)
		analysis_want_digests(analysis);
	if (r == 0)
		r = analysis_read(analysis, SIZE_MAX, err);
	if (r == 0)
		r = ask(run, analysis, &judge, sql, &asking, err);
	if (r == 0)
		r = output_text(&asking.out.text, into, err);
	asking_done(&asking);
	return r;
}

int
plim_query(const struct plim_query_options *options, const char *sql, FILE *into, struct plim_error *err)
{
	const struct row_format *format = format_find(options->format);
	if (format == NULL)
		return error_set(err, PLIM_EUSAGE, "there is no format '%s': table, json or csv", options->format);
	int r = query(options, format, sql, into, err);
	return r < 0 && r != PLIM_EQUERY ? error_wrap(err, r, "%s", options->target) : r;
}
