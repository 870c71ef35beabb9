/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files a Lua rock has: rock_manifest, tables of names with MD5 sums.
 * What stands below lua, lib and bin there is put where Lua looks for it;
 * of programs that is a wrapper, whose sum is another.  The rest stays in the rock's directory.
 */
#include "catalog/files.h"

#include "base/error.h"
#include "catalog/language/digest_text.h"
#include "catalog/language/term.h"

#define NESTED_COUNT 64

struct manifest {
	struct slice prefix;       /* "usr/local": before lib/luarocks */
	struct slice version;      /* "5.3" of rocks-5.3 */
	struct slice directory;    /* the rock's */
	struct slice rock;
	struct file_sink *sink;
	struct strbuf path;        /* tables that are open, a slash behind each */
	size_t lengths[NESTED_COUNT];
	size_t nested;
};

/* "usr/local/lib/luarocks/rocks-5.3/NAME/VERSION". */
static bool
place(struct manifest *m, struct slice directory)
{
	struct slice tree = path_dir(path_dir(directory)), above = path_dir(path_dir(path_dir(tree)));
	m->directory = directory;
	m->rock = path_base(path_dir(directory));
	m->prefix = above.p ? above : SLICE("");
	m->version = path_base(tree);
	return slice_skip(&m->version, SLICE("rocks-")) && m->rock.n > 0;
}

static void
put_deployed(struct strbuf *into, const struct manifest *m)
{
	struct slice inside = strbuf_slice(&m->path), rest = inside;
	bool lua = slice_skip(&rest, SLICE("lua/")), library = !lua && slice_skip(&rest, SLICE("lib/"));
	if (lua || library)
		strbuf_printf(into, "%.*s/%s/lua/%.*s/", SLICE_ARG(m->prefix), lua ? "share" : "lib", SLICE_ARG(m->version));
	else
		strbuf_printf(into, "%.*s/", SLICE_ARG(slice_starts(inside, SLICE("bin/")) ? m->prefix : m->directory));
	strbuf_put(into, rest);
}

static int
add_file(const struct manifest *m, struct slice name, struct slice sum, uint32_t line, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 }, digest = { 0 };
	put_deployed(&path, m);
	strbuf_put(&path, name);
	if (!slice_starts(strbuf_slice(&m->path), SLICE("bin/")))
		digest_put_hex(&digest, SLICE("md5"), sum);
	const struct listed_file file = {
		.type = SLICE("luarocks"), .package = m->rock, .path = strbuf_slice(&path), .line = line,
		.digest = digest.n ? strbuf_slice(&digest) : SLICE_NONE,
	};
	return path.failed || digest.failed || m->path.failed ? error_nomem(err) : file_sink_add(m->sink, &file, err);
}

/* The outermost table is the manifest itself. */
static int
open_table(struct manifest *m, struct slice name, uint32_t line, struct plim_error *err)
{
	if (m->nested == NESTED_COUNT)
		return error_set(err, PLIM_EFORMAT, "line %u: directories nested more than %d deep", line, NESTED_COUNT);
	m->lengths[m->nested++] = m->path.n;
	if (m->nested > 1) {
		strbuf_put(&m->path, name);
		strbuf_putc(&m->path, '/');
	}
	return 0;
}

static void
close_table(struct manifest *m)
{
	if (m->nested > 0)
		m->path.n = m->lengths[--m->nested];
}

/* NAME = { ... }, ["NAME"] = "SUM". */
static int
read_manifest(struct manifest *m, struct slice body, struct plim_error *err)
{
	struct term_reader reader = term_reader_of(body, "--");
	struct slice name = SLICE_NONE;
	struct term term;
	bool key = false;
	int r;
	while ((r = term_next(&reader, &term, err)) > 0) {
		if (term.kind == TERM_OPEN || term.kind == TERM_CLOSE)
			key = slice_is(term.text, "[");
		if (term.kind == TERM_ATOM || key)
			name = term.kind == TERM_OPEN ? name : term.text;
		else if (term.kind == TERM_STRING)
			r = add_file(m, name, term.text, term.line, err);
		if (slice_is(term.text, "{") && term.kind == TERM_OPEN)
			r = open_table(m, name, term.line, err);
		else if (slice_is(term.text, "}") && term.kind == TERM_CLOSE)
			close_table(m);
		if (r < 0)
			return r;
	}
	return r;
}

static int
take(struct slice path, struct slice body, struct file_sink *sink, struct plim_error *err)
{
	struct manifest m = { .sink = sink };
	if (!place(&m, path_dir(path)))
		return 0;
	int r = read_manifest(&m, body, err);
	if (r == 0)
		r = file_sink_end(sink, err);
	strbuf_done(&m.path);
	return r;
}

FILE_LISTER(take)

#define PATHS (const char *const[]){ "**/luarocks/rocks*/*/*/rock_manifest", NULL }

const struct cataloger cataloger_luarocks_lists = {
	.name = "luarocks",
	.paths = PATHS,
	.extract = extract_lists,
};

const struct cataloger cataloger_luarocks_files = {
	.name = "luarocks",
	.on_wish = true,
	.paths = PATHS,
	.extract = extract_files,
};
