/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON (RFC 8259) as a tree in an arena.  Strict: duplicate keys, trailing
 * bytes, invalid UTF-8, lone surrogates and nesting beyond
 * LIMIT_DOCUMENT_DEPTH_COUNT are errors that name line and column.
 */
#ifndef CODEC_JSON_H
#define CODEC_JSON_H

#include "base/arena.h"

#include <plimsoll/error.h>

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
	enum json_type type;
	bool truth;               /* of a bool */
	size_t n;                 /* members of an object, items of an array */
	struct slice text;        /* a string's bytes, a number's spelling; in the arena */
	struct slice *keys;       /* of an object, in their order */
	struct json *items;       /* values of an object or items of an array */
};

/* On success `*out` and all it refers to live in `arena`; `text` is not kept. */
int json_parse(struct slice text, struct arena *arena, const struct json **out, struct plim_error *err);

/*
 * The same as JavaScript reads it, for files that were written by hand and that programs take: of a key twice the last
 * counts, a byte order mark, invalid UTF-8 and half a surrogate pair pass.
 */
int json_parse_loose(struct slice text, struct arena *arena, const struct json **out, struct plim_error *err);
/* The same, but of a key twice both stay in the object, and json_get answers the first. */
int json_parse_each(struct slice text, struct arena *arena, const struct json **out, struct plim_error *err);

/* Each forgives NULL and a value of another type, answering NULL, absent or false: absence is not an error here. */
const struct json *json_get(const struct json *object, const char *key);
const struct json *json_item(const struct json *array, size_t at);
struct slice json_string(const struct json *value);
struct slice json_get_string(const struct json *object, const char *key);
bool json_u64(const struct json *value, uint64_t *out);
bool json_is(const struct json *value, enum json_type type);
const char *json_type_name(enum json_type type);

#endif
