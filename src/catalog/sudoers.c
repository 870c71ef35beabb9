/* SPDX-License-Identifier: Apache-2.0 */
/* sudoers(5): who may become whom, and whether a password is asked. */
#include "catalog/cataloger.h"

#include "base/cursor.h"
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

/* Without a comment at the end; "#1000" is a user by number. */
static struct slice
without_comment(struct slice line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '\\')
			i++;
		else if (line.p[i] == '#' && !(i + 1 < line.n && line.p[i + 1] >= '0' && line.p[i + 1] <= '9'))
			return slice_trim(slice_first(line, i));
	return line;
}

static bool
is_read(struct slice path)
{
	static const char *const known[] = { "/etc/sudoers", "/etc/sudoers.d", "/usr/etc/sudoers", "/usr/etc/sudoers.d" };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (slice_is(path, known[i]) || slice_is(path_dir(path), known[i]))
			return true;
	return false;
}

/* "#include" is a directive and no comment, and "@include" its younger name. */
static bool
include_of(struct slice line, struct slice *header, struct slice *target)
{
	struct slice rest = line;
	if (!slice_word(&rest, header) || (!slice_skip(header, SLICE("#")) && !slice_skip(header, SLICE("@"))))
		return false;
	*target = config_unquoted(slice_trim(rest));
	return slice_is(*header, "include") || slice_is(*header, "includedir");
}

static int
take_include(struct slice header, struct slice target, uint32_t number, struct rows *rows, struct plim_error *err)
{
	struct slice fields[SUDOER_FIELD_COUNT] = {
		slice_is(header, "include") ? SLICE("@include") : SLICE("@includedir"), target, SLICE("0"), SLICE("0"),
	};
	int r = rows_add(rows, ROW_SUDOER, number, fields, SUDOER_FIELD_COUNT, err);
	if (r == 0 && !is_read(target))
		r = rows_problem(rows, err, "line %u: it includes a file that is not looked at", number);
	return r;
}

static int
take_entry(struct slice line, uint32_t number, struct rows *rows, struct plim_error *err)
{
	struct slice header, rest = line;
	if (!slice_word(&rest, &header))
		return 0;
	rest = slice_trim(rest);
	bool defaults = slice_starts(header, SLICE("Defaults"));
	bool no_authenticate = defaults && has_word(rest, SLICE("authenticate"), '!', '\0');
	bool nopasswd = !defaults && has_word(line, SLICE("NOPASSWD"), '\0', ':');
	if (!defaults && slice_find(line, '=') == SIZE_MAX)
		return rows_problem(rows, err, "line %u: no entry that sudo knows", number);
	struct slice fields[] = {
		[SUDOER_HEADER] = header,
		[SUDOER_RULE_DETAILS] = rest,
		[SUDOER_NOPASSWD] = nopasswd ? SLICE("1") : SLICE("0"),
		[SUDOER_NO_AUTHENTICATE] = no_authenticate ? SLICE("1") : SLICE("0"),
	};
	return rows_add(rows, ROW_SUDOER, number, fields, SUDOER_FIELD_COUNT, err);
}

struct sudoers_reader {
	struct cursor in;
	uint32_t read, line;      /* lines so far; where the entry at hand begins */
	struct strbuf joined;
};

/* Lines are joined here: what looks like a comment may be a directive or a user by number.  False at the end and without memory. */
static bool
entry_next(struct sudoers_reader *reader, struct slice *whole)
{
	bool more = true;
	strbuf_clear(&reader->joined);
	for (struct slice line; more && cursor_line(&reader->in, &line);) {
		reader->read++;
		if (reader->joined.n == 0)
			reader->line = reader->read;
		more = slice_skip_end(&line, SLICE("\\"));
		strbuf_put(&reader->joined, slice_trim(line));
		strbuf_putc(&reader->joined, ' ');
	}
	*whole = slice_trim(strbuf_slice(&reader->joined));
	return reader->joined.n > 0 && !reader->joined.failed;
}

/* sudo passes over such names in sudoers.d. */
static bool
is_passed_over(struct slice path)
{
	return slice_ends(path_dir(path), SLICE("sudoers.d")) &&
	    (slice_find(path_base(path), '.') != SIZE_MAX || slice_ends(path, SLICE("~")));
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct sudoers_reader reader = { .in = cursor_of(body) };
	int r = 0;
	if (is_passed_over(path))
		return 0;
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	for (struct slice whole, header, target; r == 0 && entry_next(&reader, &whole);)
		r = include_of(whole, &header, &target) ? take_include(header, target, reader.line, rows, err)
		                                        : take_entry(without_comment(whole), reader.line, rows, err);
	if (reader.joined.failed)
		r = error_nomem(err);
	strbuf_done(&reader.joined);
	return r;
}

const struct cataloger cataloger_sudoers = {
	.name = "sudoers",
	.missing = MISSING_OWN,
	.follows = true,
	.paths = (const char *const[]){ "etc/sudoers", "etc/sudoers.d/*", "usr/etc/sudoers", "usr/etc/sudoers.d/*", NULL },
	.roots = (const char *const[]){ "etc/sudoers", "usr/etc/sudoers", NULL },
	.extract = extract,
};
