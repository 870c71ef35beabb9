/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files a Python package has: RECORD of wheels, relative to the
 * directory that *.dist-info is in, with digests; installed-files.txt of
 * old, relative to the *.egg-info that it is in, without.
 */
#include "catalog/files.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "catalog/language/digest_text.h"
#include "catalog/language/path_join.h"
#include "catalog/language/python.h"

struct listed {
	struct slice package;     /* as the directory spells it: '-' of the name is '_' there */
	struct slice from;        /* directory that paths are relative to */
	bool record;
	bool told;                /* of the first digest that could not be read */
};

static int
add_file(const struct listed *listed, struct slice file, struct slice digest, uint32_t line, struct file_sink *sink, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	struct plim_error why = { 0 };
	int r = path_join(listed->from, file, &path, &why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r < 0)
		return rows_problem(sink->rows, err, "line %u: %s", line, why.text);
	/* What is compiled is compiled again where it is missing, and images often leave it out. */
	bool compiled = digest.p == NULL && slice_ends(file, SLICE(".pyc"));
	const struct listed_file one = {
		.type = SLICE("pypi"), .package = listed->package, .path = strbuf_slice(&path), .digest = digest, .line = line,
		.kind = compiled ? SLICE("ghost") : SLICE_NONE,
	};
	return file_sink_add(sink, &one, err);
}

/* One field of CSV: quoted where it holds a comma, quotes inside doubled. */
static bool
next_field(struct slice *rest, struct strbuf *out)
{
	struct slice piece;
	strbuf_clear(out);
	if (!slice_skip(rest, SLICE("\""))) {
		bool any = slice_next(rest, ',', &piece);
		strbuf_put(out, any ? piece : SLICE_NONE);
		return any;
	}
	while (slice_cut(*rest, '"', &piece, rest)) {
		strbuf_put(out, piece);
		if (!slice_skip(rest, SLICE("\"")))
			return slice_skip(rest, SLICE(",")) || rest->n == 0;
		strbuf_putc(out, '"');
	}
	return false;
}

/* Wheels have digests in base64, what Debian's builds record has them in hexadecimal; one of neither form compares with nothing. */
static bool
put_digest(struct strbuf *digest, struct slice hash)
{
	struct slice algorithm, text;
	slice_cut(hash, '=', &algorithm, &text);
	return hash.n == 0 || digest_put_base64(digest, algorithm, text) || digest_put_hex(digest, algorithm, text);
}

/* "PATH,sha256=DIGEST,SIZE"; the last two are empty for RECORD itself and for what was compiled. */
static int
take_record(struct listed *listed, struct slice line, uint32_t number, struct file_sink *sink, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 }, hash = { 0 }, digest = { 0 };
	int r = 0;
	if (!next_field(&line, &path) || path.n == 0 || !next_field(&line, &hash))
		return rows_problem(sink->rows, err, "line %u: no path and digest", number);
	if (!put_digest(&digest, strbuf_slice(&hash)) && !listed->told) {
		listed->told = true;
		r = rows_problem(sink->rows, err, "line %u: a digest that cannot be read", number);
	}
	if (path.failed || hash.failed || digest.failed)
		return error_nomem(err);
	return r < 0 ? r : add_file(listed, strbuf_slice(&path), digest.n ? strbuf_slice(&digest) : SLICE_NONE, number, sink, err);
}

static int
take_line(struct listed *listed, struct slice line, uint32_t number, struct file_sink *sink, struct plim_error *err)
{
	if (line.n == 0)
		return 0;
	return listed->record ? take_record(listed, line, number, sink, err) : add_file(listed, line, SLICE_NONE, number, sink, err);
}

/* "NAME-VERSION.dist-info"; "NAME-VERSION-py3.9.egg-info", "NAME.egg-info". */
static struct slice
package_of(struct slice directory)
{
	struct slice name = path_base(directory), rest;
	if (!slice_skip_end(&name, SLICE(".dist-info")))
		slice_skip_end(&name, SLICE(".egg-info"));
	slice_cut(name, '-', &name, &rest);
	return name;
}

static int
take(struct slice path, struct slice body, struct file_sink *sink, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	struct slice directory = path_dir(path);
	bool record = slice_is(path_base(path), "RECORD");
	struct listed listed = { package_of(directory), record ? path_dir(directory) : directory, record, false };
	uint32_t number = 0;
	if (python_is_aside(path))
		return 0;
	for (struct slice line; cursor_line(&in, &line);) {
		int r = take_line(&listed, line, ++number, sink, err);
		if (r < 0)
			return r;
	}
	return file_sink_end(sink, err);
}

FILE_LISTER(take)

#define PATHS (const char *const[]){ "**/*.dist-info/RECORD", "**/*.egg-info/installed-files.txt", NULL }

const struct cataloger cataloger_python_lists = {
	.name = "python",
	.paths = PATHS,
	.extract = extract_lists,
};

const struct cataloger cataloger_python_files = {
	.name = "python",
	.on_wish = true,
	.paths = PATHS,
	.extract = extract_files,
};
