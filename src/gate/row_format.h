/* SPDX-License-Identifier: Apache-2.0 */
/* The forms in which rows are written. */
#ifndef GATE_ROW_FORMAT_H
#define GATE_ROW_FORMAT_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "codec/json_write.h"
#include "facts/facts.h"

/* What was written so far.  Starts zeroed but for `arena`; ends with row_output_done. */
struct row_output {
	struct strbuf text;
	struct json_writer json;
	struct arena *arena;
	VEC(struct slice) cells;    /* of a table: widths are known at the end */
	size_t columns;
};

struct row_format {
	const char *name;
	fact_row_fn *begin;         /* context of both is the row_output */
	fact_row_fn *row;
	void (*end)(struct row_output *out);
};

#define ROW_FORMATS "table, line, json, jsonl or csv"

/* NULL: table. */
const struct row_format *row_format_find(const char *name);

/* For the next answer; `arena` is NULL without memory. */
void row_output_clear(struct row_output *out);
void row_output_done(struct row_output *out);

#endif
