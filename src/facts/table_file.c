/* SPDX-License-Identifier: Apache-2.0 */
/* The table `file`: the largest, so the one that finds rows by what a query asks. */
#include "facts/cells.h"
#include "facts/table_file.h"

enum file_column {
	FC_PATH, FC_DIRECTORY, FC_FILENAME, FC_TYPE, FC_MODE, FC_UID, FC_GID, FC_SIZE, FC_MTIME, FC_LINK, FC_DIGEST, FC_LAYER,
	FC_INSTRUCTION, FC_ORIGIN,
};

static const struct fact_column file_columns[] = {
	[FC_PATH] = { "path", FACT_TEXT, "absolute" },
	[FC_DIRECTORY] = { "directory", FACT_TEXT, "the path without its last part" },
	[FC_FILENAME] = { "filename", FACT_TEXT, "its last part" },
	[FC_TYPE] = { "type", FACT_TEXT, "regular, directory, symlink, character, block, fifo or socket" },
	[FC_MODE] = { "mode", FACT_TEXT, "permission, set-id and sticky bits in octal: 0644, 4755" },
	[FC_UID] = { "uid", FACT_INTEGER, "owner" },
	[FC_GID] = { "gid", FACT_INTEGER, "group" },
	[FC_SIZE] = { "size", FACT_INTEGER, "bytes" },
	[FC_MTIME] = { "mtime", FACT_INTEGER, "seconds since 1970" },
	[FC_LINK] = { "link", FACT_TEXT, "target of a symbolic link" },
	[FC_DIGEST] = { "digest", FACT_TEXT, "sha256:..., of executables and configuration" },
	[FC_LAYER] = { "layer", FACT_INTEGER, "the layer that brought it, from 0; NULL for a tree" },
	[FC_INSTRUCTION] = { "instruction", FACT_TEXT, "the build instruction of that layer" },
	[FC_ORIGIN] = { "origin", FACT_TEXT, "base or application; NULL where no base matched" },
};

static size_t
file_count(const void *context, const struct fact_table *table)
{
	(void)table;
	return context ? ((const struct inventory *)context)->node_count : 0;
}

static const char *const type_names[] = {
	[ENTRY_FILE] = "regular", [ENTRY_DIRECTORY] = "directory", [ENTRY_SYMLINK] = "symlink", [ENTRY_HARDLINK] = "regular",
	[ENTRY_CHAR] = "character", [ENTRY_BLOCK] = "block", [ENTRY_FIFO] = "fifo", [ENTRY_SOCKET] = "socket",
};

static void
put_file_digest(struct fact_value *out, const struct inventory *inventory, struct slice bytes)
{
	struct digest digest = { .algorithm = DIGEST_SHA256 };
	if (bytes.n != 32)
		return;
	memcpy(digest.bytes, bytes.p, 32);
	cell_digest(out, inventory, &digest);
}

/* Every check of modes asks for all of them: printf would be half of its time. */
static void
put_mode(struct fact_value *out, const struct inventory *inventory, uint32_t mode)
{
	strbuf_clear(inventory->scratch);
	for (int shift = 9; shift >= 0; shift -= 3)
		strbuf_putc(inventory->scratch, (char)('0' + (mode >> shift & 7)));
	cell_scratch(out, inventory);
}

static void
file_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct inventory *inventory = context;
	const struct node *node = inventory->nodes[row];
	if (column == FC_PATH) {
		cell_path(out, inventory, node);
		return;
	}
	if (column == FC_DIRECTORY) {
		cell_path(out, inventory, node->parent);
		return;
	}
	struct entry entry = node_entry(inventory->tree, node);
	const int64_t numbers[] = { [FC_UID] = entry.uid, [FC_GID] = entry.gid, [FC_SIZE] = (int64_t)entry.size, [FC_MTIME] = entry.mtime };
	(void)table;
	switch (column) {
	case FC_FILENAME:
		cell_text(out, node->name);
		break;
	case FC_TYPE:
		cell_text(out, slice_of(entry.type <= ENTRY_SOCKET ? type_names[entry.type] : NULL));
		break;
	case FC_MODE:
		put_mode(out, inventory, entry.mode);
		break;
	case FC_LINK:
		if (entry.type == ENTRY_SYMLINK)
			cell_text(out, entry.link);
		break;
	case FC_DIGEST:
		put_file_digest(out, inventory, entry.digest);
		break;
	case FC_LAYER:
		cell_layer(out, inventory, node->layer);
		break;
	case FC_INSTRUCTION:
		cell_instruction(out, inventory, node->layer);
		break;
	case FC_ORIGIN:
		cell_origin(out, inventory, node->layer);
		break;
	default:
		cell_integer(out, numbers[column]);
	}
}

/* Rows that a query wants, found without showing the others. */

/* Rows are in the order of a walk, which is that of the paths where a slash comes before every other byte. */
static int
walk_order(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	for (size_t i = 0; i < n; i++)
		if (a.p[i] != b.p[i])
			return a.p[i] == '/' ? -1 : b.p[i] == '/' ? 1 : (unsigned char)a.p[i] < (unsigned char)b.p[i] ? -1 : 1;
	return (a.n > b.n) - (a.n < b.n);
}

/* The first row whose path is not below `path`; with `past_prefix` the first behind all that begin with it. */
static size_t
row_bound(const struct inventory *inventory, struct slice path, bool past_prefix)
{
	size_t low = 0, high = inventory->node_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		strbuf_clear(inventory->scratch);
		node_path(inventory->nodes[middle], inventory->scratch);
		struct slice have = strbuf_slice(inventory->scratch);
		int order = walk_order(past_prefix ? slice_first(have, path.n) : have, path);
		if (order < 0 || (past_prefix && order == 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_type(const struct inventory *inventory, const struct node *node, struct slice type)
{
	enum entry_type have = node_entry_type(inventory->tree, node);
	return have <= ENTRY_SOCKET && slice_is(type, type_names[have]);
}

static bool
meets(const struct inventory *inventory, size_t row, const struct fact_hint *hint)
{
	const struct node *node = inventory->nodes[row];
	return hint->column == FC_FILENAME ? slice_eq(node->name, hint->text) : is_type(inventory, node, hint->text);
}

/* A path bounds the rows once, as the walk begins; a name or a type is asked of each. */
static void
file_begin(const void *context, const struct fact_table *table, struct fact_range *range)
{
	const struct inventory *inventory = context;
	range->end = file_count(context, table);
	for (size_t i = 0; inventory && i < range->n; i++) {
		const struct fact_hint *hint = &range->hints[i];
		if (hint->column != FC_PATH)
			continue;
		size_t first = row_bound(inventory, hint->text, false), end = row_bound(inventory, hint->text, true);
		if (!hint->prefix && first < end)
			end = first + 1;
		range->row = first > range->row ? first : range->row;
		range->end = end < range->end ? end : range->end;
	}
}

static bool
file_wants(const void *context, const struct fact_table *table, const struct fact_range *range)
{
	(void)table;
	for (size_t i = 0; i < range->n; i++)
		if (range->hints[i].column != FC_PATH && !meets(context, range->row, &range->hints[i]))
			return false;
	return true;
}

const struct fact_table table_file = {
	.name = "file", .meaning = "every path of the final file system",
	.columns = file_columns, .column_count = sizeof file_columns / sizeof *file_columns,
	.count = file_count, .cell = file_cell,
	.begin = file_begin, .wants = file_wants,
	.by_equality = 1u << FC_PATH | 1u << FC_FILENAME | 1u << FC_TYPE, .by_prefix = 1u << FC_PATH,
};
