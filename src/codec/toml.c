/* SPDX-License-Identifier: Apache-2.0 */
/* A recursive descent over lines: headers choose the table, and keys may reach further down. */
#include "codec/toml.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/strbuf.h"

/* How a table came to be says who may still add to it. */
enum made {
	MADE_ON_THE_WAY,      /* by a longer header: its own may follow once */
	MADE_BY_HEADER,
	MADE_BY_KEYS,         /* dotted ones: closed to headers */
	MADE_CLOSED,          /* inline tables, and arrays that are values */
};

struct reading {
	struct slice in;
	size_t at;
	struct arena *arena;
	struct plim_error *err;
	struct map keys;          /* a table's address and the key: all that there are */
	size_t depth;
	size_t counted;           /* bytes whose lines are counted */
	uint32_t line;
	int r;
};

static size_t
line_of(const struct reading *in, size_t at, size_t *column)
{
	size_t line = 1, from = 0;
	for (size_t i = 0; i < at && i < in->in.n; i++)
		if (in->in.p[i] == '\n') {
			line++;
			from = i + 1;
		}
	*column = at - from + 1;
	return line;
}

static bool
fail_at(struct reading *in, size_t at, const char *why)
{
	size_t column, line = line_of(in, at, &column);
	if (in->r == 0)
		in->r = error_set(in->err, PLIM_EFORMAT, "TOML, line %zu, column %zu: %s", line, column, why);
	return false;
}

static bool
fail(struct reading *in, const char *why)
{
	return fail_at(in, in->at, why);
}

static bool
no_memory(struct reading *in)
{
	if (in->r == 0)
		in->r = arena_full(in->arena) ? error_set(in->err, PLIM_ELIMIT, "the document is larger than its memory limit") : error_nomem(in->err);
	return false;
}

static int
peek(const struct reading *in)
{
	return in->at < in->in.n ? (uint8_t)in->in.p[in->at] : -1;
}

static bool
accept(struct reading *in, const char *text)
{
	if (!slice_starts(slice_from(in->in, in->at), slice_of(text)))
		return false;
	in->at += strlen(text);
	return true;
}

static void
skip_blanks(struct reading *in)
{
	while (peek(in) == ' ' || peek(in) == '\t')
		in->at++;
}

static bool
is_control(int c)
{
	return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f;
}

static bool
skip_comment(struct reading *in)
{
	if (peek(in) != '#')
		return true;
	while (in->at < in->in.n && peek(in) != '\n') {
		if (is_control(peek(in)) && !(peek(in) == '\r' && slice_starts(slice_from(in->in, in->at), SLICE("\r\n"))))
			return fail(in, "a control byte in a comment");
		in->at++;
	}
	return true;
}

static bool
newline(struct reading *in)
{
	return accept(in, "\n") || accept(in, "\r\n");
}

/* Blanks, comments and newlines: what may stand between the items of an array. */
static bool
skip_space(struct reading *in)
{
	do {
		skip_blanks(in);
		if (!skip_comment(in))
			return false;
	} while (newline(in));
	return true;
}

static bool
end_of_line(struct reading *in)
{
	skip_blanks(in);
	return skip_comment(in) && (in->at == in->in.n || newline(in) || fail(in, "something behind the end of a value or header"));
}

/* the tree */

static struct toml *
make(struct reading *in, enum toml_type type)
{
	struct toml *value = arena_make(in->arena, struct toml);
	if (value == NULL) {
		no_memory(in);
		return NULL;
	}
	for (; in->counted < in->at; in->counted++)
		in->line += in->in.p[in->counted] == '\n';
	value->type = type;
	value->line = in->line + 1;
	return value;
}

static bool
grow(struct reading *in, struct toml *into)
{
	if (into->n < into->room)
		return true;
	bool named = into->type == TOML_TABLE;
	size_t room = into->room ? into->room * 2 : 4;
	struct slice *keys = named ? arena_make_array(in->arena, room, struct slice) : NULL;
	struct toml **items = arena_make_array(in->arena, room, struct toml *);
	if (items == NULL || (named && keys == NULL))
		return no_memory(in);
	if (into->n > 0) {
		memcpy(items, into->items, into->n * sizeof *items);
		if (keys)
			memcpy(keys, into->keys, into->n * sizeof *keys);
	}
	into->items = items;
	into->keys = keys;
	into->room = room;
	return true;
}

static bool
append(struct reading *in, struct toml *array, struct toml *value)
{
	if (!grow(in, array))
		return false;
	array->items[array->n++] = value;
	return true;
}

/* The place of a key in a table, by one map for all tables. */
static void **
place_of(struct reading *in, struct toml *table, struct slice key)
{
	char *name = arena_alloc(in->arena, sizeof table + key.n);
	if (name == NULL)
		return NULL;
	memcpy(name, &table, sizeof table);
	if (key.n)
		memcpy(name + sizeof table, key.p, key.n);
	return map_place(&in->keys, (struct slice){ name, sizeof table + key.n });
}

static bool
put(struct reading *in, struct toml *table, struct slice key, struct toml *value, void **place)
{
	if (!grow(in, table))
		return false;
	table->keys[table->n] = key;
	table->items[table->n++] = value;
	*place = value;
	return true;
}

/* strings */

static bool
hex(struct reading *in, size_t digits, uint32_t *out)
{
	uint64_t code;
	struct slice text = slice_first(slice_from(in->in, in->at), digits);
	for (size_t i = 0; i < text.n; i++)
		if (!strchr("0123456789abcdefABCDEF", text.p[i]) || !text.p[i])
			return fail(in, "an escape without its hex digits");
	if (text.n < digits || !slice_to_u64(text, 16, &code) || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return fail(in, "an escape that is no character");
	in->at += digits;
	*out = (uint32_t)code;
	return true;
}

static void
put_utf8(struct strbuf *into, uint32_t c)
{
	if (c < 0x80)
		strbuf_putc(into, (char)c);
	else if (c < 0x800)
		strbuf_printf(into, "%c%c", 0xc0 | c >> 6, 0x80 | (c & 0x3f));
	else if (c < 0x10000)
		strbuf_printf(into, "%c%c%c", 0xe0 | c >> 12, 0x80 | (c >> 6 & 0x3f), 0x80 | (c & 0x3f));
	else
		strbuf_printf(into, "%c%c%c%c", 0xf0 | c >> 18, 0x80 | (c >> 12 & 0x3f), 0x80 | (c >> 6 & 0x3f), 0x80 | (c & 0x3f));
}

static bool
escape(struct reading *in, struct strbuf *into)
{
	static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
	uint32_t code = 0;
	int c = peek(in);
	const char *at = c > 0 ? strchr(from, c) : NULL;
	if (at) {
		in->at++;
		strbuf_putc(into, to[at - from]);
		return true;
	}
	if (c != 'u' && c != 'U')
		return fail(in, "an escape that there is not");
	in->at++;
	if (!hex(in, c == 'u' ? 4 : 8, &code))
		return false;
	put_utf8(into, code);
	return true;
}

/* A backslash at the end of a line takes all white space behind it along. */
static bool
folded(struct reading *in)
{
	size_t from = in->at;
	skip_blanks(in);
	if (!newline(in)) {
		in->at = from;
		return false;
	}
	do
		skip_blanks(in);
	while (newline(in));
	return true;
}

static bool
string_line(struct reading *in, char quote, struct strbuf *into)
{
	for (in->at++; peek(in) != quote;) {
		int c = peek(in);
		if (c < 0 || is_control(c))
			return fail(in, "a string that does not end, or holds a control byte");
		in->at++;
		if (c == '\\' && quote == '"') {
			if (!escape(in, into))
				return false;
		} else
			strbuf_putc(into, (char)c);
	}
	in->at++;
	return true;
}

/* One or two quotes before the three that end it belong to the text. */
static bool
string_end(struct reading *in, char quote, struct strbuf *into)
{
	size_t quotes = 0;
	while (quotes < 5 && in->at + quotes < in->in.n && in->in.p[in->at + quotes] == quote)
		quotes++;
	if (quotes < 3)
		return false;
	strbuf_fill(into, quote, quotes - 3);
	in->at += quotes;
	return true;
}

static bool
string_lines(struct reading *in, char quote, struct strbuf *into)
{
	in->at += 3;
	newline(in);
	while (!string_end(in, quote, into)) {
		int c = peek(in);
		if (newline(in)) {
			strbuf_putc(into, '\n');
			continue;
		}
		if (c < 0 || is_control(c))
			return fail(in, "a string that does not end, or holds a control byte");
		in->at++;
		if (c != '\\' || quote != '"')
			strbuf_putc(into, (char)c);
		else if (!folded(in) && !escape(in, into))
			return false;
	}
	return true;
}

static bool
string(struct reading *in, bool many_lines, struct slice *out)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	char quote = (char)peek(in);
	bool three = many_lines && slice_starts(slice_from(in->in, in->at), quote == '"' ? SLICE("\"\"\"") : SLICE("'''"));
	if (!(three ? string_lines(in, quote, &text) : string_line(in, quote, &text)))
		return false;
	*out = arena_dup(in->arena, strbuf_slice(&text));
	return (out->p && !text.failed) || no_memory(in);
}

/* numbers, dates, truth */

static bool
is_bare(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* Digits of a base, each '_' between two of them; how many bytes. */
static size_t
digits(struct slice s, const char *of)
{
	size_t n = 0;
	while (n < s.n) {
		bool digit = s.p[n] && strchr(of, s.p[n]);
		bool joins = s.p[n] == '_' && n > 0 && s.p[n - 1] != '_' && n + 1 < s.n && s.p[n + 1] && strchr(of, s.p[n + 1]);
		if (!digit && !joins)
			break;
		n++;
	}
	return n;
}

#define DECIMAL "0123456789"

static bool
is_integer(struct slice s)
{
	static const struct {
		const char *prefix, *of;
	} bases[] = { { "0x", DECIMAL "abcdefABCDEF" }, { "0o", "01234567" }, { "0b", "01" } };
	for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
		struct slice rest = s;
		if (slice_skip(&rest, slice_of(bases[i].prefix)))
			return rest.n > 0 && digits(rest, bases[i].of) == rest.n;
	}
	if (s.n > 1 && (s.p[0] == '+' || s.p[0] == '-'))
		s = slice_from(s, 1);
	return s.n > 0 && digits(s, DECIMAL) == s.n && (s.p[0] != '0' || s.n == 1);
}

static bool
is_float(struct slice s)
{
	if (s.n > 0 && (s.p[0] == '+' || s.p[0] == '-'))
		s = slice_from(s, 1);
	if (slice_is(s, "inf") || slice_is(s, "nan"))
		return true;
	size_t whole = digits(s, DECIMAL);
	if (whole == 0 || (s.p[0] == '0' && whole > 1))
		return false;
	s = slice_from(s, whole);
	bool more = false;
	if (slice_skip(&s, SLICE("."))) {
		size_t part = digits(s, DECIMAL);
		if (part == 0)
			return false;
		s = slice_from(s, part);
		more = true;
	}
	if (s.n > 0 && (s.p[0] == 'e' || s.p[0] == 'E')) {
		s = slice_from(s, 1);
		if (s.n > 0 && (s.p[0] == '+' || s.p[0] == '-'))
			s = slice_from(s, 1);
		return s.n > 0 && digits(s, DECIMAL) == s.n;
	}
	return more && s.n == 0;
}

/* '0' stands for a digit, anything else for itself. */
static bool
skip_shape(struct slice *s, const char *shape)
{
	size_t n = strlen(shape);
	for (size_t i = 0; i < n; i++) {
		bool digit = i < s->n && s->p[i] >= '0' && s->p[i] <= '9';
		if (i >= s->n || (shape[i] == '0' ? !digit : s->p[i] != shape[i]))
			return false;
	}
	*s = slice_from(*s, n);
	return true;
}

static bool
skip_time(struct slice *s)
{
	if (!skip_shape(s, "00:00:00"))
		return false;
	if (slice_skip(s, SLICE("."))) {
		size_t n = 0;
		while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9')
			n++;
		*s = slice_from(*s, n);
		return n > 0;
	}
	return true;
}

static bool
is_date(struct slice s)
{
	if (!skip_shape(&s, "0000-00-00"))
		return skip_time(&s) && s.n == 0;
	if (s.n == 0)
		return true;
	if (s.p[0] != 'T' && s.p[0] != 't' && s.p[0] != ' ')
		return false;
	s = slice_from(s, 1);
	if (!skip_time(&s))
		return false;
	return s.n == 0 || slice_is(s, "Z") || slice_is(s, "z") || ((skip_shape(&s, "+00:00") || skip_shape(&s, "-00:00")) && s.n == 0);
}

/* A blank may part a date from its time. */
static struct slice
word_of(const struct reading *in)
{
	struct slice rest = slice_from(in->in, in->at), date = rest;
	size_t n = 0;
	if (skip_shape(&date, "0000-00-00 00:"))
		n = 11;
	while (n < rest.n && (is_bare((uint8_t)rest.p[n]) || rest.p[n] == '+' || rest.p[n] == '.' || rest.p[n] == ':'))
		n++;
	return slice_first(rest, n);
}

static struct toml *
plain(struct reading *in)
{
	struct slice word = word_of(in);
	bool yes = slice_is(word, "true");
	enum toml_type type = yes || slice_is(word, "false") ? TOML_BOOL : is_integer(word) ? TOML_INTEGER : is_float(word) ? TOML_FLOAT : TOML_DATE;
	if (type == TOML_DATE && !is_date(word)) {
		fail(in, "no value");
		return NULL;
	}
	struct toml *value = make(in, type);
	if (value == NULL)
		return NULL;
	value->truth = yes;
	value->text = arena_dup(in->arena, word);
	if (value->text.p == NULL) {
		no_memory(in);
		return NULL;
	}
	in->at += word.n;
	return value;
}

/* values */

static struct toml *value_read(struct reading *in);
static bool assignment(struct reading *in, struct toml *table);

static bool
array_items(struct reading *in, struct toml *array)
{
	for (in->at++;;) {
		if (!skip_space(in))
			return false;
		if (accept(in, "]"))
			return true;
		struct toml *item = value_read(in);
		if (item == NULL || !append(in, array, item) || !skip_space(in))
			return false;
		if (!accept(in, ",") && peek(in) != ']')
			return fail(in, "',' or ']' must follow an item");
	}
}

static bool
inline_pairs(struct reading *in, struct toml *table)
{
	in->at++;
	skip_blanks(in);
	if (accept(in, "}"))
		return true;
	for (;;) {
		skip_blanks(in);
		if (!assignment(in, table))
			return false;
		skip_blanks(in);
		if (accept(in, "}"))
			return true;
		if (!accept(in, ","))
			return fail(in, "',' or '}' must follow a value");
	}
}

/* What dotted keys made inside of an inline table is as closed as the table. */
static void
close_tables(struct toml *table)
{
	table->made = MADE_CLOSED;
	for (size_t i = 0; i < table->n; i++)
		if (table->items[i]->type == TOML_TABLE && table->items[i]->made != MADE_CLOSED)
			close_tables(table->items[i]);
}

static struct toml *
container(struct reading *in, bool is_table)
{
	struct toml *made = make(in, is_table ? TOML_TABLE : TOML_ARRAY);
	if (made == NULL)
		return NULL;
	if (++in->depth > LIMIT_DOCUMENT_DEPTH_COUNT) {
		fail(in, "nested deeper than limit DOCUMENT_DEPTH_COUNT");
		return NULL;
	}
	made->made = is_table ? MADE_BY_KEYS : MADE_CLOSED;
	bool fine = is_table ? inline_pairs(in, made) : array_items(in, made);
	in->depth--;
	if (is_table && fine)
		close_tables(made);
	return fine ? made : NULL;
}

static struct toml *
value_read(struct reading *in)
{
	int c = peek(in);
	if (c == '[' || c == '{')
		return container(in, c == '{');
	if (c != '"' && c != '\'')
		return plain(in);
	struct toml *value = make(in, TOML_STRING);
	return value && string(in, true, &value->text) ? value : NULL;
}

/* keys */

static bool
key_read(struct reading *in, struct slice *out)
{
	if (peek(in) == '"' || peek(in) == '\'')
		return string(in, false, out);
	size_t from = in->at;
	while (is_bare(peek(in)))
		in->at++;
	if (in->at == from)
		return fail(in, "no key");
	*out = arena_dup(in->arena, slice_first(slice_from(in->in, from), in->at - from));
	return out->p || no_memory(in);
}

/* After a key: whether another one follows below it. */
static bool
dotted(struct reading *in)
{
	skip_blanks(in);
	if (!accept(in, "."))
		return false;
	skip_blanks(in);
	return true;
}

static struct toml *
table_make(struct reading *in, struct toml *in_table, struct slice key, enum made how, void **place)
{
	struct toml *made = make(in, TOML_TABLE);
	if (made == NULL || !put(in, in_table, key, made, place))
		return NULL;
	made->made = (uint8_t)how;
	return made;
}

/* The table below `table` that a key on the way names: an array of tables stands for its last one. */
static struct toml *
step_down(struct reading *in, struct toml *table, struct slice key, enum made how)
{
	void **place = place_of(in, table, key);
	if (place == NULL) {
		no_memory(in);
		return NULL;
	}
	struct toml *found = *place;
	if (found == NULL)
		return table_make(in, table, key, how, place);
	if (found->type == TOML_ARRAY && found->made != MADE_CLOSED && how == MADE_ON_THE_WAY)
		found = found->items[found->n - 1];
	bool open = found->type == TOML_TABLE && found->made != MADE_CLOSED && (how == MADE_ON_THE_WAY || found->made == MADE_BY_KEYS);
	if (!open) {
		fail(in, "a key that has a value already, or a table that is closed");
		return NULL;
	}
	return found;
}

static bool
too_deep(struct reading *in, size_t depth)
{
	return depth > LIMIT_DOCUMENT_DEPTH_COUNT && !fail(in, "nested deeper than limit DOCUMENT_DEPTH_COUNT");
}

static bool
assignment(struct reading *in, struct toml *table)
{
	struct slice key;
	size_t depth = in->depth;
	if (!key_read(in, &key))
		return false;
	while (dotted(in)) {
		if (too_deep(in, ++depth) || (table = step_down(in, table, key, MADE_BY_KEYS)) == NULL || !key_read(in, &key))
			return false;
	}
	size_t at = in->at;
	if (!accept(in, "="))
		return fail(in, "'=' must follow a key");
	skip_blanks(in);
	struct toml *value = value_read(in);
	void **place = value ? place_of(in, table, key) : NULL;
	if (value && place == NULL)
		return no_memory(in);
	if (value && *place)
		return fail_at(in, at, "the key stands twice");
	return value && put(in, table, key, value, place);
}

/* headers */

static struct toml *
header_table(struct reading *in, struct toml *table, struct slice key)
{
	void **place = place_of(in, table, key);
	if (place == NULL) {
		no_memory(in);
		return NULL;
	}
	struct toml *found = *place;
	if (found == NULL)
		return table_make(in, table, key, MADE_BY_HEADER, place);
	if (found->type != TOML_TABLE || found->made != MADE_ON_THE_WAY) {
		fail(in, "the table stands twice, or its name has a value already");
		return NULL;
	}
	found->made = MADE_BY_HEADER;
	return found;
}

static struct toml *
header_item(struct reading *in, struct toml *table, struct slice key)
{
	void **place = place_of(in, table, key);
	if (place == NULL) {
		no_memory(in);
		return NULL;
	}
	struct toml *array = *place;
	if (array == NULL && ((array = make(in, TOML_ARRAY)) == NULL || !put(in, table, key, array, place)))
		return NULL;
	if (array->type != TOML_ARRAY || array->made == MADE_CLOSED) {
		fail(in, "its name has a value already that is no array of tables");
		return NULL;
	}
	struct toml *item = make(in, TOML_TABLE);
	if (item == NULL || !append(in, array, item))
		return NULL;
	item->made = MADE_BY_HEADER;
	return item;
}

static bool
header(struct reading *in, struct toml *root, struct toml **current)
{
	struct slice key;
	struct toml *table = root;
	size_t depth = 0;
	in->at++;
	bool many = accept(in, "[");
	skip_blanks(in);
	if (!key_read(in, &key))
		return false;
	while (dotted(in))
		if (too_deep(in, ++depth) || (table = step_down(in, table, key, MADE_ON_THE_WAY)) == NULL || !key_read(in, &key))
			return false;
	*current = many ? header_item(in, table, key) : header_table(in, table, key);
	if (*current == NULL)
		return false;
	return accept(in, many ? "]]" : "]") || fail(in, "']' must end a header");
}

static bool
document(struct reading *in, struct toml *root)
{
	struct toml *current = root;
	while (in->at < in->in.n) {
		skip_blanks(in);
		int c = peek(in);
		bool fine = c < 0 || c == '\n' || c == '\r' || c == '#' || (c == '[' ? header(in, root, &current) : assignment(in, current));
		if (!fine || !end_of_line(in))
			return false;
	}
	return true;
}

int
toml_parse(struct slice text, struct arena *arena, const struct toml **out, struct plim_error *err)
{
	struct reading in = { .in = text, .arena = arena, .err = err };
	slice_skip(&in.in, SLICE("\xef\xbb\xbf"));
	if (!slice_is_utf8(text))
		return error_set(err, PLIM_EFORMAT, "TOML: not UTF-8");
	struct toml *root = make(&in, TOML_TABLE);
	if (root) {
		root->made = MADE_BY_HEADER;
		document(&in, root);
	}
	map_done(&in.keys);
	if (in.r == 0)
		*out = root;
	return in.r;
}

/* looking */

const struct toml *
toml_get(const struct toml *table, const char *key)
{
	for (size_t i = 0; toml_is(table, TOML_TABLE) && i < table->n; i++)
		if (slice_is(table->keys[i], key))
			return table->items[i];
	return NULL;
}

bool
toml_is(const struct toml *value, enum toml_type type)
{
	return value && value->type == type;
}

struct slice
toml_string(const struct toml *value)
{
	return toml_is(value, TOML_STRING) ? value->text : SLICE_NONE;
}

bool
toml_i64(const struct toml *value, int64_t *out)
{
	char plain_digits[80];
	size_t n = 0;
	if (!toml_is(value, TOML_INTEGER))
		return false;
	for (size_t i = 0; i < value->text.n && n < sizeof plain_digits; i++)
		if (value->text.p[i] != '_' && value->text.p[i] != '+')
			plain_digits[n++] = value->text.p[i];
	struct slice text = { plain_digits, n };
	uint64_t number;
	unsigned base = slice_skip(&text, SLICE("0x")) ? 16 : slice_skip(&text, SLICE("0o")) ? 8 : slice_skip(&text, SLICE("0b")) ? 2 : 10;
	if (base == 10)
		return slice_to_i64(text, out);
	if (!slice_to_u64(text, base, &number) || number > INT64_MAX)
		return false;
	*out = (int64_t)number;
	return true;
}

const char *
toml_type_name(enum toml_type type)
{
	static const char *const names[] = { "string", "integer", "float", "boolean", "date", "array", "table" };
	return names[type];
}
