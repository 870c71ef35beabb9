/* SPDX-License-Identifier: Apache-2.0 */
/* Checks and rules by images: what several verdicts say of each, side by side. */
#ifndef REPORT_MATRIX_H
#define REPORT_MATRIX_H

#include "report/writer.h"

/* MATRIX_ABSENT: the policy of that verdict does not ask. */
enum matrix_state {
	MATRIX_ABSENT, MATRIX_PASS, MATRIX_WARN, MATRIX_FAIL, MATRIX_WAIVED, MATRIX_UNKNOWN, MATRIX_NOT_APPLICABLE, MATRIX_OUT_OF_SCOPE,
	MATRIX_STATE_COUNT
};
const char *matrix_state_word(enum matrix_state state);    /* "pass", "not applicable", ... */

/* Borrows from the verdict. */
struct matrix_cell {
	const struct check_result *check;     /* NULL: it is not asked */
	size_t failing, warning, waived;      /* findings */
	const struct finding *first;          /* of those that are not waived: verdicts have failing ones first */
	const struct waived *first_waived;
};

struct matrix_row {
	const struct check_result *check;     /* as the first verdict that has it spells it */
	const struct slice *references;       /* of the catalogue that is compiled in, else of a finding */
	size_t reference_count;
};

struct matrix {
	const struct report *report;          /* its verdicts are the columns, in their order */
	struct matrix_row *rows;              /* by area and id */
	size_t row_count;
	struct matrix_cell *cells;            /* row by row */
};

/* False without memory. */
bool matrix_make(const struct report *report, struct matrix *out);
void matrix_done(struct matrix *matrix);
static inline void
auto_matrix(struct matrix *matrix)
{
	matrix_done(matrix);
}

const struct matrix_cell *matrix_cell(const struct matrix *matrix, size_t row, size_t column);
enum matrix_state matrix_cell_state(const struct matrix_cell *cell);
/* Why it is so, in one line; nothing of what passes. */
void matrix_cell_reason(const struct matrix_cell *cell, struct strbuf *into);

/* The same of a whole area: what is in no check of its own, and what all of it is worth. */
enum matrix_state matrix_area_state(const struct verdict *verdict, enum area area);
void matrix_area_reason(const struct verdict *verdict, enum area area, struct strbuf *into);
/* Whether any of the verdicts has something to say of it. */
bool matrix_has_area(const struct matrix *matrix, enum area area);

/* How many checks and rules of a column are in that state. */
size_t matrix_count(const struct matrix *matrix, size_t column, enum matrix_state state);

#endif
