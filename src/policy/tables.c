/* SPDX-License-Identifier: Apache-2.0 */
/* The table `runtime`, and all tables together. */
#include "policy/tables.h"

#include "base/error.h"
#include "facts/cells.h"
#include "policy/judge.h"
#include "policy/runtime.h"

enum runtime_column {
	RC_USER, RC_UID, RC_GID, RC_USER_KNOWN, RC_USER_NUMERIC, RC_FORM, RC_COMMAND, RC_PROGRAM, RC_MODE, RC_EXECUTABLE, RC_WRITABLE, RC_DIVERTED,
	RC_SEARCH_PATH, RC_STAGE,
};

static const struct fact_column runtime_columns[] = {
	[RC_USER] = { "user", FACT_TEXT, "User as configured; NULL where it is not set, which means root" },
	[RC_UID] = { "uid", FACT_INTEGER, "as whom it runs, by the image's /etc/passwd; NULL where that has no such user" },
	[RC_GID] = { "gid", FACT_INTEGER, "its primary group" },
	[RC_USER_KNOWN] = { "user_known", FACT_INTEGER, "1: a number, or an account of the image" },
	[RC_USER_NUMERIC] = { "user_numeric", FACT_INTEGER, "1: User is a number" },
	[RC_FORM] = { "form", FACT_TEXT, "of the effective command: exec; shell, where a shell stands before the program and does not give way to it; NULL: there is none" },
	[RC_COMMAND] = { "command", FACT_TEXT, "its first word, as written" },
	[RC_PROGRAM] = { "program", FACT_TEXT, "the file that the word leads to, through PATH; NULL: there is none" },
	[RC_MODE] = { "program_mode", FACT_TEXT, "its mode, octal" },
	[RC_EXECUTABLE] = { "program_executable", FACT_INTEGER, "1: the user may execute it" },
	[RC_WRITABLE] = { "program_writable", FACT_INTEGER, "1: the user may write to it" },
	[RC_DIVERTED] = { "open_directory", FACT_TEXT, "a directory in which the user may put another file in its place; NULL: there is none" },
	[RC_SEARCH_PATH] = { "search_path", FACT_TEXT, "PATH of the environment, else the one that runtimes take" },
	[RC_STAGE] = { "open_stage", FACT_TEXT, "a file on the way to what runs, an interpreter, a loader, or what env or a shell starts, that the user may change or put another in the place of; NULL: there is none" },
};

/* Lives in the inventory's arena. */
struct runtime_facts {
	struct inventory *inventory;
	struct runtime_user user;
	struct runtime_command command;
	struct slice program;
	const struct node *node, *open;
	struct slice stage;        /* column open_stage */
	struct slice unread;       /* why nobody knows who the user is; absent: everybody does, or the image has no such user */
};

static size_t
runtime_count(const void *context, const struct fact_table *table)
{
	(void)table;
	return context != NULL;
}

static struct slice
form_of(const struct runtime_command *command)
{
	return command->count == 0 ? SLICE_NONE : command->shell_form && !command->execs ? SLICE("shell") : SLICE("exec");
}

static void
user_cell(const struct runtime_user *user, size_t column, struct fact_value *out)
{
	if (column == RC_USER && user->text.n)
		cell_text(out, user->text);
	else if (column == RC_UID && user->known)
		cell_integer(out, user->uid);
	else if (column == RC_GID && user->known)
		cell_integer(out, user->gid);
	else if (column == RC_USER_KNOWN)
		cell_integer(out, user->known);
	else if (column == RC_USER_NUMERIC)
		cell_integer(out, user->numeric);
}

static void
program_cell(const struct runtime_facts *facts, size_t column, struct fact_value *out)
{
	struct entry entry = node_entry(facts->inventory->tree, facts->node);
	if (column == RC_MODE)
		cell_mode(out, facts->inventory, entry.mode);
	else if (facts->user.known)
		cell_integer(out, runtime_may(&facts->user, &entry, column == RC_EXECUTABLE ? 1 : 2));
}

static bool
is_about_user(size_t column)
{
	return (column >= RC_UID && column <= RC_USER_KNOWN) || (column >= RC_EXECUTABLE && column <= RC_DIVERTED) || column == RC_STAGE;
}

static void
runtime_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct runtime_facts *facts = context;
	(void)table, (void)row;
	if (facts->unread.n && is_about_user(column))
		cell_unread(out, facts->unread);
	else if (column <= RC_USER_NUMERIC)
		user_cell(&facts->user, column, out);
	else if (column == RC_FORM)
		cell_text(out, form_of(&facts->command));
	else if (column == RC_COMMAND)
		cell_text(out, facts->command.word);
	else if (column == RC_PROGRAM)
		cell_text(out, facts->program);
	else if (column == RC_STAGE)
		cell_text(out, facts->stage);
	else if (column == RC_SEARCH_PATH)
		cell_text(out, runtime_search_path(facts->inventory->image->config));
	else if (column == RC_DIVERTED && facts->open)
		cell_path(out, facts->inventory, facts->open);
	else if (column != RC_DIVERTED && facts->node)
		program_cell(facts, column, out);
}

static const struct fact_table table_runtime = {
	.name = "runtime", .meaning = "what a runtime makes of the image's settings, one row: as whom it runs, and what it starts",
	.columns = runtime_columns, .column_count = sizeof runtime_columns / sizeof *runtime_columns, .count = runtime_count, .cell = runtime_cell,
};

static const struct fact_table *const runtime_tables[] = { &table_runtime, NULL };

static int
find_program(struct runtime_facts *facts, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	struct slice word = facts->command.word;
	if (word.n == 0)
		return 0;
	facts->node = runtime_command_find(facts->inventory, &facts->user, word, &path);
	if (facts->node == NULL)
		return 0;
	facts->program = arena_dup(facts->inventory->arena, strbuf_slice(&path));
	if (facts->program.p == NULL)
		return error_nomem(err);
	if (facts->user.known)
		facts->open = runtime_may_divert(facts->inventory, &facts->user, slice_find(word, '/') == SIZE_MAX ? word : SLICE_NONE, facts->program);
	return 0;
}

/* More files than start each other in earnest: scripts in a circle end here. */
#define STAGE_MOST 12

static int
note_stage(struct runtime_facts *facts, const struct node *node, struct slice word, struct slice path, struct plim_error *err)
{
	struct entry entry = node_entry(facts->inventory->tree, node);
	struct slice searched = slice_find(word, '/') == SIZE_MAX ? word : SLICE_NONE;
	if (!runtime_may(&facts->user, &entry, 2) && runtime_may_divert(facts->inventory, &facts->user, searched, path) == NULL)
		return 0;
	facts->stage = arena_dup(facts->inventory->arena, path);
	return facts->stage.p ? 0 : error_nomem(err);
}

/* What is started in the place of `word`, and of that, as the kernel and env do; of the first its own columns tell. */
static int
follow_stages(struct runtime_facts *facts, struct slice word, bool searches, unsigned depth, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	struct runtime_starter starter;
	const struct node *node = searches ? runtime_command_find(facts->inventory, &facts->user, word, &path) : runtime_file_find(facts->inventory, word, &path);
	int r = node && depth ? note_stage(facts, node, word, strbuf_slice(&path), err) : 0;
	if (r < 0 || node == NULL || facts->stage.n || depth == STAGE_MOST)
		return r;
	runtime_starter_of(facts->inventory, node, &starter);
	if (starter.how != STARTS_BY)
		return 0;
	/* A loader starts itself. */
	r = follow_stages(facts, starter.program, false, starter.script ? depth + 1 : STAGE_MOST, err);
	struct slice program = starter.script && slice_is(path_base(starter.program), "env") ? runtime_env_program(starter.argument) : SLICE_NONE;
	return r < 0 || facts->stage.n || program.n == 0 ? r : follow_stages(facts, program, true, depth + 1, err);
}

/* Root may change all of them, which is said elsewhere. */
static int
find_stage(struct runtime_facts *facts, struct plim_error *err)
{
	if (facts->node == NULL || !facts->user.known || facts->user.uid == 0)
		return 0;
	int r = follow_stages(facts, facts->command.word, true, 0, err);
	if (r < 0 || facts->stage.n || facts->command.program.n == 0)
		return r;
	return follow_stages(facts, facts->command.program, true, 1, err);
}

/* A name is in a file that could not be read, or not wholly: it is no account that the image does not have. */
static void
find_unread(struct runtime_facts *facts)
{
	const struct judging judging = { .inventory = facts->inventory };
	struct slice name = facts->user.name, reason = SLICE_NONE;
	if (facts->user.numeric || slice_is(name, "0") || slice_is(name, "root") || judge_sight(&judging, SLICE("/etc/passwd"), &reason) < SIGHT_PARTLY)
		return;
	facts->unread = arena_printf(facts->inventory->arena, "/etc/passwd, which should tell the user of the image, could not be read: %.*s", SLICE_ARG(reason));
}

/* NULL for what has no configuration. */
static int
runtime_facts_make(struct inventory *inventory, const struct runtime_facts **out, struct plim_error *err)
{
	*out = NULL;
	if (inventory == NULL || inventory->image == NULL)
		return 0;
	struct runtime_facts *facts = arena_make(inventory->arena, struct runtime_facts);
	if (facts == NULL)
		return error_nomem(err);
	facts->inventory = inventory;
	int r = runtime_user_resolve(inventory, inventory->arena, &facts->user, err);
	if (r == 0)
		find_unread(facts);
	if (r < 0 || (r = runtime_command_of(inventory->image->config, inventory->arena, &facts->command, err)) < 0 || (r = find_program(facts, err)) < 0 || (r = find_stage(facts, err)) < 0)
		return r;
	*out = facts;
	return 0;
}

/* Two of the policy's own, each in its file. */
static const struct fact_table *const own_tables[] = { &table_base, &table_vulnerability, NULL };

static bool
resolve_path(const void *context, struct slice path, struct strbuf *out)
{
	const struct inventory *inventory = context;
	const struct node *node = path.n && path.p[0] == '/' ? tree_resolve(inventory->tree, path) : NULL;
	if (node)
		node_path(node, out);
	return node != NULL;
}

int
policy_tables_open(const struct policy_tables *of, struct facts **out, struct plim_error *err)
{
	const struct runtime_facts *runtime;
	int r = runtime_facts_make(of->inventory, &runtime, err);
	const struct fact_provider providers[] = { { facts_inventory_tables, of->inventory }, { runtime_tables, runtime }, { own_tables, of } };
	if (r < 0 || (r = facts_open(providers, sizeof providers / sizeof *providers, out, err)) < 0)
		return r;
	facts_set_now(*out, of->now);
	if (of->inventory)
		facts_set_paths(*out, resolve_path, of->inventory);
	return 0;
}

/* The list of all. */

const struct fact_column *
schema_column(const struct schema_table *table, size_t at)
{
	return table->table ? &table->table->columns[at] : &table->view->columns[at].column;
}

static int
order_tables(const void *a, const void *b)
{
	return strcmp(((const struct schema_table *)a)->name, ((const struct schema_table *)b)->name);
}

static size_t
list_tables(const struct fact_table *const *from, struct schema_table *into)
{
	size_t n = 0;
	for (; from[n]; n++)
		if (into)
			into[n] = (struct schema_table){ from[n]->name, from[n]->meaning, from[n]->column_count, from[n], NULL };
	return n;
}

int
schema_each(schema_fn *each, void *context, struct plim_error *err)
{
	static const struct fact_table *const *const lists[] = { facts_inventory_tables, runtime_tables, own_tables };
	size_t n = facts_view_count, at = 0;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		n += list_tables(lists[i], NULL);
	AUTO(free) struct schema_table *all = calloc(n, sizeof *all);
	int r = 0;
	if (all == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		at += list_tables(lists[i], all + at);
	for (size_t i = 0; i < facts_view_count; i++)
		all[at++] = (struct schema_table){ facts_views[i].name, facts_views[i].meaning, facts_views[i].column_count, NULL, &facts_views[i] };
	qsort(all, n, sizeof *all, order_tables);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = each(context, &all[i], err);
	return r;
}
