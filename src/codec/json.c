/* SPDX-License-Identifier: Apache-2.0 */
/* A tree built from yajl's events.  Containers under construction live on a stack and move into the arena when they close. */
#include "codec/json.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"

#include <yajl/yajl_parse.h>

/* Objects with more keys than that are as strict as ever: comparing each with each would take for ever. */
#define LOOSE_KEYS_MOST 4096

struct open_container {
	size_t first_item;    /* where its items begin on the stack */
	size_t first_key;
	bool is_object;
};

struct builder {
	struct arena *arena;
	VEC(struct json) items;
	VEC(struct slice) keys;
	struct open_container open[64];
	size_t depth;
	struct json root;
	bool has_root;
	enum reading { READ_STRICT, READ_LOOSE, READ_EACH } reading;    /* EACH: loose, but of the same key twice both stay */
	enum plim_code failure;
	const char *why;
};

static int
fail(struct builder *b, enum plim_code code, const char *why)
{
	b->failure = code;
	b->why = why;
	return 0;
}

static int
value_add(struct builder *b, struct json value)
{
	if (b->depth == 0) {
		b->root = value;
		b->has_root = true;
		return 1;
	}
	struct json *at = vec_push(&b->items);
	if (at == NULL)
		return fail(b, PLIM_ENOMEM, "out of memory");
	*at = value;
	return 1;
}

static int
on_text(struct builder *b, enum json_type type, const char *text, size_t n)
{
	struct slice copy = arena_dup(b->arena, (struct slice){ text, n });
	if (copy.p == NULL)
		return fail(b, arena_full(b->arena) ? PLIM_ELIMIT : PLIM_ENOMEM, "the document is larger than its memory limit");
	return value_add(b, (struct json){ .type = type, .text = copy });
}

static int
on_null(void *context)
{
	return value_add(context, (struct json){ .type = JSON_NULL });
}

static int
on_bool(void *context, int truth)
{
	return value_add(context, (struct json){ .type = JSON_BOOL, .truth = truth });
}

static int
on_number(void *context, const char *text, size_t n)
{
	return on_text(context, JSON_NUMBER, text, n);
}

static int
on_string(void *context, const unsigned char *text, size_t n)
{
	return on_text(context, JSON_STRING, n ? (const char *)text : "", n);
}

static int
on_open(struct builder *b, bool is_object)
{
	_Static_assert(sizeof b->open / sizeof *b->open >= 64, "one place for each level");
	if (b->depth >= LIMIT_DOCUMENT_DEPTH_COUNT)
		return fail(b, PLIM_ELIMIT, "nested deeper than limit DOCUMENT_DEPTH_COUNT");
	b->open[b->depth++] = (struct open_container){ b->items.n, b->keys.n, is_object };
	return 1;
}

static int
on_object(void *context)
{
	return on_open(context, true);
}

static int
on_array(void *context)
{
	return on_open(context, false);
}

static int
on_key(void *context, const unsigned char *text, size_t n)
{
	struct builder *b = context;
	struct slice copy = arena_dup(b->arena, (struct slice){ n ? (const char *)text : "", n });
	struct slice *key = vec_push(&b->keys);
	if (copy.p == NULL || key == NULL)
		return fail(b, arena_full(b->arena) ? PLIM_ELIMIT : PLIM_ENOMEM, "the document is larger than its memory limit");
	*key = copy;
	return 1;
}

/* Small objects are compared pairwise, large ones through a map. */
static bool
keys_are_unique(const struct slice *keys, size_t n, bool *failed)
{
	if (n <= 16) {
		for (size_t i = 1; i < n; i++)
			for (size_t j = 0; j < i; j++)
				if (slice_eq(keys[i], keys[j]))
					return false;
		return true;
	}
	struct map seen = { 0 };
	bool unique = true;
	for (size_t i = 0; i < n && unique && !*failed; i++) {
		void **place = map_place(&seen, keys[i]);
		*failed = place == NULL;
		unique = *failed || *place == NULL;
		if (place)
			*place = seen.slots;
	}
	map_done(&seen);
	return unique;
}

/* The last of each key stays, where the first stood. */
static void
keep_last(struct builder *b, const struct open_container *open)
{
	struct slice *keys = b->keys.at + open->first_key;
	struct json *items = b->items.at + open->first_item;
	size_t n = b->items.n - open->first_item, kept = 0;
	for (size_t i = 0; i < n; i++) {
		size_t at = 0;
		while (at < kept && !slice_eq(keys[at], keys[i]))
			at++;
		keys[at] = keys[i];
		items[at] = items[i];
		kept += at == kept;
	}
	b->items.n = open->first_item + kept;
	b->keys.n = open->first_key + kept;
}

static int
on_close(void *context)
{
	struct builder *b = context;
	struct open_container open = b->open[--b->depth];
	size_t n = b->items.n - open.first_item;
	if (b->reading == READ_LOOSE && open.is_object && n && n <= LOOSE_KEYS_MOST)
		keep_last(b, &open);
	struct json value = { .type = open.is_object ? JSON_OBJECT : JSON_ARRAY, .n = b->items.n - open.first_item };
	bool failed = false;
	if (value.n && open.is_object && b->reading != READ_EACH && !keys_are_unique(b->keys.at + open.first_key, value.n, &failed))
		return fail(b, PLIM_EFORMAT, "an object has the same key twice");
	value.items = arena_make_array(b->arena, value.n, struct json);
	value.keys = open.is_object ? arena_make_array(b->arena, value.n, struct slice) : NULL;
	if (failed || value.items == NULL || (open.is_object && value.keys == NULL))
		return fail(b, arena_full(b->arena) ? PLIM_ELIMIT : PLIM_ENOMEM, "the document is larger than its memory limit");
	if (value.n)
		memcpy(value.items, b->items.at + open.first_item, value.n * sizeof *value.items);
	if (value.n && open.is_object)
		memcpy(value.keys, b->keys.at + open.first_key, value.n * sizeof *value.keys);
	b->items.n = open.first_item;
	b->keys.n = open.first_key;
	return value_add(b, value);
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_object,
	.yajl_map_key = on_key,
	.yajl_end_map = on_close,
	.yajl_start_array = on_array,
	.yajl_end_array = on_close,
};

/* "line L, column C" of a byte offset. */
static int
error_at(struct slice text, size_t offset, enum plim_code code, const char *why, struct plim_error *err)
{
	size_t line = 1, column = 1;
	for (size_t i = 0; i < offset && i < text.n; i++) {
		column = text.p[i] == '\n' ? 1 : column + 1;
		line += text.p[i] == '\n';
	}
	return error_set(err, code, "JSON, line %zu, column %zu: %s", line, column, why);
}

/* yajl's own words end with a newline and, in the verbose form, quote the input; the short form says enough. */
static int
syntax_error(yajl_handle parser, struct slice text, size_t at, struct plim_error *err)
{
	unsigned char *words = yajl_get_error(parser, 0, (const unsigned char *)text.p, text.n);
	char why[160] = "not JSON";
	if (words) {
		struct slice trimmed = slice_trim(slice_of((const char *)words));
		memcpy(why, trimmed.p, trimmed.n < sizeof why ? trimmed.n : sizeof why - 1);
		why[trimmed.n < sizeof why ? trimmed.n : sizeof why - 1] = '\0';
		yajl_free_error(parser, words);
	}
	return error_at(text, at, PLIM_EFORMAT, why, err);
}

/* yajl lets an escaped surrogate stand alone and writes '?' for it: two spellings of one document. */
static bool
has_lone_surrogate(struct slice text, size_t *at)
{
	bool after_high = false;
	for (size_t i = 0; i < text.n; i++) {
		bool high_before = after_high;
		after_high = false;
		if (text.p[i] != '\\') {
			if (high_before)
				return *at = i, true;
			continue;
		}
		struct slice digits = slice_first(slice_from(text, i + 2), 4);
		uint64_t unit = 0;
		bool is_unit = i + 1 < text.n && text.p[i + 1] == 'u' && digits.n == 4 && slice_to_u64(digits, 16, &unit);
		bool low = is_unit && unit >= 0xdc00 && unit < 0xe000;
		if (low != high_before)
			return *at = i, true;
		after_high = is_unit && unit >= 0xd800 && unit < 0xdc00;
		i += is_unit ? 5 : 1;
	}
	return false;
}

static int
parse_with(yajl_handle parser, struct builder *b, struct slice text, struct plim_error *err)
{
	size_t at;
	if (b->reading == READ_STRICT && has_lone_surrogate(text, &at))
		return error_at(text, at, PLIM_EFORMAT, "half of a surrogate pair", err);
	yajl_status status = yajl_parse(parser, (const unsigned char *)text.p, text.n);
	at = yajl_get_bytes_consumed(parser);
	/* What it lacks at its end, it lacks there: what was consumed last is not the whole. */
	if (status == yajl_status_ok && (status = yajl_complete_parse(parser)) != yajl_status_ok)
		at = text.n;
	if (b->failure)
		return error_at(text, at, b->failure, b->why, err);
	if (status != yajl_status_ok)
		return syntax_error(parser, text, at, err);
	return b->has_root ? 0 : error_at(text, text.n, PLIM_EFORMAT, "the document is empty", err);
}

static int
parse(struct slice text, enum reading reading, struct arena *arena, const struct json **out, struct plim_error *err)
{
	struct builder b = { .arena = arena, .reading = reading };
	yajl_handle parser = yajl_alloc(&callbacks, NULL, &b);
	struct json *root = arena_make(arena, struct json);
	if (parser == NULL || root == NULL) {
		if (parser)
			yajl_free(parser);
		return error_nomem(err);
	}
	if (reading != READ_STRICT)
		yajl_config(parser, yajl_dont_validate_strings, 1);
	int r = parse_with(parser, &b, text, err);
	yajl_free(parser);
	vec_done(&b.items);
	vec_done(&b.keys);
	if (r < 0)
		return r;
	*root = b.root;
	*out = root;
	return 0;
}

int
json_parse(struct slice text, struct arena *arena, const struct json **out, struct plim_error *err)
{
	return parse(text, READ_STRICT, arena, out, err);
}

int
json_parse_loose(struct slice text, struct arena *arena, const struct json **out, struct plim_error *err)
{
	slice_skip(&text, SLICE("\xef\xbb\xbf"));
	return parse(text, READ_LOOSE, arena, out, err);
}

int
json_parse_each(struct slice text, struct arena *arena, const struct json **out, struct plim_error *err)
{
	slice_skip(&text, SLICE("\xef\xbb\xbf"));
	return parse(text, READ_EACH, arena, out, err);
}

const struct json *
json_get(const struct json *object, const char *key)
{
	if (object == NULL || object->type != JSON_OBJECT)
		return NULL;
	for (size_t i = 0; i < object->n; i++)
		if (slice_is(object->keys[i], key))
			return &object->items[i];
	return NULL;
}

const struct json *
json_item(const struct json *array, size_t at)
{
	return array && array->type == JSON_ARRAY && at < array->n ? &array->items[at] : NULL;
}

struct slice
json_string(const struct json *value)
{
	return value && value->type == JSON_STRING ? value->text : SLICE_NONE;
}

struct slice
json_get_string(const struct json *object, const char *key)
{
	return json_string(json_get(object, key));
}

bool
json_u64(const struct json *value, uint64_t *out)
{
	return value && value->type == JSON_NUMBER && slice_to_u64(value->text, 10, out);
}

bool
json_is(const struct json *value, enum json_type type)
{
	return value && value->type == type;
}

const char *
json_type_name(enum json_type type)
{
	static const char *const names[] = {
		[JSON_NULL] = "null",     [JSON_BOOL] = "boolean", [JSON_NUMBER] = "number",
		[JSON_STRING] = "string", [JSON_ARRAY] = "array",  [JSON_OBJECT] = "object",
	};
	return names[type];
}
