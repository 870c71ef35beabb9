/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that are put together out of several files: what of them could not be read fails the query that asks for it. */
#include "facts/table_derived.h"

#include "catalog/derived.h"
#include "facts/cells.h"

#define KIND(name, table, known, meaning) [DERIVED_##name] = known,
#define FIELD(column, type, meaning)
#define END(name)
static const size_t known_cells[] = {
#include "catalog/derived.def"
};
#undef KIND
#undef FIELD
#undef END

static size_t
derived_count(const void *context, const struct fact_table *table)
{
	return context ? inventory_derived(context, (enum derived_kind)table->detail)->n : 0;
}

/* What could not be put together to its end is no list that can be counted. */
static struct slice
derived_refusal(const void *context, const struct fact_table *table)
{
	const struct derived_rows *rows = context ? inventory_derived(context, (enum derived_kind)table->detail) : NULL;
	const struct derived_row *last = rows && rows->n ? &rows->at[rows->n - 1] : NULL;
	return last && last->cells == NULL ? last->unread : SLICE_NONE;
}

static void
place_cell(struct fact_value *out, const struct inventory *inventory, const struct derived_row *row, size_t column)
{
	if (row->node == NULL)
		return;
	if (column == 0)
		cell_path(out, inventory, row->node);
	else if (column == 1)
		cell_layer(out, inventory, row->node->layer);
	else if (row->line)
		cell_integer(out, row->line);
}

static void
derived_cell(const void *context, const struct fact_table *table, size_t number, size_t column, struct fact_value *out)
{
	const struct inventory *inventory = context;
	const struct derived_row *row = &inventory_derived(inventory, (enum derived_kind)table->detail)->at[number];
	size_t fields = table->column_count - 3;
	if (row->unread.p && (row->cells == NULL || (column >= known_cells[table->detail] && column < fields)))
		cell_unread(out, row->unread);
	else if (column >= fields)
		place_cell(out, inventory, row, column - fields);
	else if (table->columns[column].type == FACT_INTEGER)
		cell_number(out, row->cells[column]);
	else
		cell_text(out, row->cells[column]);
}

#define KIND(name, table, known, meaning) static const struct fact_column columns_##name[] = {
#define FIELD(column, type, meaning) { column, FACT_##type, meaning },
#define END(name)                                                      \
	{ "path", FACT_TEXT, "the file that says so; NULL for none" }, \
	{ "layer", FACT_INTEGER, "its layer; NULL for a tree" },       \
	{ "line", FACT_INTEGER, "in that file, from 1" } };
#include "catalog/derived.def"
#undef KIND
#undef FIELD
#undef END

#define KIND(name_, table, known, meaning_)       \
	const struct fact_table table_##name_ = { \
		.name = table, .meaning = meaning_, .columns = columns_##name_, .column_count = sizeof columns_##name_ / sizeof *columns_##name_, \
		.count = derived_count, .cell = derived_cell, .detail = DERIVED_##name_, .refusal = derived_refusal };
#define FIELD(column, type, meaning)
#define END(name)
#include "catalog/derived.def"
