/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions of Go (RE2's syntax) for PCRE2: what only PCRE2 would understand is refused, as Go refuses it. */
#include "facts/regex.h"

#include "base/error.h"
#include "base/strbuf.h"

struct going {
	struct slice in;
	size_t at;
	struct strbuf *out;
	bool quantified;           /* behind a quantifier: another is an error to Go */
};

static int
refuse(const struct going *g, const char *what, struct plim_error *err)
{
	return error_set(err, PLIM_EPOLICY, "not a regular expression of Go: %s, at its byte %zu", what, g->at);
}

static bool
next_is(const struct going *g, const char *text)
{
	return slice_starts(slice_from(g->in, g->at), slice_of(text));
}

static void
copy(struct going *g, size_t n)
{
	strbuf_put(g->out, slice_first(slice_from(g->in, g->at), n));
	g->at += n;
}

/* \Q stands for all that follows as it is, up to \E or the end. */
static void
copy_quoted(struct going *g)
{
	struct slice rest = slice_from(g->in, g->at);
	size_t end = slice_find_text(rest, SLICE("\\E"));
	copy(g, end == SIZE_MAX ? rest.n : end + 2);
}

static int
escape(struct going *g, bool in_class, struct plim_error *err)
{
	char c = g->at + 1 < g->in.n ? g->in.p[g->at + 1] : '\0';
	bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
	if (c == 'Q' && !in_class) {
		copy_quoted(g);
		return 0;
	}
	if (c == 'v') {    /* a vertical tab; of PCRE2 any vertical space */
		strbuf_puts(g->out, "\\x0b");
		g->at += 2;
		return 0;
	}
	if (c == '\0' || (word && !strchr(in_class ? "afnrtxdDsSwWpP" : "afnrtxdDsSwWpPAbBz", c)))
		return refuse(g, "an escape that it does not have", err);
	/* "\p{Greek}": its braces repeat nothing. */
	bool named = strchr("pP", c) && g->at + 2 < g->in.n && g->in.p[g->at + 2] == '{';
	size_t end = named ? slice_find(slice_from(g->in, g->at), '}') : SIZE_MAX;
	copy(g, end == SIZE_MAX ? 2 : end + 1);
	return 0;
}

/* A class up to its bracket. */
static int
class(struct going *g, struct plim_error *err)
{
	copy(g, next_is(g, "[^") ? 2 : 1);
	if (next_is(g, "]"))
		copy(g, 1);
	while (g->at < g->in.n && g->in.p[g->at] != ']') {
		size_t name = next_is(g, "[:") ? slice_find_text(slice_from(g->in, g->at), SLICE(":]")) : SIZE_MAX;
		int r = 0;
		if (name != SIZE_MAX)
			copy(g, name + 2);
		else if (g->in.p[g->at] == '\\')
			r = escape(g, true, err);
		else if (g->in.p[g->at] == '[')
			strbuf_puts(g->out, "\\["), g->at++;
		else
			copy(g, 1);
		if (r < 0)
			return r;
	}
	copy(g, 1);
	return 0;
}

/* "(?flags)", "(?flags:", "(?P<name>", "(?<name>": nothing else begins with a question mark. */
static int
group(struct going *g, struct plim_error *err)
{
	if (next_is(g, "(*"))
		return refuse(g, "nothing to repeat", err);
	if (!next_is(g, "(?")) {
		copy(g, 1);
		return 0;
	}
	size_t end = g->at + 2;
	bool named = next_is(g, "(?P<") || (next_is(g, "(?<") && !next_is(g, "(?<=") && !next_is(g, "(?<!"));
	while (!named && end < g->in.n && strchr("imsU-", g->in.p[end]) && g->in.p[end])
		end++;
	if (!named && (end >= g->in.n || !strchr(":)", g->in.p[end]) || (g->in.p[end] == ')' && end == g->at + 2)))
		return refuse(g, "a group of a kind that it does not have", err);
	copy(g, named ? 3 : end + 1 - g->at);
	return 0;
}

/* "{2,5}"; false where the brace is one. */
static size_t
repeat_length(const struct going *g)
{
	size_t i = g->at + 1, digits = 0;
	for (; i < g->in.n && (strchr("0123456789", g->in.p[i]) && g->in.p[i]); i++)
		digits++;
	if (digits && i < g->in.n && g->in.p[i] == ',')
		for (i++; i < g->in.n && strchr("0123456789", g->in.p[i]) && g->in.p[i];)
			i++;
	return digits && i < g->in.n && g->in.p[i] == '}' ? i + 1 - g->at : 0;
}

static int
one(struct going *g, struct plim_error *err)
{
	char c = g->in.p[g->at];
	size_t n = c == '{' ? repeat_length(g) : c && strchr("*+?", c) ? 1 : 0;
	if (n && g->quantified)
		return refuse(g, "a quantifier behind another", err);
	g->quantified = n > 0;
	if (n) {
		copy(g, n);
		if (next_is(g, "?"))
			copy(g, 1);
		return 0;
	}
	if (c == '{') {
		strbuf_puts(g->out, "\\{");
		g->at++;
		return 0;
	}
	if (c == '\\')
		return escape(g, false, err);
	if (c == '[')
		return class(g, err);
	if (c == '(')
		return group(g, err);
	copy(g, 1);
	return 0;
}

int
regex_of_go(struct slice pattern, struct strbuf *out, struct plim_error *err)
{
	struct going g = { .in = pattern, .out = out };
	int r = 0;
	while (r == 0 && g.at < g.in.n)
		r = one(&g, err);
	return r == 0 && out->failed ? error_nomem(err) : r;
}
