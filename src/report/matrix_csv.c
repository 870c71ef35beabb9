/* SPDX-License-Identifier: Apache-2.0 */
/* The matrix as CSV (RFC 4180): a line for each area, check and total, a column for each image. */
#include "report/csv_line.h"
#include "report/matrix.h"

/* What stands before the images: which kind of line it is, and what it is about. */
static void
begin(struct strbuf *into, const char *row, struct slice control, struct slice id, struct slice title, struct slice severity, struct slice references)
{
	csv_field(into, slice_of(row), true);
	csv_field(into, control, false);
	csv_field(into, id, false);
	csv_field(into, title, false);
	csv_field(into, severity, false);
	csv_field(into, references, false);
}

static void
put_head(struct strbuf *into, const struct matrix *matrix)
{
	begin(into, "row", SLICE("control"), SLICE("id"), SLICE("title"), SLICE("severity"), SLICE("references"));
	for (size_t i = 0; i < matrix->report->count; i++) {
		AUTO(strbuf) struct strbuf title = { 0 };
		report_title(matrix->report->verdicts[i], &title);
		csv_field(into, strbuf_slice(&title), false);
	}
	csv_line_end(into);
}

static void
put_state(struct strbuf *into, enum matrix_state state)
{
	csv_field(into, slice_of(matrix_state_word(state)), false);
}

static void
put_area(struct strbuf *into, const struct matrix *matrix, enum area area)
{
	begin(into, "area", SLICE_NONE, slice_of(area_name(area)), slice_of(report_area_title(area)), SLICE_NONE, SLICE_NONE);
	for (size_t i = 0; i < matrix->report->count; i++)
		put_state(into, matrix_area_state(matrix->report->verdicts[i], area));
	csv_line_end(into);
}

static void
put_row(struct strbuf *into, const struct matrix *matrix, size_t at)
{
	const struct matrix_row *row = &matrix->rows[at];
	AUTO(strbuf) struct strbuf references = { 0 };
	for (size_t i = 0; i < row->reference_count; i++) {
		strbuf_puts(&references, i ? "; " : "");
		strbuf_put(&references, row->references[i]);
	}
	begin(into, row->check->area == AREA_RULES ? "rule" : "check", row->check->control, row->check->id, row->check->title,
	      slice_of(severity_name(row->check->severity)), strbuf_slice(&references));
	for (size_t i = 0; i < matrix->report->count; i++)
		put_state(into, matrix_cell_state(matrix_cell(matrix, at, i)));
	csv_line_end(into);
}

static void
put_total(struct strbuf *into, const struct matrix *matrix, enum matrix_state state)
{
	begin(into, "total", SLICE_NONE, slice_of(matrix_state_word(state)), SLICE_NONE, SLICE_NONE, SLICE_NONE);
	for (size_t i = 0; i < matrix->report->count; i++) {
		AUTO(strbuf) struct strbuf number = { 0 };
		strbuf_printf(&number, "%zu", matrix_count(matrix, i, state));
		csv_field(into, strbuf_slice(&number), false);
	}
	csv_line_end(into);
}

static void
put_result(struct strbuf *into, const struct matrix *matrix)
{
	begin(into, "result", SLICE_NONE, SLICE_NONE, SLICE_NONE, SLICE_NONE, SLICE_NONE);
	for (size_t i = 0; i < matrix->report->count; i++)
		csv_field(into, slice_of(result_name(matrix->report->verdicts[i]->result)), false);
	csv_line_end(into);
}

static void
write_matrix(const struct report *report, struct strbuf *into)
{
	AUTO(matrix) struct matrix matrix;
	if (!matrix_make(report, &matrix)) {
		into->failed = true;
		return;
	}
	put_head(into, &matrix);
	put_result(into, &matrix);
	for (enum area area = 0; area < AREA_COUNT; area++)
		if (matrix_has_area(&matrix, area))
			put_area(into, &matrix, area);
	for (size_t i = 0; i < matrix.row_count; i++)
		put_row(into, &matrix, i);
	for (enum matrix_state state = MATRIX_PASS; state < MATRIX_STATE_COUNT; state++)
		put_total(into, &matrix, state);
}

const struct writer writer_matrix_csv = { .name = "matrix-csv", .write = write_matrix };
