/* SPDX-License-Identifier: Apache-2.0 */
/* What lower layers bring and the final tree does not show. */
#include "facts/table_hidden_file.h"

#include "catalog/hidden_files.h"
#include "facts/cells.h"

enum hidden_column { HC_PATH, HC_DIRECTORY, HC_FILENAME, HC_TYPE, HC_MODE, HC_UID, HC_GID, HC_SIZE, HC_STATE, HC_LAYER, HC_INSTRUCTION, HC_ORIGIN };

static const struct fact_column hidden_columns[] = {
	[HC_PATH] = { "path", FACT_TEXT, "absolute, as its layer has it" },
	[HC_DIRECTORY] = { "directory", FACT_TEXT, "the path without its last part" },
	[HC_FILENAME] = { "filename", FACT_TEXT, "its last part" },
	[HC_TYPE] = { "type", FACT_TEXT, "regular, symlink, character, block or fifo" },
	[HC_MODE] = { "mode", FACT_TEXT, "permission, set-id and sticky bits in octal" },
	[HC_UID] = { "uid", FACT_INTEGER, "owner" },
	[HC_GID] = { "gid", FACT_INTEGER, "group" },
	[HC_SIZE] = { "size", FACT_INTEGER, "bytes; 0 of a further name of a file in the same layer" },
	[HC_STATE] = { "state", FACT_TEXT, "removed; replaced: the final file system has something else at this path" },
	[HC_LAYER] = { "layer", FACT_INTEGER, "the layer that has it, from 0" },
	[HC_INSTRUCTION] = { "instruction", FACT_TEXT, "the build instruction of that layer" },
	[HC_ORIGIN] = { "origin", FACT_TEXT, "base or application; NULL where no base matched" },
};

static size_t
hidden_count(const void *context, const struct fact_table *table)
{
	const struct hidden_file_list *list = context ? inventory_hidden_files(context) : NULL;
	(void)table;
	return list ? list->n : 0;
}

static struct slice
hidden_refusal(const void *context, const struct fact_table *table)
{
	(void)table;
	return context && inventory_hidden_files(context) == NULL ? SLICE("there is no memory for the files of lower layers") : SLICE_NONE;
}

static void
put_path(struct fact_value *out, const struct inventory *inventory, struct slice path, size_t column)
{
	strbuf_clear(inventory->scratch);
	strbuf_putc(inventory->scratch, '/');
	strbuf_put(inventory->scratch, column == HC_DIRECTORY ? path_dir(path) : path);
	cell_scratch(out, inventory);
}

static void
entry_cell(const struct inventory *inventory, const struct hidden_file *file, size_t column, struct fact_value *out)
{
	struct entry entry = block_entry(inventory->blocks[file->layer], file->entry);
	if (column == HC_PATH || column == HC_DIRECTORY)
		put_path(out, inventory, entry.path, column);
	else if (column == HC_FILENAME)
		cell_text(out, path_base(entry.path));
	else if (column == HC_TYPE)
		cell_text(out, slice_of(file_type_name(entry.type)));
	else if (column == HC_MODE)
		cell_mode(out, inventory, entry.mode);
	else
		cell_integer(out, column == HC_UID ? entry.uid : column == HC_GID ? entry.gid : (int64_t)entry.size);
}

static void
hidden_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct inventory *inventory = context;
	const struct hidden_file *file = &inventory_hidden_files(inventory)->at[row];
	(void)table;
	if (column == HC_STATE)
		cell_text(out, hidden_file_is_replaced(inventory, file) ? SLICE("replaced") : SLICE("removed"));
	else if (column == HC_LAYER)
		cell_layer(out, inventory, file->layer);
	else if (column == HC_INSTRUCTION)
		cell_instruction(out, inventory, file->layer);
	else if (column == HC_ORIGIN)
		cell_origin(out, inventory, file->layer);
	else
		entry_cell(inventory, file, column, out);
}

const struct fact_table table_hidden_file = {
	.name = "hidden_file", .meaning = "files of the image's layers that the final file system shows under no name: a later layer removed or replaced them, and whoever has the image can take them out",
	.columns = hidden_columns, .column_count = sizeof hidden_columns / sizeof *hidden_columns,
	.count = hidden_count, .cell = hidden_cell, .refusal = hidden_refusal,
};
