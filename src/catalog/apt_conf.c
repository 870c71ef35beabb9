/* SPDX-License-Identifier: Apache-2.0 */
/* apt.conf(5): nested scopes, lists and directives, shown as whole names in lower case. */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "catalog/apt_words.h"
#include "catalog/config_lines.h"

/* apt itself has no bound; its own files nest three deep. */
#define SCOPE_DEPTH_COUNT 32

struct apt_reader {
	struct rows *rows;
	bool in_comment;                     /* one that goes over several lines */
	struct strbuf plain;                 /* the line at hand without its comments */
	struct strbuf text;                  /* the entry at hand, up to what ends it */
	uint32_t line, number;               /* at hand; where the entry begins */
	struct strbuf scope;
	size_t scopes[SCOPE_DEPTH_COUNT];    /* length of `scope` around each open brace */
	size_t depth;
};

static void
reader_done(struct apt_reader *reader)
{
	strbuf_done(&reader->plain);
	strbuf_done(&reader->text);
	strbuf_done(&reader->scope);
}

static bool
reader_failed(const struct apt_reader *reader)
{
	return reader->plain.failed || reader->text.failed || reader->scope.failed;
}

/* To the end of the line, in no quotes.  "#clear" and "#include" are directives and no comments. */
static bool
is_comment(struct slice rest)
{
	if (slice_starts(rest, SLICE("#")))
		return !slice_starts(rest, SLICE("#clear")) && !slice_starts(rest, SLICE("#include"));
	return slice_starts(rest, SLICE("//"));
}

/* apt looks for such a comment first, whatever other comments the line has. */
static struct slice
without_line_comment(struct slice line)
{
	bool quoted = false;
	for (size_t i = 0; i < line.n; i++) {
		quoted ^= line.p[i] == '"';
		if (!quoted && is_comment(slice_from(line, i)))
			return slice_first(line, i);
	}
	return line;
}

/* Behind the end of a comment that is open; false if it does not end here. */
static bool
comment_skip(struct apt_reader *reader, struct slice *line)
{
	size_t end = reader->in_comment ? slice_find_text(*line, SLICE("*/")) : SIZE_MAX;
	if (!reader->in_comment)
		return true;
	if (end == SIZE_MAX)
		return false;
	reader->in_comment = false;
	*line = slice_from(*line, end + 2);
	return true;
}

/* The line without comments, of both kinds, in `plain`. */
static void
strip_comments(struct apt_reader *reader, struct slice line)
{
	bool quoted = false;
	strbuf_clear(&reader->plain);
	if (!comment_skip(reader, &line))
		return;
	for (line = without_line_comment(line); line.n > 0;) {
		quoted ^= line.p[0] == '"';
		if (!quoted && slice_starts(line, SLICE("/*"))) {
			reader->in_comment = true;
			line = slice_from(line, 2);
			if (!comment_skip(reader, &line))
				return;
			continue;
		}
		strbuf_putc(&reader->plain, line.p[0]);
		line = slice_from(line, 1);
	}
}

static struct slice
trim(struct slice text)
{
	while (text.n > 0 && apt_is_space(text.p[0]))
		text = slice_from(text, 1);
	while (text.n > 0 && apt_is_space(text.p[text.n - 1]))
		text.n--;
	return text;
}

static void
text_add(struct apt_reader *reader, struct slice piece)
{
	piece = trim(piece);
	if (reader->text.n == 0)
		reader->number = reader->line;
	else if (piece.n > 0)
		strbuf_putc(&reader->text, ' ');
	strbuf_put(&reader->text, piece);
}

struct apt_entry {
	struct strbuf tag, value, name;
	bool has_value;
};

static void
auto_apt_entry(struct apt_entry *entry)
{
	strbuf_done(&entry->tag);
	strbuf_done(&entry->value);
	strbuf_done(&entry->name);
}

/* NAME "value", NAME value, NAME alone before a brace, and a value alone, of a list. */
static int
entry_parse(const struct apt_reader *reader, char end, struct apt_entry *entry, struct plim_error *err)
{
	struct slice rest = strbuf_slice(&reader->text);
	if (!apt_word(&rest, &entry->tag))
		return error_set(err, PLIM_EFORMAT, "line %u: a quote that does not end", reader->number);
	entry->has_value = apt_quoted(&rest, &entry->value) || apt_word(&rest, &entry->value);
	if (rest.n > 0)
		return error_set(err, PLIM_EFORMAT, "line %u: more than one value", reader->number);
	if (!entry->has_value && end != '{') {
		strbuf_put(&entry->value, strbuf_slice(&entry->tag));
		strbuf_clear(&entry->tag);
		entry->has_value = true;
	}
	return 0;
}

static void
scope_add(struct strbuf *scope, struct slice tag)
{
	if (scope->n > 0 && tag.n > 0)
		strbuf_puts(scope, "::");
	config_put_lower(scope, tag);
}

/* Settings that make apt read other files. */
static bool
leads_elsewhere(struct slice name, struct slice value)
{
	static const struct {
		const char *name, *usual;
	} places[] = {
		{ "dir", "/" },
		{ "rootdir", "/" },
		{ "dir::etc", "etc/apt" },
		{ "dir::etc", "/etc/apt" },
		{ "dir::etc::main", "apt.conf" },
		{ "dir::etc::sourcelist", "sources.list" },
		{ "dir::etc::sourceparts", "sources.list.d" },
	};
	bool leads = false;
	while (value.n > 1 && slice_skip_end(&value, SLICE("/")))
		;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		if (slice_is(name, places[i].name) && slice_is(value, places[i].usual))
			return false;
		leads |= slice_is(name, places[i].name);
	}
	return leads;
}

static int
add(struct apt_reader *reader, struct apt_entry *entry, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put(&entry->name, strbuf_slice(&reader->scope));
	scope_add(&entry->name, strbuf_slice(&entry->tag));
	config_put_uri(&shown, strbuf_slice(&entry->value));
	if (shown.failed || entry->name.failed || entry->tag.failed || entry->value.failed)
		return error_nomem(err);
	struct slice name = strbuf_slice(&entry->name);
	struct slice fields[] = { [APT_CONF_NAME] = name, [APT_CONF_VALUE] = strbuf_slice(&shown) };
	int r = rows_add(reader->rows, ROW_APT_CONF, reader->number, fields, APT_CONF_FIELD_COUNT, err);
	if (r == 0 && slice_is(name, "#include"))
		r = rows_problem(reader->rows, err, "line %u: it includes a file that is not looked at", reader->number);
	if (r == 0 && leads_elsewhere(name, strbuf_slice(&entry->value)))
		r = rows_problem(reader->rows, err, "line %u: it leads apt to files that are not looked at", reader->number);
	return r;
}

static int
scope_open(struct apt_reader *reader, const struct apt_entry *entry, struct plim_error *err)
{
	if (reader->depth == SCOPE_DEPTH_COUNT)
		return error_set(err, PLIM_ELIMIT, "line %u: more than %d scopes inside each other", reader->line, SCOPE_DEPTH_COUNT);
	reader->scopes[reader->depth++] = reader->scope.n;
	scope_add(&reader->scope, strbuf_slice(&entry->tag));
	return 0;
}

/* A brace that closes nothing leads to the top: apt says nothing of it. */
static void
scope_close(struct apt_reader *reader)
{
	size_t length = reader->depth > 0 ? reader->scopes[--reader->depth] : 0;
	reader->scope.n = length < reader->scope.n ? length : reader->scope.n;
}

/* What stands before '{', ';' or '}'. */
static int
entry_end(struct apt_reader *reader, char end, struct plim_error *err)
{
	AUTO(apt_entry) struct apt_entry entry = { 0 };
	int r = 0;
	if (reader->text.n == 0 && end == '{')
		return error_set(err, PLIM_EFORMAT, "line %u: a scope without a name", reader->line);
	if (reader->text.n > 0)
		r = entry_parse(reader, end, &entry, err);
	if (r == 0 && entry.has_value)
		r = add(reader, &entry, err);
	if (r == 0 && end == '{')
		r = scope_open(reader, &entry, err);
	if (end == '}')
		scope_close(reader);
	strbuf_clear(&reader->text);
	return r;
}

/* Where the entry that the line goes on with ends; SIZE_MAX: on another line. */
static size_t
entry_length(struct slice text)
{
	bool quoted = false;
	for (size_t i = 0; i < text.n; i++) {
		quoted ^= text.p[i] == '"';
		if (!quoted && strchr("{;}", text.p[i]))
			return i;
	}
	return SIZE_MAX;
}

/* Quotes do not go over the end of a line: what ends an entry does so on the next line whatever was open. */
static int
take_line(struct apt_reader *reader, struct slice line, struct plim_error *err)
{
	int r = 0;
	strip_comments(reader, trim(line));
	struct slice rest = strbuf_slice(&reader->plain);
	for (size_t n; r == 0 && (n = entry_length(rest)) != SIZE_MAX; rest = slice_from(rest, n + 1)) {
		text_add(reader, slice_first(rest, n));
		r = entry_end(reader, rest.p[n], err);
	}
	text_add(reader, rest);
	if (r == 0 && reader_failed(reader))
		r = error_nomem(err);
	return r;
}

static int
take_all(struct apt_reader *reader, struct slice body, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	int r = 0;
	for (struct slice line; r == 0 && cursor_line(&in, &line);) {
		reader->line++;
		r = take_line(reader, line, err);
	}
	if (r == 0 && reader->text.n > 0)
		r = error_set(err, PLIM_EFORMAT, "line %u: an entry that does not end", reader->number);
	return r;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct apt_reader reader = { .rows = rows };
	size_t dot = slice_find(path_base(path), '.');
	/* apt passes over names with another extension. */
	if (dot != SIZE_MAX && !slice_ends(path, SLICE(".conf")))
		return 0;
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	int r = take_all(&reader, body, err);
	reader_done(&reader);
	return r;
}

const struct cataloger cataloger_apt_conf = {
	.name = "apt-conf",
	.missing = MISSING_OWN,
	.follows = true,
	.paths = (const char *const[]){ "etc/apt/apt.conf", "etc/apt/apt.conf.d/*", NULL },
	.extract = extract,
};
