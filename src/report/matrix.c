/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of all verdicts under one list of ids. */
#include "report/matrix.h"

#include "base/date.h"
#include "base/map.h"
#include "policy/check.h"

const char *
matrix_state_word(enum matrix_state state)
{
	static const char *const words[MATRIX_STATE_COUNT] = {
		[MATRIX_ABSENT] = "not asked",       [MATRIX_PASS] = "pass",           [MATRIX_WARN] = "warn",
		[MATRIX_FAIL] = "fail",              [MATRIX_WAIVED] = "waived",       [MATRIX_UNKNOWN] = "unknown",
		[MATRIX_NOT_APPLICABLE] = "not applicable", [MATRIX_OUT_OF_SCOPE] = "out of scope",
	};
	return words[state];
}

static int
by_area_and_id(const void *a, const void *b)
{
	const struct check_result *one = ((const struct matrix_row *)a)->check, *two = ((const struct matrix_row *)b)->check;
	return one->area == two->area ? slice_cmp(one->id, two->id) : (one->area > two->area) - (one->area < two->area);
}

static size_t
count_checks(const struct report *report)
{
	size_t n = 0;
	for (size_t i = 0; i < report->count; i++)
		n += report->verdicts[i]->check_count;
	return n;
}

static bool
collect_rows(struct matrix *matrix)
{
	const struct report *report = matrix->report;
	AUTO(map) struct map seen = { 0 };
	matrix->rows = calloc(count_checks(report) + 1, sizeof *matrix->rows);
	for (size_t i = 0; matrix->rows && i < report->count; i++)
		for (size_t k = 0; k < report->verdicts[i]->check_count; k++) {
			const struct check_result *check = &report->verdicts[i]->checks[k];
			void **place = map_place(&seen, check->id);
			if (place == NULL)
				return false;
			if (*place == NULL)
				matrix->rows[matrix->row_count++] = (struct matrix_row){ check, NULL, 0 };
			*place = matrix;
		}
	if (matrix->rows)
		qsort(matrix->rows, matrix->row_count, sizeof *matrix->rows, by_area_and_id);
	return matrix->rows != NULL;
}

static bool
index_rows(const struct matrix *matrix, struct map *rows)
{
	for (size_t i = 0; i < matrix->row_count; i++) {
		void **place = map_place(rows, matrix->rows[i].check->id);
		if (place == NULL)
			return false;
		*place = &matrix->rows[i];
	}
	return true;
}

static struct matrix_cell *
cell_of(struct matrix *matrix, const struct matrix_row *row, size_t column)
{
	return &matrix->cells[(size_t)(row - matrix->rows) * matrix->report->count + column];
}

static void
see_finding(struct matrix *matrix, const struct map *rows, size_t column, const struct finding *finding)
{
	struct matrix_row *row = map_find(rows, finding->rule);
	if (row == NULL)
		return;
	struct matrix_cell *cell = cell_of(matrix, row, column);
	cell->failing += finding->action == ACTION_FAIL;
	cell->warning += finding->action != ACTION_FAIL;
	cell->first = cell->first ? cell->first : finding;
	if (row->reference_count == 0) {
		row->references = finding->references;
		row->reference_count = finding->reference_count;
	}
}

static void
see_waived(struct matrix *matrix, const struct map *rows, size_t column, const struct waived *waived)
{
	const struct matrix_row *row = map_find(rows, waived->finding.rule);
	if (row == NULL)
		return;
	struct matrix_cell *cell = cell_of(matrix, row, column);
	cell->waived++;
	cell->first_waived = cell->first_waived ? cell->first_waived : waived;
}

static void
see_verdict(struct matrix *matrix, const struct map *rows, size_t column)
{
	const struct verdict *v = matrix->report->verdicts[column];
	for (size_t i = 0; i < v->check_count; i++)
		cell_of(matrix, map_find(rows, v->checks[i].id), column)->check = &v->checks[i];
	for (size_t i = 0; i < v->finding_count; i++)
		see_finding(matrix, rows, column, &v->findings[i]);
	for (size_t i = 0; i < v->waived_count; i++)
		see_waived(matrix, rows, column, &v->waived[i]);
}

static void
take_references(struct matrix *matrix)
{
	for (size_t i = 0; i < matrix->row_count; i++) {
		const struct check *check = catalogue_find(&check_catalogue, matrix->rows[i].check->id);
		if (check) {
			matrix->rows[i].references = check->references;
			matrix->rows[i].reference_count = check->reference_count;
		}
	}
}

bool
matrix_make(const struct report *report, struct matrix *out)
{
	AUTO(map) struct map rows = { 0 };
	size_t n;
	*out = (struct matrix){ .report = report };
	if (!collect_rows(out) || !index_rows(out, &rows) || __builtin_mul_overflow(out->row_count + 1, report->count, &n) ||
	    (out->cells = calloc(n, sizeof *out->cells)) == NULL)
		return false;
	take_references(out);
	for (size_t i = 0; i < report->count; i++)
		see_verdict(out, &rows, i);
	return true;
}

void
matrix_done(struct matrix *matrix)
{
	free(matrix->rows);
	free(matrix->cells);
	*matrix = (struct matrix){ 0 };
}

const struct matrix_cell *
matrix_cell(const struct matrix *matrix, size_t row, size_t column)
{
	return &matrix->cells[row * matrix->report->count + column];
}

/* A check that failed and of which nothing is left but what exceptions take; without any finding it still failed. */
static enum matrix_state
failed_state(const struct matrix_cell *cell)
{
	if (cell->failing)
		return MATRIX_FAIL;
	return cell->warning ? MATRIX_WARN : cell->waived ? MATRIX_WAIVED : MATRIX_FAIL;
}

enum matrix_state
matrix_cell_state(const struct matrix_cell *cell)
{
	static const enum matrix_state states[] = {
		[CHECK_PASS] = MATRIX_PASS, [CHECK_UNKNOWN] = MATRIX_UNKNOWN, [CHECK_NOT_APPLICABLE] = MATRIX_NOT_APPLICABLE,
		[CHECK_OUT_OF_SCOPE] = MATRIX_OUT_OF_SCOPE,
	};
	if (cell->check == NULL)
		return MATRIX_ABSENT;
	return cell->check->outcome == CHECK_FAIL ? failed_state(cell) : states[cell->check->outcome];
}

static void
put_findings(const struct matrix_cell *cell, struct strbuf *into)
{
	size_t n = cell->failing + cell->warning;
	struct slice subject = report_subject(cell->first);
	if (n > 1)
		strbuf_printf(into, "%zu findings, first: ", n);
	strbuf_put(into, subject.n ? subject : cell->first->title);
	if (cell->first->evidence.detail.n) {
		strbuf_puts(into, subject.n ? " (" : ": ");
		strbuf_put(into, cell->first->evidence.detail);
		strbuf_puts(into, subject.n ? ")" : "");
	}
}

void
matrix_cell_reason(const struct matrix_cell *cell, struct strbuf *into)
{
	if (cell->check == NULL)
		return;
	if (cell->first)
		put_findings(cell, into);
	else if (cell->first_waived)
		waived_describe(cell->first_waived, into);
	else
		strbuf_put(into, cell->check->reason);
}

enum matrix_state
matrix_area_state(const struct verdict *v, enum area area)
{
	static const enum matrix_state states[] = {
		[RESULT_NOT_REQUIRED] = MATRIX_ABSENT, [RESULT_OUT_OF_SCOPE] = MATRIX_OUT_OF_SCOPE, [RESULT_PASS] = MATRIX_PASS,
		[RESULT_UNKNOWN] = MATRIX_UNKNOWN, [RESULT_FAIL] = MATRIX_FAIL,
	};
	enum matrix_state state = states[v->areas[area].result];
	return state == MATRIX_PASS && report_tally(v, area).warn ? MATRIX_WARN : state;
}

void
matrix_area_reason(const struct verdict *v, enum area area, struct strbuf *into)
{
	struct report_tally tally = report_tally(v, area);
	const struct {
		size_t n;
		const char *one, *many;
	} parts[] = { { tally.fail, "failure", "failures" }, { tally.warn, "warning", "warnings" }, { tally.unknown, "unknown", "unknown" } };
	bool any = false;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].n) {
			strbuf_printf(into, "%s%zu %s", any ? ", " : "", parts[i].n, parts[i].n == 1 ? parts[i].one : parts[i].many);
			any = true;
		}
	if (v->areas[area].note.n) {
		strbuf_puts(into, any ? "; " : "");
		strbuf_put(into, v->areas[area].note);
	}
}

bool
matrix_has_area(const struct matrix *matrix, enum area area)
{
	return report_area(matrix->report, area) != RESULT_NOT_REQUIRED;
}

size_t
matrix_count(const struct matrix *matrix, size_t column, enum matrix_state state)
{
	size_t n = 0;
	for (size_t row = 0; row < matrix->row_count; row++)
		n += matrix_cell_state(matrix_cell(matrix, row, column)) == state;
	return n;
}
