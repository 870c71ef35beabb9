/* SPDX-License-Identifier: Apache-2.0 */
/* Packs of SWI-Prolog: pack/NAME/pack.pl, a list of facts as name(NAME) and version('1.2'). */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/language/declared.h"
#include "catalog/language/term.h"

struct pack {
	struct slice name, version, author;
	struct strbuf needs;
};

/* A fact has closed: what it is called stood before its bracket. */
static void
keep(struct pack *pack, struct slice fact, struct slice value)
{
	if (slice_is(fact, "name"))
		pack->name = value;
	else if (slice_is(fact, "version"))
		pack->version = value;
	else if (slice_is(fact, "author") && pack->author.p == NULL)
		pack->author = value;
	else if (slice_is(fact, "requires"))
		names_put(&pack->needs, value);
}

/* 1.2 without quotes is two words to the reader: the text between the brackets is the value. */
static int
read_pack(struct slice body, struct pack *out, struct plim_error *err)
{
	struct term_reader reader = term_reader_of(body, "%");
	struct slice fact = SLICE_NONE, first = SLICE_NONE, last = SLICE_NONE;
	struct term term;
	int r;
	while ((r = term_next(&reader, &term, err)) > 0) {
		bool word = term.kind == TERM_ATOM || term.kind == TERM_STRING;
		if (word && term.depth == 0) {
			fact = term.text;
			first = last = SLICE_NONE;
		}
		if (word && term.depth == 1 && reader.brackets[1].commas == 0) {
			first = first.p ? first : term.text;
			last = term.text;
		}
		if (term.kind == TERM_CLOSE && term.depth == 1 && first.p)
			keep(out, fact, slice_range(first.p, last.p + last.n));
	}
	return r;
}

static int
add_pack(struct slice path, const struct pack *pack, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf root = { 0 };
	strbuf_putc(&root, '/');
	strbuf_put(&root, path_dir(path));
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("swiplpack"), [PACKAGE_NAME] = pack->name, [PACKAGE_VERSION] = pack->version,
		[PACKAGE_VENDOR] = pack->author, [PACKAGE_ROOT] = strbuf_slice(&root), [PACKAGE_DEPENDENCIES] = names_slice(&pack->needs),
	};
	if (pack->name.n == 0 || pack->version.n == 0)
		return error_set(err, PLIM_EFORMAT, "line 1: a pack without %s", pack->name.n ? "version" : "name");
	return root.failed || pack->needs.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, 1, fields, PACKAGE_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct pack pack = { 0 };
	int r = read_pack(body, &pack, err);
	if (r == 0)
		r = add_pack(path, &pack, rows, err);
	strbuf_done(&pack.needs);
	return r;
}

const struct cataloger cataloger_swipl = {
	.name = "swipl",
	.paths = (const char *const[]){ "**/pack/*/pack.pl", NULL },
	.extract = extract,
};
