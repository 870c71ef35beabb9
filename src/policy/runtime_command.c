/* SPDX-License-Identifier: Apache-2.0 */
/* Commands as Docker, containerd and podman find them. */
#include "policy/runtime.h"

#include "base/limits.h"
#include "codec/shell.h"
#include "codec/shell_start.h"

static const struct slice *
word_at(const struct image_config *config, size_t at)
{
	if (at < config->entrypoint.n)
		return &config->entrypoint.at[at];
	at -= config->entrypoint.n;
	return at < config->cmd.n ? &config->cmd.at[at] : NULL;
}

/* The words of SHELL, or of what builders take when none is set. */
static bool
begins_with_shell(const struct image_config *config)
{
	for (size_t i = 0; i < config->shell.n; i++) {
		const struct slice *word = word_at(config, i);
		if (word == NULL || !slice_eq(*word, config->shell.at[i]))
			return false;
	}
	return config->shell.n > 0;
}

/* The text behind the options of a shell, an empty one where they want a text and nothing follows; NULL if they want none. */
static const struct slice *
text_of_shell(const struct image_config *config)
{
	static const struct slice nothing = { "", 0 };
	struct shell_start start = { 0 };
	const struct slice *word;
	for (size_t at = 1; (word = word_at(config, at)) && shell_start_takes(&start, *word); at++)
		;
	return !start.has_text ? NULL : word ? word : &nothing;
}

/* What no file of that name is needed for. */
static bool
is_builtin(struct slice word)
{
	static const char *const names[] = {
		".", ":", "[", "[[", "alias", "bg", "break", "case", "cd", "command", "continue", "declare", "echo", "eval", "exec", "exit", "export", "false", "fg",
		"for", "function", "getopts", "hash", "jobs", "kill", "let", "local", "printf", "pwd", "read", "readonly", "return", "select", "set", "shift",
		"shopt", "source", "test", "times", "trap", "true", "type", "typeset", "ulimit", "umask", "unalias", "unset", "wait",
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_is(word, names[i]))
			return true;
	return false;
}

/* The last command of the list itself: those inside its words, and their pipelines, stand behind it. */
static const struct shell_command *
last_command(const struct shell_text *split)
{
	const struct shell_command *commands = split->commands.at;
	for (size_t i = split->commands.n, head; i > 0; i = head) {
		for (head = i - 1; head > 0 && slice_is(commands[head].joined_by, "|") && commands[head - 1].pipeline == commands[head].pipeline;)
			head--;
		if (!slice_is(commands[head].joined_by, "$("))
			return &commands[i - 1];
	}
	return NULL;
}

/* A bracket where a command begins: what is in it another process runs. */
static bool
has_subshell(struct slice text)
{
	char before = ';';
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '(' && strchr(";&|{\n", before))
			return true;
		if (text.p[i] != ' ' && text.p[i] != '\t')
			before = text.p[i];
	}
	return false;
}

/* At its end, or by an & before it. */
static bool
has_background(const struct shell_text *split, struct slice text)
{
	bool found = slice_ends(slice_trim(text), SLICE("&"));
	for (size_t i = 0; !found && i < split->commands.n; i++)
		found = slice_is(split->commands.at[i].joined_by, "&");
	return found;
}

/* `exec` and a program that can be named. */
static bool
is_exec(const struct shell_text *split, const struct shell_command *command)
{
	const struct shell_word *words = shell_words(split, command);
	return command->n > 1 && !words[0].quoted && slice_is(words[0].text, "exec") && !words[1].expands && words[1].text.n > 0 && words[1].text.p[0] != '-';
}

/* Commands inside its words may stand between it and what it is joined to. */
static bool
is_piped(const struct shell_text *split, const struct shell_command *command)
{
	bool piped = slice_is(command->joined_by, "|");
	for (const struct shell_command *next = command + 1; !piped && next < split->commands.at + split->commands.n; next++)
		piped = next->pipeline == command->pipeline && slice_is(next->joined_by, "|");
	return piped;
}

/* Its first command is exec, behind which nothing runs, or its last one is; in no pipe, and with nothing in the background. */
static bool
gives_way(const struct shell_text *split, struct slice text)
{
	const struct shell_command *first = split->commands.at, *last = last_command(split);
	if (has_subshell(text) || has_background(split, text))
		return false;
	return (is_exec(split, first) && !is_piped(split, first)) || (last && is_exec(split, last) && !is_piped(split, last));
}

/* The program of its first command, where that is a plain word and no function; whether the shell gives way. */
static void
look_into_text(const struct shell_text *split, struct runtime_command *out)
{
	if (split->commands.n == 0 || split->trouble || slice_find_text(out->text, SLICE("()")) != SIZE_MAX)
		return;
	const struct shell_command *first = split->commands.at;
	const struct shell_word *words = shell_words(split, first);
	bool execs = first->n > 1 && !words->quoted && slice_is(words->text, "exec");
	words += execs;
	out->execs = gives_way(split, out->text);
	if (!words->expands && words->text.n > 0 && words->text.p[0] != '-' && (execs || !is_builtin(words->text)))
		out->program = words->text;
}

int
runtime_command_of(const struct image_config *config, struct arena *arena, struct runtime_command *out, struct plim_error *err)
{
	AUTO(shell_text) struct shell_text split = { 0 };
	const struct slice *first = word_at(config, 0), *text;
	*out = (struct runtime_command){ .count = config->entrypoint.n + config->cmd.n };
	if (first == NULL)
		return 0;
	out->word = *first;
	text = begins_with_shell(config) ? word_at(config, config->shell.n) : shell_is_named(*first) ? text_of_shell(config) : NULL;
	out->shell_form = begins_with_shell(config) || text;
	if (text == NULL)
		return 0;
	out->text = *text;
	int r = shell_split(*text, LIMIT_HISTORY_WORD_COUNT, arena, &split, err);
	if (r == 0)
		look_into_text(&split, out);
	return r;
}

struct slice
runtime_search_path(const struct image_config *config)
{
	struct slice found = SLICE("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	for (size_t i = 0; i < config->env.n; i++) {
		struct slice value = config->env.at[i];
		if (slice_skip(&value, SLICE("PATH=")))
			found = value;
	}
	return found;
}

void
runtime_path_join(struct slice directory, struct slice word, struct strbuf *path)
{
	strbuf_clear(path);
	if (!slice_starts(directory, SLICE("/")))
		strbuf_putc(path, '/');
	strbuf_put(path, directory);
	if (!slice_ends(directory, SLICE("/")))
		strbuf_putc(path, '/');
	strbuf_put(path, word);
}

static const struct node *
file_at(const struct inventory *inventory, struct slice directory, struct slice name, struct strbuf *path)
{
	runtime_path_join(directory, name, path);
	const struct node *node = tree_resolve(inventory->tree, strbuf_slice(path));
	return node && node_entry(inventory->tree, node).type != ENTRY_DIRECTORY ? node : NULL;
}

/*
 * The first one of PATH that the user may execute; else the first that is there at all, so that its mode can be complained about.
 * What an entry that is not absolute leads to no current runtime starts.
 */
static const struct node *
search(const struct inventory *inventory, const struct runtime_user *user, struct slice word, struct strbuf *path)
{
	const struct node *other = NULL;
	AUTO(strbuf) struct strbuf tried = { 0 };
	struct slice rest = runtime_search_path(inventory->image->config), directory;
	while (slice_next(&rest, ':', &directory)) {
		const struct node *node = slice_starts(directory, SLICE("/")) ? file_at(inventory, directory, word, &tried) : NULL;
		if (node == NULL)
			continue;
		struct entry entry = node_entry(inventory->tree, node);
		bool executable = user->known ? runtime_may(user, &entry, 1) : entry.mode & 0111;
		if (executable || other == NULL) {
			strbuf_clear(path);
			strbuf_put(path, strbuf_slice(&tried));
			other = node;
		}
		if (executable)
			return node;
	}
	return other;
}

const struct node *
runtime_file_find(const struct inventory *inventory, struct slice word, struct strbuf *path)
{
	if (slice_starts(word, SLICE("/")))
		return file_at(inventory, SLICE("/"), slice_from(word, 1), path);
	return file_at(inventory, inventory->image->config->working_dir, word, path);
}

const struct node *
runtime_command_find(const struct inventory *inventory, const struct runtime_user *user, struct slice word, struct strbuf *path)
{
	if (slice_find(word, '/') != SIZE_MAX)
		return runtime_file_find(inventory, word, path);
	return word.n ? search(inventory, user, word, path) : NULL;
}

/* what starts a file */

static const struct shown_row *
interpreter_row(const struct inventory *inventory, const struct node *node)
{
	const struct shown_rows *rows = &inventory->rows[ROW_INTERPRETER];
	for (size_t i = 0; i < rows->n; i++)
		if (rows->at[i].layer == node->content_layer && rows->at[i].row.entry == node->content_entry)
			return &rows->at[i];
	return NULL;
}

void
runtime_starter_of(const struct inventory *inventory, const struct node *node, struct runtime_starter *out)
{
	const struct shown_row *shown = interpreter_row(inventory, node);
	struct entry entry = node_entry(inventory->tree, node);
	*out = (struct runtime_starter){ .how = STARTS_ITSELF };
	if (entry.type == ENTRY_FILE && entry.size == 0)
		*out = (struct runtime_starter){ .how = STARTS_REFUSED, .why = "it is empty" };
	if (shown == NULL)
		return;
	out->script = slice_is(block_field(shown->block, &shown->row, INTERPRETER_FORMAT), "script");
	out->program = block_field(shown->block, &shown->row, INTERPRETER_PROGRAM);
	out->argument = block_field(shown->block, &shown->row, INTERPRETER_ARGUMENT);
	out->how = out->program.p == NULL ? STARTS_UNKNOWN : out->program.n ? STARTS_BY : STARTS_REFUSED;
	out->why = out->script ? "its #! names no interpreter, or one that is longer than Linux reads" : "it names a loader without a name";
}

/* env takes what #! gives it as one word, but behind -S; assignments come before the program. */
struct slice
runtime_env_program(struct slice argument)
{
	struct slice word;
	if (!slice_skip(&argument, SLICE("-S")) && !slice_skip(&argument, SLICE("--split-string=")))
		return argument.n && argument.p[0] != '-' && slice_find(argument, '=') == SIZE_MAX ? argument : SLICE_NONE;
	while (slice_word(&argument, &word))
		if (slice_find(word, '=') == SIZE_MAX || word.p[0] == '-')
			break;
	bool plain = word.n && word.p[0] != '-';
	for (size_t i = 0; i < word.n; i++)
		plain = plain && strchr("\\\"'$#", word.p[i]) == NULL;
	return plain ? word : SLICE_NONE;
}
