/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of the build: as they are told, as commands, as words. */
#include "facts/table_history.h"

#include "facts/cells.h"

static const struct history *
split_of(const void *context)
{
	return context ? &((const struct inventory *)context)->history : NULL;
}

/* Where it stands among the layers of the base; behind the last of them an empty step may be either's. */
static void
cell_step_origin(struct fact_value *out, const struct inventory *inventory, const struct history_command *command)
{
	if (command->layer != UINT32_MAX)
		cell_origin(out, inventory, command->layer);
	else if (command->below != UINT32_MAX && inventory->base_layers > 0 && command->below != inventory->base_layers)
		cell_text(out, slice_of(origin_name(command->below < inventory->base_layers ? ORIGIN_BASE : ORIGIN_APPLICATION)));
}

/* Who asks what the step runs is told that nobody knows. */
static void
cell_trouble(struct fact_value *out, const struct inventory *inventory, const struct history_command *command)
{
	strbuf_clear(inventory->scratch);
	strbuf_printf(inventory->scratch, "step %u of the history cannot be split into commands: %s", command->step, command->trouble);
	cell_unread(out, strbuf_slice(inventory->scratch));
}

/* history */

static const struct fact_column history_columns[] = {
	{ "step", FACT_INTEGER, "from 0" },
	{ "created_by", FACT_TEXT, "the instruction, as the builder wrote it" },
	{ "comment", FACT_TEXT, "as written" },
	{ "created", FACT_TEXT, "as written" },
	{ "empty_layer", FACT_INTEGER, "1 where it made no layer" },
};

static const struct image_config *
config_of(const void *context)
{
	const struct inventory *inventory = context;
	return inventory && inventory->image ? inventory->image->config : NULL;
}

static size_t
history_count(const void *context, const struct fact_table *table)
{
	(void)table;
	return config_of(context) ? config_of(context)->history_count : 0;
}

static void
history_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct history_step *step = &config_of(context)->history[row];
	const struct slice texts[] = { SLICE_NONE, step->created_by, step->comment, step->created };
	(void)table;
	if (column == 0)
		cell_integer(out, (int64_t)row);
	else if (column == 4)
		cell_integer(out, step->empty_layer);
	else
		cell_text(out, texts[column]);
}

const struct fact_table table_history = {
	"history", "the steps of the build, as the image tells them", history_columns, 5, history_count, history_cell, 0,
};

/* history_command */

enum command_column { CC_STEP, CC_LAYER, CC_ORIGIN, CC_INSTRUCTION, CC_NUMBER, CC_JOINED_BY, CC_PIPELINE, CC_PROGRAM, CC_VERB, CC_ARGUMENTS };

static const struct fact_column command_columns[] = {
	[CC_STEP] = { "step", FACT_INTEGER, "of history" },
	[CC_LAYER] = { "layer", FACT_INTEGER, "that the step made; NULL where it made none, or history and layers do not fit each other" },
	[CC_ORIGIN] = { "origin", FACT_TEXT, "base or application; NULL where no base matched, or where the base's last step may end before it or behind" },
	[CC_INSTRUCTION] = { "instruction", FACT_TEXT, "RUN, COPY, ..." },
	[CC_NUMBER] = { "number", FACT_INTEGER, "of the command in its step, from 0" },
	[CC_JOINED_BY] = { "joined_by", FACT_TEXT, "what stands before it: &&, ||, ;, |, &; $( for one inside another; the program that starts it: sudo, env, sh; empty: the first" },
	[CC_PIPELINE] = { "pipeline", FACT_INTEGER, "in its step, the same for all that | joins, and for all of a group before a |" },
	[CC_PROGRAM] = { "program", FACT_TEXT, "of RUN and of ONBUILD RUN, without its directory; NULL for other instructions" },
	[CC_VERB] = { "verb", FACT_TEXT, "the first argument that is no option: install" },
	[CC_ARGUMENTS] = { "arguments", FACT_TEXT, "with blanks between, quotes removed, expansions as written" },
};

static size_t
command_count(const void *context, const struct fact_table *table)
{
	(void)table;
	return split_of(context) ? split_of(context)->command_count : 0;
}

/* Cells that both tables begin with. */
static bool
step_cell(const struct inventory *inventory, const struct history_command *command, size_t column, struct fact_value *out)
{
	if (column == CC_STEP)
		cell_integer(out, command->step);
	else if (column == CC_LAYER)
		cell_layer(out, inventory, command->layer);
	else if (column == CC_ORIGIN)
		cell_step_origin(out, inventory, command);
	else if (column == CC_INSTRUCTION && command->instruction.n)
		cell_text(out, command->instruction);
	else if (command->trouble)
		cell_trouble(out, inventory, command);
	else if (column == CC_NUMBER)
		cell_integer(out, command->number);
	else
		return false;
	return true;
}

static void
command_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct history_command *command = &split_of(context)->commands[row];
	const struct slice texts[] = {
		[CC_JOINED_BY] = command->joined_by, [CC_PROGRAM] = command->program, [CC_VERB] = command->verb, [CC_ARGUMENTS] = command->arguments,
	};
	(void)table;
	if (step_cell(context, command, column, out))
		return;
	if (column == CC_PIPELINE)
		cell_integer(out, command->pipeline);
	else
		cell_text(out, texts[column]);
}

const struct fact_table table_history_command = {
	"history_command", "the commands of the steps; a query that asks what a step runs fails where that cannot be told", command_columns,
	sizeof command_columns / sizeof *command_columns, command_count, command_cell, 0,
};

/* history_argument: the words, and behind them a row for each step that could not be split */

enum argument_column { AC_JOINED_BY = CC_NUMBER + 1, AC_PIPELINE, AC_PROGRAM, AC_VERB, AC_POSITION, AC_ARGUMENT, AC_PREVIOUS, AC_EXPANDS };

static const struct fact_column argument_columns[] = {
	[CC_STEP] = { "step", FACT_INTEGER, "as in history_command" },
	[CC_LAYER] = { "layer", FACT_INTEGER, "as there" },
	[CC_ORIGIN] = { "origin", FACT_TEXT, "as there" },
	[CC_INSTRUCTION] = { "instruction", FACT_TEXT, "as there" },
	[CC_NUMBER] = { "number", FACT_INTEGER, "as there" },
	[AC_JOINED_BY] = { "joined_by", FACT_TEXT, "as there" },
	[AC_PIPELINE] = { "pipeline", FACT_INTEGER, "as there" },
	[AC_PROGRAM] = { "program", FACT_TEXT, "as there" },
	[AC_VERB] = { "verb", FACT_TEXT, "as there" },
	[AC_POSITION] = { "position", FACT_INTEGER, "among the arguments, from 1" },
	[AC_ARGUMENT] = { "argument", FACT_TEXT, "quotes removed, expansions as written" },
	[AC_PREVIOUS] = { "previous", FACT_TEXT, "the argument before; NULL for the first" },
	[AC_EXPANDS] = { "expands", FACT_INTEGER, "1 where the shell puts something else in its place" },
};

static size_t
trouble_count(const struct history *history)
{
	size_t n = 0;
	while (n < history->command_count && history->commands[history->command_count - 1 - n].trouble)
		n++;
	return n;
}

static size_t
argument_count(const void *context, const struct fact_table *table)
{
	(void)table;
	return split_of(context) ? split_of(context)->word_count + trouble_count(split_of(context)) : 0;
}

static void
argument_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct history *history = split_of(context);
	bool whole = row < history->word_count;
	const struct history_word *word = whole ? &history->words[row] : NULL;
	const struct history_command *command = &history->commands[whole ? word->command : history->command_count - 1 - (row - history->word_count)];
	(void)table;
	if (step_cell(context, command, column, out) || word == NULL)
		return;
	const struct slice texts[] = {
		[AC_JOINED_BY] = command->joined_by, [AC_PROGRAM] = command->program, [AC_VERB] = command->verb, [AC_ARGUMENT] = word->text,
		[AC_PREVIOUS] = word->previous,
	};
	if (column == AC_PIPELINE)
		cell_integer(out, command->pipeline);
	else if (column == AC_POSITION)
		cell_integer(out, word->position);
	else if (column == AC_EXPANDS)
		cell_integer(out, word->expands);
	else
		cell_text(out, texts[column]);
}

const struct fact_table table_history_argument = {
	"history_argument", "the arguments of those commands, one a row", argument_columns, sizeof argument_columns / sizeof *argument_columns,
	argument_count, argument_cell, 0,
};

/* history_variable */

enum variable_column { VC_NAME = CC_INSTRUCTION + 1, VC_EXPANDS };

static const struct fact_column variable_columns[] = {
	[CC_STEP] = { "step", FACT_INTEGER, "as in history_command" },
	[CC_LAYER] = { "layer", FACT_INTEGER, "as there" },
	[CC_ORIGIN] = { "origin", FACT_TEXT, "as there" },
	[CC_INSTRUCTION] = { "instruction", FACT_TEXT, "as there; RUN for build arguments, too" },
	[VC_NAME] = { "name", FACT_TEXT, "before the =" },
	[VC_EXPANDS] = { "expands", FACT_INTEGER, "1 where its value begins with an expansion of the shell" },
};

static size_t
variable_count(const void *context, const struct fact_table *table)
{
	(void)table;
	return split_of(context) ? split_of(context)->variable_count : 0;
}

static void
variable_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct history_variable *variable = &split_of(context)->variables[row];
	const struct history_command place = {
		.step = variable->step, .layer = variable->layer, .below = variable->below, .instruction = variable->instruction, .trouble = variable->trouble,
	};
	(void)table;
	if (column <= CC_INSTRUCTION || variable->trouble)
		step_cell(context, &place, column, out);
	else if (column == VC_NAME)
		cell_text(out, variable->name);
	else
		cell_integer(out, variable->expands);
}

const struct fact_table table_history_variable = {
	"history_variable", "variables that the steps set, wherever NAME=value stands in their text; a value that is empty sets nothing", variable_columns,
	sizeof variable_columns / sizeof *variable_columns, variable_count, variable_cell, 0,
};
