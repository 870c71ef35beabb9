/* SPDX-License-Identifier: Apache-2.0 */
/* The list of tables, as rows. */
#include "gate/schema.h"

#include "base/error.h"
#include "base/output.h"
#include "policy/tables.h"

#include <plimsoll/query.h>

struct schema_rows {
	const struct row_format *format;
	struct row_output out;
	struct slice wanted;      /* the table, or part of names of tables; absent: all */
	bool columns;             /* of each, not the tables themselves */
	size_t found;
	const char *names[4];
};

static int
put(struct schema_rows *rows, size_t n, const char *const *texts, struct plim_error *err)
{
	struct fact_value values[4] = { 0 };
	for (size_t i = 0; i < n; i++)
		values[i] = (struct fact_value){ .type = FACT_TEXT, .text = slice_of(texts[i]) };
	const struct fact_row row = { n, rows->names, values };
	return rows->format->row(&rows->out, &row, err);
}

static int
show(void *context, const struct schema_table *table, struct plim_error *err)
{
	static const char *const types[] = { [FACT_TEXT] = "TEXT", [FACT_INTEGER] = "INTEGER", [FACT_REAL] = "REAL" };
	struct schema_rows *rows = context;
	struct slice name = slice_of(table->name);
	if (rows->wanted.n && !(rows->columns ? slice_eq_nocase(rows->wanted, name) : slice_find_text(name, rows->wanted) != SIZE_MAX))
		return 0;
	rows->found++;
	if (!rows->columns)
		return put(rows, 2, (const char *const[]){ table->name, table->meaning }, err);
	int r = 0;
	for (size_t i = 0; r == 0 && i < table->column_count; i++) {
		const struct fact_column *column = schema_column(table, i);
		r = put(rows, 4, (const char *const[]){ table->name, column->name, types[column->type], column->meaning }, err);
	}
	return r;
}

static int
write_all(struct schema_rows *rows, FILE *into, struct plim_error *err)
{
	const struct fact_row head = { rows->columns ? 4 : 2, rows->names, NULL };
	int r = rows->format->begin(&rows->out, &head, err);
	if (r == 0)
		r = schema_each(show, rows, err);
	if (r == 0 && rows->found == 0)
		return error_set(err, PLIM_ENOTFOUND, "there is no table '%.*s': .tables lists them", SLICE_ARG(rows->wanted));
	if (r < 0)
		return r;
	rows->format->end(&rows->out);
	return rows->out.text.failed ? error_nomem(err) : output_text(&rows->out.text, into, err);
}

int
schema_write(const char *command, const struct row_format *format, FILE *into, struct plim_error *err)
{
	struct slice rest = slice_of(command), verb;
	struct schema_rows rows = { .format = format, .names = { "table", "column", "type", "meaning" }, .out.arena = arena_new(0) };
	slice_word(&rest, &verb);
	rows.wanted = slice_trim(rest);
	slice_skip_end(&rows.wanted, SLICE(";"));
	rows.columns = slice_is(verb, ".schema");
	if (!rows.columns && !slice_is(verb, ".tables")) {
		row_output_done(&rows.out);
		return error_set(err, PLIM_EUSAGE, "'%.*s': there are .tables [PART] and .schema [TABLE], and in a session .mode FORMAT, .help and .exit", SLICE_ARG(slice_first(slice_of(command), 100)));
	}
	if (!rows.columns)
		rows.names[1] = "meaning";
	int r = rows.out.arena ? write_all(&rows, into, err) : error_nomem(err);
	row_output_done(&rows.out);
	return r;
}

struct seeing {
	void (*see)(void *context, const char *table, const char *column);
	void *context;
};

static int
see_names(void *context, const struct schema_table *table, struct plim_error *err)
{
	const struct seeing *seeing = context;
	(void)err;
	seeing->see(seeing->context, table->name, NULL);
	for (size_t i = 0; i < table->column_count; i++)
		seeing->see(seeing->context, table->name, schema_column(table, i)->name);
	return 0;
}

int
plim_query_tables(void (*see)(void *context, const char *table, const char *column), void *context, struct plim_error *err)
{
	struct seeing seeing = { see, context };
	return schema_each(see_names, &seeing, err);
}
