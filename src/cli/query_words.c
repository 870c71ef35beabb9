/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/query_words.h"

#include "base/arena.h"
#include "base/map.h"

#include <plimsoll/query.h>

static const char *const keywords[] = {
	".exit", ".help", ".mode", ".quit", ".schema", ".tables", "AND", "BETWEEN", "CASE", "CAST", "COUNT", "DISTINCT", "ELSE", "EXCEPT", "EXISTS", "FROM", "GLOB", "GROUP BY", "HAVING", "INTERSECT", "IS NULL",
	"IS NOT NULL", "JOIN", "LEFT JOIN", "LIKE", "LIMIT", "NOT", "OFFSET", "ORDER BY", "REGEXP", "SELECT", "UNION", "USING", "VALUES", "WHEN", "WHERE", "WITH",
};

struct words {
	struct strbuf *into;
	struct arena *arena;
	struct map seen;
};

static void
add(struct words *words, struct slice word)
{
	void **place = word.p ? map_place(&words->seen, word) : NULL;
	if (place == NULL)
		words->into->failed = true;
	if (place == NULL || *place)
		return;
	*place = words;
	strbuf_put(words->into, word);
	strbuf_putc(words->into, '\n');
}

static void
see(void *context, const char *table, const char *column)
{
	struct words *words = context;
	add(words, slice_of(column ? column : table));
	if (column)
		add(words, arena_printf(words->arena, "%s.%s", table, column));
}

void
query_words(struct strbuf *into)
{
	struct words words = { .into = into, .arena = arena_new(0) };
	struct plim_error err;
	for (size_t i = 0; words.arena && i < sizeof keywords / sizeof *keywords; i++)
		add(&words, slice_of(keywords[i]));
	if (words.arena == NULL || plim_query_tables(see, &words, &err) < 0)
		into->failed = true;
	map_done(&words.seen);
	arena_free(words.arena);
}
