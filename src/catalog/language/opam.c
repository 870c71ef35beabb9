/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCaml: packages of an opam switch (.opam-switch/packages/NAME.VERSION/opam
 * is kept of installed ones), and libraries that findlib knows (META in a
 * directory of ocaml's own), where those tell a version of theirs.
 */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/language/declared.h"
#include "catalog/language/term.h"

struct described {
	struct slice version, license;
	struct strbuf needs;
};

/* FIELD: "TEXT" of opam files, FIELD = "TEXT" of META; depends: [ "NAME" {...} ... ]. */
static void
keep(struct described *described, struct slice field, const struct term *value)
{
	if (value->depth == 0 && slice_is(field, "version"))
		described->version = value->text;
	else if (value->depth <= 1 && slice_is(field, "license") && described->license.p == NULL)
		described->license = value->text;
	else if (value->depth == 1 && slice_is(field, "depends"))
		names_put(&described->needs, value->text);
}

static int
read_fields(struct slice body, struct described *out, struct plim_error *err)
{
	struct term_reader reader = term_reader_of(body, "#");
	struct slice field = SLICE_NONE;
	struct term term;
	int r;
	while ((r = term_next(&reader, &term, err)) > 0) {
		if (term.kind == TERM_ATOM && term.depth == 0)
			field = term.text;
		if (term.kind == TERM_STRING)
			keep(out, field, &term);
	}
	return r;
}

static int
add_package(struct slice name, struct slice version, const struct described *described, struct rows *rows, struct plim_error *err)
{
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("opam"),
		[PACKAGE_NAME] = name,
		[PACKAGE_VERSION] = version,
		[PACKAGE_LICENSE] = described->license,
		[PACKAGE_DEPENDENCIES] = names_slice(&described->needs),
	};
	return described->needs.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, 1, fields, PACKAGE_FIELD_COUNT, err);
}

static int
take_opam(struct slice path, struct slice body, struct described *described, struct rows *rows, struct plim_error *err)
{
	struct slice name, version;
	if (!slice_cut(path_base(path_dir(path)), '.', &name, &version))
		return error_set(err, PLIM_EFORMAT, "line 1: the directory's name has no version");
	int r = read_fields(body, described, err);
	return r < 0 ? r : add_package(name, version, described, rows, err);
}

/* "[distributed with Ocaml]" is no version, and an empty one says nothing. */
static int
take_meta(struct slice path, struct slice body, struct described *described, struct rows *rows, struct plim_error *err)
{
	int r = read_fields(body, described, err);
	if (r < 0 || described->version.n == 0 || described->version.p[0] == '[')
		return r;
	return add_package(path_base(path_dir(path)), described->version, described, rows, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct described described = { 0 };
	bool meta = slice_is(path_base(path), "META");
	int r = meta ? take_meta(path, body, &described, rows, err) : take_opam(path, body, &described, rows, err);
	strbuf_done(&described.needs);
	return r;
}

const struct cataloger cataloger_opam = {
	.name = "opam",
	.paths = (const char *const[]){ "**/.opam-switch/packages/*/opam", "**/lib/ocaml/*/META", NULL },
	.extract = extract,
};
