/* SPDX-License-Identifier: Apache-2.0 */
/* plim_query: rows as a table for people, as JSON or CSV for programs. */
#include <plimsoll/query.h>

#include "base/error.h"
#include "base/output.h"
#include "base/vec.h"
#include "codec/json_write.h"
#include "gate/one_image.h"
#include "gate/rows.h"

#include <time.h>

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

static void
output_done(struct query_output *out)
{
	strbuf_done(&out->text);
	vec_done(&out->cells);
	arena_free(out->arena);
}

static int
query(const struct plim_query_options *options, const struct row_format *format, const char *sql, FILE *into, struct plim_error *err)
{
	const char *platforms[] = { options->platform, NULL };
	struct judge_order order = { .target = slice_of(options->target), .statement = slice_of(sql), .at = time(NULL) };
	struct wishes wishes = { 0 };
	AUTO(run) struct run *run = NULL;
	AUTO(analysis) struct analysis *analysis = NULL;
	AUTO(process) struct process judge = { .channel = -1 };
	struct query_output out = { .arena = arena_new(0) };
	const struct row_sink sink = { format->begin, format->row, &out, options->warnings };
	int r = out.arena ? run_start(options->run, &run, err) : error_nomem(err);
	if (r == 0)
		r = judging_begin(run, &order, &judge, err);
	if (r == 0)
		r = analysis_open(run, options->target, platforms[0] ? platforms : NULL, &analysis, err);
	if (r == 0)
		r = demand_one_image(analysis_set(analysis), err);
	if (r == 0)
		r = judging_ready(run, &judge, &wishes, NULL, err);
	if (r == 0)
		analysis_want(analysis, &wishes);
	if (r == 0)
		r = analysis_read(analysis, SIZE_MAX, err);
	if (r == 0)
		r = rows_ask(analysis, run, &judge, 0, order.statement, &sink, err);
	if (r == 0)
		format->end(&out);
	if (r == 0)
		r = out.text.failed ? error_nomem(err) : output_text(&out.text, into, err);
	output_done(&out);
	return r;
}

int
plim_query(const struct plim_query_options *options, const char *sql, FILE *into, struct plim_error *err)
{
	const struct row_format *format = format_find(options->format);
	if (format == NULL)
		return error_set(err, PLIM_EUSAGE, "there is no format '%s': table, json or csv", options->format);
	int r = query(options, format, sql, into, err);
	return r < 0 && r != PLIM_EQUERY ? analysis_error(err, r, options->target) : r;
}
