/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of packages on their way into rows. */
#include "catalog/files.h"

#include "base/error.h"
#include "base/limits.h"

static int
flush(struct file_sink *sink, struct plim_error *err)
{
	const struct slice fields[FILE_LIST_FIELD_COUNT] = {
		[FILE_LIST_TYPE] = sink->type, [FILE_LIST_PACKAGE] = sink->package, [FILE_LIST_FILES] = strbuf_slice(&sink->text),
	};
	if (sink->text.failed)
		return error_nomem(err);
	int r = sink->text.n ? rows_add(sink->rows, ROW_FILE_LIST, 0, fields, FILE_LIST_FIELD_COUNT, err) : 0;
	strbuf_clear(&sink->text);
	return r;
}

static int
add_row(struct file_sink *sink, const struct listed_file *file, struct slice path, struct plim_error *err)
{
	strbuf_clear(&sink->text);
	strbuf_putc(&sink->text, '/');
	strbuf_put(&sink->text, path);
	const struct slice fields[PACKAGE_FILE_FIELD_COUNT] = {
		[PACKAGE_FILE_TYPE] = file->type,     [PACKAGE_FILE_PACKAGE] = file->package, [PACKAGE_FILE_FILE] = strbuf_slice(&sink->text),
		[PACKAGE_FILE_DIGEST] = file->digest, [PACKAGE_FILE_MODE] = file->mode,       [PACKAGE_FILE_KIND] = file->kind,
	};
	return sink->text.failed ? error_nomem(err) : rows_add(sink->rows, ROW_PACKAGE_FILE, file->line, fields, PACKAGE_FILE_FIELD_COUNT, err);
}

int
file_sink_add(struct file_sink *sink, const struct listed_file *file, struct plim_error *err)
{
	struct slice path = file->path;
	slice_skip(&path, SLICE("/"));
	/* As pacman and chisel list directories. */
	slice_skip_end(&path, SLICE("/"));
	if (path.n > LIMIT_PATH_BYTES)
		return rows_problem(sink->rows, err, "line %u: a path beyond limit PATH_BYTES", file->line);
	if (sink->whole)
		return add_row(sink, file, path, err);
	bool other = !slice_eq(sink->package, file->package) || !slice_eq(sink->type, file->type);
	if (other || sink->text.n + path.n + 1 > LIMIT_ROW_TEXT_BYTES) {
		int r = flush(sink, err);
		if (r < 0)
			return r;
		sink->type = file->type;
		sink->package = file->package;
	}
	if (sink->text.n)
		strbuf_putc(&sink->text, '\n');
	strbuf_put(&sink->text, path);
	return sink->text.failed ? error_nomem(err) : 0;
}

int
file_sink_end(struct file_sink *sink, struct plim_error *err)
{
	return sink->whole ? 0 : flush(sink, err);
}

int
files_extract(file_lister *take, bool whole, struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(file_sink) struct file_sink sink = { .rows = rows, .whole = whole };
	return take(path, body, &sink, err);
}
