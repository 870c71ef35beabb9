/* SPDX-License-Identifier: Apache-2.0 */
/* Which files an ebuild installed: CONTENTS, a line each: "obj PATH MD5 TIME", "dir PATH", "sym PATH -> TARGET TIME". */
#include "catalog/files.h"

#include "base/cursor.h"
#include "base/error.h"
#include "catalog/system/system.h"

/* A path may have blanks in it: the two words at the end are cut off. */
static int
take_object(struct file_sink *sink, struct listed_file *file, struct slice rest, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf digest = { 0 };
	struct slice sum, time;
	if (!slice_cut_last(rest, ' ', &rest, &time) || !slice_cut_last(rest, ' ', &file->path, &sum))
		return rows_problem(sink->rows, err, "line %u: no path, digest and time", file->line);
	strbuf_puts(&digest, "md5:");
	strbuf_put(&digest, sum);
	file->digest = sum.n == 32 ? strbuf_slice(&digest) : SLICE_NONE;
	return digest.failed ? error_nomem(err) : file_sink_add(sink, file, err);
}

static int
take_line(struct file_sink *sink, struct listed_file *file, struct slice line, struct plim_error *err)
{
	struct slice kind, rest;
	size_t arrow;
	file->digest = SLICE_NONE;
	if (!slice_cut(line, ' ', &kind, &rest) || rest.n == 0 || rest.p[0] != '/')
		return rows_problem(sink->rows, err, "line %u: no kind and absolute path", file->line);
	if (slice_is(kind, "obj"))
		return take_object(sink, file, rest, err);
	arrow = slice_is(kind, "sym") ? slice_find_text(rest, SLICE(" -> ")) : SIZE_MAX;
	file->path = arrow == SIZE_MAX ? rest : slice_first(rest, arrow);
	return file_sink_add(sink, file, err);
}

static int
take(struct slice path, struct slice body, struct file_sink *sink, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf name = { 0 };
	struct cursor in = cursor_of(body);
	struct slice version;
	int r = portage_name(path, &name, &version, err);
	struct listed_file file = { .type = SLICE("ebuild"), .package = strbuf_slice(&name) };
	for (struct slice line; r == 0 && cursor_line(&in, &line);) {
		file.line++;
		if (line.n)
			r = take_line(sink, &file, line, err);
	}
	return r < 0 ? r : file_sink_end(sink, err);
}

FILE_LISTER(take)

static const char *const lists[] = { "var/db/pkg/*/*/CONTENTS", NULL };

const struct cataloger cataloger_portage_lists = { .name = "portage", .missing = MISSING_PACKAGES, .paths = lists, .extract = extract_lists };
const struct cataloger cataloger_portage_files = { .name = "portage", .missing = MISSING_PACKAGES, .on_wish = true, .paths = lists, .extract = extract_files };
