/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON documents into structs, told by tables, one row a member: the place
 * of an error is named ("findings[3].evidence.layer: no number"), members
 * that no table knows are passed over.
 */
#ifndef CODEC_JSON_FILL_H
#define CODEC_JSON_FILL_H

#include "codec/json.h"

enum fill_kind {
	FILL_END,
	FILL_TEXT,        /* struct slice */
	FILL_TEXTS,       /* array of struct slice, null for an absent one; their number at `count` */
	FILL_BOOL,
	FILL_U32,         /* absent: UINT32_MAX */
	FILL_U64,         /* uint64_t, size_t */
	FILL_REAL,        /* double, not negative; absent: -1 */
	FILL_TIME,        /* seconds; absent: DATE_NONE */
	FILL_DAY,         /* the same of a day */
	FILL_DIGEST,
	FILL_WORD,        /* an enum's, by `word` */
	FILL_INSIDE,      /* an object for a struct inside the struct, or for the struct itself: at 0 */
	FILL_POINTER,     /* an object for a struct that is pointed to */
	FILL_MANY,        /* an array of objects; their number at `count` */
	FILL_BY_HAND,     /* `take` reads it */
};

/* Where in the document a value stands. */
struct fill_place {
	const struct fill_place *in;    /* NULL: the document */
	const char *key;                /* NULL: an item */
	size_t item;
};

struct filling {
	struct arena *arena;
	struct plim_error *err;
};

struct fill_shape;

struct fill_member {
	const char *key;
	enum fill_kind kind;
	bool must;                      /* be there */
	size_t at, count;               /* offsets */
	const struct fill_shape *of;
	/* FILL_WORD: the word for each value below `words`; NULL where a value has none. */
	const char *(*word)(unsigned value);
	unsigned words;
	int (*take)(struct filling *filling, const struct json *value, const struct fill_place *place, void *out);
};

struct fill_shape {
	size_t size;
	const struct fill_member *members;    /* FILL_END behind the last */
};

#define FILL_ROW(kind, type, key, field)             { key, kind, false, offsetof(type, field), 0, NULL, NULL, 0, NULL }
#define FILL_MUST(kind, type, key, field)            { key, kind, true, offsetof(type, field), 0, NULL, NULL, 0, NULL }
#define FILL_LIST(kind, type, key, field, n, shape)  { key, kind, false, offsetof(type, field), offsetof(type, n), shape, NULL, 0, NULL }
#define FILL_CHOICE(type, key, field, needed, of, n) { key, FILL_WORD, needed, offsetof(type, field), 0, NULL, of, n, NULL }
#define FILL_HERE(key, needed, shape)                { key, FILL_INSIDE, needed, 0, 0, shape, NULL, 0, NULL }
#define FILL_OTHERWISE(key, fn)                      { key, FILL_BY_HAND, true, 0, 0, NULL, NULL, 0, fn }

/* Fills the zeroed `*out`; texts are the tree's, arrays live in the arena.  PLIM_EFORMAT with the place. */
int json_fill(struct filling *filling, const struct fill_shape *shape, const struct json *object, const struct fill_place *place, void *out);

/* PLIM_EFORMAT: "PLACE: why". */
int fill_error(struct filling *filling, const struct fill_place *place, const char *why);

#endif
