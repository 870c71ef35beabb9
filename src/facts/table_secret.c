/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets, without themselves. */
#include "facts/table_secret.h"

#include "facts/cells.h"

enum secret_column {
	SC_KIND, SC_DETAIL, SC_PATH, SC_LAYER, SC_LINE, SC_SHOWN, SC_RULE, SC_TITLE, SC_SEVERITY, SC_STATE, SC_COLUMN, SC_OFFSET, SC_SETTING,
	SC_INSTRUCTION, SC_ORIGIN, SC_EXCERPT, SC_EXAMPLE,
};

static const struct fact_column secret_columns[] = {
	[SC_KIND] = { "kind", FACT_TEXT, "private_key or credential" },
	[SC_DETAIL] = { "detail", FACT_TEXT, "where the table of that name has the file's line: its kind; else the rule" },
	[SC_PATH] = { "path", FACT_TEXT, "absolute, as its layer has it; NULL for settings" },
	[SC_LAYER] = { "layer", FACT_INTEGER, "its layer; NULL for a tree, and for settings that made none" },
	[SC_LINE] = { "line", FACT_INTEGER, "in that file, from 1; NULL in a binary file" },
	[SC_SHOWN] = { "shown", FACT_INTEGER, "1 where the final file system has the file, 0 where a later layer took it away; NULL for settings" },
	[SC_RULE] = { "rule", FACT_TEXT, "what it looks like; named-file where the file's name and form alone told" },
	[SC_TITLE] = { "title", FACT_TEXT, "of the rule" },
	[SC_SEVERITY] = { "severity", FACT_TEXT, "of the rule; low for an example" },
	[SC_STATE] = { "state", FACT_TEXT, "final, removed (by a later layer, which hides nothing), environment, label, command, history" },
	[SC_COLUMN] = { "column", FACT_INTEGER, "byte in the line, from 1" },
	[SC_OFFSET] = { "offset", FACT_INTEGER, "byte in the file, from 0" },
	[SC_SETTING] = { "setting", FACT_TEXT, "env:NAME, label:NAME, command:Entrypoint, history:STEP (from 0); NULL for files" },
	[SC_INSTRUCTION] = { "instruction", FACT_TEXT, "the build instruction of the layer, secrets masked" },
	[SC_ORIGIN] = { "origin", FACT_TEXT, "base or application; NULL where no base matched" },
	[SC_EXCERPT] = { "excerpt", FACT_TEXT, "at most its first four bytes" },
	[SC_EXAMPLE] = { "example", FACT_INTEGER, "1: a documentation shows it, or something like it" },
};

static size_t
secret_count(const void *context, const struct fact_table *table)
{
	(void)table;
	return context ? ((const struct inventory *)context)->secrets.n : 0;
}

static bool
is_key(const struct secret *secret)
{
	return secret->rule ? secret->rule->kind == SECRET_KEY : secret->file.kind == ROW_PRIVATE_KEY;
}

static struct slice
detail_of(const struct secret *secret)
{
	if (secret->file.n == 0)
		return slice_of(secret->rule->id);
	bool key = secret->file.kind == ROW_PRIVATE_KEY;
	return block_field(secret->block, &secret->file, key ? PRIVATE_KEY_KIND : CREDENTIAL_KIND);
}

static const char *
severity_of(const struct secret *secret)
{
	if (secret->rule == NULL)
		return severity_name(SEVERITY_CRITICAL);
	return severity_name(secret->example && secret->rule->severity > SEVERITY_LOW ? SEVERITY_LOW : secret->rule->severity);
}

static void
cell_step(struct fact_value *out, const struct inventory *inventory, const struct secret *secret)
{
	if (secret->layer != UINT32_MAX)
		cell_instruction(out, inventory, secret->layer);
}

static void
cell_of_file(struct fact_value *out, const struct inventory *inventory, const struct secret *secret, size_t column)
{
	const struct row *row = secret->rule ? &secret->row : &secret->file;
	if (secret->block == NULL)
		return;
	strbuf_clear(inventory->scratch);
	strbuf_putc(inventory->scratch, '/');
	strbuf_put(inventory->scratch, block_entry_path(secret->block, row->entry));
	if (column == SC_PATH)
		cell_scratch(out, inventory);
	else if (column == SC_SHOWN)
		cell_integer(out, secret->state == SECRET_FINAL);
	else if (column == SC_LINE && row->line)
		cell_integer(out, row->line);
	else if (column != SC_LINE && secret->rule)
		cell_number(out, block_field(secret->block, row, column == SC_COLUMN ? SECRET_COLUMN : SECRET_OFFSET));
}

static void
secret_cell(const void *context, const struct fact_table *table, size_t number, size_t column, struct fact_value *out)
{
	const struct inventory *inventory = context;
	const struct secret *secret = &inventory->secrets.at[number];
	const struct slice texts[] = {
		[SC_KIND] = is_key(secret) ? SLICE("private_key") : SLICE("credential"), [SC_DETAIL] = detail_of(secret),
		[SC_RULE] = secret->rule ? slice_of(secret->rule->id) : SLICE("named-file"),
		[SC_TITLE] = secret->rule ? slice_of(secret->rule->title) : is_key(secret) ? SLICE("Private key in a file of such a name") : SLICE("Credential in a file of such a name"),
		[SC_SEVERITY] = slice_of(severity_of(secret)), [SC_STATE] = slice_of(secret_state_name(secret->state)),
		[SC_SETTING] = secret->setting, [SC_EXCERPT] = secret->excerpt,
	};
	(void)table;
	if (column == SC_LAYER)
		cell_layer(out, inventory, secret->layer);
	else if (column == SC_INSTRUCTION)
		cell_step(out, inventory, secret);
	else if (column == SC_ORIGIN)
		cell_origin(out, inventory, secret->layer);
	else if (column == SC_EXAMPLE)
		cell_integer(out, secret->example);
	else if (column == SC_PATH || column == SC_LINE || column == SC_SHOWN || column == SC_COLUMN || column == SC_OFFSET)
		cell_of_file(out, inventory, secret, column);
	else
		cell_text(out, texts[column]);
}

const struct fact_table table_secret = {
	"secret", "secrets in files of every layer, environment, labels, commands and history, without themselves", secret_columns,
	sizeof secret_columns / sizeof *secret_columns, secret_count, secret_cell, 0,
};
