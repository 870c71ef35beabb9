/* SPDX-License-Identifier: Apache-2.0 */
/* Installed Lua rocks: lib/luarocks/rocks-5.3/NAME/VERSION/NAME-VERSION.rockspec, a program of assignments that luarocks runs and we only read. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/language/declared.h"
#include "catalog/language/term.h"

struct rockspec {
	struct slice license, maintainer;
	struct strbuf needs;
};

/* description = { license = "TEXT", ... }; dependencies = { "NAME >= V", ... }. */
static void
keep(struct rockspec *spec, struct slice table, struct slice name, const struct term *value)
{
	struct slice text = value->text, word;
	if (value->depth == 1 && slice_is(table, "description") && slice_is(name, "license"))
		spec->license = text;
	else if (value->depth == 1 && slice_is(table, "description") && slice_is(name, "maintainer"))
		spec->maintainer = text;
	else if (value->depth == 1 && slice_is(table, "dependencies") && slice_word(&text, &word))
		names_put(&spec->needs, word);
}

static int
read_rockspec(struct slice body, struct rockspec *spec, struct plim_error *err)
{
	struct term_reader reader = term_reader_of(body, "--");
	struct slice table = SLICE_NONE, name = SLICE_NONE;
	struct term term;
	int r;
	while ((r = term_next(&reader, &term, err)) > 0) {
		if (term.kind == TERM_ATOM)
			name = term.text;
		if (term.kind == TERM_OPEN && term.depth == 1)
			table = name;
		if (term.kind == TERM_STRING)
			keep(spec, table, name, &term);
	}
	return r;
}

/* Name and version are those of the directories, where luarocks looks for them: a rockspec may compute its own. */
static int
add_rock(struct slice path, const struct rockspec *spec, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf root = { 0 };
	struct slice directory = path_dir(path);
	strbuf_putc(&root, '/');
	strbuf_put(&root, directory);
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("luarocks"),
		[PACKAGE_NAME] = path_base(path_dir(directory)),
		[PACKAGE_VERSION] = path_base(directory),
		[PACKAGE_VENDOR] = spec->maintainer,
		[PACKAGE_LICENSE] = spec->license,
		[PACKAGE_ROOT] = strbuf_slice(&root),
		[PACKAGE_DEPENDENCIES] = names_slice(&spec->needs),
	};
	if (root.failed || spec->needs.failed)
		return error_nomem(err);
	return rows_add(rows, ROW_PACKAGE, 1, fields, PACKAGE_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct rockspec spec = { 0 };
	int r = read_rockspec(body, &spec, err);
	if (r == 0)
		r = add_rock(path, &spec, rows, err);
	strbuf_done(&spec.needs);
	return r;
}

const struct cataloger cataloger_luarocks = {
	.name = "luarocks",
	.paths = (const char *const[]){ "**/luarocks/rocks*/*/*/*.rockspec", NULL },
	.extract = extract,
};
