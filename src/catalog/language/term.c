/* SPDX-License-Identifier: Apache-2.0 */
/* Words of terms.  Numbers are atoms here; << >>, : and the like stand around words and mean nothing to us. */
#include "catalog/language/term.h"

#include "base/error.h"

struct term_reader
term_reader_of(struct slice in, const char *comment)
{
	return (struct term_reader){ .in = in, .comment = comment, .line = 1 };
}

static bool
is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '@' || (unsigned char)c >= 0x80;
}

static int
keep_word(struct term_reader *r, size_t from, struct term *out)
{
	out->text = slice_first(slice_from(r->in, from), r->at - from);
	if (r->depth > TERM_DEPTH_COUNT || r->brackets[r->depth].commas >= TERM_WORD_COUNT)
		return 1;
	struct slice *word = &r->brackets[r->depth].words[r->brackets[r->depth].commas];
	if (word->p == NULL)
		*word = out->text;
	return 1;
}

/* Up to `close`, whatever else is inside. */
static int
take_long_text(struct term_reader *r, struct slice close, size_t from, struct term *out, struct plim_error *err)
{
	size_t length = slice_find_text(slice_from(r->in, from), close);
	if (length == SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "line %u: a text without end", out->line);
	out->kind = TERM_STRING;
	r->at = from + length;
	for (size_t i = from; i < r->at; i++)
		r->line += r->in.p[i] == '\n';
	keep_word(r, from, out);
	r->at += close.n;
	return 1;
}

static int
take_quoted(struct term_reader *r, char quote, struct term *out, struct plim_error *err)
{
	size_t from = ++r->at;
	/* Lua knows no difference. */
	out->kind = quote == '"' || strcmp(r->comment, "--") == 0 ? TERM_STRING : TERM_ATOM;
	if (slice_starts(slice_from(r->in, from), SLICE("\"\"")))
		return take_long_text(r, SLICE("\"\"\""), from + 2, out, err);
	while (r->at < r->in.n && r->in.p[r->at] != quote) {
		r->line += r->in.p[r->at] == '\n';
		r->at += r->in.p[r->at] == '\\' && r->at + 1 < r->in.n ? 2 : 1;
	}
	if (r->at >= r->in.n)
		return error_set(err, PLIM_EFORMAT, "line %u: a text without end", out->line);
	keep_word(r, from, out);
	r->at++;
	return 1;
}

static int
take_word(struct term_reader *r, struct term *out)
{
	size_t from = r->at;
	while (r->at < r->in.n && is_word_byte(r->in.p[r->at]))
		r->at++;
	out->kind = TERM_ATOM;
	return keep_word(r, from, out);
}

static int
take_open(struct term_reader *r, struct term *out)
{
	out->text = slice_first(slice_from(r->in, r->at++), 1);
	r->depth++;
	if (r->depth <= TERM_DEPTH_COUNT)
		memset(&r->brackets[r->depth], 0, sizeof r->brackets[r->depth]);
	out->kind = TERM_OPEN;
	out->depth = r->depth;
	return 1;
}

static int
take_close(struct term_reader *r, struct term *out, struct plim_error *err)
{
	out->text = slice_first(slice_from(r->in, r->at++), 1);
	if (r->depth == 0)
		return error_set(err, PLIM_EFORMAT, "line %u: a bracket closes that was not opened", r->line);
	r->depth--;
	out->kind = TERM_CLOSE;
	return 1;
}

/* [[ ... ]] of Lua, where "--" begins comments. */
static bool
is_long_text(const struct term_reader *r)
{
	return slice_starts(slice_from(r->in, r->at), SLICE("[[")) && strcmp(r->comment, "--") == 0;
}

static void
skip_byte(struct term_reader *r, char c)
{
	if (slice_starts(slice_from(r->in, r->at), slice_of(r->comment))) {
		size_t end = slice_find(slice_from(r->in, r->at), '\n');
		r->at = end == SIZE_MAX ? r->in.n : r->at + end;
		return;
	}
	r->line += c == '\n';
	if (c == ',' && r->depth <= TERM_DEPTH_COUNT)
		r->brackets[r->depth].commas++;
	/* A character: $" and $\" open no text. */
	bool character = c == '$' && strcmp(r->comment, "%") == 0;
	r->at += !character ? 1 : r->at + 1 < r->in.n && r->in.p[r->at + 1] == '\\' ? 3 : 2;
	if (r->at > r->in.n)
		r->at = r->in.n;
}

int
term_next(struct term_reader *r, struct term *out, struct plim_error *err)
{
	for (; r->at < r->in.n; skip_byte(r, r->in.p[r->at])) {
		char c = r->in.p[r->at];
		*out = (struct term){ .depth = r->depth, .line = r->line };
		if (is_long_text(r))
			return take_long_text(r, SLICE("]]"), r->at + 2, out, err);
		if (c == '"' || c == '\'')
			return take_quoted(r, c, out, err);
		if (c == '{' || c == '[' || c == '(')
			return take_open(r, out);
		if (c == '}' || c == ']' || c == ')')
			return take_close(r, out, err);
		if (is_word_byte(c))
			return take_word(r, out);
	}
	if (r->depth)
		return error_set(err, PLIM_EFORMAT, "line %u: a bracket that does not close", r->line);
	*out = (struct term){ .line = r->line };
	return 0;
}
