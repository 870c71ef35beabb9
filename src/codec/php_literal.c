/* SPDX-License-Identifier: Apache-2.0 */
/* PHP's literals by descent, as deep as a document may be.  Items of open arrays lie on a stack until their array closes. */
#include "codec/php_literal.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "base/vec.h"

struct php {
	struct slice in;
	size_t at;
	struct slice folder;
	struct arena *arena;
	size_t depth;
	VEC(struct json) items;
	VEC(struct slice) keys;
	struct plim_error *err;
};

static void
auto_php(struct php *php)
{
	vec_done(&php->items);
	vec_done(&php->keys);
}

static int
fail(const struct php *php, size_t at, const char *why)
{
	return error_set(php->err, PLIM_EFORMAT, "offset %zu: %s", at, why);
}

static int
full(const struct php *php)
{
	if (!arena_full(php->arena))
		return error_nomem(php->err);
	return error_set(php->err, PLIM_ELIMIT, "offset %zu: the document is larger than its memory limit", php->at);
}

/* A comment of one line ends with it, whichever way lines end, or where PHP does. */
static size_t
line_end(struct slice rest)
{
	size_t tag = slice_find_text(rest, SLICE("?>")), end = 0;
	rest = slice_first(rest, tag);
	while (end < rest.n && rest.p[end] != '\n' && rest.p[end] != '\r')
		end++;
	return end;
}

/* "#[" begins an attribute, of which a literal has none. */
static bool
comment_skip(struct php *php, struct slice rest)
{
	bool block = slice_starts(rest, SLICE("/*")), hash = slice_starts(rest, SLICE("#")) && !slice_starts(rest, SLICE("#["));
	if (!block && !hash && !slice_starts(rest, SLICE("//")))
		return false;
	size_t end = block ? slice_find_text(slice_from(rest, 2), SLICE("*/")) : line_end(rest);
	php->at = end == SIZE_MAX ? php->in.n : php->at + end + (block ? 4 : 0);
	return true;
}

static struct slice
rest_of(struct php *php)
{
	for (;;) {
		while (php->at < php->in.n && strchr(" \t\r\n", php->in.p[php->at]) && php->in.p[php->at])
			php->at++;
		if (!comment_skip(php, slice_from(php->in, php->at)))
			return slice_from(php->in, php->at);
	}
}

static bool
take(struct php *php, struct slice token)
{
	if (!slice_starts(rest_of(php), token))
		return false;
	php->at += token.n;
	return true;
}

static bool
is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 0x80;
}

/* Keywords have no case.  No more of the input is taken where it is another word. */
static bool
take_word(struct php *php, struct slice word)
{
	struct slice rest = rest_of(php);
	if (!slice_eq_nocase(slice_first(rest, word.n), word) || (rest.n > word.n && is_word_byte(rest.p[word.n])))
		return false;
	php->at += word.n;
	return true;
}

/* '...': a backslash is one unless a quote or another follows. */
static int
put_single(struct php *php, struct strbuf *into)
{
	size_t begin = php->at++;
	for (; php->at < php->in.n && php->in.p[php->at] != '\''; php->at++) {
		char next = php->at + 1 < php->in.n ? php->in.p[php->at + 1] : '\0';
		if (php->in.p[php->at] == '\\' && (next == '\'' || next == '\\'))
			php->at++;
		strbuf_putc(into, php->in.p[php->at]);
	}
	return php->at++ < php->in.n ? 0 : fail(php, begin, "a text without end");
}

/* "...": what names a variable or an escape that nobody needs to write is not guessed at. */
static int
put_double(struct php *php, struct strbuf *into)
{
	static const char escapes[] = "n\nr\rt\t\\\\\"\"$$", *escape;
	size_t begin = php->at++;
	for (; php->at < php->in.n && php->in.p[php->at] != '"'; php->at++) {
		char c = php->in.p[php->at];
		if (c == '$')
			return fail(php, php->at, "a text with a variable");
		if (c != '\\') {
			strbuf_putc(into, c);
			continue;
		}
		c = ++php->at < php->in.n ? php->in.p[php->at] : '\0';
		for (escape = escapes; *escape && *escape != c;)
			escape += 2;
		if (*escape == '\0')
			return fail(php, php->at, "an escape that is not read");
		strbuf_putc(into, escape[1]);
	}
	return php->at++ < php->in.n ? 0 : fail(php, begin, "a text without end");
}

static int
put_text(struct php *php, struct strbuf *into)
{
	struct slice rest = rest_of(php);
	if (slice_starts(rest, SLICE("'")))
		return put_single(php, into);
	if (slice_starts(rest, SLICE("\"")))
		return put_double(php, into);
	if (!take_word(php, SLICE("__DIR__")))
		return fail(php, php->at, "no literal");
	strbuf_put(into, php->folder);
	return 0;
}

static int
text_parse(struct php *php, struct json *out)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	int r;
	do {
		r = put_text(php, &text);
	} while (r == 0 && take(php, SLICE(".")));
	if (r < 0)
		return r;
	if (text.failed)
		return error_nomem(php->err);
	struct slice copy = arena_dup(php->arena, text.n ? strbuf_slice(&text) : SLICE(""));
	*out = (struct json){ .type = JSON_STRING, .text = copy };
	return copy.p ? 0 : full(php);
}

static bool
is_number_byte(char c)
{
	return (c >= '0' && c <= '9') || (c && strchr("+-.eE", c));
}

static int
number_parse(struct php *php, struct json *out)
{
	struct slice rest = rest_of(php);
	size_t n = 0;
	while (n < rest.n && is_number_byte(rest.p[n]))
		n++;
	php->at += n;
	*out = (struct json){ .type = JSON_NUMBER, .text = arena_dup(php->arena, slice_first(rest, n)) };
	return out->text.p ? 0 : full(php);
}

/* A key that stands twice: PHP has the last, and somebody else might show the first. */
static int
check_keys(const struct php *php, const struct slice *keys, size_t n, size_t begin)
{
	AUTO(map) struct map seen = { 0 };
	for (size_t i = 0; i < n; i++) {
		void **place = map_place(&seen, keys[i]);
		if (place == NULL)
			return error_nomem(php->err);
		if (*place)
			return fail(php, begin, "an array has the same key twice");
		*place = seen.slots;
	}
	return 0;
}

static int
array_close(struct php *php, size_t begin, size_t first_item, size_t first_key, struct json *out)
{
	size_t n = php->items.n - first_item;
	bool keyed = php->keys.n != first_key;
	int r = keyed ? check_keys(php, php->keys.at + first_key, n, begin) : 0;
	if (r < 0)
		return r;
	*out = (struct json){ .type = keyed ? JSON_OBJECT : JSON_ARRAY, .n = n, .items = arena_make_array(php->arena, n, struct json) };
	out->keys = keyed ? arena_make_array(php->arena, n, struct slice) : NULL;
	if (out->items == NULL || (keyed && out->keys == NULL))
		return full(php);
	if (n)
		memcpy(out->items, php->items.at + first_item, n * sizeof *out->items);
	if (keyed)
		memcpy(out->keys, php->keys.at + first_key, n * sizeof *out->keys);
	php->items.n = first_item;
	php->keys.n = first_key;
	return 0;
}

static int value_parse(struct php *php, struct json *out);

static int
key_keep(struct php *php, size_t begin, const struct json *key)
{
	if (key->type != JSON_STRING && key->type != JSON_NUMBER)
		return fail(php, begin, "no key of an array");
	struct slice *kept = vec_push(&php->keys);
	if (kept == NULL)
		return error_nomem(php->err);
	*kept = key->text;
	return 0;
}

/* Of one array either all items have a key or none: PHP would count where both stand. */
static int
item_parse(struct php *php, size_t first_item, size_t first_key)
{
	struct json value;
	rest_of(php);
	size_t begin = php->at;
	int r = value_parse(php, &value);
	bool keyed = r == 0 && take(php, SLICE("=>"));
	if (keyed)
		r = key_keep(php, begin, &value);
	if (keyed && r == 0)
		r = value_parse(php, &value);
	if (r < 0)
		return r;
	struct json *item = vec_push(&php->items);
	if (item == NULL)
		return error_nomem(php->err);
	*item = value;
	bool same = php->keys.n == first_key || php->keys.n - first_key == php->items.n - first_item;
	return same ? 0 : fail(php, begin, "an array with keys for some items only");
}

static int
array_parse(struct php *php, struct slice close, struct json *out)
{
	size_t begin = php->at, first_item = php->items.n, first_key = php->keys.n;
	int r = 0;
	if (php->depth == LIMIT_DOCUMENT_DEPTH_COUNT)
		return error_set(php->err, PLIM_ELIMIT, "offset %zu: nested deeper than limit DOCUMENT_DEPTH_COUNT", begin);
	php->depth++;
	while (!take(php, close)) {
		r = item_parse(php, first_item, first_key);
		if (r < 0)
			return r;
		if (take(php, SLICE(",")))
			continue;
		if (!take(php, close))
			return fail(php, php->at, "neither comma nor end of an array");
		break;
	}
	php->depth--;
	return array_close(php, begin, first_item, first_key, out);
}

static bool
constant_take(struct php *php, struct json *out)
{
	if (take_word(php, SLICE("null")))
		return *out = (struct json){ .type = JSON_NULL }, true;
	bool truth = take_word(php, SLICE("true"));
	if (!truth && !take_word(php, SLICE("false")))
		return false;
	*out = (struct json){ .type = JSON_BOOL, .truth = truth };
	return true;
}

static int
value_parse(struct php *php, struct json *out)
{
	struct slice rest = rest_of(php);
	if (constant_take(php, out))
		return 0;
	if (take(php, SLICE("[")))
		return array_parse(php, SLICE("]"), out);
	if (take_word(php, SLICE("array")))
		return take(php, SLICE("(")) ? array_parse(php, SLICE(")"), out) : fail(php, php->at, "no array");
	if (rest.n && rest.p[0] != '.' && is_number_byte(rest.p[0]) && rest.p[0] != 'e' && rest.p[0] != 'E')
		return number_parse(php, out);
	return text_parse(php, out);
}

int
php_literal_parse(struct slice text, struct slice folder, struct arena *arena, const struct json **out, struct plim_error *err)
{
	AUTO(php) struct php php = { .in = text, .folder = folder, .arena = arena, .err = err };
	struct json *root = arena_make(arena, struct json);
	if (root == NULL)
		return full(&php);
	if (!slice_skip(&text, SLICE("<?php")))
		return fail(&php, 0, "no file of PHP");
	php.at = sizeof "<?php" - 1;
	if (!take_word(&php, SLICE("return")))
		return fail(&php, php.at, "no literal is returned");
	int r = value_parse(&php, root);
	if (r < 0)
		return r;
	if (!take(&php, SLICE(";")))
		return fail(&php, php.at, "no end of the literal");
	take(&php, SLICE("?>"));
	if (rest_of(&php).n)
		return fail(&php, php.at, "something behind the literal");
	*out = root;
	return 0;
}
