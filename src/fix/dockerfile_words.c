/* SPDX-License-Identifier: Apache-2.0 */
/* Words of a Dockerfile's instructions, as builders cut them before anything is put in the place of variables. */
#include "fix/dockerfile.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Behind an escape the next byte is a letter like any other, in double quotes too; single ones know none. */
bool
dockerfile_word(struct slice *rest, char escape, struct slice *out)
{
	size_t at = 0, first;
	char quote = '\0';
	while (at < rest->n && is_blank(rest->p[at]))
		at++;
	for (first = at; at < rest->n && (quote || !is_blank(rest->p[at])); at++) {
		char c = rest->p[at];
		if (c == escape && quote != '\'' && at + 1 < rest->n)
			at++;
		else if (quote ? c == quote : c == '"' || c == '\'')
			quote = quote ? '\0' : c;
	}
	*out = (struct slice){ rest->p + first, at - first };
	*rest = slice_from(*rest, at);
	return out->n > 0;
}

struct slice
dockerfile_meaning(struct slice word, char escape, struct arena *arena)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	char quote = '\0';
	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];
		if (c == escape && quote != '\'' && i + 1 < word.n)
			strbuf_putc(&text, word.p[++i]);
		else if (quote ? c == quote : c == '"' || c == '\'')
			quote = quote ? '\0' : c;
		else
			strbuf_putc(&text, c);
	}
	return text.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&text));
}
