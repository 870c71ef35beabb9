/* SPDX-License-Identifier: Apache-2.0 */
/* apt.conf(5): nested scopes, lists and directives, shown as whole names in lower case. */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "catalog/config_lines.h"

/* apt itself has no bound; its own files nest three deep. */
#define SCOPE_DEPTH_COUNT 32

struct apt_reader {
	struct slice in;
	size_t at;
	uint32_t line;
	struct rows *rows;
	struct strbuf name;                  /* the scope, and what is named in it */
	size_t scopes[SCOPE_DEPTH_COUNT];    /* length of `name` at each open brace */
	size_t depth;
};

static bool
at_end(const struct apt_reader *reader)
{
	return reader->at >= reader->in.n;
}

static char
peek(const struct apt_reader *reader)
{
	return at_end(reader) ? '\0' : reader->in.p[reader->at];
}

static void
step(struct apt_reader *reader)
{
	if (!at_end(reader) && reader->in.p[reader->at++] == '\n')
		reader->line++;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* "#clear" and "#include" are directives and no comments. */
static bool
is_comment(struct slice rest)
{
	if (slice_starts(rest, SLICE("#")))
		return !slice_starts(rest, SLICE("#clear")) && !slice_starts(rest, SLICE("#include"));
	return slice_starts(rest, SLICE("//"));
}

static void
skip_until(struct apt_reader *reader, struct slice end)
{
	while (!at_end(reader) && !slice_starts(slice_from(reader->in, reader->at), end))
		step(reader);
}

static void
skip_blanks(struct apt_reader *reader)
{
	while (!at_end(reader)) {
		struct slice rest = slice_from(reader->in, reader->at);
		if (is_blank(rest.p[0])) {
			step(reader);
		} else if (is_comment(rest)) {
			skip_until(reader, SLICE("\n"));
		} else if (slice_starts(rest, SLICE("/*"))) {
			skip_until(reader, SLICE("*/"));
			step(reader);
			step(reader);
		} else {
			return;
		}
	}
}

static struct slice
word_take(struct apt_reader *reader)
{
	size_t from = reader->at;
	while (!at_end(reader) && !is_blank(peek(reader)) && strchr("{};\"", peek(reader)) == NULL)
		step(reader);
	return slice_first(slice_from(reader->in, from), reader->at - from);
}

/* A quoted text, quotes off; false where it does not end. */
static bool
quoted_take(struct apt_reader *reader, struct slice *out)
{
	step(reader);
	size_t from = reader->at;
	while (!at_end(reader) && peek(reader) != '"')
		step(reader);
	*out = slice_first(slice_from(reader->in, from), reader->at - from);
	if (at_end(reader))
		return false;
	step(reader);
	return true;
}

static void
name_add(struct apt_reader *reader, struct slice word)
{
	if (reader->name.n > 0 && word.n > 0)
		strbuf_puts(&reader->name, "::");
	config_put_lower(&reader->name, word);
}

static void
name_cut(struct apt_reader *reader, size_t length)
{
	if (reader->name.n > length)
		reader->name.n = length;
}

static int
add(struct apt_reader *reader, struct slice value, uint32_t number, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	config_put_uri(&shown, value);
	if (shown.failed || reader->name.failed)
		return error_nomem(err);
	struct slice fields[] = { [APT_CONF_NAME] = strbuf_slice(&reader->name), [APT_CONF_VALUE] = strbuf_slice(&shown) };
	return rows_add(reader->rows, ROW_APT_CONF, number, fields, APT_CONF_FIELD_COUNT, err);
}

static int
scope_open(struct apt_reader *reader, size_t outer, struct plim_error *err)
{
	step(reader);
	if (reader->depth == SCOPE_DEPTH_COUNT)
		return error_set(err, PLIM_ELIMIT, "line %u: more than %d scopes inside each other", reader->line, SCOPE_DEPTH_COUNT);
	reader->scopes[reader->depth++] = outer;
	return 0;
}

static int
scope_close(struct apt_reader *reader, struct plim_error *err)
{
	step(reader);
	if (reader->depth == 0)
		return error_set(err, PLIM_EFORMAT, "line %u: a brace that closes nothing", reader->line);
	name_cut(reader, reader->scopes[--reader->depth]);
	return 0;
}

/* NAME "value"; NAME value; NAME { ... }; "value" of a list; #include "file". */
static int
take_entry(struct apt_reader *reader, struct plim_error *err)
{
	struct slice name = word_take(reader), value = SLICE("");
	size_t outer = reader->name.n;
	uint32_t number = reader->line;
	name_add(reader, name);
	skip_blanks(reader);
	if (peek(reader) == '{')
		return scope_open(reader, outer, err);
	if (peek(reader) == '"' && !quoted_take(reader, &value))
		return error_set(err, PLIM_EFORMAT, "line %u: a quote that does not end", number);
	if (value.n == 0 && !at_end(reader) && strchr(";}", peek(reader)) == NULL)
		value = word_take(reader);
	int r = add(reader, value, number, err);
	if (r == 0 && slice_is(name, "#include"))
		r = rows_problem(reader->rows, err, "line %u: it includes a file that is not looked at", number);
	name_cut(reader, outer);
	skip_blanks(reader);
	if (r == 0 && !at_end(reader) && strchr(";}", peek(reader)) == NULL)
		r = error_set(err, PLIM_EFORMAT, "line %u: more than one value", reader->line);
	return r;
}

static int
take_all(struct apt_reader *reader, struct plim_error *err)
{
	int r = 0;
	for (skip_blanks(reader); r == 0 && !at_end(reader); skip_blanks(reader)) {
		if (peek(reader) == ';')
			step(reader);
		else if (peek(reader) == '}')
			r = scope_close(reader, err);
		else
			r = take_entry(reader, err);
	}
	if (r == 0 && reader->depth > 0)
		r = error_set(err, PLIM_EFORMAT, "line %u: a scope that does not end", reader->line);
	return r;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct apt_reader reader = { .in = body, .line = 1, .rows = rows };
	size_t dot = slice_find(path_base(path), '.');
	/* apt passes over names with another extension. */
	if (dot != SIZE_MAX && !slice_ends(path, SLICE(".conf")))
		return 0;
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	int r = take_all(&reader, err);
	strbuf_done(&reader.name);
	return r;
}

const struct cataloger cataloger_apt_conf = {
	.name = "apt-conf",
	.missing = MISSING_OWN,
	.follows = true,
	.paths = (const char *const[]){ "etc/apt/apt.conf", "etc/apt/apt.conf.d/*", NULL },
	.extract = extract,
};
