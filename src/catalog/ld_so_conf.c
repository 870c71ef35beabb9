/* SPDX-License-Identifier: Apache-2.0 */
/* ld.so.conf and what it includes, ldconfig(8): a directory a line. */
#include "catalog/ld_so_conf.h"

#include "base/error.h"
#include "catalog/config_lines.h"

struct loader_reader {
	struct slice directory;    /* of the file: what a relative pattern begins at */
	struct rows *rows;
};

static int
add(struct loader_reader *reader, int field, struct slice text, uint32_t number, struct plim_error *err)
{
	struct slice fields[LD_SO_CONF_ROW_FIELD_COUNT] = { 0 };
	fields[field] = text;
	return rows_add(reader->rows, ROW_LD_SO_CONF_ROW, number, fields, LD_SO_CONF_ROW_FIELD_COUNT, err);
}

static int
add_pattern(struct loader_reader *reader, struct slice pattern, uint32_t number, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf whole = { 0 };
	if (!slice_starts(pattern, SLICE("/"))) {
		strbuf_putc(&whole, '/');
		strbuf_put(&whole, reader->directory);
		strbuf_putc(&whole, '/');
	}
	strbuf_put(&whole, pattern);
	return whole.failed ? error_nomem(err) : add(reader, LD_SO_CONF_ROW_INCLUDE, strbuf_slice(&whole), number, err);
}

static bool
skip_word(struct slice *line, const char *word)
{
	struct slice rest = *line;
	if (!slice_skip(&rest, slice_of(word)) || rest.n == 0 || (rest.p[0] != ' ' && rest.p[0] != '\t'))
		return false;
	*line = rest;
	return true;
}

/* "/usr/lib=libc5" named a kind of library once, and still ends the path. */
static int
take_line(void *context, struct slice line, uint32_t number, struct plim_error *err)
{
	struct loader_reader *reader = context;
	struct slice text = config_trim(slice_first(line, slice_find(line, '#'))), path, kind;
	int r = 0;
	if (text.n == 0 || skip_word(&text, "hwcap"))
		return 0;
	if (skip_word(&text, "include")) {
		for (struct slice pattern; r == 0 && slice_word(&text, &pattern);)
			r = add_pattern(reader, pattern, number, err);
		return r;
	}
	slice_cut(text, '=', &path, &kind);
	path = config_trim(path);
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return add(reader, LD_SO_CONF_ROW_DIRECTORY, path, number, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct loader_reader reader = { path_dir(path), rows };
	return config_each_line(body, false, take_line, &reader, err);
}

const struct cataloger cataloger_ld_so_conf = {
	.name = "ld-so-conf",
	.missing = MISSING_OWN,
	.follows = true,
	.paths = (const char *const[]){ "etc/ld.so.conf", "etc/ld.so.conf.d/*", NULL },
	.roots = (const char *const[]){ "etc/ld.so.conf", NULL },
	.extract = extract,
};
