/* SPDX-License-Identifier: Apache-2.0 */
/* osquery's tables and columns that are not here: lists of import_reasons.def. */
#include "policy/import_reasons.h"

#include "policy/import_sql.h"

struct lacking {
	const char *table;         /* whose columns they are; NULL: they are tables */
	const char *names;         /* with blanks between */
	const char *why;
};

static const struct lacking all[] = {
#define TABLES(why, names) { NULL, names, why },
#define COLUMNS(table, why, names) { table, names, why },
#include "policy/import_reasons.def"
#undef TABLES
#undef COLUMNS
};

static bool
has_word(struct slice words, struct slice wanted)
{
	struct slice word;
	while (slice_word(&words, &word))
		if (slice_eq_nocase(word, wanted))
			return true;
	return false;
}

static struct slice
why_no_table(struct slice name)
{
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i].table == NULL && has_word(slice_of(all[i].names), name))
			return slice_of(all[i].why);
	return SLICE("no table of osquery's");
}

/* Without the table's name, or another one for it, before it. */
static struct slice
why_no_column(struct slice name, struct slice sql)
{
	size_t dot = slice_find_last(name, '.');
	if (dot != SIZE_MAX)
		name = slice_from(name, dot + 1);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i].table && has_word(slice_of(all[i].names), name) && sql_names(sql, slice_of(all[i].table)))
			return slice_of(all[i].why);
	return SLICE_NONE;
}

struct slice
import_reason(struct slice said, struct slice sql)
{
	if (slice_skip(&said, SLICE("no such table: ")))
		return why_no_table(said);
	return slice_skip(&said, SLICE("no such column: ")) ? why_no_column(said, sql) : SLICE_NONE;
}
