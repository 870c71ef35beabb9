/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll query: what is in it? */
#include "base/auto.h"
#include "cli/progress.h"
#include "cli/judging.h"
#include "cli/prompt.h"
#include "cli/query_words.h"
#include "process/channel.h"
#include "process/helper.h"

#include <plimsoll/query.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPT_OUTPUT = 256 };

static const struct option_text options[] = {
	{ { "output", required_argument, NULL, OPT_OUTPUT }, "FORMAT", "table (the default), line, json, jsonl or csv" },
	{ { "platform", required_argument, NULL, OPT_PLATFORM }, "OS/ARCH", "which image of an index" },
	{ { "db", required_argument, NULL, OPT_DB }, "FILE", "the advisory database (see plimsoll db), for the table vulnerability" },
	DB_KEY_OPTION,
	{ { "policy", required_argument, NULL, OPT_POLICY }, "FILE", "a policy, for the table base and columns origin" },
	POLICY_KEY_OPTION,
	{ { "at", required_argument, NULL, OPT_AT }, "TIME", "the clock: 2026-01-31 or 2026-01-31T12:00:00Z" },
	READING_OPTIONS,
	{ { 0 }, NULL, NULL },
};

static bool
is_schema(const char *word)
{
	return strcmp(word, ".tables") == 0 || strcmp(word, ".schema") == 0 || strncmp(word, ".schema ", 8) == 0 || strncmp(word, ".tables ", 8) == 0;
}

/* ".schema" and a table may be two words. */
static int
show_schema(const struct command *self, const struct plim_query_options *query, int n, char **words)
{
	char command[256];
	struct plim_error err = { 0 };
	if (n > 2 || snprintf(command, sizeof command, n > 1 ? "%s %s" : "%s", words[0], n > 1 ? words[1] : "") >= (int)sizeof command)
		return command_usage_error(self, "one table may be named behind .schema, or part of names behind .tables");
	return plim_query(query, command, stdout, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

/* Several statements, from standard input. */
struct input {
	const struct command *self;
	bool person;              /* a terminal: a wrong statement ends nothing */
	int editor;               /* channel to the program that edits lines; -1: none */
	pid_t editor_pid;
	char *line;
	size_t room;
};

static void
stop_editor(struct input *input)
{
	if (input->editor < 0)
		return;
	close(input->editor);
	input->editor = -1;
	waitpid(input->editor_pid, NULL, 0);
}

/* Of this process, which alone ends at Ctrl-C while the target is read; then it ends queries, in the process that runs them. */
static pid_t reader;
static volatile sig_atomic_t asking;

static void
on_interrupt(int signal)
{
	if (!asking && getpid() == reader)
		_exit(128 + signal);
}

/* Where the program that edits lines is there; else lines come as the terminal gives them. */
static void
start_editor(struct input *input)
{
	static const struct helper_program program = { .name = "plimsoll-prompt", .purpose = "edits lines", .reads_input = true };
	AUTO(strbuf) struct strbuf words = { 0 };
	struct plim_error err;
	if (helper_run(&program, &input->editor, &input->editor_pid, &err) < 0)
		return;
	query_words(&words);
	if (words.failed || channel_send(input->editor, PROMPT_WORDS, strbuf_slice(&words), &err) < 0)
		stop_editor(input);
}

static const char *
edited_line(struct input *input, struct slice text)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	struct plim_error err;
	free(input->line);
	input->line = NULL;
	if (channel_send(input->editor, PROMPT_ASK, text, &err) < 0 || channel_receive(input->editor, &message, &err) < 0)
		return NULL;
	if (message.kind == PROMPT_CANCEL)
		return PLIM_QUERY_CANCEL;
	input->line = message.kind == PROMPT_LINE ? slice_dup(message.body) : NULL;
	return input->line;
}

static const char *
next_line(void *context, bool inside)
{
	struct input *input = context;
	const char *text = inside ? "     ...> " : "plimsoll> ";
	if (input->person && !asking && isatty(STDERR_FILENO))
		start_editor(input);
	asking = 1;
	if (input->editor >= 0)
		return edited_line(input, slice_of(text));
	if (input->person)
		fputs(text, stderr);
	ssize_t n = getline(&input->line, &input->room, stdin);
	if (n > 0 && input->line[n - 1] == '\n')
		input->line[n - 1] = '\0';
	if (n < 0 && input->person)
		fputc('\n', stderr);
	return n < 0 ? NULL : input->line;
}

static bool
tell_wrong(void *context, const struct plim_error *why)
{
	const struct input *input = context;
	if (input->person)
		command_error(input->self, why);
	return input->person;
}

static int
converse(const struct command *self, const struct plim_query_options *query)
{
	struct input input = { .self = self, .person = isatty(STDIN_FILENO), .editor = -1 };
	const struct plim_query_lines lines = { next_line, tell_wrong, &input };
	const struct sigaction action = { .sa_handler = on_interrupt, .sa_flags = SA_RESTART };
	struct plim_error err = { 0 };
	reader = getpid();
	if (input.person)
		sigaction(SIGINT, &action, NULL);
	int r = plim_query_session(query, &lines, stdout, &err);
	stop_editor(&input);
	free(input.line);
	return r < 0 ? command_error(self, &err) : EXIT_PASS;
}

static int
ask(const struct command *self, struct plim_query_options *query, int n, char **words)
{
	struct plim_error err = { 0 };
	for (int i = 0; i < n && i < 2; i++)
		if (is_schema(words[i]))
			return show_schema(self, query, n - i, words + i);
	if (n != 1 && n != 2)
		return command_usage_error(self, "a target is needed, and one SQL statement, or several on standard input");
	query->target = words[0];
	if (n == 1)
		return converse(self, query);
	return plim_query(query, words[1], stdout, &err) < 0 ? command_error(self, &err) : EXIT_PASS;
}

static int
run(const struct command *self, int argc, char **argv)
{
	struct plim_run_options reading = { .warnings = stderr };
	struct plim_query_options query = { .size = sizeof query, .warnings = stderr, .run = &reading };
	struct judging_options judging = { 0 };
	struct progress progress;
	int chosen, status;
	progress_watch(&progress, &reading);
	while ((chosen = command_option(self, argc, argv)) != -1) {
		if (chosen == OPT_OUTPUT)
			query.format = optarg;
		else if (chosen == OPT_PLATFORM)
			query.platform = optarg;
		else if ((status = judging_option(self, chosen, &judging, &reading)) != 0)
			return status;
	}
	query.policy = judging.policy;
	query.policy_key = judging.policy_key;
	query.database = judging.database;
	query.at = judging.at;
	query.database_keys = list_chosen(&judging.database_keys);
	return ask(self, &query, argc - optind, argv + optind);
}

const struct command command_query = {
	.name = "query",
	.synopsis = "[OPTIONS] TARGET [SQL|.tables [PART]|.schema [TABLE]]",
	.meaning = "Ask an image or a tree by SQL what is in it",
	.options = options,
	.run = run,
};
