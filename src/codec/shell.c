/* SPDX-License-Identifier: Apache-2.0 */
/* Splitting the text of a shell: POSIX's token recognition, with what bash adds where people use it. */
#include "codec/shell.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "codec/shell_group.h"
#include "codec/shell_quote.h"

const char shell_too_many[] = "too many words";

struct heredoc {
	struct slice end;
	bool strips;               /* tabs before its lines, by <<- */
};

/* One text: the whole, or that of a substitution. */
struct level {
	struct slice in;
	size_t at;
	unsigned depth;
	size_t first;              /* of the words of the command at hand */
	struct slice joined_by;
	size_t pipeline;
	VEC(struct slice) inner;   /* substitutions in those words */
	VEC(struct heredoc) heredocs;
	struct shell_groups groups;
	size_t closed;             /* the first command of the group that ended just now, SIZE_MAX: none did */
};

static void
auto_level(struct level *l)
{
	vec_done(&l->inner);
	vec_done(&l->heredocs);
	vec_done(&l->groups.open);
}

struct splitter {
	struct arena *arena;
	struct shell_text *out;
	struct strbuf word;
	size_t most, pipelines;
	bool no_memory;
};

/* False for whoever called, which goes home with it. */
static bool
fail(struct splitter *s, const char *trouble)
{
	if (s->out->trouble == NULL)
		s->out->trouble = trouble;
	return false;
}

static bool
no_memory(struct splitter *s)
{
	s->no_memory = true;
	return fail(s, "no memory");
}

/* words */

struct word_state {
	bool quoted, expands, any;
};

/* Copies `from` to the place at hand as it is, and notes what is inside it for a split of its own. */
static bool
keep_substitution(struct splitter *s, struct level *l, size_t from, size_t begins, struct word_state *w)
{
	struct slice inner = slice_first(slice_from(l->in, begins), l->at - 1 - begins);
	strbuf_put(&s->word, slice_first(slice_from(l->in, from), l->at - from));
	w->expands = w->any = true;
	/* Arithmetic is no command. */
	if (inner.n == 0 || inner.p[0] == '(')
		return true;
	struct slice *kept = vec_push(&l->inner);
	if (kept == NULL)
		return no_memory(s);
	*kept = inner;
	return true;
}

/* At a '$' or '`', inside "" or not, or at the '<' or '>' of a process substitution. */
static bool
take_expansion(struct splitter *s, struct level *l, struct word_state *w, bool quoted)
{
	size_t from = l->at++;
	char c = l->in.p[from], next = shell_char_at(l->in, l->at);
	w->expands = w->any = true;
	if (c == '`') {
		if (!shell_skip_to(l->in, &l->at, '`', true))
			return fail(s, "a ` without its end");
		return keep_substitution(s, l, from, from + 1, w);
	}
	if (next == '(') {
		if (!shell_skip_group(l->in, &l->at, quoted, l->depth))
			return fail(s, "a ( without its end");
		return keep_substitution(s, l, from, from + 2, w);
	}
	if (c == '$' && next == '{' && !shell_skip_group(l->in, &l->at, quoted, l->depth))
		return fail(s, "a { without its end");
	strbuf_put(&s->word, slice_first(slice_from(l->in, from), l->at - from));
	return true;
}

static bool
take_single(struct splitter *s, struct level *l, struct word_state *w)
{
	size_t from = ++l->at;
	w->quoted = w->any = true;
	if (!shell_skip_to(l->in, &l->at, '\'', false))
		return fail(s, "a ' without its end");
	strbuf_put(&s->word, slice_first(slice_from(l->in, from), l->at - 1 - from));
	return true;
}

static bool
take_double(struct splitter *s, struct level *l, struct word_state *w)
{
	w->quoted = w->any = true;
	for (l->at++; l->at < l->in.n && l->in.p[l->at] != '"';) {
		char c = l->in.p[l->at], next = shell_char_at(l->in, l->at + 1);
		if (c == '$' || c == '`') {
			if (!take_expansion(s, l, w, true))
				return false;
			continue;
		}
		bool escapes = c == '\\' && shell_is_one_of(next, "$`\"\\\n");
		l->at += escapes ? 2 : 1;
		if (!escapes || next != '\n')
			strbuf_putc(&s->word, escapes ? next : c);
	}
	return l->at++ < l->in.n || fail(s, "a \" without its end");
}

static void
take_escape(struct splitter *s, struct level *l, struct word_state *w)
{
	char next = shell_char_at(l->in, l->at + 1);
	l->at += 2;
	if (next == '\n')
		return;
	w->quoted = w->any = true;
	if (l->at <= l->in.n)
		strbuf_putc(&s->word, next);
}

static bool
take_plain(struct splitter *s, struct level *l, struct word_state *w)
{
	char c = l->in.p[l->at++];
	if (shell_is_one_of(c, "*?[") || (c == '~' && !w->any))
		w->expands = true;
	strbuf_putc(&s->word, c);
	w->any = true;
	/* An array of bash. */
	if (c == '=' && shell_char_at(l->in, l->at) == '(') {
		w->expands = true;
		return shell_skip_group(l->in, &l->at, false, l->depth) || fail(s, "a ( without its end");
	}
	return true;
}

static bool
ends_word(const struct level *l)
{
	char c = shell_char_at(l->in, l->at);
	if (l->at >= l->in.n || shell_is_one_of(c, " \t\r\n;|&()"))
		return true;
	return shell_is_one_of(c, "<>") && shell_char_at(l->in, l->at + 1) != '(';
}

/* The word at hand, its text in s->word; `*w` tells whether there is one at all ("\<newline>" is none). */
static bool
scan_word(struct splitter *s, struct level *l, struct word_state *w)
{
	bool fine = true;
	strbuf_clear(&s->word);
	*w = (struct word_state){ 0 };
	while (fine && !ends_word(l)) {
		char c = l->in.p[l->at];
		if (c == '\\')
			take_escape(s, l, w);
		else if (c == '\'')
			fine = take_single(s, l, w);
		else if (c == '"')
			fine = take_double(s, l, w);
		else if (shell_is_one_of(c, "$`<>"))
			fine = take_expansion(s, l, w, false);
		else
			fine = take_plain(s, l, w);
	}
	return fine && (!s->word.failed || no_memory(s));
}

static bool
take_word(struct splitter *s, struct level *l)
{
	struct word_state w;
	if (!scan_word(s, l, &w) || !w.any)
		return s->out->trouble == NULL;
	if (s->out->words.n >= s->most)
		return fail(s, shell_too_many);
	struct shell_word *word = vec_push(&s->out->words);
	struct slice text = arena_dup(s->arena, strbuf_slice(&s->word));
	if (word == NULL || text.p == NULL)
		return no_memory(s);
	*word = (struct shell_word){ text, w.quoted, w.expands };
	return true;
}

/* commands */

static bool
is_assignment(const struct shell_word *word)
{
	size_t n = 0;
	struct slice text = word->text;
	while (n < text.n && (text.p[n] == '_' || (text.p[n] >= 'a' && text.p[n] <= 'z') || (text.p[n] >= 'A' && text.p[n] <= 'Z') ||
	                      (n > 0 && text.p[n] >= '0' && text.p[n] <= '9')))
		n++;
	return n > 0 && (shell_char_at(text, n) == '=' || (shell_char_at(text, n) == '+' && shell_char_at(text, n + 1) == '='));
}

static bool split(struct splitter *s, struct slice text, struct slice joined_by, unsigned depth);

static bool
split_inner(struct splitter *s, struct level *l)
{
	bool fine = true;
	for (size_t i = 0; fine && i < l->inner.n; i++)
		fine = split(s, l->inner.at[i], SLICE("$("), l->depth + 1);
	l->inner.n = 0;
	return fine;
}

static bool
open_group(struct splitter *s, struct level *l, const char *end)
{
	if (l->groups.open.n == SHELL_GROUPS_MOST)
		return fail(s, "groups of commands too deep");
	return shell_groups_open(&l->groups, end, s->out->commands.n) || no_memory(s);
}

/* Passes over what stands before the command at hand. */
static bool
skip_front(struct splitter *s, struct level *l)
{
	for (; l->first < s->out->words.n; l->first++) {
		const struct shell_word *word = &s->out->words.at[l->first];
		const struct shell_reserved *reserved = word->quoted ? NULL : shell_reserved_find(word->text);
		if (reserved == NULL && !is_assignment(word))
			break;
		if (reserved && reserved->end && !open_group(s, l, reserved->end))
			return false;
		if (reserved && reserved->stays)
			break;
		size_t closed = reserved ? shell_groups_close(&l->groups, word->text) : SIZE_MAX;
		l->closed = closed == SIZE_MAX ? l->closed : closed;
	}
	return true;
}

/* All of the group that ended just now write into the same pipe. */
static void
join_group(struct splitter *s, const struct level *l)
{
	for (size_t i = l->closed; i < s->out->commands.n; i++)
		s->out->commands.at[i].pipeline = l->pipeline;
}

/* Ends the command at hand, which may have no words; what comes next is joined by `next`. */
static bool
end_command(struct splitter *s, struct level *l, struct slice next)
{
	if (!skip_front(s, l))
		return false;
	if (l->first < s->out->words.n) {
		struct shell_command *command = vec_push(&s->out->commands);
		if (command == NULL)
			return no_memory(s);
		*command = (struct shell_command){ l->joined_by, l->pipeline, l->first, s->out->words.n - l->first };
	} else if (slice_is(next, "|"))
		join_group(s, l);
	bool fine = split_inner(s, l);
	l->first = s->out->words.n;
	l->joined_by = next;
	l->closed = SIZE_MAX;
	return fine;
}

static bool
end_pipeline(struct splitter *s, struct level *l, struct slice next)
{
	bool fine = end_command(s, l, next);
	l->pipeline = ++s->pipelines;
	return fine;
}

/* The lines of here-documents, which begin behind this one. */
static void
skip_heredocs(struct level *l)
{
	vec_each (&l->heredocs, heredoc) {
		struct slice rest = slice_from(l->in, l->at), line;
		while (slice_next(&rest, '\n', &line)) {
			l->at = rest.p ? (size_t)(rest.p - l->in.p) : l->in.n;
			while (heredoc->strips && slice_skip(&line, SLICE("\t")))
				;
			if (slice_eq(line, heredoc->end))
				break;
		}
	}
	l->heredocs.n = 0;
}

static void
skip_blanks(struct level *l)
{
	while (l->at < l->in.n && shell_is_one_of(l->in.p[l->at], " \t\r"))
		l->at++;
}

/* `operator` has been read; the word behind it is no argument. */
static bool
take_redirection(struct splitter *s, struct level *l, bool here, bool strips)
{
	struct word_state w;
	skip_blanks(l);
	if (!scan_word(s, l, &w) || !here)
		return s->out->trouble == NULL;
	struct heredoc *heredoc = vec_push(&l->heredocs);
	struct slice end = arena_dup(s->arena, strbuf_slice(&s->word));
	if (heredoc == NULL || end.p == NULL)
		return no_memory(s);
	*heredoc = (struct heredoc){ end, strips };
	return true;
}

static const struct operator {
	const char *text;
	const char *joins;         /* NULL: a redirection */
	bool same_pipeline, here, strips;
} operators[] = {
	/* The longest first. */
	{ "<<<", NULL, 0, 0, 0 },  { "<<-", NULL, 0, 1, 1 },  { "&>>", NULL, 0, 0, 0 },  { "<<", NULL, 0, 1, 0 },  { ">>", NULL, 0, 0, 0 },
	{ ">|", NULL, 0, 0, 0 },   { ">&", NULL, 0, 0, 0 },   { "<&", NULL, 0, 0, 0 },   { "<>", NULL, 0, 0, 0 },  { "&>", NULL, 0, 0, 0 },
	{ "&&", "&&", 0, 0, 0 },   { "||", "||", 0, 0, 0 },   { "|&", "|", 1, 0, 0 },    { ";;", ";", 0, 0, 0 },   { "<", NULL, 0, 0, 0 },
	{ ">", NULL, 0, 0, 0 },    { ";", ";", 0, 0, 0 },     { "&", "&", 0, 0, 0 },     { "|", "|", 1, 0, 0 },    { "(", ";", 1, 0, 0 },
	{ ")", ";", 1, 0, 0 },     { "\n", ";", 0, 0, 0 },
};

static const struct operator *
operator_at(const struct level *l)
{
	struct slice rest = slice_from(l->in, l->at);
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
		if (slice_starts(rest, slice_of(operators[i].text)))
			return &operators[i];
	return NULL;
}

/* A bracket joins nothing: what stood before it does. */
static bool
take_operator(struct splitter *s, struct level *l, const struct operator *operator)
{
	char sign = operator->text[0];
	bool fine = sign != '(' || skip_front(s, l);
	l->at += strlen(operator->text);
	if (!fine)
		return false;
	if (sign == '(' && l->first == s->out->words.n)
		return open_group(s, l, ")");
	if (operator->joins == NULL)
		return take_redirection(s, l, operator->here, operator->strips);
	if (operator->same_pipeline)
		fine = end_command(s, l, slice_of(operator->joins));
	else
		fine = end_pipeline(s, l, slice_of(operator->joins));
	if (fine && sign == '(')
		fine = open_group(s, l, ")");
	if (sign == ')')
		l->closed = shell_groups_close(&l->groups, SLICE(")"));
	if (sign == '\n')
		skip_heredocs(l);
	return fine;
}

/* The number before a redirection: "2>". */
static void
skip_number(struct level *l)
{
	size_t at = l->at;
	while (shell_char_at(l->in, at) >= '0' && shell_char_at(l->in, at) <= '9')
		at++;
	if (shell_is_one_of(shell_char_at(l->in, at), "<>"))
		l->at = at;
}

static bool
take_next(struct splitter *s, struct level *l)
{
	skip_blanks(l);
	if (shell_char_at(l->in, l->at) == '#') {
		while (l->at < l->in.n && l->in.p[l->at] != '\n')
			l->at++;
		return true;
	}
	skip_number(l);
	bool word = !ends_word(l);
	const struct operator *operator = word ? NULL : operator_at(l);
	return operator ? take_operator(s, l, operator) : take_word(s, l);
}

static bool
split(struct splitter *s, struct slice text, struct slice joined_by, unsigned depth)
{
	AUTO(level) struct level l = { .in = text, .depth = depth, .first = s->out->words.n, .joined_by = joined_by, .pipeline = ++s->pipelines,
		.closed = SIZE_MAX };
	bool fine = depth < SHELL_DEPTH || fail(s, "substitutions too deep");
	while (fine && l.at < l.in.n)
		fine = take_next(s, &l);
	if (fine)
		return end_command(s, &l, SLICE(""));
	/* The words of a command that is not whole are nobody's. */
	s->out->words.n = l.first;
	return false;
}

int
shell_split(struct slice text, size_t most, struct arena *arena, struct shell_text *out, struct plim_error *err)
{
	struct splitter s = { .arena = arena, .out = out, .most = most };
	*out = (struct shell_text){ 0 };
	split(&s, text, SLICE(""), 0);
	strbuf_done(&s.word);
	return s.no_memory ? error_nomem(err) : 0;
}

void
shell_text_done(struct shell_text *text)
{
	vec_done(&text->words);
	vec_done(&text->commands);
}
