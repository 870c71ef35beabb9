/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of configuration files, and the few value forms that they share. */
#include "catalog/config_lines.h"

#include "base/cursor.h"
#include "base/error.h"

struct reader {
	struct cursor in;
	uint32_t read;            /* lines so far */
	struct strbuf joined;
};

static bool
line_read(struct reader *reader, struct slice *line)
{
	if (!cursor_line(&reader->in, line))
		return false;
	reader->read++;
	return true;
}

/* Joins what continues; a backslash at the very end of the file continues nothing. */
static struct slice
line_join(struct reader *reader, struct slice line)
{
	struct slice more;
	strbuf_clear(&reader->joined);
	while (slice_skip_end(&line, SLICE("\\"))) {
		strbuf_put(&reader->joined, line);
		strbuf_putc(&reader->joined, ' ');
		line = SLICE("");
		if (!line_read(reader, &more))
			break;
		line = more;
	}
	strbuf_put(&reader->joined, line);
	return slice_trim(strbuf_slice(&reader->joined));
}

int
config_each_line(struct slice body, bool folds, config_line_fn *each, void *context, struct plim_error *err)
{
	struct reader reader = { .in = cursor_of(body) };
	int r = 0;
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	for (struct slice whole, line; r == 0 && line_read(&reader, &whole);) {
		uint32_t number = reader.read;
		line = slice_trim(whole);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (folds && slice_ends(whole, SLICE("\\")))
			line = line_join(&reader, whole);
		if (reader.joined.failed)
			r = error_nomem(err);
		else if (line.n > 0)
			r = each(context, line, number, err);
	}
	strbuf_done(&reader.joined);
	return r;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct slice
config_trim(struct slice text)
{
	while (text.n && is_space(text.p[0]))
		text = slice_from(text, 1);
	while (text.n && is_space(text.p[text.n - 1]))
		text.n--;
	return text;
}

/* Where the authority of a URI ends: blanks and quotes too, for a command may hold several. */
static size_t
authority_length(struct slice text)
{
	size_t n = 0;
	while (n < text.n && strchr("/?# \t\"'", text.p[n]) == NULL)
		n++;
	return n;
}

void
config_put_uri(struct strbuf *into, struct slice text)
{
	size_t at;
	while ((at = slice_find_text(text, SLICE("://"))) != SIZE_MAX) {
		strbuf_put(into, slice_first(text, at + 3));
		text = slice_from(text, at + 3);
		size_t user = slice_find_last(slice_first(text, authority_length(text)), '@');
		if (user != SIZE_MAX)
			text = slice_from(text, user + 1);
	}
	strbuf_put(into, text);
}

void
config_put_lower(struct strbuf *into, struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		strbuf_putc(into, text.p[i] >= 'A' && text.p[i] <= 'Z' ? (char)(text.p[i] + 'a' - 'A') : text.p[i]);
}

struct slice
config_unquoted(struct slice value)
{
	if (value.n >= 2 && (value.p[0] == '"' || value.p[0] == '\'') && value.p[value.n - 1] == value.p[0])
		return slice_first(slice_from(value, 1), value.n - 2);
	return value;
}

struct slice
config_truth(struct slice word)
{
	static const char *const yes[] = { "yes", "true", "on", "1", "with", "enable" };
	static const char *const no[] = { "no", "false", "off", "0", "without", "disable" };
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
		if (slice_eq_nocase(word, slice_of(yes[i])))
			return SLICE("1");
		if (slice_eq_nocase(word, slice_of(no[i])))
			return SLICE("0");
	}
	return SLICE_NONE;
}
