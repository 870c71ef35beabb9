/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osquery's file and hash, and file_lines, which Fleet's agent adds: of paths as they were asked for, and of a link what it leads to, as
 * stat(2) tells it.
 */
#include "facts/table_osquery.h"

#include "facts/cells.h"
#include "facts/osquery_paths.h"

struct shown_line {
	size_t path;               /* in `paths` */
	size_t number;
	struct slice line;
};

struct fact_scan {
	const struct inventory *inventory;
	size_t at, n;
	bool over;
	const struct found_path *paths;
	const struct shown_line *lines;    /* of file_lines, else NULL: one row a path */
	const char *texts;
};

static size_t
no_rows(const void *context, const struct fact_table *table)
{
	(void)context, (void)table;
	return 0;
}

static void
no_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	(void)context, (void)table, (void)row, (void)column, (void)out;
}

static size_t
sought_next(struct fact_scan *scan)
{
	return scan->at < scan->n ? scan->at++ : SIZE_MAX;
}

/* Two walks of one query, as OR makes them, find rows of their own, which must not be taken for each other. */
static int64_t
sought_number(const struct fact_scan *scan, size_t row)
{
	bool beyond = scan->over && row + 1 == scan->n;
	const struct found_path *found = beyond ? NULL : &scan->paths[scan->lines ? scan->lines[row].path : row];
	if (beyond)
		return 0;
	uint64_t hash = slice_hash((struct slice){ scan->texts + found->text, found->size }, (uintptr_t)scan->inventory + found->directory);
	return (int64_t)(hash + (scan->lines ? scan->lines[row].number : 0));
}

static bool
find_all(struct found_paths *found, const struct fact_hint *hints, size_t n)
{
	typedef bool find_fn(struct found_paths *found, struct slice text);
	static find_fn *const finders[2][2] = { { find_path, find_path_like }, { find_directory, find_directory_like } };
	bool fine = true;
	for (size_t i = 0; fine && i < n; i++)
		fine = finders[hints[i].column][hints[i].op == FACT_LIKE](found, hints[i].text);
	return fine;
}

static int
found_order(const void *a, const void *b, void *texts)
{
	const struct found_path *one = a, *other = b;
	struct slice path = { (const char *)texts + one->text, one->size }, than = { (const char *)texts + other->text, other->size };
	int order = slice_cmp(path, than);
	return order ? order : (one->directory > other->directory) - (one->directory < other->directory);
}

/* In osquery's order; what two demands led to is there once. */
static void
sort_found(struct found_paths *found)
{
	size_t kept = 0;
	if (found->all.n == 0)
		return;
	qsort_r(found->all.at, found->all.n, sizeof *found->all.at, found_order, found->texts.p);
	for (size_t i = 1; i < found->all.n; i++)
		if (found_order(&found->all.at[kept], &found->all.at[i], found->texts.p) != 0)
			found->all.at[++kept] = found->all.at[i];
	found->all.n = kept + 1;
}

/* All of it in one piece, which free() releases. */
static struct fact_scan *
make_scan(const struct found_paths *found, const struct shown_line *lines, size_t line_count, bool by_line)
{
	size_t paths = found->all.n * sizeof *found->all.at, shown = line_count * sizeof *lines;
	struct fact_scan *scan = malloc(sizeof *scan + paths + shown + found->texts.n + 1);
	if (scan == NULL)
		return NULL;
	char *at = (char *)(scan + 1);
	*scan = (struct fact_scan){ .inventory = found->inventory, .over = found->over, .n = by_line ? line_count : found->all.n };
	scan->paths = paths ? memcpy(at, found->all.at, paths) : (void *)at;
	at += paths;
	scan->lines = !by_line ? NULL : shown ? memcpy(at, lines, shown) : (void *)at;
	at += shown;
	scan->texts = found->texts.n ? memcpy(at, found->texts.p, found->texts.n) : at;
	/* That something is missing must be told, also where nothing was found before the limit. */
	scan->n += scan->over;
	return scan;
}

static struct fact_scan *
paths_scan(const void *context, const struct fact_table *table, const struct fact_hint *hints, size_t n)
{
	__attribute__((cleanup(auto_found_paths))) struct found_paths found = { .inventory = context };
	(void)table;
	if (context && !find_all(&found, hints, n))
		return NULL;
	sort_found(&found);
	return make_scan(&found, NULL, 0, false);
}

static struct slice
path_of(const struct fact_scan *scan, const struct found_path *found)
{
	return (struct slice){ scan->texts + found->text, found->size };
}

/* Whether a row cannot be told at all: no cell of it has a value. */
static bool
is_unknown(const struct fact_scan *scan, size_t row, const struct found_path *found, struct fact_value *out)
{
	struct strbuf *scratch = scan->inventory->scratch;
	if (scan->over && row + 1 == scan->n) {
		cell_unread(out, SLICE("more names to look at for one pattern than limit QUERY_GLOB_COUNT"));
		return true;
	}
	if (found->node)
		return false;
	strbuf_clear(scratch);
	strbuf_put(scratch, path_of(scan, found));
	strbuf_puts(scratch, ": the walk over this host left it out");
	cell_unread(out, strbuf_slice(scratch));
	return true;
}

static struct slice
filename_of(struct slice path)
{
	if (slice_is(path, "/"))
		return path;
	return slice_ends(path, SLICE("/")) ? SLICE(".") : path_base(path);
}

/* What stat(2) tells: of a link to nothing the link. */
static const struct node *
target_of(const struct inventory *inventory, const struct node *node)
{
	if (node_entry_type(inventory->tree, node) != ENTRY_SYMLINK)
		return node;
	strbuf_clear(inventory->scratch);
	node_path(node, inventory->scratch);
	const struct node *target = tree_resolve(inventory->tree, strbuf_slice(inventory->scratch));
	return target ? target : node;
}

enum sought_column { SC_PATH, SC_DIRECTORY, SC_FILENAME, SC_UID, SC_GID, SC_MODE, SC_SIZE, SC_MTIME, SC_BTIME, SC_SYMLINK, SC_TYPE, SC_TARGET };

static void
status_cell(const struct inventory *inventory, const struct node *node, bool follows, size_t column, struct fact_value *out)
{
	const struct node *target = target_of(inventory, node);
	struct entry own = node_entry(inventory->tree, follows ? target : node), entry = node_entry(inventory->tree, target);
	bool nowhere = entry.type == ENTRY_SYMLINK;
	const int64_t numbers[] = {
		[SC_UID] = entry.uid, [SC_GID] = entry.gid, [SC_SIZE] = (int64_t)(nowhere ? entry.link.n : entry.size), [SC_MTIME] = entry.mtime,
		[SC_SYMLINK] = own.type == ENTRY_SYMLINK,
	};
	if (column == SC_MODE)
		cell_mode(out, inventory, entry.mode & 07777);
	else if (column == SC_TYPE)
		cell_text(out, nowhere ? SLICE("unknown") : slice_of(file_type_name(entry.type)));
	else if (column == SC_TARGET)
		cell_text(out, own.type == ENTRY_SYMLINK ? own.link : SLICE(""));
	else
		cell_integer(out, column == SC_BTIME ? 0 : numbers[column]);
}

static void
name_cell(const struct fact_scan *scan, const struct found_path *found, size_t column, struct fact_value *out)
{
	struct slice path = path_of(scan, found);
	cell_text(out, column == SC_PATH ? path : column == SC_DIRECTORY ? slice_first(path, found->directory) : filename_of(path));
	out->lasting = false;
}

static bool
file_show(const struct fact_scan *scan, size_t row, size_t column, struct fact_value *out)
{
	const struct found_path *found = &scan->paths[row];
	if (is_unknown(scan, row, found, out))
		return true;
	if (column <= SC_FILENAME)
		name_cell(scan, found, column, out);
	else
		status_cell(scan->inventory, found->node, found_path_follows(path_of(scan, found)), column, out);
	return true;
}

static const struct fact_column file_columns[] = {
	[SC_PATH] = { "path", FACT_TEXT, "as it was asked for; one that LIKE found and that is a directory ends with a slash" },
	[SC_DIRECTORY] = { "directory", FACT_TEXT, "as it was asked for, or what is before the path's last part" },
	[SC_FILENAME] = { "filename", FACT_TEXT, "the last part; . of a path that ends with a slash" },
	[SC_UID] = { "uid", FACT_INTEGER, "owner" },
	[SC_GID] = { "gid", FACT_INTEGER, "group" },
	[SC_MODE] = { "mode", FACT_TEXT, "permission, set-id and sticky bits in octal: 0644, 4755" },
	[SC_SIZE] = { "size", FACT_INTEGER, "bytes" },
	[SC_MTIME] = { "mtime", FACT_INTEGER, "seconds since 1970" },
	[SC_BTIME] = { "btime", FACT_INTEGER, "0, as on every Linux" },
	[SC_SYMLINK] = { "symlink", FACT_INTEGER, "1: a symbolic link, told without a slash at its end; but for this and its target all is told of what it leads to" },
	[SC_TYPE] = { "type", FACT_TEXT, "regular, directory, character, block, fifo, socket; unknown: of a link that leads nowhere" },
	[SC_TARGET] = { "symlink_target_path", FACT_TEXT, "of a link; empty of others" },
};

static const struct fact_seek sought_seeks[] = {
	{ SC_PATH, FACT_EQ, 1 }, { SC_PATH, FACT_LIKE, 100 }, { SC_DIRECTORY, FACT_EQ, 50 }, { SC_DIRECTORY, FACT_LIKE, 500 },
};

const struct fact_table table_osquery_file = {
	.name = "osquery_file", .meaning = "osquery: file, whose name is another table's here: paths that a query asks for by =, IN or LIKE, or those in a directory",
	.columns = file_columns, .column_count = sizeof file_columns / sizeof *file_columns, .count = no_rows, .cell = no_cell,
	.sought = true, .seeks = sought_seeks, .seek_count = sizeof sought_seeks / sizeof *sought_seeks, .scan = paths_scan, .next = sought_next, .number = sought_number,
	.show = file_show,
};

/* hash */

enum hash_column { HC_PATH, HC_DIRECTORY, HC_SHA256 };

static const struct fact_column hash_columns[] = {
	[HC_PATH] = { "path", FACT_TEXT, "as it was asked for" },
	[HC_DIRECTORY] = { "directory", FACT_TEXT, "as it was asked for, or what is before the path's last part" },
	[HC_SHA256] = { "sha256", FACT_TEXT, "64 digits, of a link those of its file; one that was not taken (--level full takes all) makes the query fail", "NOCASE" },
};

static bool
is_regular(const struct inventory *inventory, const struct node *node)
{
	enum entry_type type = node_entry_type(inventory->tree, target_of(inventory, node));
	return type == ENTRY_FILE || type == ENTRY_HARDLINK;
}

static struct fact_scan *
hash_scan(const void *context, const struct fact_table *table, const struct fact_hint *hints, size_t n)
{
	__attribute__((cleanup(auto_found_paths))) struct found_paths found = { .inventory = context };
	size_t kept = 0;
	(void)table;
	if (context && !find_all(&found, hints, n))
		return NULL;
	sort_found(&found);
	for (size_t i = 0; i < found.all.n; i++)
		if (found.all.at[i].node == NULL || is_regular(found.inventory, found.all.at[i].node))
			found.all.at[kept++] = found.all.at[i];
	found.all.n = kept;
	return make_scan(&found, NULL, 0, false);
}

static void
digest_cell(const struct fact_scan *scan, const struct found_path *found, struct fact_value *out)
{
	const struct inventory *inventory = scan->inventory;
	struct digest digest = { .algorithm = DIGEST_SHA256 };
	struct entry entry = node_entry(inventory->tree, target_of(inventory, found->node));
	char hold[DIGEST_TEXT_SIZE];
	strbuf_clear(inventory->scratch);
	if (entry.digest.n == 32) {
		memcpy(digest.bytes, entry.digest.p, 32);
		strbuf_puts(inventory->scratch, digest_hex(&digest, hold));
		cell_scratch(out, inventory);
		return;
	}
	strbuf_puts(inventory->scratch, "the digest of ");
	strbuf_put(inventory->scratch, path_of(scan, found));
	strbuf_puts(inventory->scratch, " was not taken: --level full takes those of all files");
	cell_unread(out, strbuf_slice(inventory->scratch));
}

static bool
hash_show(const struct fact_scan *scan, size_t row, size_t column, struct fact_value *out)
{
	const struct found_path *found = &scan->paths[row];
	if (is_unknown(scan, row, found, out))
		return true;
	if (column == HC_SHA256)
		digest_cell(scan, found, out);
	else
		name_cell(scan, found, column, out);
	return true;
}

const struct fact_table table_osquery_hash = {
	.name = "osquery_hash", .meaning = "osquery: hash, of the paths that osquery_file has, where they are regular files",
	.columns = hash_columns, .column_count = sizeof hash_columns / sizeof *hash_columns, .count = no_rows, .cell = no_cell,
	.sought = true, .seeks = sought_seeks, .seek_count = sizeof sought_seeks / sizeof *sought_seeks, .scan = hash_scan, .next = sought_next, .number = sought_number,
	.show = hash_show,
};

/* file_lines */

enum line_column { NC_PATH, NC_LINE };

static const struct fact_column line_columns[] = {
	[NC_PATH] = { "path", FACT_TEXT, "as it was asked for" },
	[NC_LINE] = { "line", FACT_TEXT, "without what ends it" },
};

struct found_lines {
	VEC(struct shown_line) all;
};

/* Content that is kept of a file, by whatever name below /etc. */
static const struct config_file *
config_of(const struct inventory *inventory, const struct node *node)
{
	const struct config_file *other = NULL;
	for (size_t i = 0; i < inventory->config_file_count; i++) {
		const struct config_file *file = &inventory->config_files[i];
		if (file->node == node && file->row)
			return file;
		if (file->node == node)
			other = file;
	}
	return other;
}

static struct slice
content_of(const struct config_file *file)
{
	return file && file->row ? block_field(file->row->block, &file->row->row, CONFIG_FILE_CONTENT) : SLICE_NONE;
}

/* Of a file that was not kept one line, which nobody can read. */
static bool
add_lines(struct found_lines *lines, const struct found_paths *found, size_t path)
{
	const struct inventory *inventory = found->inventory;
	const struct node *node = found->all.at[path].node ? target_of(inventory, found->all.at[path].node) : NULL;
	struct slice content = SLICE_NONE, line = SLICE_NONE;
	if (node && (!is_regular(inventory, node) || node_entry(inventory->tree, node).size == 0))
		return true;
	content = node ? content_of(config_of(inventory, node)) : SLICE_NONE;
	if (content.p == NULL) {
		struct shown_line *shown = vec_push(&lines->all);
		if (shown)
			*shown = (struct shown_line){ path, 0, SLICE_NONE };
		return shown != NULL;
	}
	for (size_t number = 0; content.n && slice_next(&content, '\n', &line); number++) {
		struct shown_line *shown = vec_push(&lines->all);
		if (shown == NULL)
			return false;
		slice_skip_end(&line, SLICE("\r"));
		*shown = (struct shown_line){ path, number, line };
	}
	return true;
}

static struct fact_scan *
lines_scan(const void *context, const struct fact_table *table, const struct fact_hint *hints, size_t n)
{
	__attribute__((cleanup(auto_found_paths))) struct found_paths found = { .inventory = context, .go = true };
	struct found_lines lines = { 0 };
	bool fine = context == NULL || find_all(&found, hints, n);
	(void)table;
	sort_found(&found);
	for (size_t i = 0; fine && i < found.all.n; i++)
		fine = add_lines(&lines, &found, i);
	struct fact_scan *scan = fine ? make_scan(&found, lines.all.at, lines.all.n, true) : NULL;
	vec_done(&lines.all);
	return scan;
}

/* Also of a query that asks for no line: that there are some is an answer. */
static bool
lines_show(const struct fact_scan *scan, size_t row, size_t column, struct fact_value *out)
{
	bool beyond = scan->over && row + 1 == scan->n;
	const struct found_path *found = beyond ? NULL : &scan->paths[scan->lines[row].path];
	struct strbuf *scratch = scan->inventory->scratch;
	if (is_unknown(scan, row, found, out))
		return true;
	if (scan->lines[row].line.p == NULL) {
		strbuf_clear(scratch);
		strbuf_put(scratch, path_of(scan, found));
		strbuf_puts(scratch, ": its content was not kept: that of files below /etc is, unless config_file.state says otherwise");
		cell_unread(out, strbuf_slice(scratch));
		return true;
	}
	cell_text(out, column == NC_LINE ? scan->lines[row].line : path_of(scan, found));
	out->lasting = column == NC_LINE;
	return true;
}

static const struct fact_seek line_seeks[] = { { NC_PATH, FACT_EQ, 100 }, { NC_PATH, FACT_LIKE, 10000 } };

const struct fact_table table_file_lines = {
	.name = "file_lines", .meaning = "of Fleet's agent: lines of files that a query asks for by path, with =, IN or LIKE",
	.columns = line_columns, .column_count = sizeof line_columns / sizeof *line_columns, .count = no_rows, .cell = no_cell,
	.sought = true, .seeks = line_seeks, .seek_count = sizeof line_seeks / sizeof *line_seeks, .scan = lines_scan, .next = sought_next, .number = sought_number,
	.show = lines_show,
};
