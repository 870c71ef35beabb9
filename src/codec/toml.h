/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TOML 1.0 as a tree in an arena.  Strict: a key or table twice, control
 * bytes, invalid UTF-8 and nesting beyond LIMIT_DOCUMENT_DEPTH_COUNT are
 * errors that name line and column.  Dates and times keep their spelling.
 */
#ifndef CODEC_TOML_H
#define CODEC_TOML_H

#include "base/arena.h"

#include <plimsoll/error.h>

enum toml_type { TOML_STRING, TOML_INTEGER, TOML_FLOAT, TOML_BOOL, TOML_DATE, TOML_ARRAY, TOML_TABLE };

struct toml {
	enum toml_type type;
	bool truth;               /* of a bool */
	uint8_t made;             /* private: how a table came to be */
	size_t n;                 /* keys of a table, items of an array */
	size_t room;              /* private */
	struct slice text;        /* a string's bytes, a number's or date's spelling; in the arena */
	struct slice *keys;       /* of a table, in their order */
	struct toml **items;      /* values of a table or items of an array */
	uint32_t line;            /* where it begins, from 1 */
};

/* On success `*out`, a table, and all it refers to live in `arena`; `text` is not kept. */
int toml_parse(struct slice text, struct arena *arena, const struct toml **out, struct plim_error *err);

/* Each forgives NULL and a value of another type, answering NULL, absent or false: absence is not an error here. */
const struct toml *toml_get(const struct toml *table, const char *key);
struct slice toml_string(const struct toml *value);
bool toml_is(const struct toml *value, enum toml_type type);
bool toml_i64(const struct toml *value, int64_t *out);
const char *toml_type_name(enum toml_type type);

#endif
