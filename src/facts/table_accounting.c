/* SPDX-License-Identifier: Apache-2.0 */
/* The tables `package_file` and `unaccounted_file`: whose files are what, and whether they are as their packages had them. */
#include "facts/table_accounting.h"

#include "catalog/package_files.h"
#include "facts/cells.h"
#include "facts/table_file.h"

enum package_file_column {
	PF_TYPE, PF_PACKAGE, PF_FILE, PF_DIGEST, PF_MODE, PF_KIND, PF_STATE, PF_MODE_DIFFERS, PF_PATH, PF_LAYER, PF_INSTRUCTION, PF_ORIGIN, PF_LISTED_IN, PF_DIFFERS,
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
	[PF_DIFFERS] = { "differs", FACT_TEXT, "content where state is modified, kind where it is replaced, else mode where mode_differs is 1; NULL: none of them. By this one they are found fastest" },
};

/* Row numbers of the recorded ones are theirs among all; NULL without memory. */
static const struct package_file *
file_at(const struct inventory *inventory, size_t row)
{
	const struct package_file_list *recorded = inventory_recorded_files(inventory), *all;
	if (recorded && row < recorded->n)
		return &recorded->at[row];
	all = inventory_package_files(inventory);
	return all && row < all->n ? &all->at[row] : NULL;
}

/* Without memory one more than can be read: no list is not an empty one, nor one that ends early. */
static size_t
package_file_count(const void *context, const struct fact_table *table)
{
	const struct package_file_list *list = context ? inventory_package_files(context) : NULL;
	const struct package_file_list *recorded = context && list == NULL ? inventory_recorded_files(context) : NULL;
	(void)table;
	if (list)
		return list->n;
	return context ? (recorded ? recorded->n : 0) + 1 : 0;
}

/* To count them is to take the lists apart. */
static size_t
package_file_estimate(const void *context, const struct fact_table *table)
{
	const struct inventory *inventory = context;
	(void)table;
	return inventory ? 100 * (inventory->rows[ROW_FILE_LIST].n + inventory->rows[ROW_PACKAGE_FILE].n) : 0;
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

/* What a list has is without its first slash. */
static void
put_listed(struct fact_value *out, const struct inventory *inventory, struct slice path)
{
	if (slice_starts(path, SLICE("/"))) {
		cell_text(out, path);
		return;
	}
	strbuf_clear(inventory->scratch);
	strbuf_putc(inventory->scratch, '/');
	strbuf_put(inventory->scratch, path);
	cell_scratch(out, inventory);
}

static const char *
difference(const struct inventory *inventory, const struct package_file *file)
{
	enum file_state state = package_file_state(inventory, file);
	return state == FILE_MODIFIED ? "content" : state == FILE_REPLACED ? "kind" : package_file_mode_differs(inventory, file) ? "mode" : NULL;
}

static void
package_file_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct inventory *inventory = context;
	const struct package_file *file = file_at(inventory, row);
	(void)table;
	if (file == NULL) {
		cell_unread(out, SLICE("there is no memory for the lists of packages' files"));
		return;
	}
	struct file_record record = package_file_record(file);
	const struct slice texts[] = {
		[PF_TYPE] = package_file_type(file), [PF_PACKAGE] = package_file_package(file),
		[PF_DIGEST] = record.digest, [PF_MODE] = record.mode, [PF_KIND] = record.kind,
	};
	if (column == PF_FILE)
		put_listed(out, inventory, record.path);
	else if (column <= PF_KIND)
		cell_text(out, texts[column]);
	else if (column == PF_STATE)
		cell_text(out, slice_of(file_state_name(package_file_state(inventory, file))));
	else if (column == PF_MODE_DIFFERS)
		cell_integer(out, package_file_mode_differs(inventory, file));
	else if (column == PF_DIFFERS)
		cell_text(out, slice_of(difference(inventory, file)));
	else if (column == PF_LISTED_IN)
		cell_path(out, inventory, file->row->node);
	else
		put_present(out, inventory, package_file_node(inventory, file), column);
}

/* What is demanded of differences can be met by what something is recorded of alone. */
struct fact_scan {
	const struct inventory *inventory;
	size_t row, end;
	bool differs, modified;
};

static struct fact_scan *
package_file_scan(const void *context, const struct fact_table *table, const struct fact_hint *hints, size_t n)
{
	const struct package_file_list *recorded = context ? inventory_recorded_files(context) : NULL;
	struct fact_scan *scan = recorded || context == NULL ? calloc(1, sizeof *scan) : NULL;
	if (scan == NULL || context == NULL)
		return scan;
	scan->inventory = context;
	for (size_t i = 0; i < n; i++) {
		scan->differs |= hints[i].column == PF_DIFFERS || (hints[i].column == PF_MODE_DIFFERS && hints[i].integer != 0);
		scan->modified |= hints[i].column == PF_STATE && slice_is(hints[i].text, file_state_name(FILE_MODIFIED));
	}
	scan->end = scan->differs || scan->modified ? recorded->n : package_file_count(context, table);
	return scan;
}

static size_t
package_file_next(struct fact_scan *scan)
{
	for (; scan->row < scan->end; scan->row++) {
		const struct package_file *file = file_at(scan->inventory, scan->row);
		if (scan->modified && package_file_state(scan->inventory, file) != FILE_MODIFIED)
			continue;
		if (!scan->differs || difference(scan->inventory, file))
			return scan->row++;
	}
	return SIZE_MAX;
}

static const struct fact_seek package_file_seeks[] = {
	{ PF_STATE, FACT_EQ, 0.1 }, { PF_MODE_DIFFERS, FACT_EQ, 0.1 }, { PF_DIFFERS, FACT_EQ, 0.01 }, { PF_DIFFERS, FACT_PRESENT, 0.01 },
};

const struct fact_table table_package_file = {
	.name = "package_file", .meaning = "files and directories of packages, beside what is there in their place",
	.columns = package_file_columns, .column_count = sizeof package_file_columns / sizeof *package_file_columns,
	.count = package_file_count, .estimate = package_file_estimate, .cell = package_file_cell,
	.seeks = package_file_seeks, .seek_count = sizeof package_file_seeks / sizeof *package_file_seeks, .scan = package_file_scan, .next = package_file_next,
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
