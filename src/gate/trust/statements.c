/* SPDX-License-Identifier: Apache-2.0 */
/* Where a statement ends is SQLite's to say: semicolons stand in texts and comments, too. */
#include "gate/trust/statements.h"

#include <sqlite3.h>
#include <stdlib.h>

void
statements_add(struct statements *from, struct slice line)
{
	strbuf_put(&from->pending, line);
	strbuf_putc(&from->pending, '\n');
}

static bool
is_complete(struct slice text)
{
	char *copy = slice_dup(text);
	bool complete = copy && sqlite3_complete(copy);
	free(copy);
	return complete;
}

/* The end of the first statement, behind its semicolon; 0 where there is none. */
static size_t
end_of_first(struct statements *from)
{
	struct slice text = strbuf_slice(&from->pending);
	for (size_t at = from->looked; at < text.n; at++)
		if (text.p[at] == ';' && is_complete(slice_first(text, at + 1)))
			return at + 1;
	from->looked = text.n;
	return 0;
}

static void
drop(struct statements *from, size_t n)
{
	if (from->pending.n == n) {
		strbuf_clear(&from->pending);
		from->looked = 0;
		return;
	}
	memmove(from->pending.p, from->pending.p + n, from->pending.n - n);
	from->pending.n -= n;
	from->looked = 0;
}

void
statements_drop(struct statements *from)
{
	drop(from, from->pending.n);
}

/* Blank lines, and semicolons alone, before a statement. */
static struct slice
skip_blank(struct statements *from)
{
	size_t n = 0;
	while (n < from->pending.n && strchr(" \t\r\n;", from->pending.p[n]))
		n++;
	if (n)
		drop(from, n);
	return strbuf_slice(&from->pending);
}

bool
statements_inside(const struct statements *from)
{
	return slice_trim(strbuf_slice(&from->pending)).n > 0;
}

bool
statements_next(struct statements *from, bool last, char **out)
{
	struct slice text = skip_blank(from);
	size_t end = slice_starts(text, SLICE(".")) ? slice_find(text, '\n') + 1 : end_of_first(from);
	if (end == 0 && last)
		end = text.n;
	if (end == 0 || text.n == 0)
		return false;
	struct slice statement = slice_trim(slice_first(text, end));
	slice_skip_end(&statement, SLICE(";"));
	*out = slice_dup(statement);
	drop(from, end);
	return *out != NULL;
}
