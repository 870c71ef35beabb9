/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions and lists in queries. */
#include "facts/functions.h"

#include "base/auto.h"
#include "base/error.h"
#include "base/glob.h"
#include "base/strbuf.h"
#include "facts/regex.h"

#include <sqlite3.h>

static void
regex_release(void *regex)
{
	regex_free(regex);
}

/* The pattern of this statement, compiled at its first row; NULL after an error was reported. */
static const struct regex *
pattern_of(sqlite3_context *result, sqlite3_value *value)
{
	struct regex *regex = sqlite3_get_auxdata(result, 0);
	struct plim_error err = { 0 };
	if (regex)
		return regex;
	const char *text = (const char *)sqlite3_value_text(value);
	if (regex_new((struct slice){ text, (size_t)sqlite3_value_bytes(value) }, &regex, &err) < 0) {
		sqlite3_result_error(result, err.text, -1);
		return NULL;
	}
	sqlite3_set_auxdata(result, 0, regex, regex_release);
	/* SQLite may have released it at once, for want of memory. */
	return sqlite3_get_auxdata(result, 0);
}

/* `subject REGEXP pattern` calls regexp(pattern, subject); NULL on either side answers NULL. */
static void
call_regexp(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	(void)argc;
	if (sqlite3_value_type(argv[0]) == SQLITE_NULL || sqlite3_value_type(argv[1]) == SQLITE_NULL)
		return;
	const struct regex *regex = pattern_of(result, argv[0]);
	if (regex == NULL)
		return;
	const char *subject = (const char *)sqlite3_value_text(argv[1]);
	int found = regex_find(regex, (struct slice){ subject, (size_t)sqlite3_value_bytes(argv[1]) });
	if (found < 0)
		sqlite3_result_error(result, "a regular expression reached limit REGEX_STEPS", -1);
	else
		sqlite3_result_int(result, found);
}

static bool
list_takes(struct slice list, struct slice value)
{
	struct slice line;
	while (slice_next(&list, '\n', &line))
		if (glob_match(line, value))
			return true;
	return false;
}

static void
call_in_list(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	(void)argc;
	const char *value = (const char *)sqlite3_value_text(argv[0]), *list = (const char *)sqlite3_value_text(argv[1]);
	if (value && list)
		sqlite3_result_int(result, list_takes((struct slice){ list, (size_t)sqlite3_value_bytes(argv[1]) },
		                                      (struct slice){ value, (size_t)sqlite3_value_bytes(argv[0]) }));
}

static void
call_octal(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	const char *text = (const char *)sqlite3_value_text(argv[0]);
	sqlite3_int64 number = 0;
	(void)argc;
	if (text == NULL || *text == '\0' || strlen(text) > 20)
		return;
	for (; *text >= '0' && *text <= '7'; text++)
		number = number * 8 + *text - '0';
	if (*text == '\0')
		sqlite3_result_int64(result, number);
}

/* Of a cell that there is and nobody knows: the query has no answer. */
static void
call_not_known(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	const char *why = (const char *)sqlite3_value_text(argv[0]);
	(void)argc;
	sqlite3_result_error(result, why ? why : "not known", -1);
}

/* A width or precision of more digits than text in a report has. */
#define WIDTH_DIGITS_MOST 5

/* printf('%.2000000000c', 'x') is one step of SQLite's machine that takes half a minute, and no limit ends it. */
static bool
is_too_wide(struct slice format)
{
	for (size_t at; (at = slice_find(format, '%')) != SIZE_MAX;) {
		size_t digits = 0;
		format = slice_from(format, at + 1);
		for (; format.n && strchr("0123456789.*-+ #!,", format.p[0]); format = slice_from(format, 1)) {
			digits = format.p[0] >= '0' && format.p[0] <= '9' ? digits + 1 : 0;
			if (digits > WIDTH_DIGITS_MOST || format.p[0] == '*')
				return true;
		}
		/* "%%" begins nothing. */
		format = format.n ? slice_from(format, 1) : format;
	}
	return false;
}

/* SQLite's own, which is hidden here by the one that looks first, answers in a connection of its own. */
static sqlite3_stmt *
own_printf(sqlite3 *own, int argc, sqlite3_value **argv)
{
	AUTO(strbuf) struct strbuf sql = { 0 };
	sqlite3_stmt *statement = NULL;
	strbuf_puts(&sql, "SELECT printf(?");
	for (int i = 1; i < argc; i++)
		strbuf_puts(&sql, ", ?");
	strbuf_puts(&sql, ")");
	if (sql.failed || sqlite3_prepare_v2(own, sql.p, (int)sql.n, &statement, NULL) != SQLITE_OK)
		return NULL;
	for (int i = 0; i < argc; i++)
		sqlite3_bind_value(statement, i + 1, argv[i]);
	return statement;
}

static void
call_printf(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	const char *format = argc > 0 ? (const char *)sqlite3_value_text(argv[0]) : NULL;
	if (format == NULL)
		return;
	if (is_too_wide((struct slice){ format, (size_t)sqlite3_value_bytes(argv[0]) })) {
		sqlite3_result_error(result, "printf takes no width or precision of * or of more than 99999", -1);
		return;
	}
	sqlite3_stmt *statement = own_printf(sqlite3_user_data(result), argc, argv);
	if (statement && sqlite3_step(statement) == SQLITE_ROW)
		sqlite3_result_value(result, sqlite3_column_value(statement, 0));
	else
		sqlite3_result_error_nomem(result);
	sqlite3_finalize(statement);
}

static void
release_own(void *own)
{
	sqlite3_close_v2(own);
}

static void
add_printf(struct sqlite3 *db, const char *name)
{
	sqlite3 *own = NULL;
	if (sqlite3_open_v2(":memory:", &own, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, NULL) == SQLITE_OK)
		sqlite3_limit(own, SQLITE_LIMIT_LENGTH, sqlite3_limit(db, SQLITE_LIMIT_LENGTH, -1));
	/* It releases the connection where it fails, too. */
	sqlite3_create_function_v2(db, name, -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, own, call_printf, NULL, NULL, release_own);
}

void
functions_add(struct sqlite3 *db)
{
	add_printf(db, "printf");
	add_printf(db, "format");
	sqlite3_create_function_v2(db, "not_known", 1, SQLITE_UTF8, NULL, call_not_known, NULL, NULL, NULL);
	sqlite3_create_function_v2(db, "regexp", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, call_regexp, NULL, NULL, NULL);
	sqlite3_create_function_v2(db, "octal", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, call_octal, NULL, NULL, NULL);
	sqlite3_create_function_v2(db, "in_list", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, call_in_list, NULL, NULL, NULL);
	functions_add_osquery(db);
	functions_add_encoding(db);
}
