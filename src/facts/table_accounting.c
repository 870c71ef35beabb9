/* SPDX-License-Identifier: Apache-2.0 */
/* The tables `package_file` and `unaccounted_file`: whose files are what, and whether they are as their packages had them. */
#include "facts/table_accounting.h"

#include "catalog/package_files.h"
#include "facts/cells.h"
#include "facts/table_file.h"

enum package_file_column {
	PF_TYPE, PF_PACKAGE, PF_FILE, PF_DIGEST, PF_MODE, PF_KIND, PF_STATE, PF_MODE_DIFFERS, PF_PATH, PF_LAYER, PF_INSTRUCTION, PF_ORIGIN, PF_LISTED_IN,
};

static const struct fact_column package_file_columns[] = {
	[PF_TYPE] = { "type", FACT_TEXT, "purl type of the package" },
	[PF_PACKAGE] = { "package", FACT_TEXT, "its name" },
	[PF_FILE] = { "file", FACT_TEXT, "absolute, as listed: links among its parents are not followed" },
	[PF_DIGEST] = { "digest", FACT_TEXT, "as recorded: sha256:..., sha1:..., md5:...; NULL where none is" },
	[PF_MODE] = { "mode", FACT_TEXT, "as recorded, octal; NULL where none is" },
	[PF_KIND] = { "kind", FACT_TEXT, "config: meant to be edited; ghost: need not be there; NULL: neither" },
	[PF_STATE] = { "state", FACT_TEXT,
	               "same, modified, missing, replaced (by something else than a file), unrecorded (nothing to compare with), unread" },
	[PF_MODE_DIFFERS] = { "mode_differs", FACT_INTEGER, "1 where permission bits are not as recorded" },
	[PF_PATH] = { "path", FACT_TEXT, "of what is there now, links among its parents followed; NULL for nothing" },
	[PF_LAYER] = { "layer", FACT_INTEGER, "the layer that brought what is there" },
	[PF_INSTRUCTION] = { "instruction", FACT_TEXT, "the build instruction of that layer" },
	[PF_ORIGIN] = { "origin", FACT_TEXT, "base or application; NULL where no base matched" },
	[PF_LISTED_IN] = { "listed_in", FACT_TEXT, "the file that says so" },
};

static size_t
package_file_count(const void *context, const struct fact_table *table)
{
	const struct package_file_list *list = context ? inventory_package_files(context) : NULL;
	(void)table;
	return list ? list->n : 0;
}

static void
put_present(struct fact_value *out, const struct inventory *inventory, const struct node *node, size_t column)
{
	if (node == NULL)
		return;
	if (column == PF_PATH)
		cell_path(out, inventory, node);
	else if (column == PF_LAYER)
		cell_layer(out, inventory, node->layer);
	else if (column == PF_INSTRUCTION)
		cell_instruction(out, inventory, node->layer);
	else
		cell_origin(out, inventory, node->layer);
}

static void
package_file_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	static const uint32_t fields[] = {
		[PF_TYPE] = PACKAGE_FILE_TYPE,     [PF_PACKAGE] = PACKAGE_FILE_PACKAGE, [PF_FILE] = PACKAGE_FILE_FILE,
		[PF_DIGEST] = PACKAGE_FILE_DIGEST, [PF_MODE] = PACKAGE_FILE_MODE,       [PF_KIND] = PACKAGE_FILE_KIND,
	};
	const struct inventory *inventory = context;
	const struct package_file *file = &inventory_package_files(inventory)->at[row];
	(void)table;
	if (column <= PF_KIND)
		cell_text(out, block_field(file->row->block, &file->row->row, fields[column]));
	else if (column == PF_STATE)
		cell_text(out, slice_of(file_state_name(package_file_state(inventory, file))));
	else if (column == PF_MODE_DIFFERS)
		cell_integer(out, package_file_mode_differs(inventory, file));
	else if (column == PF_LISTED_IN)
		cell_path(out, inventory, file->row->node);
	else
		put_present(out, inventory, file->node, column);
}

const struct fact_table table_package_file = {
	.name = "package_file", .meaning = "files and directories of packages, beside what is there in their place",
	.columns = package_file_columns, .column_count = sizeof package_file_columns / sizeof *package_file_columns,
	.count = package_file_count, .cell = package_file_cell,
};

enum unaccounted_column { UC_PATH, UC_KIND, UC_MODE, UC_UID, UC_SIZE, UC_LAYER, UC_INSTRUCTION, UC_ORIGIN };

static const struct fact_column unaccounted_columns[] = {
	[UC_PATH] = { "path", FACT_TEXT, "absolute" },
	[UC_KIND] = { "kind", FACT_TEXT, "elf, script, library, java" },
	[UC_MODE] = { "mode", FACT_TEXT, "permission, set-id and sticky bits in octal" },
	[UC_UID] = { "uid", FACT_INTEGER, "owner" },
	[UC_SIZE] = { "size", FACT_INTEGER, "bytes" },
	[UC_LAYER] = { "layer", FACT_INTEGER, "the layer that brought it, from 0; NULL for a tree" },
	[UC_INSTRUCTION] = { "instruction", FACT_TEXT, "the build instruction of that layer" },
	[UC_ORIGIN] = { "origin", FACT_TEXT, "base or application; NULL where no base matched" },
};

static size_t
unaccounted_count(const void *context, const struct fact_table *table)
{
	(void)table;
	return context ? ((const struct inventory *)context)->unaccounted_count : 0;
}

static void
unaccounted_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct inventory *inventory = context;
	const struct unaccounted_file *file = &inventory->unaccounted[row];
	struct entry entry = node_entry(inventory->tree, file->node);
	(void)table;
	if (column == UC_PATH)
		cell_path(out, inventory, file->node);
	else if (column == UC_KIND)
		cell_text(out, slice_of(file->kind));
	else if (column == UC_MODE)
		cell_mode(out, inventory, entry.mode);
	else if (column == UC_UID)
		cell_integer(out, entry.uid);
	else if (column == UC_SIZE)
		cell_integer(out, (int64_t)entry.size);
	else if (column == UC_LAYER)
		cell_layer(out, inventory, file->node->layer);
	else if (column == UC_INSTRUCTION)
		cell_instruction(out, inventory, file->node->layer);
	else
		cell_origin(out, inventory, file->node->layer);
}

const struct fact_table table_unaccounted_file = {
	.name = "unaccounted_file", .meaning = "programs, libraries, scripts and Java archives that no package has and that do not say what they are",
	.columns = unaccounted_columns, .column_count = sizeof unaccounted_columns / sizeof *unaccounted_columns,
	.count = unaccounted_count, .cell = unaccounted_cell,
};
