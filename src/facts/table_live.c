/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel of the running machine told, as tables. */
#include "facts/table_live.h"

#include "facts/cells.h"

#include <stdio.h>

static size_t
live_count(const void *context, const struct fact_table *table)
{
	return context ? ((const struct inventory *)context)->live.rows[table->detail].n : 0;
}

static void
live_cell(const void *context, const struct fact_table *table, size_t number, size_t column, struct fact_value *out)
{
	const struct live *live = &((const struct inventory *)context)->live;
	struct row row = block_row(live->block, live->rows[table->detail].at[number]);
	struct slice text = block_field(live->block, &row, (uint32_t)column);
	int64_t signed_number;
	if (table->columns[column].type == FACT_TEXT)
		cell_text(out, text);
	else if (slice_to_i64(text, &signed_number))
		cell_integer(out, signed_number);
}

#define KIND(name, table, meaning) static const struct fact_column columns_##name[] = {
#define FIELD(kind, name, column, type, meaning) { column, FACT_##type, meaning },
#define END(name) };
#include "catalog/live/live.def"
#undef KIND
#undef FIELD
#undef END

#define KIND(name_, table, meaning_)                                                                           \
	const struct fact_table table_live_##name_ = {                                                         \
		.name = table, .meaning = meaning_, .columns = columns_##name_,                                \
		.column_count = sizeof columns_##name_ / sizeof *columns_##name_, .count = live_count, .cell = live_cell, \
		.detail = LIVE_##name_, .live = FACT_LIVE_ALL,                                                 \
	};
#define FIELD(kind, name, column, type, meaning)
#define END(name)
#include "catalog/live/live.def"

bool
live_is_lacking(const struct facts *facts, const struct inventory *inventory, struct strbuf *why)
{
	size_t at = 0;
	const char *table, *column;
	if (inventory->live.is || !facts_reads_live(facts, &at, &table, &column))
		return false;
	enum inventory_kind kind = inventory_kind(inventory);
	strbuf_printf(why, "only the running machine (host:) has %s%s%s, and the target is %s", table, column ? "." : "", column ? column : "",
	              kind == INVENTORY_HOST ? "a host that is not running here" : inventory_kind_words(kind));
	return true;
}

static bool
reads_column(const struct facts *facts, const char *table, struct slice column)
{
	char name[64];
	snprintf(name, sizeof name, "%.*s", SLICE_ARG(column));
	return facts_reads(facts, table, name);
}

/* A problem of "TABLE" or "TABLE.COLUMN". */
static bool
concerns(const struct facts *facts, struct slice subject)
{
	struct slice table = subject, column = SLICE_NONE;
	slice_cut(subject, '.', &table, &column);
	const char *known, *known_column;
	for (size_t at = 0; facts_reads_live(facts, &at, &known, &known_column);) {
		if (!slice_is(table, known))
			continue;
		if (column.p == NULL || reads_column(facts, known, column))
			return true;
	}
	return false;
}

bool
live_next_gap(const struct facts *facts, const struct inventory *inventory, size_t *at, struct slice *why)
{
	const struct live *live = &inventory->live;
	size_t first = 0;
	const char *table, *column;
	if (!live->is || !facts_reads_live(facts, &first, &table, &column))
		return false;
	if (live->block == NULL) {
		*why = live->gap;
		return (*at)++ == 0;
	}
	while (*at < block_problem_count(live->block)) {
		struct problem problem = block_problem(live->block, (uint32_t)(*at)++);
		*why = problem.message;
		if (concerns(facts, problem.cataloger))
			return true;
	}
	return false;
}
