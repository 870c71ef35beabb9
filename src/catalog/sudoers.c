/* SPDX-License-Identifier: Apache-2.0 */
/* sudoers(5): who may become whom, and whether a password is asked. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/config_lines.h"

static bool
is_name_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* The word stands in the text with `before` in front of it and `behind` after it, blanks between; '\0' asks for no name byte. */
static bool
has_word(struct slice text, struct slice word, char before, char behind)
{
	for (size_t at; (at = slice_find_text(text, word)) != SIZE_MAX; text = slice_from(text, at + word.n)) {
		struct slice left = slice_trim(slice_first(text, at)), right = slice_trim(slice_from(text, at + word.n));
		bool cut = (at == 0 || !is_name_byte(text.p[at - 1])) && (at + word.n == text.n || !is_name_byte(text.p[at + word.n]));
		if (cut && (!before || (left.n && left.p[left.n - 1] == before)) && (!behind || (right.n && right.p[0] == behind)))
			return true;
	}
	return false;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Where sudo looks without being told. */
static const char *const files[] = { "/etc/sudoers", "/usr/etc/sudoers", "/etc/sudoers-rs" };
static const char *const directories[] = { "/etc/sudoers.d", "/usr/etc/sudoers.d" };

static bool
is_one_of(struct slice path, const char *const *paths, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slice_is(path, paths[i]))
			return true;
	return false;
}

#define IS_ONE_OF(path, paths) is_one_of(path, paths, sizeof(paths) / sizeof *(paths))

/* sudo passes over such names in a directory; a file that is included by its name may have any. */
static bool
is_passed_over(struct slice path)
{
	return slice_find(path_base(path), '.') != SIZE_MAX || slice_ends(path, SLICE("~"));
}

static bool
is_read(struct slice header, struct slice path)
{
	if (slice_ends(header, SLICE("includedir"))) {
		while (slice_skip_end(&path, SLICE("/")))
			;
		return IS_ONE_OF(path, directories);
	}
	return IS_ONE_OF(path, files) || (IS_ONE_OF(path_dir(path), directories) && !is_passed_over(path));
}

/* "#include" is a directive and no comment, and "@include" its younger name. */
static bool
include_of(struct slice line, struct slice *header, struct slice *target)
{
	struct slice whole = line;
	bool younger = slice_starts(line, SLICE("@"));
	if (!slice_skip(&line, SLICE("#include")) && !slice_skip(&line, SLICE("@include")))
		return false;
	slice_skip(&line, SLICE("dir"));
	*header = slice_range(whole.p, line.p);
	*target = slice_trim(line);
	return line.n > 0 && (is_blank(line.p[0]) || (younger && line.p[0] == '"'));
}

/* One path, in quotes or not; what stands behind it is a comment at most.  A relative one begins where the file is. */
static int
put_target(struct slice from, struct slice text, struct strbuf *into, struct plim_error *err)
{
	struct slice path = text;
	if (slice_skip(&path, SLICE("\"")))
		path = slice_first(path, slice_find(path, '"'));
	else
		slice_word(&text, &path);
	if (!slice_starts(path, SLICE("/"))) {
		strbuf_putc(into, '/');
		strbuf_put(into, path_dir(from));
		strbuf_putc(into, '/');
	}
	strbuf_put(into, path);
	return into->failed ? error_nomem(err) : 0;
}

static int
take_include(struct slice from, struct slice header, struct slice text, uint32_t number, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf target = { 0 };
	int r = put_target(from, text, &target, err);
	struct slice fields[SUDOER_FIELD_COUNT] = { header, strbuf_slice(&target), SLICE("0"), SLICE("0") };
	if (r == 0)
		r = rows_add(rows, ROW_SUDOER, number, fields, SUDOER_FIELD_COUNT, err);
	if (r == 0 && !is_read(header, strbuf_slice(&target)))
		r = rows_problem(rows, err, "line %u: it includes a file that is not looked at", number);
	return r;
}

/* "Defaultsx" is a user. */
static bool
is_defaults(struct slice line)
{
	return slice_skip(&line, SLICE("Defaults")) && (line.n == 0 || strchr(" \t@:>!=,()#\"", line.p[0]) != NULL);
}

/*
 * Whom an entry is about: a word, or a list of them, whose blanks at commas and
 * marks are left out: "root , joe ALL=..." is about both.  What follows is left in `rest`.
 */
static void
put_header(struct slice *rest, struct strbuf *into)
{
	bool quoted = false;
	for (; rest->n > 0; *rest = slice_from(*rest, 1)) {
		char c = rest->p[0], last = into->n ? into->p[into->n - 1] : ',';
		struct slice behind = slice_trim(*rest);
		if (!quoted && is_blank(c) && last != ',' && last != '!' && !slice_starts(behind, SLICE(",")))
			break;
		quoted ^= c == '"';
		if (quoted || !is_blank(c))
			strbuf_putc(into, c);
	}
	*rest = slice_trim(*rest);
}

/* !authenticate asks nobody, exempt_group none of that group. */
static bool
asks_nobody(struct slice settings)
{
	return has_word(settings, SLICE("authenticate"), '!', '\0') || has_word(settings, SLICE("exempt_group"), '\0', '=');
}

static int
take_entry(struct slice line, uint32_t number, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf header = { 0 };
	struct slice rest = line;
	bool defaults = is_defaults(line);
	if (line.n == 0)
		return 0;
	put_header(&rest, &header);
	if (header.failed)
		return error_nomem(err);
	if (!defaults && slice_find(line, '=') == SIZE_MAX)
		return rows_problem(rows, err, "line %u: no entry that sudo knows", number);
	struct slice fields[] = {
		[SUDOER_HEADER] = strbuf_slice(&header),
		[SUDOER_RULE_DETAILS] = rest,
		[SUDOER_NOPASSWD] = !defaults && has_word(line, SLICE("NOPASSWD"), '\0', ':') ? SLICE("1") : SLICE("0"),
		[SUDOER_NO_AUTHENTICATE] = defaults && asks_nobody(rest) ? SLICE("1") : SLICE("0"),
	};
	return rows_add(rows, ROW_SUDOER, number, fields, SUDOER_FIELD_COUNT, err);
}

/* What a quote, a comma or a dollar means depends on where it stands: arguments of a command may have a quote by itself. */
enum place { PLACE_PLAIN, PLACE_STRING, PLACE_COMMAND, PLACE_EXPRESSION };

struct sudoers_reader {
	struct slice in;
	size_t at;
	uint32_t read, line;      /* lines so far; where the entry at hand begins */
	enum place place;
	struct strbuf joined;
};

/* A backslash, blanks maybe, and the end of the line; 0: not here. */
static size_t
continuation_length(struct slice rest)
{
	size_t n = 1;
	if (!slice_starts(rest, SLICE("\\")))
		return 0;
	while (n < rest.n && is_blank(rest.p[n]))
		n++;
	n += slice_starts(slice_from(rest, n), SLICE("\r"));
	return slice_starts(slice_from(rest, n), SLICE("\n")) ? n + 1 : 0;
}

/* "#1000" and "#-1" are users by number, and a directive may begin a line. */
static bool
is_comment(struct slice joined, struct slice rest)
{
	struct slice header, target;
	if (!slice_skip(&rest, SLICE("#")))
		return false;
	slice_skip(&rest, SLICE("-"));
	if (rest.n > 0 && rest.p[0] >= '0' && rest.p[0] <= '9')
		return false;
	struct slice line = { rest.p - 1, rest.n + 1 };
	return slice_trim(joined).n > 0 || !include_of(line, &header, &target);
}

/* A command begins where a word does: a path, an expression or sudoedit. */
static bool
begins_command(struct slice joined, struct slice rest)
{
	bool word = joined.n == 0 || strchr(" \t,=:!()", joined.p[joined.n - 1]) != NULL;
	return word && !is_defaults(slice_trim(joined)) && (slice_starts(rest, SLICE("/")) || slice_starts(rest, SLICE("sudoedit")));
}

static enum place
place_after(enum place place, struct slice joined, struct slice rest)
{
	char c = rest.p[0];
	bool word = joined.n == 0 || strchr(" \t,=:!()", joined.p[joined.n - 1]) != NULL;
	switch (place) {
	case PLACE_STRING:
		return c == '"' ? PLACE_PLAIN : place;
	case PLACE_EXPRESSION:
		return c == '$' ? PLACE_COMMAND : place;
	case PLACE_COMMAND:
		return c == '^' && word ? PLACE_EXPRESSION : strchr(":,=", c) ? PLACE_PLAIN : place;
	case PLACE_PLAIN:
		break;
	}
	if (c == '^' && word)
		return PLACE_EXPRESSION;
	return c == '"' ? PLACE_STRING : begins_command(joined, rest) ? PLACE_COMMAND : place;
}

static void
skip_line(struct sudoers_reader *reader)
{
	while (reader->at < reader->in.n && reader->in.p[reader->at] != '\n')
		reader->at++;
}

/* Of one byte, or of two where the first takes the meaning from the second. */
static void
take_byte(struct sudoers_reader *reader, struct slice rest)
{
	size_t n = rest.p[0] == '\\' && rest.n > 1 ? 2 : 1;
	if (n == 1)
		reader->place = place_after(reader->place, strbuf_slice(&reader->joined), rest);
	strbuf_put(&reader->joined, slice_first(rest, n));
	reader->at += n;
}

static void
take_continuation(struct sudoers_reader *reader, size_t n)
{
	reader->at += n;
	reader->read++;
	while (reader->at < reader->in.n && is_blank(reader->in.p[reader->at]))
		reader->at++;
	bool apart = reader->joined.n == 0 || is_blank(reader->joined.p[reader->joined.n - 1]);
	if (reader->place != PLACE_STRING && !apart)
		strbuf_putc(&reader->joined, ' ');
}

/*
 * One entry without its comment, whose lines are joined; a comment is not: a
 * backslash at its end is a part of it.  False at the end and without memory.
 */
static bool
entry_next(struct sudoers_reader *reader, struct slice *whole)
{
	size_t n;
	if (reader->at >= reader->in.n)
		return false;
	strbuf_clear(&reader->joined);
	reader->place = PLACE_PLAIN;
	reader->line = ++reader->read;
	for (struct slice rest; (rest = slice_from(reader->in, reader->at)).n > 0 && rest.p[0] != '\n';) {
		if ((n = continuation_length(rest)) > 0)
			take_continuation(reader, n);
		else if (reader->place != PLACE_STRING && is_comment(strbuf_slice(&reader->joined), rest))
			skip_line(reader);
		else
			take_byte(reader, rest);
	}
	reader->at++;
	*whole = slice_trim(strbuf_slice(&reader->joined));
	return !reader->joined.failed;
}

static int
extract_entries(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct sudoers_reader reader = { .in = body };
	int r = 0;
	for (struct slice whole, header, target; r == 0 && entry_next(&reader, &whole);)
		r = include_of(whole, &header, &target) ? take_include(path, header, target, reader.line, rows, err)
		                                        : take_entry(whole, reader.line, rows, err);
	if (reader.joined.failed)
		r = error_nomem(err);
	strbuf_done(&reader.joined);
	return r;
}

/* "Plugin sudoers_policy sudoers.so sudoers_file=/etc/other" in sudo.conf(5). */
static int
take_front_line(void *rows, struct slice line, uint32_t number, struct plim_error *err)
{
	for (struct slice word; slice_word(&line, &word);)
		if (slice_skip(&word, SLICE("sudoers_file=")) && !is_read(SLICE("@include"), word))
			return rows_problem(rows, err, "line %u: it names a file that is not looked at", number);
	return 0;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	if (slice_is(path, "etc/sudo.conf"))
		return config_each_line(body, true, take_front_line, rows, err);
	if (slice_ends(path_dir(path), SLICE("sudoers.d")) && is_passed_over(path))
		return 0;
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	return extract_entries(path, body, rows, err);
}

const struct cataloger cataloger_sudoers = {
	.name = "sudoers",
	.missing = MISSING_OWN,
	.follows = true,
	.paths = (const char *const[]){ "etc/sudoers", "etc/sudoers.d/*", "usr/etc/sudoers", "usr/etc/sudoers.d/*", "etc/sudoers-rs", "etc/sudo.conf", NULL },
	.roots = (const char *const[]){ "etc/sudoers", "usr/etc/sudoers", "etc/sudoers-rs", "etc/sudo.conf", NULL },
	.extract = extract,
};
