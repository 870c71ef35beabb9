/* SPDX-License-Identifier: Apache-2.0 */
/* Only where a value ends is found here; that it is one, json_parse says of each piece. */
#include "codec/json_items.h"

#include "base/error.h"
#include "base/strbuf.h"

static void
skip_blank(struct slice *rest)
{
	while (rest->n && (*rest->p == ' ' || *rest->p == '\t' || *rest->p == '\n' || *rest->p == '\r'))
		*rest = slice_from(*rest, 1);
}

static size_t
string_end(struct slice text, size_t at)
{
	for (at++; at < text.n && text.p[at] != '"'; at++)
		at += text.p[at] == '\\';
	return at < text.n ? at + 1 : text.n;
}

/* Which brackets belong together does not matter to where the outermost one closes in a document that is one. */
static size_t
container_end(struct slice text)
{
	size_t depth = 0, at = 0;
	while (at < text.n) {
		char c = text.p[at];
		if (c == '"') {
			at = string_end(text, at);
			continue;
		}
		depth += c == '{' || c == '[';
		at++;
		if ((c == '}' || c == ']') && --depth == 0)
			return at;
	}
	return text.n;
}

static struct slice
take_value(struct slice *rest)
{
	size_t n = 0;
	skip_blank(rest);
	if (rest->n && (*rest->p == '{' || *rest->p == '['))
		n = container_end(*rest);
	else if (rest->n && *rest->p == '"')
		n = string_end(*rest, 0);
	else
		while (n < rest->n && !strchr(",:]} \t\r\n", rest->p[n]))
			n++;
	struct slice value = slice_first(*rest, n);
	*rest = slice_from(*rest, n);
	return value;
}

static bool
take_sign(struct slice *rest, const char *sign)
{
	skip_blank(rest);
	return slice_skip(rest, slice_of(sign));
}

/* False where the object has no such key, or is none. */
static bool
find_member(struct slice text, const char *key, struct slice *value)
{
	if (!take_sign(&text, "{"))
		return false;
	do {
		struct slice name = take_value(&text);
		if (!take_sign(&text, ":"))
			return false;
		*value = take_value(&text);
		if (name.n >= 2 && slice_is(slice_first(slice_from(name, 1), name.n - 2), key))
			return true;
	} while (take_sign(&text, ","));
	return false;
}

/* A document that is broken says where; this one has no such list. */
static int
no_list(struct slice text, const char *key, struct arena *arena, struct plim_error *err)
{
	const struct json *whole;
	int r = json_parse(text, arena, &whole, err);
	return r < 0 ? r : error_set(err, PLIM_EFORMAT, "no list \"%s\"", key);
}

int
json_items_open(struct slice text, const char *key, struct arena *arena, const struct json **outer, struct json_items *out,
                struct plim_error *err)
{
	AUTO(strbuf) struct strbuf rim = { 0 };
	struct slice list;
	if (!find_member(text, key, &list) || list.n < 2 || list.p[0] != '[' || list.p[list.n - 1] != ']')
		return no_list(text, key, arena, err);
	strbuf_put(&rim, slice_range(text.p, list.p + 1));
	strbuf_put(&rim, slice_range(list.p + list.n - 1, text.p + text.n));
	if (rim.failed)
		return error_nomem(err);
	*out = (struct json_items){ .rest = slice_from(list, 1), .begin = text.p };
	return json_parse(strbuf_slice(&rim), arena, outer, err);
}

/* What stands before the list's last bracket. */
static bool
at_end(struct json_items *items)
{
	skip_blank(&items->rest);
	return items->rest.n == 1;
}

int
json_items_next(struct json_items *items, struct arena *arena, const struct json **item, struct plim_error *err)
{
	if (at_end(items))
		return 0;
	if (items->begun && !take_sign(&items->rest, ","))
		return error_set(err, PLIM_EFORMAT, "byte %zu: no comma between two items", (size_t)(items->rest.p - items->begin));
	items->begun = true;
	skip_blank(&items->rest);
	size_t at = (size_t)(items->rest.p - items->begin);
	struct slice value = take_value(&items->rest);
	int r = json_parse(value, arena, item, err);
	return r < 0 ? error_wrap(err, r, "item at byte %zu", at) : 1;
}
