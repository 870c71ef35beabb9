/* SPDX-License-Identifier: Apache-2.0 */
/* The table `file`: the largest, so the one that finds rows by what a query asks. */
#include "facts/cells.h"
#include "facts/table_file.h"

#include <sqlite3.h>

enum file_column {
	FC_PATH, FC_DIRECTORY, FC_FILENAME, FC_TYPE, FC_MODE, FC_UID, FC_GID, FC_SIZE, FC_MTIME, FC_LINK, FC_DIGEST, FC_LAYER,
	FC_INSTRUCTION, FC_ORIGIN, FC_CAPABILITY, FC_OWNER, FC_OWNER_TYPE, FC_SYMLINK, FC_TARGET,
};

static const struct fact_column file_columns[] = {
	[FC_PATH] = { "path", FACT_TEXT, "absolute; where a query asks for one that leads through linked directories (/bin/su) or has more slashes (/tmp/, the directory), as it asks; / where it asks for that alone" },
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
	[FC_CAPABILITY] = { "capability", FACT_TEXT, "file capabilities as getcap(8) writes them: cap_net_raw=ep; NULL where there are none" },
	[FC_OWNER] = { "owner", FACT_TEXT, "name of the package whose file it is, of a distribution's before one of a language; NULL: nobody's" },
	[FC_OWNER_TYPE] = { "owner_type", FACT_TEXT, "type of that package" },
	[FC_SYMLINK] = { "symlink", FACT_INTEGER, "osquery's: 1: a symbolic link" },
	[FC_TARGET] = { "symlink_target_path", FACT_TEXT, "osquery's: as link" },
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

const char *
file_type_name(enum entry_type type)
{
	return type <= ENTRY_SOCKET ? type_names[type] : NULL;
}

static void
put_file_digest(struct fact_value *out, const struct inventory *inventory, struct slice bytes)
{
	struct digest digest = { .algorithm = DIGEST_SHA256 };
	if (bytes.n != 32)
		return;
	memcpy(digest.bytes, bytes.p, 32);
	cell_digest(out, inventory, &digest);
}

static void
put_owner(struct fact_value *out, const struct file_owner *owner, size_t column)
{
	if (owner)
		cell_text(out, column == FC_OWNER ? owner->name : owner->type);
}

/* Every check of modes asks for all of them: printf would be half of its time. */
static void
mode_text(uint32_t mode, char out[static 5])
{
	for (int i = 0; i < 4; i++)
		out[i] = (char)('0' + (mode >> (9 - 3 * i) & 7));
	out[4] = '\0';
}

void
cell_mode(struct fact_value *out, const struct inventory *inventory, uint32_t mode)
{
	char text[5];
	strbuf_clear(inventory->scratch);
	mode_text(mode, text);
	strbuf_puts(inventory->scratch, text);
	cell_scratch(out, inventory);
}

/* What its entry says, which is in a block. */
static void
entry_cell(const struct inventory *inventory, const struct node *node, size_t column, struct fact_value *out)
{
	struct entry entry = node_entry(inventory->tree, node);
	const int64_t numbers[] = { [FC_UID] = entry.uid, [FC_GID] = entry.gid, [FC_SIZE] = (int64_t)entry.size, [FC_MTIME] = entry.mtime };
	switch (column) {
	case FC_LINK:
	case FC_TARGET:
		if (entry.type == ENTRY_SYMLINK)
			cell_text(out, entry.link);
		break;
	case FC_DIGEST:
		if (node->content_entry != ENTRY_NONE && block_hashing(inventory->blocks[node->content_layer]) == HASH_NOTHING)
			cell_unread(out, SLICE("digests of files were not taken"));
		else
			put_file_digest(out, inventory, entry.digest);
		break;
	case FC_CAPABILITY:
		cell_capability(out, inventory, entry.capability);
		break;
	default:
		cell_integer(out, numbers[column]);
	}
}

/*
 * The root has no row of its own among those that a walk shows; who asks for "/" finds it behind them.  The index of files
 * knows nothing of it.
 */
static bool
is_root_row(const struct inventory *inventory, size_t row)
{
	return row == inventory->node_count;
}

static const struct node *
node_of(const struct inventory *inventory, size_t row)
{
	return is_root_row(inventory, row) ? tree_root(inventory->tree) : inventory->nodes[row];
}

static bool
root_cell(const struct inventory *inventory, size_t column, struct fact_value *out)
{
	struct entry entry = node_entry(inventory->tree, tree_root(inventory->tree));
	if (column == FC_TYPE)
		cell_text(out, SLICE("directory"));
	else if (column == FC_MODE)
		cell_mode(out, inventory, entry.mode);
	else if (column == FC_SYMLINK)
		cell_integer(out, 0);
	else if (column == FC_DIRECTORY || column == FC_FILENAME)
		cell_text(out, column == FC_DIRECTORY ? SLICE("/") : SLICE(""));
	else
		/* No package has it. */
		return column == FC_OWNER || column == FC_OWNER_TYPE;
	return true;
}

/* What the index of files has: a walk over many rows asks for little else. */
static bool
index_cell(const struct inventory *inventory, size_t row, size_t column, struct fact_value *out)
{
	const struct file_index *files = &inventory->files;
	if (is_root_row(inventory, row))
		return root_cell(inventory, column, out);
	uint16_t kind = files->kinds[row];
	uint8_t owner = files->owners[row];
	if (column == FC_TYPE)
		cell_text(out, slice_of(file_type_name(FILE_TYPE(kind))));
	else if (column == FC_MODE)
		cell_mode(out, inventory, FILE_MODE(kind));
	else if (column == FC_SYMLINK)
		cell_integer(out, FILE_TYPE(kind) == ENTRY_SYMLINK);
	else if (owner < FILE_OWNER_MOST && (column == FC_UID || column == FC_GID))
		cell_integer(out, column == FC_UID ? files->owner[owner].uid : files->owner[owner].gid);
	else
		return false;
	return true;
}

static void
file_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct inventory *inventory = context;
	const struct node *node = node_of(inventory, row);
	(void)table;
	if (index_cell(inventory, row, column, out))
		return;
	switch (column) {
	case FC_PATH:
		cell_path(out, inventory, node);
		break;
	case FC_DIRECTORY:
		cell_path(out, inventory, node->parent);
		break;
	case FC_FILENAME:
		cell_text(out, node->name);
		break;
	case FC_OWNER:
	case FC_OWNER_TYPE:
		put_owner(out, inventory_file_owner(inventory, node), column);
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
		entry_cell(inventory, node, column, out);
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

/*
 * A walk.  What is demanded of type, mode and capability is asked once for
 * each kind that appears: there are few.
 */
struct fact_scan {
	const struct inventory *inventory;
	size_t row, end;
	struct fact_hint kinds[FACT_HINT_MOST];     /* of type, mode and capability; texts in `texts` */
	size_t kind_count;
	struct fact_hint owners[FACT_HINT_MOST];
	size_t owner_count;
	struct slice name;                          /* of the file, or how it ends */
	uint16_t name_key, name_mask;
	bool by_name, by_ending;
	struct slice asked;                         /* path that leads elsewhere, or is not spelled as ours are: so what is there is shown; absent: as it is */
	struct slice above;                         /* the same, as the paths of its files begin */
	size_t real_size;                           /* of the path that it leads to */
	uint8_t *answers;                           /* enum answer, by kind; behind the texts, where there are demands on kinds */
	char texts[];
};

enum answer { ANSWER_NOT_ASKED, ANSWER_NO, ANSWER_YES };

static bool
order_meets(int order, enum fact_op op)
{
	switch (op) {
	case FACT_EQ: return order == 0;
	case FACT_NE: return order != 0;
	case FACT_GT: return order > 0;
	case FACT_GE: return order >= 0;
	case FACT_LT: return order < 0;
	case FACT_LE: return order <= 0;
	default: return true;
	}
}

static bool
text_meets(struct slice have, const struct fact_hint *hint)
{
	return hint->op == FACT_GLOB ? sqlite3_strglob(hint->text.p, have.p) == 0 : order_meets(slice_cmp(have, hint->text), hint->op);
}

static bool
integer_meets(int64_t have, const struct fact_hint *hint)
{
	return order_meets((have > hint->integer) - (have < hint->integer), hint->op);
}

static enum answer
kind_answer(struct fact_scan *scan, uint16_t kind)
{
	char mode[5];
	bool meets = true;
	mode_text(FILE_MODE(kind), mode);
	for (size_t i = 0; meets && i < scan->kind_count; i++)
		if (scan->kinds[i].column == FC_CAPABILITY)
			meets = kind & FILE_CAPABLE;
		else
			meets = text_meets(slice_of(scan->kinds[i].column == FC_MODE ? mode : type_names[FILE_TYPE(kind)]), &scan->kinds[i]);
	return scan->answers[kind] = meets ? ANSWER_YES : ANSWER_NO;
}

static bool
kind_is_wanted(struct fact_scan *scan, uint16_t kind)
{
	enum answer answer = scan->answers[kind];
	return (answer ? answer : kind_answer(scan, kind)) == ANSWER_YES;
}

static bool
owner_is_wanted(const struct fact_scan *scan, size_t row)
{
	const struct file_index *files = &scan->inventory->files;
	size_t at = files->owners[row];
	bool meets = true;
	for (size_t i = 0; meets && at < FILE_OWNER_MOST && i < scan->owner_count; i++)
		meets = integer_meets(scan->owners[i].column == FC_UID ? files->owner[at].uid : files->owner[at].gid, &scan->owners[i]);
	return meets;
}

static size_t
next_named(const struct fact_scan *scan, size_t row)
{
	for (; (row = file_index_named(&scan->inventory->files, row, scan->end, scan->name_key, scan->name_mask)) < scan->end; row++) {
		struct slice name = scan->inventory->nodes[row]->name;
		if (scan->by_ending ? slice_ends(name, scan->name) : slice_eq(name, scan->name))
			break;
	}
	return row;
}

static size_t
file_next(struct fact_scan *scan)
{
	for (; scan->row < scan->end; scan->row++) {
		if (is_root_row(scan->inventory, scan->row))
			return scan->row++;
		if (scan->by_name && (scan->row = next_named(scan, scan->row)) == scan->end)
			break;
		if (scan->kind_count && !kind_is_wanted(scan, scan->inventory->files.kinds[scan->row]))
			continue;
		if (scan->owner_count == 0 || owner_is_wanted(scan, scan->row))
			return scan->row++;
	}
	return SIZE_MAX;
}

/* What a pattern says of the beginning: up to the first wildcard, and to the first byte that GLOB does not compare as a byte. */
static struct slice
pattern_start(const struct fact_hint *hint)
{
	const char *wild = hint->op == FACT_GLOB ? "*?[" : hint->op == FACT_LIKE ? "%_" : NULL;
	size_t n = 0;
	while (wild && n < hint->text.n && (signed char)hint->text.p[n] > 0 && !strchr(wild, hint->text.p[n]))
		n++;
	return wild ? slice_first(hint->text, n) : hint->text;
}

static struct slice
directory_part(struct slice path)
{
	while (path.n && path.p[path.n - 1] != '/')
		path.n--;
	return slice_first(path, path.n ? path.n - 1 : 0);
}

/*
 * Whoever asks a machine for /bin/su is answered, though /bin is a link: so is who asks here.  Appends the path that the directory leads to;
 * its files are shown as they were asked for.
 */
static bool
lead_elsewhere(struct fact_scan *scan, struct slice directory, struct strbuf *real)
{
	const struct node *node = slice_starts(directory, SLICE("/")) ? tree_resolve(scan->inventory->tree, directory) : NULL;
	if (node == NULL)
		return false;
	node_path(node, real);
	if (real->failed || slice_eq(strbuf_slice(real), directory))
		return false;
	if (slice_is(strbuf_slice(real), "/"))
		strbuf_clear(real);
	scan->asked = scan->above = directory;
	scan->real_size = real->n;
	return true;
}

static void
bound_rows(struct fact_scan *scan, struct slice path, bool one)
{
	size_t first = row_bound(scan->inventory, path, false), end = row_bound(scan->inventory, path, true);
	if (one && first < end)
		end = first + 1;
	scan->row = first > scan->row ? first : scan->row;
	scan->end = end < scan->end ? end : scan->end;
}

/* "/tmp/": the directory itself, through links, and no file. */
static bool
bound_by_slash(struct fact_scan *scan, struct slice path)
{
	AUTO(strbuf) struct strbuf real = { 0 };
	const struct tree *tree = scan->inventory->tree;
	const struct node *node = slice_starts(path, SLICE("/")) ? tree_resolve(tree, path) : NULL;
	if (node == NULL || node_entry(tree, node).type != ENTRY_DIRECTORY || !lead_elsewhere(scan, path, &real))
		return false;
	bound_rows(scan, strbuf_slice(&real), true);
	return true;
}

/* A path, or the beginning of one, bounds the rows once, as the walk begins.  LIKE takes other letters too: it only leads. */
static void
bound_by_path(struct fact_scan *scan, const struct fact_hint *hint)
{
	struct slice path = pattern_start(hint), directory = directory_part(path);
	AUTO(strbuf) struct strbuf real = { 0 };
	if (hint->op == FACT_EQ && slice_is(path, "/")) {
		scan->row = scan->inventory->node_count;
		scan->end = scan->row + 1;
		return;
	}
	if (hint->op == FACT_EQ && slice_ends(path, SLICE("/")) && bound_by_slash(scan, path))
		return;
	bool there = hint->op != FACT_LIKE && row_bound(scan->inventory, path, false) < row_bound(scan->inventory, path, true);
	if (there || !lead_elsewhere(scan, directory, &real)) {
		if (hint->op != FACT_LIKE)
			bound_rows(scan, path, hint->op == FACT_EQ);
		return;
	}
	strbuf_put(&real, hint->op == FACT_LIKE ? SLICE("/") : slice_from(path, directory.n));
	if (!real.failed)
		bound_rows(scan, strbuf_slice(&real), hint->op == FACT_EQ);
}

/* What is in a directory is among what is below it; SQLite leaves the rest out. */
static void
bound_by_directory(struct fact_scan *scan, const struct fact_hint *hint)
{
	AUTO(strbuf) struct strbuf start = { 0 };
	if (slice_is(hint->text, "/"))
		return;
	if (!lead_elsewhere(scan, hint->text, &start)) {
		strbuf_clear(&start);
		strbuf_put(&start, hint->text);
	}
	while (slice_skip_end(&scan->above, SLICE("/")))
		;
	strbuf_putc(&start, '/');
	if (!start.failed)
		bound_rows(scan, strbuf_slice(&start), false);
}

static bool
file_show(const struct fact_scan *scan, size_t row, size_t column, struct fact_value *out)
{
	const struct inventory *inventory = scan->inventory;
	if (scan->asked.n == 0 || (column != FC_PATH && column != FC_DIRECTORY))
		return false;
	AUTO(strbuf) struct strbuf real = { 0 };
	node_path(column == FC_PATH ? inventory->nodes[row] : inventory->nodes[row]->parent, &real);
	if (real.n < scan->real_size)
		return false;
	strbuf_clear(inventory->scratch);
	strbuf_put(inventory->scratch, column == FC_PATH ? scan->above : scan->asked);
	strbuf_put(inventory->scratch, slice_from(strbuf_slice(&real), scan->real_size));
	inventory->scratch->failed |= real.failed;
	cell_scratch(out, inventory);
	return true;
}

/* A file that is shown by another name is another row than the file itself. */
static int64_t
file_number(const struct fact_scan *scan, size_t row)
{
	uint64_t other = scan->asked.n ? slice_hash(scan->above, (uintptr_t)scan->inventory) : 0;
	return (int64_t)(row ^ (other & ~(uint64_t)UINT32_MAX));
}

/* Two names at once are left to SQLite, and so is a pattern that is more than a name or an ending: "*.jks". */
static void
bound_by_name(struct fact_scan *scan, const struct fact_hint *hint)
{
	struct slice name = hint->text;
	bool ending = hint->op == FACT_GLOB && slice_skip(&name, SLICE("*"));
	if (hint->op == FACT_GLOB && (name.n == 0 || strpbrk(name.p, "*?[") || slice_find(name, '\0') != SIZE_MAX))
		return;
	scan->name = name;
	scan->name_key = file_name_key(name);
	scan->name_mask = ending ? FILE_NAME_KEY_LAST : UINT16_MAX;
	scan->by_name = true;
	scan->by_ending = ending;
}

/* Times in the future, of which there mostly are none. */
static void
bound_by_time(struct fact_scan *scan, const struct fact_hint *hint)
{
	if (!integer_meets(scan->inventory->files.latest, hint))
		scan->end = scan->row;
}

static void
hint_apply(struct fact_scan *scan, const struct fact_hint *hint)
{
	switch (hint->column) {
	case FC_PATH:
		if (scan->asked.n == 0)
			bound_by_path(scan, hint);
		break;
	case FC_DIRECTORY:
		if (scan->asked.n == 0)
			bound_by_directory(scan, hint);
		break;
	case FC_FILENAME:
		bound_by_name(scan, hint);
		break;
	case FC_MTIME:
		bound_by_time(scan, hint);
		break;
	case FC_TYPE:
	case FC_MODE:
	case FC_CAPABILITY:
		scan->kinds[scan->kind_count++] = *hint;
		break;
	default:
		scan->owners[scan->owner_count++] = *hint;
	}
}

static struct fact_scan *
file_scan(const void *context, const struct fact_table *table, const struct fact_hint *hints, size_t n)
{
	size_t texts = 0;
	bool by_kind = false;
	for (size_t i = 0; i < n; i++) {
		texts += hints[i].text.n + 1;
		by_kind |= hints[i].column == FC_MODE || hints[i].column == FC_TYPE || hints[i].column == FC_CAPABILITY;
	}
	struct fact_scan *scan = calloc(1, sizeof *scan + texts + (by_kind ? FILE_KIND_COUNT : 0));
	if (scan == NULL)
		return NULL;
	scan->inventory = context;
	scan->answers = (uint8_t *)scan->texts + texts;
	scan->end = file_count(context, table);
	char *at = scan->texts;
	for (size_t i = 0; scan->end && i < n; i++) {
		struct fact_hint hint = hints[i];
		if (hint.text.n)
			memcpy(at, hint.text.p, hint.text.n);
		hint.text.p = at;
		at += hint.text.n + 1;
		hint_apply(scan, &hint);
	}
	return scan;
}

/* By their bounds: a few rows; told apart row by row: a part of them, and without SQLite's effort. */
static const struct fact_seek file_seeks[] = {
	{ FC_PATH, FACT_EQ, 0.0001 }, { FC_PATH, FACT_GLOB, 0.02 }, { FC_PATH, FACT_LIKE, 0.9 },
	{ FC_DIRECTORY, FACT_EQ, 0.01 },
	{ FC_FILENAME, FACT_EQ, 0.05 }, { FC_FILENAME, FACT_GLOB, 0.1 },
	{ FC_TYPE, FACT_EQ, 0.2 }, { FC_TYPE, FACT_NE, 0.9 },
	{ FC_MODE, FACT_EQ, 0.2 }, { FC_MODE, FACT_NE, 0.5 }, { FC_MODE, FACT_GLOB, 0.2 }, { FC_MODE, FACT_GT, 0.2 }, { FC_MODE, FACT_GE, 0.2 },
	{ FC_MODE, FACT_LT, 0.2 }, { FC_MODE, FACT_LE, 0.2 },
	{ FC_CAPABILITY, FACT_PRESENT, 0.01 },
	{ FC_MTIME, FACT_GT, 0.3 }, { FC_MTIME, FACT_GE, 0.3 },
	{ FC_UID, FACT_EQ, 0.2 }, { FC_UID, FACT_NE, 0.2 }, { FC_UID, FACT_GT, 0.2 }, { FC_UID, FACT_GE, 0.2 },
	{ FC_GID, FACT_EQ, 0.2 }, { FC_GID, FACT_NE, 0.2 }, { FC_GID, FACT_GT, 0.2 }, { FC_GID, FACT_GE, 0.2 },
};

const struct fact_table table_file = {
	.name = "file", .meaning = "every path of the final file system",
	.columns = file_columns, .column_count = sizeof file_columns / sizeof *file_columns,
	.count = file_count, .cell = file_cell,
	.seeks = file_seeks, .seek_count = sizeof file_seeks / sizeof *file_seeks, .scan = file_scan, .next = file_next, .show = file_show, .number = file_number,
};
