/* SPDX-License-Identifier: Apache-2.0 */
/* Rows for people and for programs: a table, lines, JSON, CSV. */
#include "gate/row_format.h"

#include "base/error.h"
#include "codec/json_write.h"

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
	struct row_output *out = context;
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
	struct row_output *out = context;
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
json_end(struct row_output *out)
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
	struct row_output *out = context;
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
	struct row_output *out = context;
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
table_cell(struct row_output *out, struct slice cell, struct plim_error *err)
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
	struct row_output *out = context;
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
	struct row_output *out = context;
	for (size_t i = 0; i < row->n; i++) {
		int r = table_cell(out, cell_text(out->arena, &row->values[i]), err);
		if (r < 0)
			return r;
	}
	return 0;
}

static size_t
column_width(const struct row_output *out, size_t column)
{
	size_t width = 0;
	for (size_t i = column; i < out->cells.n; i += out->columns)
		if (out->cells.at[i].n > width)
			width = out->cells.at[i].n;
	return width;
}

static void
table_line(struct row_output *out, const size_t *widths, size_t first)
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
table_rule(struct row_output *out, const size_t *widths)
{
	for (size_t i = 0; i < out->columns; i++) {
		strbuf_fill(&out->text, '-', widths[i]);
		strbuf_puts(&out->text, i + 1 < out->columns ? "  " : "\n");
	}
}

static void
table_end(struct row_output *out)
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
nothing_end(struct row_output *out)
{
	(void)out;
}

/* One column a line, as sqlite3's and osqueryi's line mode: names are set to the right, a blank line between rows. */
static int
line_begin(void *context, const struct fact_row *row, struct plim_error *err)
{
	struct row_output *out = context;
	(void)err;
	out->columns = 0;
	for (size_t i = 0; i < row->n; i++)
		if (strlen(row->names[i]) > out->columns)
			out->columns = strlen(row->names[i]);
	return 0;
}

static int
line_row(void *context, const struct fact_row *row, struct plim_error *err)
{
	struct row_output *out = context;
	AUTO(arena) struct arena *arena = arena_new(0);
	if (arena == NULL)
		return error_nomem(err);
	if (out->text.n)
		strbuf_putc(&out->text, '\n');
	for (size_t i = 0; i < row->n; i++) {
		struct slice name = slice_of(row->names[i]);
		strbuf_fill(&out->text, ' ', out->columns - name.n);
		strbuf_put_printable(&out->text, name);
		strbuf_puts(&out->text, " = ");
		strbuf_put_printable(&out->text, cell_text(arena, &row->values[i]));
		strbuf_putc(&out->text, '\n');
	}
	return 0;
}

/* A JSON object a line. */
static int
jsonl_row(void *context, const struct fact_row *row, struct plim_error *err)
{
	struct row_output *out = context;
	out->json = (struct json_writer){ .into = &out->text };
	int r = json_row(context, row, err);
	strbuf_putc(&out->text, '\n');
	return r;
}

static int
jsonl_begin(void *context, const struct fact_row *row, struct plim_error *err)
{
	(void)context, (void)row, (void)err;
	return 0;
}

static const struct row_format formats[] = {
	{ "table", table_begin, table_row, table_end },
	{ "json", json_begin, json_row, json_end },
	{ "csv", csv_begin, csv_row, nothing_end },
	{ "line", line_begin, line_row, nothing_end },
	{ "jsonl", jsonl_begin, jsonl_row, nothing_end },
};

const struct row_format *
row_format_find(const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (slice_is(slice_of(name ? name : "table"), formats[i].name))
			return &formats[i];
	return NULL;
}

void
row_output_clear(struct row_output *out)
{
	strbuf_clear(&out->text);
	out->cells.n = 0;
	arena_free(out->arena);
	out->arena = arena_new(0);
}

void
row_output_done(struct row_output *out)
{
	strbuf_done(&out->text);
	vec_done(&out->cells);
	arena_free(out->arena);
}
