/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs built by Go: the toolchain as `stdlib`, the main module and what was linked with it.  Of a replaced module
 * the replacement is what is in the program, so that is the package; `source` keeps what it stands for.  A replacement
 * in a directory has no version of its own: it keeps the name, and is "(devel)", as Go says of what has none.  So is a main
 * module that was built where it was written, but for what the linker was told (go_linked.c).
 */
#include "catalog/program/programs.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/go_build.h"

struct module {
	struct slice name, version, sum;
	struct slice replaced, replaced_version;    /* absent where it replaces nothing */
	bool linked;                                /* the version is what the linker was told */
};

static bool
is_directory(struct slice name, struct slice version)
{
	return version.n == 0 || slice_is(version, "(devel)") || slice_starts(name, SLICE(".")) || slice_starts(name, SLICE("/"));
}

static int
add_module(const struct module *m, struct slice needs, struct rows *rows, struct plim_error *err)
{
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("golang"), [PACKAGE_NAME] = m->name, [PACKAGE_VERSION] = m->version.n ? m->version : SLICE("(devel)"),
		[PACKAGE_CHECKSUM] = m->sum.n ? m->sum : SLICE_NONE, [PACKAGE_DEPENDENCIES] = needs.n ? needs : SLICE_NONE,
		[PACKAGE_SOURCE] = m->replaced, [PACKAGE_SOURCE_VERSION] = m->replaced_version,
		[PACKAGE_EVIDENCE] = m->linked ? SLICE("binary") : SLICE_NONE,
	};
	return rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

static void
replace(struct module *m, struct slice name, struct slice version, struct slice sum)
{
	m->replaced = m->name;
	m->replaced_version = m->version;
	m->sum = sum;
	if (is_directory(name, version)) {
		m->version = SLICE("(devel)");
		return;
	}
	m->name = name;
	m->version = version;
}

struct line {
	struct slice word, name, version, sum;
};

static struct line
line_of(struct slice text)
{
	struct line line = { 0 };
	slice_next(&text, '\t', &line.word);
	slice_next(&text, '\t', &line.name);
	slice_next(&text, '\t', &line.version);
	slice_next(&text, '\t', &line.sum);
	return line;
}

static bool
is_module(const struct line *line)
{
	return (slice_is(line->word, "mod") || slice_is(line->word, "dep")) && line->name.n > 0;
}

/* Takes the next module of the lines, with what replaces it on the line behind; false at the end. */
static bool
next_module(struct slice *rest, struct module *out, bool *is_main)
{
	struct slice text;
	while (slice_next(rest, '\n', &text)) {
		struct line line = line_of(text);
		if (!is_module(&line))
			continue;
		*is_main = slice_is(line.word, "mod");
		*out = (struct module){ line.name, line.version, line.sum, SLICE_NONE, SLICE_NONE, false };
		struct slice behind = *rest;
		if (slice_next(&behind, '\n', &text) && (line = line_of(text), slice_is(line.word, "=>"))) {
			replace(out, line.name, line.version, line.sum);
			*rest = behind;
		}
		return true;
	}
	return false;
}

/* All that the main module was linked with; absent where that would be longer than a field may be. */
static struct slice
names_of(struct slice modules, struct strbuf *into)
{
	struct module m;
	bool is_main;
	strbuf_puts(into, "stdlib");
	while (next_module(&modules, &m, &is_main))
		if (!is_main) {
			strbuf_putc(into, '\n');
			strbuf_put(into, m.name);
		}
	return into->n > LIMIT_ROW_TEXT_BYTES ? SLICE_NONE : strbuf_slice(into);
}

static int
add_main(struct module *m, struct slice modules, struct slice needs, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf version = { 0 };
	struct slice linked = m->version.n == 0 || slice_is(m->version, "(devel)") ? go_linked_version(modules, m->name) : SLICE_NONE;
	if (linked.n) {
		strbuf_putc(&version, 'v');
		strbuf_put(&version, linked);
		m->version = strbuf_slice(&version);
		m->linked = true;
	}
	return version.failed ? error_nomem(err) : add_module(m, needs, rows, err);
}

static int
add_build(const struct go_build *build, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf names = { 0 };
	struct slice rest = build->modules, needs = names_of(build->modules, &names);
	struct module m = { .name = SLICE("stdlib"), .version = go_toolchain_version(build->version) };
	bool is_main;
	if (names.failed)
		return error_nomem(err);
	int r = add_module(&m, SLICE_NONE, rows, err);
	while (r == 0 && next_module(&rest, &m, &is_main))
		r = is_main ? add_main(&m, build->modules, needs, rows, err) : add_module(&m, SLICE_NONE, rows, err);
	return r;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct program program;
	struct go_build build;
	(void)path;
	if (!program_take(body, &program))
		return 0;
	int r = go_build_read(&program, &build, err);
	return r < 0 || build.version.p == NULL ? r : add_build(&build, rows, err);
}

const struct cataloger cataloger_go_binary = {
	.name = "go_binary",
	.bid = program_bid,
	.extract = extract,
};
