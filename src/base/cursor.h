/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cursor walks forward over bytes.  A read past the end sets `bad` and
 * yields zero, and so does every read after it: a record is read straight
 * down the page and checked once, at its end.
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include "base/slice.h"

struct cursor {
	struct slice in;
	size_t at;
	bool bad;
};

static inline struct cursor
cursor_of(struct slice in)
{
	return (struct cursor){ .in = in };
}

/* The one place where a length meets the end: `n` bytes, or bad and an absent slice. */
static inline struct slice
cursor_take(struct cursor *c, size_t n)
{
	if (c->bad || n > c->in.n - c->at) {
		c->bad = true;
		return SLICE_NONE;
	}
	struct slice taken = { c->in.p + c->at, n };
	c->at += n;
	return taken;
}

static inline size_t
cursor_left(const struct cursor *c)
{
	return c->bad ? 0 : c->in.n - c->at;
}

static inline struct slice
cursor_rest(const struct cursor *c)
{
	return c->bad ? SLICE_NONE : slice_from(c->in, c->at);
}

/* Moves to an absolute place; bad when it lies past the end. */
static inline void
cursor_seek(struct cursor *c, size_t at)
{
	if (at > c->in.n)
		c->bad = true;
	else
		c->at = at;
}

static inline uint64_t
cursor_le(struct cursor *c, size_t width)
{
	struct slice taken = cursor_take(c, width);
	uint64_t value = 0;
	for (size_t i = taken.n; i-- > 0;)
		value = value << 8 | (uint8_t)taken.p[i];
	return value;
}

/* Here, to be a load each where they are used: databases and blocks are read by them. */
static inline uint8_t
cursor_u8(struct cursor *c)
{
	return (uint8_t)cursor_le(c, 1);
}

static inline uint16_t
cursor_u16le(struct cursor *c)
{
	return (uint16_t)cursor_le(c, 2);
}

static inline uint32_t
cursor_u32le(struct cursor *c)
{
	return (uint32_t)cursor_le(c, 4);
}

static inline uint64_t
cursor_u64le(struct cursor *c)
{
	return cursor_le(c, 8);
}

uint16_t cursor_u16be(struct cursor *c);
uint32_t cursor_u32be(struct cursor *c);
uint64_t cursor_u64be(struct cursor *c);

/* The bytes up to the next NUL, which is consumed too; bad without one. */
struct slice cursor_string(struct cursor *c);

/* The next line without its end ("\n" or "\r\n"); false at the end.  The last line needs no newline. */
bool cursor_line(struct cursor *c, struct slice *line);

#endif
