/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of SQLite with their place in the statement. */
#include "facts/query_error.h"

#include "base/error.h"

#define SHOWN_MOST 200

static bool
is_of_word(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* The first place where the name stands as a word of its own. */
static size_t
word_find(struct slice text, struct slice name)
{
	for (size_t at = 0; name.n > 0 && at + name.n <= text.n; at++) {
		bool begins = at == 0 || !is_of_word(text.p[at - 1]), ends = at + name.n == text.n || !is_of_word(text.p[at + name.n]);
		if (begins && ends && slice_eq_nocase(slice_first(slice_from(text, at), name.n), name))
			return at;
	}
	return SIZE_MAX;
}

/* SQLite tells it of columns and of most syntax, of a table that there is not only the name. */
static size_t
place_of(sqlite3 *db, struct slice sql)
{
	int offset = sqlite3_error_offset(db);
	struct slice name = slice_of(sqlite3_errmsg(db));
	if (offset >= 0)
		return (size_t)offset <= sql.n ? (size_t)offset : sql.n;
	if (slice_is(name, "incomplete input"))
		return sql.n;
	return slice_skip(&name, SLICE("no such table: ")) ? word_find(sql, name) : SIZE_MAX;
}

static int
error_with_caret(const char *message, struct slice sql, size_t at, struct plim_error *err)
{
	size_t before;
	struct slice line = slice_line_at(sql, at, &before);
	return error_set(err, PLIM_EQUERY, "%s\n  %.*s\n  %*s^", message, SLICE_ARG(slice_first(line, SHOWN_MOST)),
	                 (int)(before < SHOWN_MOST ? before : SHOWN_MOST), "");
}

/* The authorizer's refusal says nothing of what a query may do. */
static const char *
message_of(sqlite3 *db)
{
	const char *message = sqlite3_errmsg(db);
	return slice_is(slice_of(message), "not authorized") ? "not authorized: a query reads tables, and does nothing else" : message;
}

int
query_error(sqlite3 *db, struct slice sql, size_t *place, struct plim_error *err)
{
	size_t at = place_of(db, sql);
	if (place)
		*place = at;
	if (place || at == SIZE_MAX)
		return error_set(err, PLIM_EQUERY, "%s", message_of(db));
	return error_with_caret(message_of(db), sql, at, err);
}
