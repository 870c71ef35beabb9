/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of others as text: where they end, and which tables they name. */
#ifndef POLICY_IMPORT_SQL_H
#define POLICY_IMPORT_SQL_H

#include "base/slice.h"
#include "base/strbuf.h"

/* Without the semicolon that may end a statement, and what is behind it; false where there is another statement. */
bool sql_one_statement(struct slice sql, struct slice *out);
/* Whether a name stands in it as a word, in quotes or not, outside texts and comments. */
bool sql_names(struct slice sql, struct slice name);

/*
 * Appends the statement with another table for each that is named `name` where tables are named: "FROM file" as "FROM osquery_file AS file", so
 * that its columns are named as before.  One that the statement itself makes by WITH stays.
 */
struct sql_table {
	const char *name, *instead;
};
void sql_put_renamed(struct slice sql, const struct sql_table *tables, size_t n, struct strbuf *into);

#endif
