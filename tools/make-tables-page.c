/* SPDX-License-Identifier: Apache-2.0 */
/* make-tables-page: plimsoll-tables(7) out of the tables that queries see, as scdoc reads it. */
#include "policy/tables.h"

#include <stdio.h>

/* What scdoc would take for marks is the text's own. */
static void
put_plain(const char *text)
{
	for (; *text; text++) {
		if (strchr("_*\\#[|-:", *text))
			putchar('\\');
		putchar(*text);
	}
}

static int
put_table(void *context, const struct schema_table *table, struct plim_error *err)
{
	static const char *const types[] = { [FACT_TEXT] = "text", [FACT_INTEGER] = "integer", [FACT_REAL] = "real" };
	(void)context, (void)err;
	printf("## ");
	put_plain(table->name);
	printf("\n\n");
	put_plain(table->meaning);
	printf(".\n\n");
	for (size_t i = 0; i < table->column_count; i++) {
		const struct fact_column *column = schema_column(table, i);
		putchar('*');
		put_plain(column->name);
		printf("* (%s)\n\t", types[column->type]);
		put_plain(column->meaning);
		printf("\n\n");
	}
	return 0;
}

int
main(void)
{
	struct plim_error err;
	puts("plimsoll-tables(7)\n\n# NAME\n\nplimsoll-tables - the tables that queries, checks and rules ask\n\n# DESCRIPTION\n\n"
	     "*plimsoll query* and the rules of a policy ask these tables by SQL; *plimsoll query .tables* and *plimsoll query .schema* show the same list. "
	     "Where a meaning begins with _osquery_, name and columns are osquery's, so that queries written for hosts run as they are; columns of "
	     "osquery that an image cannot answer are not there, and a query that asks for one is refused.\n\n"
	     "A cell is NULL where there is no value. A value that there is, but that could not be read or was not kept, fails the query that asks for it: "
	     "a rule is *unknown* then, and never clean. Tables whose names end in _\\_row_ are what others are made of.\n\n# TABLES\n");
	if (schema_each(put_table, NULL, &err) < 0)
		return 1;
	puts("# SEE ALSO\n\n*plimsoll*(1), *plimsoll-policy*(5), *plimsoll-packages*(7)");
	return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
