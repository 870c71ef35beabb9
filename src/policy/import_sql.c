/* SPDX-License-Identifier: Apache-2.0 */
/* As much of SQL as it takes to find where a table is named. */
#include "policy/import_sql.h"

#include <ctype.h>
#include <string.h>

/* The end of what begins with `quote`, which stands twice for itself; the end of the text where nothing ends it. */
static size_t
behind_quoted(struct slice sql, size_t at, char quote)
{
	for (at++; at < sql.n; at++) {
		if (sql.p[at] != quote)
			continue;
		if (at + 1 >= sql.n || sql.p[at + 1] != quote)
			return at + 1;
		at++;
	}
	return at;
}

static size_t
behind_comment(struct slice sql, size_t at)
{
	size_t end = sql.p[at] == '-' ? slice_find(slice_from(sql, at), '\n') : slice_find_text(slice_from(sql, at + 2), SLICE("*/"));
	if (end == SIZE_MAX)
		return sql.n;
	return sql.p[at] == '-' ? at + end + 1 : at + end + 4;
}

static bool
is_of_word(char c)
{
	return c == '_' || c == '$' || isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static bool
is_comment(struct slice sql, size_t at)
{
	return slice_starts(slice_from(sql, at), SLICE("--")) || slice_starts(slice_from(sql, at), SLICE("/*"));
}

/* The byte behind the token that begins at `at`; a comment is one, and so is a word. */
static size_t
behind_token(struct slice sql, size_t at)
{
	char c = sql.p[at];
	if (c == '\'' || c == '"' || c == '`')
		return behind_quoted(sql, at, c);
	if (c == '[')
		return behind_quoted(sql, at, ']');
	if (is_comment(sql, at))
		return behind_comment(sql, at);
	while (at < sql.n && is_of_word(sql.p[at]))
		at++;
	return is_of_word(c) ? at : at + 1;
}

bool
sql_one_statement(struct slice sql, struct slice *out)
{
	size_t at = 0;
	while (at < sql.n && sql.p[at] != ';')
		at = behind_token(sql, at);
	*out = slice_trim(slice_first(sql, at));
	for (; at < sql.n; at = behind_token(sql, at))
		if (!strchr("; \t\r\n", sql.p[at]) && !is_comment(sql, at))
			return false;
	return true;
}

/* The token at `*at` and what stands before it without meaning; false at the end.  `*at` is behind it then. */
static bool
next_token(struct slice sql, size_t *at, struct slice *token)
{
	while (*at < sql.n && (isspace((unsigned char)sql.p[*at]) || is_comment(sql, *at)))
		*at = is_comment(sql, *at) ? behind_comment(sql, *at) : *at + 1;
	if (*at >= sql.n)
		return false;
	size_t end = behind_token(sql, *at);
	*token = (struct slice){ sql.p + *at, end - *at };
	*at = end;
	return true;
}

/* A name without its quotes; absent for what is none. */
static struct slice
name_of(struct slice token)
{
	if (token.n > 2 && strchr("\"`[", token.p[0]))
		return (struct slice){ token.p + 1, token.n - 2 };
	return token.n && is_of_word(token.p[0]) && !isdigit((unsigned char)token.p[0]) ? token : SLICE_NONE;
}

bool
sql_names(struct slice sql, struct slice name)
{
	struct slice token;
	for (size_t at = 0; next_token(sql, &at, &token);)
		if (name_of(token).n && slice_eq_nocase(name_of(token), name))
			return true;
	return false;
}

/* WITH file AS (...): as "name AS (" stands nowhere else, nor "name (columns) AS (". */
static bool
is_made(struct slice sql, struct slice name)
{
	static const char *const as[] = { "AS", NULL }, *const between[] = { "NOT", "MATERIALIZED", NULL };
	struct slice token, next;
	for (size_t at = 0; next_token(sql, &at, &token);) {
		size_t behind = at;
		if (!slice_eq_nocase(name_of(token), name) || !next_token(sql, &behind, &next))
			continue;
		if (slice_is(next, "("))
			while (next_token(sql, &behind, &next) && !slice_is(next, ")"))
				;
		if (slice_is(next, ")") && !next_token(sql, &behind, &next))
			continue;
		if (!slice_among_nocase(next, as))
			continue;
		while (next_token(sql, &behind, &next) && slice_among_nocase(next, between))
			;
		if (slice_is(next, "("))
			return true;
	}
	return false;
}

/* What may follow a table's name and is no other name for it. */
static bool
is_alias(struct slice token)
{
	static const char *const words[] = {
		"JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "OUTER", "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "UNION", "EXCEPT",
		"INTERSECT", "ON", "USING", "INDEXED", "NOT", "WINDOW", NULL,
	};
	return name_of(token).n && !slice_among_nocase(token, words);
}

#define DEPTH_MOST 64

/* Inside how many parentheses, and in each whether a comma is followed by a table. */
struct places {
	bool from[DEPTH_MOST];
	size_t depth;
	bool table;                /* the next token names one */
};

static void
go_on(struct places *places, struct slice token)
{
	static const char *const begin[] = { "FROM", "JOIN", NULL };
	static const char *const end[] = { "SELECT", "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "UNION", "EXCEPT", "INTERSECT", "VALUES", "WINDOW", NULL };
	bool table = places->table;
	places->table = false;
	if (slice_is(token, "(")) {
		places->depth += places->depth + 1 < DEPTH_MOST;
		places->from[places->depth] = places->table = table;
	} else if (slice_is(token, ")")) {
		places->depth -= places->depth > 0;
	} else if (slice_is(token, ",")) {
		places->table = places->from[places->depth];
	} else if (slice_among_nocase(token, begin)) {
		places->from[places->depth] = places->table = true;
	} else if (slice_among_nocase(token, end)) {
		places->from[places->depth] = false;
	}
}

static const struct sql_table *
table_of(struct slice sql, struct slice token, const struct sql_table *tables, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (name_of(token).n && slice_eq_nocase(name_of(token), slice_of(tables[i].name)) && !is_made(sql, name_of(token)))
			return &tables[i];
	return NULL;
}

void
sql_put_renamed(struct slice sql, const struct sql_table *tables, size_t n, struct strbuf *into)
{
	struct places places = { 0 };
	struct slice token, next = SLICE_NONE;
	size_t done = 0;
	for (size_t at = 0; next_token(sql, &at, &token);) {
		const struct sql_table *table = places.table ? table_of(sql, token, tables, n) : NULL;
		size_t behind = at;
		bool more = next_token(sql, &behind, &next);
		go_on(&places, token);
		if (table == NULL || (more && (slice_is(next, ".") || slice_is(next, "("))))
			continue;
		strbuf_put(into, slice_range(sql.p + done, token.p));
		strbuf_puts(into, table->instead);
		if (!more || !is_alias(next)) {
			strbuf_puts(into, " AS ");
			strbuf_put(into, token);
		}
		done = at;
	}
	strbuf_put(into, slice_from(sql, done));
}
