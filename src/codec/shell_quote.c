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

static bool
skip_double(struct slice in, size_t *at, unsigned depth)
{
	while (*at < in.n) {
		char c = in.p[(*at)++], next = *at < in.n ? in.p[*at] : '\0';
		bool whole = true;
		if (c == '"')
			return true;
		if (c == '\\')
			++*at;
		else if (c == '`')
			whole = shell_skip_to(in, at, '`', true);
		else if (c == '$' && next == '(')
			whole = shell_skip_group(in, at, '(', ')', depth + 1);
		else if (c == '$' && next == '{')
			whole = shell_skip_group(in, at, '{', '}', depth + 1);
		if (!whole)
			return false;
	}
	return false;
}

bool
shell_skip_group(struct slice in, size_t *at, char open, char close, unsigned depth)
{
	size_t level = 0;
	while (*at < in.n && depth < SHELL_DEPTH) {
		char c = in.p[(*at)++];
		bool whole = true;
		if (c == '\\')
			++*at;
		else if (c == '\'' || c == '`')
			whole = shell_skip_to(in, at, c, c == '`');
		else if (c == '"')
			whole = skip_double(in, at, depth + 1);
		else if (c == open)
			level++;
		else if (c == close && --level == 0)
			return true;
		if (!whole)
			return false;
	}
	return false;
}
