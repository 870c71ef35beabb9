/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structs between processes.  What travels is told by tables, one row a
 * field, so that writer and reader cannot disagree; the reader trusts
 * nothing: lengths meet the end, counts meet what is left, enums their last
 * value.  Numbers are little-endian; a slice is its length plus one (0:
 * absent) and its bytes.
 */
#ifndef BASE_WIRE_H
#define BASE_WIRE_H

#include "base/arena.h"
#include "base/cursor.h"
#include "base/strbuf.h"

#include <plimsoll/error.h>

enum wire_kind {
	WIRE_END,
	WIRE_SLICE,       /* struct slice */
	WIRE_BOOL,        /* bool */
	WIRE_ENUM,        /* an enum of int's size; above `most` is refused */
	WIRE_U32,
	WIRE_U64,         /* uint64_t, int64_t, size_t */
	WIRE_REAL,        /* double */
	WIRE_DIGEST,      /* struct digest */
	WIRE_STRUCT,      /* a struct inside the struct, by `of` */
	WIRE_POINTER,     /* to one, may be NULL */
	WIRE_ARRAY,       /* a pointer to many; their number is the size_t at `count` */
};

struct wire_struct;

struct wire_field {
	enum wire_kind kind;
	size_t at;                     /* offset in the struct */
	size_t count;                  /* WIRE_ARRAY: offset of the number */
	uint64_t most;                 /* WIRE_ENUM: its last value */
	const struct wire_struct *of;
};

struct wire_struct {
	size_t size;
	const struct wire_field *fields;    /* WIRE_END behind the last */
};

#define WIRE_PLAIN(kind, type, field)          { kind, offsetof(type, field), 0, 0, NULL }
#define WIRE_CHOICE(type, field, last)         { WIRE_ENUM, offsetof(type, field), 0, last, NULL }
#define WIRE_INSIDE(type, field, table)        { WIRE_STRUCT, offsetof(type, field), 0, 0, table }
#define WIRE_REFERS(type, field, table)        { WIRE_POINTER, offsetof(type, field), 0, 0, table }
#define WIRE_MANY(type, field, number, table)  { WIRE_ARRAY, offsetof(type, field), offsetof(type, number), 0, table }

/* An array of bare slices. */
extern const struct wire_struct wire_slices;

void wire_write(const struct wire_struct *table, const void *from, struct strbuf *into);

/* Fills the zeroed `*out`; texts are borrowed from the cursor's bytes, arrays live in the arena.  PLIM_EFORMAT with the offset. */
int wire_read(const struct wire_struct *table, struct cursor *from, struct arena *arena, void *out, struct plim_error *err);

/* Calls `fn` for every text that is there; it may put another in its place.  The first negative answer ends it. */
typedef int wire_text_fn(void *context, struct slice *text, struct plim_error *err);
int wire_each_text(const struct wire_struct *table, void *in, wire_text_fn *fn, void *context, struct plim_error *err);

/* The numbers that the tables are made of, for messages that are written by hand. */
void wire_put_u32(struct strbuf *into, uint32_t value);
void wire_put_u64(struct strbuf *into, uint64_t value);
void wire_put_slice(struct strbuf *into, struct slice text);
struct slice wire_take_slice(struct cursor *from);

#endif
