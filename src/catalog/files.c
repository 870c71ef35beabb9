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
	_Static_assert((int)FILE_LIST_FIELD_COUNT == PACKAGE_FILE_FIELD_COUNT && (int)FILE_LIST_FILES == PACKAGE_FILE_FILES, "records are gathered as paths are");
	if (sink->text.failed)
		return error_nomem(err);
	int r = sink->text.n ? rows_add(sink->rows, sink->whole ? ROW_PACKAGE_FILE : ROW_FILE_LIST, 0, fields, FILE_LIST_FIELD_COUNT, err) : 0;
	strbuf_clear(&sink->text);
	return r;
}

/* What the text of records keeps apart. */
static bool
is_told_apart(const struct listed_file *file)
{
	const struct slice words[] = { file->digest, file->mode, file->kind };
	bool good = slice_find(file->path, '\0') == SIZE_MAX && !slice_starts(file->digest, SLICE("/"));
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		good = good && slice_find(words[i], '\0') == SIZE_MAX && slice_find(words[i], '\t') == SIZE_MAX;
	return good;
}

/* As file_records_next takes it apart. */
static void
put_record(struct strbuf *into, const struct listed_file *file, struct slice path)
{
	const struct slice words[] = { file->digest, file->mode, file->kind };
	if (file->digest.n + file->mode.n + file->kind.n)
		for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
			strbuf_put(into, words[i]);
			strbuf_putc(into, '\t');
		}
	strbuf_putc(into, '/');
	strbuf_put(into, path);
	strbuf_putc(into, '\0');
}

bool
file_records_next(struct slice *rest, struct file_record *out)
{
	struct slice record, *words[] = { &out->digest, &out->mode, &out->kind };
	if (!slice_next(rest, '\0', &record) || record.n == 0)
		return false;
	*out = (struct file_record){ .path = record };
	for (size_t i = 0; record.p[0] != '/' && i < sizeof words / sizeof *words; i++) {
		slice_cut(out->path, '\t', words[i], &out->path);
		if (words[i]->n == 0)
			*words[i] = SLICE_NONE;
	}
	return true;
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
	if (sink->whole && !is_told_apart(file))
		return rows_problem(sink->rows, err, "line %u: a control character in what is recorded of a file", file->line);
	size_t room = path.n + (sink->whole ? file->digest.n + file->mode.n + file->kind.n + 5 : 1);
	bool other = !slice_eq(sink->package, file->package) || !slice_eq(sink->type, file->type);
	if (other || sink->text.n + room > LIMIT_ROW_TEXT_BYTES) {
		int r = flush(sink, err);
		if (r < 0)
			return r;
		sink->type = file->type;
		sink->package = file->package;
	}
	if (sink->whole) {
		put_record(&sink->text, file, path);
	} else {
		if (sink->text.n)
			strbuf_putc(&sink->text, '\n');
		strbuf_put(&sink->text, path);
	}
	return sink->text.failed ? error_nomem(err) : 0;
}

int
file_sink_end(struct file_sink *sink, struct plim_error *err)
{
	return flush(sink, err);
}

int
files_extract(file_lister *take, bool whole, struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(file_sink) struct file_sink sink = { .rows = rows, .whole = whole };
	return take(path, body, &sink, err);
}
