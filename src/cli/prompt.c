/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plimsoll-prompt: reads lines at a terminal with editing, history and completion.  It is started by plimsoll query with a
 * channel; the library for it is no part of any other work.
 */
#include "cli/prompt.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "process/channel.h"
#include "process/helper.h"
#include "store/atomic.h"

#include <plimsoll/build.h>

#include <errno.h>
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HISTORY_LINES 1000

struct prompt {
	EditLine *editor;
	History *history;
	char *history_path;      /* NULL: nobody has a place for one */
	struct strbuf words, text;
	VEC(struct slice) list;  /* of `words` */
	bool cancelled;
};

static struct prompt *
prompt_of(EditLine *editor)
{
	void *prompt = NULL;
	el_get(editor, EL_CLIENTDATA, &prompt);
	return prompt;
}

static char *
prompt_text(EditLine *editor)
{
	return prompt_of(editor)->text.p;
}

/* Below $XDG_STATE_HOME or ~/.local/state, as the log; NULL where there is no such place. */
static char *
history_place(void)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	struct plim_error err;
	bool own = state && state[0] == '/';
	if (!own && (home == NULL || home[0] != '/'))
		return NULL;
	strbuf_puts(&path, own ? state : home);
	strbuf_puts(&path, own ? "/plimsoll/query-history" : "/.local/state/plimsoll/query-history");
	return path.failed || directory_make_parent(path.p, &err) < 0 ? NULL : strbuf_take(&path);
}

/* completion */

static bool
is_word_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '.';
}

/* What stands before the cursor. */
static struct slice
word_at(const LineInfo *line)
{
	const char *from = line->cursor;
	while (from > line->buffer && is_word_byte(from[-1]))
		from--;
	return slice_range(from, line->cursor);
}

/* How many words begin so; what all of them begin with. */
static size_t
match(const struct prompt *prompt, struct slice begun, struct slice *common)
{
	size_t n = 0;
	for (size_t i = 0; i < prompt->list.n; i++) {
		struct slice word = prompt->list.at[i];
		if (!slice_eq_nocase(slice_first(word, begun.n), begun) || word.n < begun.n)
			continue;
		if (n++ == 0)
			*common = word;
		while (!slice_eq_nocase(slice_first(word, common->n), *common))
			common->n--;
	}
	return n;
}

/* A screen full of them helps; all columns of all tables do not. */
#define SHOWN_MOST 60

static void
show_matches(const struct prompt *prompt, struct slice begun)
{
	size_t shown = 0;
	fputc('\n', stderr);
	for (size_t i = 0; i < prompt->list.n && shown <= SHOWN_MOST; i++)
		if (prompt->list.at[i].n >= begun.n && slice_eq_nocase(slice_first(prompt->list.at[i], begun.n), begun) && ++shown <= SHOWN_MOST)
			fprintf(stderr, "%.*s  ", SLICE_ARG(prompt->list.at[i]));
	fputs(shown > SHOWN_MOST ? "...\n" : "\n", stderr);
}

static unsigned char
complete(EditLine *editor, int key)
{
	struct prompt *prompt = prompt_of(editor);
	struct slice begun = word_at(el_line(editor)), common = SLICE_NONE;
	(void)key;
	size_t n = begun.n ? match(prompt, begun, &common) : 0;
	char *rest = n ? slice_dup(slice_from(common, begun.n)) : NULL;
	unsigned char answer = CC_ERROR;
	if (rest && rest[0] && el_insertstr(editor, rest) == 0) {
		answer = CC_REFRESH;
	} else if (n > 1) {
		show_matches(prompt, begun);
		answer = CC_REDISPLAY;
	}
	free(rest);
	return answer;
}

static unsigned char
cancel(EditLine *editor, int key)
{
	(void)key;
	prompt_of(editor)->cancelled = true;
	/* The editor moves to a new line at its own key for that only. */
	fputs("^C\n", stderr);
	return CC_NEWLINE;
}

static int
take_words(struct prompt *prompt, struct slice body, struct plim_error *err)
{
	strbuf_put(&prompt->words, body);
	struct slice rest = strbuf_slice(&prompt->words);
	for (struct slice line; slice_next(&rest, '\n', &line);) {
		struct slice *word = line.n ? vec_push(&prompt->list) : NULL;
		if (word)
			*word = line;
		else if (line.n)
			return error_nomem(err);
	}
	return prompt->words.failed ? error_nomem(err) : 0;
}

static int
ask(struct prompt *prompt, struct slice text, struct plim_error *err)
{
	HistEvent event;
	int n = 0;
	strbuf_clear(&prompt->text);
	strbuf_put(&prompt->text, text);
	strbuf_putc(&prompt->text, '\0');
	if (prompt->text.failed)
		return error_nomem(err);
	prompt->cancelled = false;
	const char *line = el_gets(prompt->editor, &n);
	if (prompt->cancelled)
		return channel_send(HELPER_CHANNEL, PROMPT_CANCEL, SLICE(""), err);
	if (line == NULL || n <= 0)
		return channel_send(HELPER_CHANNEL, PROMPT_END, SLICE(""), err);
	struct slice typed = { line, (size_t)n };
	if (slice_trim(typed).n)
		history(prompt->history, &event, H_ENTER, line);
	slice_skip_end(&typed, SLICE("\n"));
	return channel_send(HELPER_CHANNEL, PROMPT_LINE, typed, err);
}

static int
serve(struct prompt *prompt, struct plim_error *err)
{
	for (;;) {
		AUTO(message) struct message message = { .fd = { -1, -1 } };
		int r = channel_receive(HELPER_CHANNEL, &message, err);
		if (r < 0)
			return r == PLIM_ENOTFOUND ? 0 : r;
		r = message.kind == PROMPT_WORDS ? take_words(prompt, message.body, err) : ask(prompt, message.body, err);
		if (r < 0)
			return r;
	}
}

/* SQL is UTF-8; in a locale without it the editor would drop each letter beyond ASCII, and ask something else. */
static void
begin_text(void)
{
	if (setlocale(LC_CTYPE, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
}

static bool
begin(struct prompt *prompt)
{
	HistEvent event;
	prompt->history = history_init();
	prompt->editor = el_init("plimsoll", stdin, stderr, stderr);
	if (prompt->history == NULL || prompt->editor == NULL)
		return false;
	history(prompt->history, &event, H_SETSIZE, HISTORY_LINES);
	history(prompt->history, &event, H_SETUNIQUE, 1);
	prompt->history_path = history_place();
	if (prompt->history_path)
		history(prompt->history, &event, H_LOAD, prompt->history_path);
	el_set(prompt->editor, EL_CLIENTDATA, prompt);
	el_set(prompt->editor, EL_PROMPT, prompt_text);
	el_set(prompt->editor, EL_EDITOR, "emacs");
	el_set(prompt->editor, EL_HIST, history, prompt->history);
	el_set(prompt->editor, EL_ADDFN, "complete", "Completes the word", complete);
	el_set(prompt->editor, EL_ADDFN, "cancel", "Drops the line", cancel);
	el_set(prompt->editor, EL_BIND, "^I", "complete", NULL);
	el_set(prompt->editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
	/* While a line is edited Ctrl-C is a key; while a query runs it is a signal again, and not ours. */
	el_set(prompt->editor, EL_SETTY, "-d", "-isig", NULL);
	el_set(prompt->editor, EL_BIND, "^C", "cancel", NULL);
	return true;
}

static void
end(struct prompt *prompt)
{
	HistEvent event;
	if (prompt->history_path && prompt->history)
		history(prompt->history, &event, H_SAVE, prompt->history_path);
	if (prompt->editor)
		el_end(prompt->editor);
	if (prompt->history)
		history_end(prompt->history);
	free(prompt->history_path);
	strbuf_done(&prompt->words);
	strbuf_done(&prompt->text);
	vec_done(&prompt->list);
}

int
main(void)
{
	struct prompt prompt = { 0 };
	struct plim_error err = { 0 };
	struct stat channel;
	if (fstat(HELPER_CHANNEL, &channel) < 0 || !S_ISSOCK(channel.st_mode)) {
		fputs("plimsoll-prompt: it is started by plimsoll\n", stderr);
		return 3;
	}
	signal(SIGINT, SIG_IGN);
	umask(077);
	begin_text();
	int r = begin(&prompt) ? serve(&prompt, &err) : error_nomem(&err);
	end(&prompt);
	if (r < 0)
		fprintf(stderr, "plimsoll-prompt: %s\n", err.text);
	return r < 0 ? 3 : 0;
}
