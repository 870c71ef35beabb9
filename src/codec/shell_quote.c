/* SPDX-License-Identifier: Apache-2.0 */
/* Where quotes and brackets of a shell's text end. */
#include "codec/shell_quote.h"

bool
shell_skip_to(struct slice in, size_t *at, char end, bool escapes)
{
	for (; *at < in.n; ++*at) {
		if (escapes && in.p[*at] == '\\')
			++*at;
		else if (in.p[*at] == end) {
			++*at;
			return true;
		}
	}
	return false;
}

/* Behind a '$': over the bracket that it may open. */
static bool
skip_expansion(struct slice in, size_t *at, bool quoted, unsigned depth)
{
	return !shell_is_one_of(shell_char_at(in, *at), "({") || shell_skip_group(in, at, quoted, depth + 1);
}

static bool
skip_double(struct slice in, size_t *at, unsigned depth)
{
	while (*at < in.n) {
		char c = in.p[(*at)++];
		bool whole = true;
		if (c == '"')
			return true;
		if (c == '\\')
			++*at;
		else if (c == '`')
			whole = shell_skip_to(in, at, '`', true);
		else if (c == '$')
			whole = skip_expansion(in, at, true, depth);
		if (!whole)
			return false;
	}
	return false;
}

/* "NAME:-" and its like: what follows is a word, while behind "NAME%", "NAME/" stands a pattern, which has quotes of its own. */
static bool
is_before_word(struct slice in, size_t at)
{
	/* The first may be the parameter '@' or '-'. */
	for (at++; shell_is_one_of(shell_char_at(in, at), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_[]@*"); at++)
		;
	at += shell_char_at(in, at) == ':';
	return shell_is_one_of(shell_char_at(in, at), "-=?+");
}

bool
shell_skip_group(struct slice in, size_t *at, bool quoted, unsigned depth)
{
	bool braces = shell_char_at(in, *at) == '{';
	/* POSIX: in "${x:-it's}" the single quote is a letter. */
	bool letter = braces && quoted && is_before_word(in, *at + 1);
	size_t level = 0;
	for (++*at; *at < in.n && depth < SHELL_DEPTH;) {
		char c = in.p[(*at)++];
		bool whole = true;
		if (c == '\\')
			++*at;
		else if (c == '`' || (c == '\'' && !letter))
			whole = shell_skip_to(in, at, c, c == '`');
		else if (c == '"')
			whole = skip_double(in, at, depth + 1);
		else if (c == '$')
			whole = skip_expansion(in, at, quoted && braces, depth);
		else if (c == '(' && !braces)
			level++;
		else if (c == (braces ? '}' : ')') && level-- == 0)
			return true;
		if (!whole)
			return false;
	}
	return false;
}
