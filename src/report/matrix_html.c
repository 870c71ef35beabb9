/* SPDX-License-Identifier: Apache-2.0 */
/* The matrix as one page that needs nothing else, no script either: why a cell is as it is stands in its title. */
#include "report/html.h"
#include "report/matrix.h"

static const char *
state_class(enum matrix_state state)
{
	static const char *const classes[MATRIX_STATE_COUNT] = {
		[MATRIX_ABSENT] = "none", [MATRIX_PASS] = "pass", [MATRIX_WARN] = "unknown", [MATRIX_FAIL] = "fail", [MATRIX_WAIVED] = "waived",
		[MATRIX_UNKNOWN] = "unknown", [MATRIX_NOT_APPLICABLE] = "none", [MATRIX_OUT_OF_SCOPE] = "none",
	};
	return classes[state];
}

static void
put_cell(struct strbuf *into, enum matrix_state state, const struct strbuf *reason)
{
	strbuf_printf(into, "<td class=\"%s\"", state_class(state));
	if (reason->n) {
		strbuf_puts(into, " title=\"");
		report_markup(into, strbuf_slice(reason));
		strbuf_putc(into, '"');
	}
	strbuf_printf(into, ">%s</td>", state == MATRIX_ABSENT ? "–" : matrix_state_word(state));
}

static void
put_references(struct strbuf *into, const struct matrix_row *row)
{
	for (size_t i = 0; i < row->reference_count; i++) {
		strbuf_puts(into, i ? ", " : "");
		report_markup(into, row->references[i]);
	}
}

static void
put_columns(struct strbuf *into, const struct matrix *matrix)
{
	strbuf_puts(into, "<thead><tr><th scope=\"col\">Check</th><th scope=\"col\">Control</th><th scope=\"col\">Severity</th><th scope=\"col\">References</th>"
	                  "<th scope=\"col\" class=\"number\">Fails</th>");
	for (size_t i = 0; i < matrix->report->count; i++) {
		const struct verdict *v = matrix->report->verdicts[i];
		AUTO(strbuf) struct strbuf title = { 0 };
		report_title(v, &title);
		strbuf_puts(into, "<th scope=\"col\">");
		html_code(into, strbuf_slice(&title));
		strbuf_puts(into, " ");
		html_word(into, html_result_class(v->result), result_name(v->result));
		strbuf_puts(into, "</th>");
	}
	strbuf_puts(into, "</tr></thead>\n");
}

static size_t
count_failing(const struct matrix *matrix, size_t row)
{
	size_t n = 0;
	for (size_t i = 0; i < matrix->report->count; i++)
		n += matrix_cell_state(matrix_cell(matrix, row, i)) == MATRIX_FAIL;
	return n;
}

static void
put_row(struct strbuf *into, const struct matrix *matrix, size_t at)
{
	const struct matrix_row *row = &matrix->rows[at];
	strbuf_puts(into, "<tr><th scope=\"row\">");
	html_code(into, row->check->id);
	strbuf_puts(into, "<br>");
	report_markup(into, row->check->title);
	strbuf_puts(into, "</th><td>");
	report_markup(into, row->check->control);
	strbuf_printf(into, "</td><td>%s</td><td class=\"references\">", severity_name(row->check->severity));
	put_references(into, row);
	strbuf_printf(into, "</td><td class=\"number\">%zu of %zu</td>", count_failing(matrix, at), matrix->report->count);
	for (size_t i = 0; i < matrix->report->count; i++) {
		const struct matrix_cell *cell = matrix_cell(matrix, at, i);
		AUTO(strbuf) struct strbuf reason = { 0 };
		matrix_cell_reason(cell, &reason);
		put_cell(into, matrix_cell_state(cell), &reason);
	}
	strbuf_puts(into, "</tr>\n");
}

static void
put_area(struct strbuf *into, const struct matrix *matrix, enum area area)
{
	size_t failing = 0;
	for (size_t i = 0; i < matrix->report->count; i++)
		failing += matrix_area_state(matrix->report->verdicts[i], area) == MATRIX_FAIL;
	strbuf_printf(into, "<tr class=\"area\"><th scope=\"row\">All of the area %s</th><td></td><td></td><td></td><td class=\"number\">%zu of %zu</td>", report_area_title(area), failing,
	              matrix->report->count);
	for (size_t i = 0; i < matrix->report->count; i++) {
		AUTO(strbuf) struct strbuf reason = { 0 };
		matrix_area_reason(matrix->report->verdicts[i], area, &reason);
		put_cell(into, matrix_area_state(matrix->report->verdicts[i], area), &reason);
	}
	strbuf_puts(into, "</tr>\n");
}

static void
put_total(struct strbuf *into, const struct matrix *matrix, enum matrix_state state)
{
	strbuf_printf(into, "<tr><th scope=\"row\" colspan=\"5\">Checks: %s</th>", matrix_state_word(state));
	for (size_t i = 0; i < matrix->report->count; i++)
		strbuf_printf(into, "<td class=\"number\">%zu</td>", matrix_count(matrix, i, state));
	strbuf_puts(into, "</tr>\n");
}

static void
put_table(struct strbuf *into, const struct matrix *matrix)
{
	strbuf_puts(into, "<div class=\"scroll matrix\" tabindex=\"0\" role=\"region\" aria-label=\"Checks by images\"><table>");
	put_columns(into, matrix);
	strbuf_puts(into, "<tbody>\n");
	for (enum area area = 0; area < AREA_COUNT; area++)
		if (matrix_has_area(matrix, area))
			put_area(into, matrix, area);
	for (size_t i = 0; i < matrix->row_count; i++)
		put_row(into, matrix, i);
	strbuf_puts(into, "</tbody>\n<tfoot>\n");
	for (enum matrix_state state = MATRIX_PASS; state < MATRIX_STATE_COUNT; state++)
		put_total(into, matrix, state);
	strbuf_puts(into, "</tfoot></table></div>\n");
}

/* What each column was judged by: two policies of one name may differ. */
static void
put_policies(struct strbuf *into, const struct report *report)
{
	strbuf_puts(into, "<h2>Policies</h2>\n<dl>\n");
	for (size_t i = 0; i < report->count; i++) {
		const struct verdict *v = report->verdicts[i];
		char digest[DIGEST_TEXT_SIZE];
		AUTO(strbuf) struct strbuf title = { 0 };
		report_title(v, &title);
		strbuf_puts(into, "<dt>");
		html_code(into, strbuf_slice(&title));
		strbuf_puts(into, "</dt><dd>");
		report_markup(into, v->policy_name);
		strbuf_printf(into, " <code>%s</code></dd>\n", v->policy_digest.algorithm == DIGEST_NONE ? "" : digest_text(&v->policy_digest, digest));
	}
	strbuf_puts(into, "</dl>\n");
}

static void
write_matrix(const struct report *report, struct strbuf *into)
{
	AUTO(matrix) struct matrix matrix;
	if (!matrix_make(report, &matrix)) {
		into->failed = true;
		return;
	}
	html_head(into, report, NULL);
	strbuf_printf(into, "<body class=\"wide\">\n<header><h1>plimsoll: checks by images</h1>\n<p>%s over %zu images and %zu checks</p></header>\n<main>\n",
	              report_words(report->result), report->count, matrix.row_count);
	put_table(into, &matrix);
	put_policies(into, report);
	strbuf_puts(into, "</main>\n</body>\n</html>\n");
}

const struct writer writer_matrix_html = { .name = "matrix-html", .write = write_matrix };
