/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions into commands and words. */
#include "catalog/history.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/json.h"
#include "codec/shell.h"
#include "codec/shell_start.h"

/* Shells that shells start; people write two. */
#define NESTED_SHELLS 4
/* "sudo env nice nohup": programs that start programs. */
#define STARTERS_MOST 8

struct splitting {
	struct arena *arena;
	VEC(struct history_command) commands;
	VEC(struct history_command) troubles;
	VEC(struct history_word) words;
	VEC(struct history_variable) variables;
	struct history_command like;    /* what the commands of the step at hand have in common */
	uint32_t pipelines;
};

static void
auto_splitting(struct splitting *s)
{
	vec_done(&s->commands);
	vec_done(&s->troubles);
	vec_done(&s->words);
	vec_done(&s->variables);
}

static const char too_many_words[] = "more words than limit HISTORY_WORD_COUNT";

static int
add_trouble(struct splitting *s, const char *trouble, struct plim_error *err)
{
	struct history_command *kept = vec_push(&s->troubles);
	if (kept == NULL)
		return error_nomem(err);
	*kept = s->like;
	kept->trouble = trouble == shell_too_many ? too_many_words : trouble;
	return 0;
}

/* A program is a word too. */
static size_t
words_left(const struct splitting *s)
{
	size_t used = s->words.n + s->commands.n;
	return used < LIMIT_HISTORY_WORD_COUNT ? LIMIT_HISTORY_WORD_COUNT - used : 0;
}

/* one command */

static bool
is_listed(struct slice word, const char *const *list)
{
	for (; *list; list++)
		if (slice_is(word, *list))
			return true;
	return false;
}

/* Options before a verb whose value is a word of its own. */
static const char *const valued[] = {
	"-o", "-c", "-t", "-x", "-X", "-p", "-C", "-R", "--option", "--config-file", "--config", "--target-release", "--repository", "--root", "--installroot", "--prefix",
	"--cwd", "--registry", "--proxy", "--python", "--log", "--cache-dir", NULL,
};

static struct slice
verb_of(const struct shell_word *words, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (words[i].text.n && words[i].text.p[0] != '-' && words[i].text.p[0] != '+' && !is_listed(words[i - 1].text, valued))
			return words[i].text;
	return SLICE_NONE;
}

static int
add_words(struct splitting *s, struct history_command *command, const struct shell_word *words, size_t n, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf line = { 0 };
	command->first = (uint32_t)s->words.n;
	for (size_t i = 0; i < n; i++) {
		struct history_word *kept = vec_push(&s->words);
		if (kept == NULL)
			return error_nomem(err);
		*kept = (struct history_word){
			(uint32_t)s->commands.n, (uint32_t)i + 1, words[i].text, i ? words[i - 1].text : SLICE_NONE, words[i].expands,
		};
		strbuf_puts(&line, i ? " " : "");
		strbuf_put(&line, words[i].text);
	}
	command->n = (uint32_t)n;
	command->arguments = arena_dup(s->arena, strbuf_slice(&line));
	return command->arguments.p && !line.failed ? 0 : error_nomem(err);
}

static int
add_command(struct splitting *s, const struct shell_word *words, size_t n, struct slice joined_by, uint32_t pipeline, struct plim_error *err)
{
	struct history_command command = s->like;
	command.number = s->like.number++;
	command.joined_by = joined_by;
	command.pipeline = pipeline;
	command.program = path_base(words[0].text);
	command.verb = verb_of(words, n);
	int r = add_words(s, &command, words + 1, n - 1, err);
	struct history_command *kept = r == 0 ? vec_push(&s->commands) : NULL;
	if (kept == NULL)
		return r < 0 ? r : error_nomem(err);
	*kept = command;
	return 0;
}

/* programs that start programs */

static const struct starter {
	const char *name;
	const char *options;       /* letters of those that have a value */
	size_t operands;           /* before the program */
} starters[] = {
	{ "sudo", "ughpCDRTUrt", 0 }, { "doas", "uC", 0 },    { "env", "uCS", 0 },     { "exec", "a", 0 },       { "command", "", 0 },  { "nice", "n", 0 },
	{ "ionice", "cnp", 0 },       { "nohup", "", 0 },     { "time", "fo", 0 },     { "timeout", "sk", 1 },   { "stdbuf", "ioe", 0 }, { "setsid", "", 0 },
	{ "eatmydata", "", 0 },       { "xargs", "adEILnPs", 0 }, { "chroot", "", 1 }, { "gosu", "", 1 },        { "su-exec", "", 1 },  { "busybox", "", 0 },
	{ "fakeroot", "", 0 },
};

/* Where the program begins that `words` start; 0 for none. */
static size_t
started_at(const struct starter *starter, const struct shell_word *words, size_t n)
{
	size_t at = 1, operands = starter->operands;
	for (; at < n; at++) {
		struct slice text = words[at].text;
		bool option = text.n > 1 && text.p[0] == '-', valued_option = option && text.n == 2 && strchr(starter->options, text.p[1]);
		if (valued_option)
			at++;
		else if (!option && slice_find(text, '=') == SIZE_MAX && operands-- == 0)
			return at;
	}
	return 0;
}

static size_t
started_by(const struct shell_word *words, size_t n)
{
	struct slice program = path_base(words[0].text);
	for (size_t i = 0; i < sizeof starters / sizeof *starters; i++)
		if (slice_is(program, starters[i].name))
			return started_at(&starters[i], words, n);
	/* "python3 -m pip": the module is the program. */
	bool module = slice_starts(program, SLICE("python")) && n > 2 && slice_is(words[1].text, "-m");
	return module ? 2 : 0;
}

/* su takes options behind the name of the user, too. */
static struct slice
text_of_su(const struct shell_word *words, size_t n)
{
	for (size_t i = 1; i + 1 < n; i++)
		if (words[i].text.n > 1 && words[i].text.p[0] == '-' && words[i].text.p[1] != '-' && slice_ends(words[i].text, SLICE("c")))
			return words[i + 1].text;
	return SLICE_NONE;
}

/* The text that a shell is started with; absent if none. */
static struct slice
text_of_shell(const struct shell_word *words, size_t n)
{
	struct slice program = path_base(words[0].text);
	struct shell_start start = { 0 };
	size_t at = 1;
	if (!shell_is_named(program))
		return slice_is(program, "su") ? text_of_su(words, n) : SLICE_NONE;
	while (at < n && shell_start_takes(&start, words[at].text))
		at++;
	return start.has_text && at < n ? words[at].text : SLICE_NONE;
}

static int split_text(struct splitting *s, struct slice text, struct slice joined_by, unsigned depth, struct plim_error *err);

/* The command, and those that it starts. */
static int
take_command(struct splitting *s, const struct shell_word *words, size_t n, struct slice joined_by, uint32_t pipeline, unsigned depth, struct plim_error *err)
{
	for (unsigned starts = 0; starts < STARTERS_MOST && n <= words_left(s); starts++) {
		int r = add_command(s, words, n, joined_by, pipeline, err);
		if (r < 0)
			return r;
		struct slice program = path_base(words[0].text), text = text_of_shell(words, n);
		size_t at = started_by(words, n);
		/* Its words, put together again, are a text for the same shell. */
		if (slice_is(program, "eval"))
			text = s->commands.at[s->commands.n - 1].arguments;
		if (text.n)
			return split_text(s, text, program, depth + 1, err);
		if (at == 0)
			return 0;
		words += at;
		n -= at;
		joined_by = program;
	}
	return add_trouble(s, n > words_left(s) ? shell_too_many : "programs that start programs, too many of them", err);
}

static int
split_text(struct splitting *s, struct slice text, struct slice joined_by, unsigned depth, struct plim_error *err)
{
	AUTO(shell_text) struct shell_text split = { 0 };
	uint32_t pipelines = s->pipelines;
	if (depth == NESTED_SHELLS)
		return add_trouble(s, "shells in shells too deep", err);
	int r = shell_split(text, words_left(s), s->arena, &split, err);
	for (size_t i = 0; r == 0 && i < split.commands.n; i++) {
		const struct shell_command *command = &split.commands.at[i];
		uint32_t pipeline = pipelines + (uint32_t)command->pipeline;
		s->pipelines = pipeline > s->pipelines ? pipeline : s->pipelines;
		r = take_command(s, shell_words(&split, command), command->n, command->joined_by.n ? command->joined_by : joined_by, pipeline, depth, err);
	}
	return r == 0 && split.trouble ? add_trouble(s, split.trouble, err) : r;
}

/* variables */

static int
add_variable(struct splitting *s, struct history_variable *variable, struct plim_error *err)
{
	struct history_variable *kept = vec_push(&s->variables);
	variable->step = s->like.step;
	variable->layer = s->like.layer;
	variable->below = s->like.below;
	variable->instruction = s->like.instruction;
	if (kept == NULL)
		return error_nomem(err);
	*kept = *variable;
	return 0;
}

static int
add_variables(struct splitting *s, struct slice text, struct plim_error *err)
{
	struct history_variable variable = { 0 };
	int r = 0;
	while (r == 0 && history_variable_next(&text, &variable)) {
		if (s->variables.n >= LIMIT_HISTORY_WORD_COUNT)
			return add_variable(s, &(struct history_variable){ .trouble = too_many_words }, err);
		r = add_variable(s, &variable, err);
	}
	return r;
}

/* Whether or not a RUN can be split. */
static int
take_variables(struct splitting *s, const struct history_instruction *step, struct plim_error *err)
{
	struct history_variable variable = { 0 };
	if (slice_is(step->keyword, "ENV") && history_variable_old(step->rest, &variable))
		return add_variable(s, &variable, err);
	int r = add_variables(s, step->values, err);
	return r < 0 ? r : add_variables(s, step->rest, err);
}

/* steps */

static size_t
count_words(struct slice text)
{
	size_t n = 0;
	for (struct slice word; slice_word(&text, &word);)
		n++;
	return n;
}

/* What is no RUN is one command without a program, its arguments as they stand. */
static int
take_instruction(struct splitting *s, struct slice rest, struct plim_error *err)
{
	struct history_command command = s->like;
	size_t n = count_words(rest);
	if (n > words_left(s))
		return add_trouble(s, shell_too_many, err);
	struct shell_word *words = arena_make_array(s->arena, n + 1, struct shell_word);
	if (words == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++)
		slice_word(&rest, &words[i].text);
	int r = add_words(s, &command, words, n, err);
	struct history_command *kept = r == 0 ? vec_push(&s->commands) : NULL;
	if (kept == NULL)
		return r < 0 ? r : error_nomem(err);
	*kept = command;
	return 0;
}

/* As many words as a list can have. */
static size_t
count_pieces(struct slice text)
{
	size_t n = 0;
	for (struct slice piece; slice_next(&text, ',', &piece);)
		n++;
	return n;
}

/* ["program", "argument"] is no text for a shell.  NULL where it is something else. */
static int
parse_exec(struct splitting *s, struct slice text, const struct json **out, struct plim_error *err)
{
	struct plim_error why = { 0 };
	*out = NULL;
	int r = json_parse(text, s->arena, out, &why);
	for (size_t i = 0; r == 0 && *out && i < (*out)->n; i++)
		r = json_is(&(*out)->items[i], JSON_STRING) ? 0 : PLIM_EFORMAT;
	if (r < 0)
		*out = NULL;
	return r == PLIM_ENOMEM ? error_nomem(err) : 0;
}

static int
take_exec(struct splitting *s, const struct json *list, struct plim_error *err)
{
	struct shell_word *words = arena_make_array(s->arena, list->n + 1, struct shell_word);
	if (words == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < list->n; i++)
		words[i] = (struct shell_word){ .text = list->items[i].text, .quoted = true };
	return list->n ? take_command(s, words, list->n, SLICE(""), 0, 0, err) : 0;
}

static int
take_run(struct splitting *s, const struct history_instruction *step, struct plim_error *err)
{
	const struct json *list = NULL;
	bool may_be_list = step->as_written && slice_starts(step->rest, SLICE("["));
	if (may_be_list && count_pieces(step->rest) > words_left(s))
		return add_trouble(s, shell_too_many, err);
	int r = may_be_list ? parse_exec(s, step->rest, &list, err) : 0;
	if (r < 0)
		return r;
	return list ? take_exec(s, list, err) : split_text(s, step->rest, SLICE(""), 0, err);
}

/* What ONBUILD keeps for the images that are built on this one is told as the Dockerfile has it. */
static bool
is_run_of_onbuild(const struct history_instruction *step, struct history_instruction *kept)
{
	if (!slice_is(step->keyword, "ONBUILD") || !slice_starts(step->rest, SLICE("RUN ")))
		return false;
	history_instruction(step->rest, kept);
	return true;
}

static int
take_step(struct splitting *s, struct slice created_by, struct plim_error *err)
{
	struct history_instruction step, kept;
	s->pipelines = 0;
	history_instruction(created_by, &step);
	s->like.instruction = step.keyword;
	int r = take_variables(s, &step, err);
	if (r < 0)
		return r;
	if (is_run_of_onbuild(&step, &kept))
		return take_run(s, &kept, err);
	return slice_is(step.keyword, "RUN") ? take_run(s, &step, err) : take_instruction(s, step.rest, err);
}

static bool
tells_any(const struct image_config *config)
{
	for (size_t i = 0; i < config->history_count; i++)
		if (config->history[i].created_by.n)
			return true;
	return false;
}

/* docker import, docker build --squash and nixpkgs explain a layer in which nothing ran by a comment only. */
static bool
is_explained(const struct history_step *step)
{
	static const char *const comments[] = { "Imported from ", "merge sha256:", "create new from sha256:", "store paths: " };
	for (size_t i = 0; i < sizeof comments / sizeof *comments; i++)
		if (slice_starts(step->comment, slice_of(comments[i])))
			return true;
	return false;
}

/* Where other steps are told, one that filled a layer and is not leaves open what ran: even the instruction. */
static int
take_untold(struct splitting *s, const struct history_step *step, bool told, struct plim_error *err)
{
	static const char trouble[] = "it made a layer and has no text";
	if (!told || step->empty_layer || is_explained(step))
		return 0;
	int r = add_variable(s, &(struct history_variable){ .trouble = trouble }, err);
	return r < 0 ? r : add_trouble(s, trouble, err);
}

static int
take_steps(struct splitting *s, const struct image *image, struct plim_error *err)
{
	const struct image_config *config = image->config;
	uint32_t layers = 0;
	bool told = tells_any(config);
	int r = 0;
	for (size_t i = 0; r == 0 && i < config->history_count; i++) {
		const struct history_step *step = &config->history[i];
		bool made = !step->empty_layer && !image->history_mismatch;
		s->like = (struct history_command){ .step = (uint32_t)i, .layer = made ? layers : UINT32_MAX, .below = image->history_mismatch ? UINT32_MAX : layers };
		r = step->created_by.n ? take_step(s, step->created_by, err) : take_untold(s, step, told, err);
		layers += made;
	}
	return r;
}

int
history_split(const struct image *image, struct arena *arena, struct history *out, struct plim_error *err)
{
	AUTO(splitting) struct splitting s = { .arena = arena };
	int r = take_steps(&s, image, err);
	struct history_command *commands = r == 0 ? arena_make_array(arena, s.commands.n + s.troubles.n + 1, struct history_command) : NULL;
	struct history_word *words = r == 0 ? arena_make_array(arena, s.words.n + 1, struct history_word) : NULL;
	struct history_variable *variables = r == 0 ? arena_make_array(arena, s.variables.n + 1, struct history_variable) : NULL;
	if (commands == NULL || words == NULL || variables == NULL)
		return r < 0 ? r : error_nomem(err);
	if (s.commands.n)
		memcpy(commands, s.commands.at, s.commands.n * sizeof *commands);
	if (s.troubles.n)
		memcpy(commands + s.commands.n, s.troubles.at, s.troubles.n * sizeof *commands);
	if (s.words.n)
		memcpy(words, s.words.at, s.words.n * sizeof *words);
	if (s.variables.n)
		memcpy(variables, s.variables.at, s.variables.n * sizeof *variables);
	*out = (struct history){ commands, s.commands.n + s.troubles.n, words, s.words.n, variables, s.variables.n };
	return 0;
}
