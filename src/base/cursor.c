/* SPDX-License-Identifier: Apache-2.0 */
/* Typed reads; every one of them goes through cursor_take. */
#include "base/cursor.h"

static uint64_t
read_be(struct cursor *c, size_t width)
{
	struct slice taken = cursor_take(c, width);
	uint64_t value = 0;
	for (size_t i = 0; i < taken.n; i++)
		value = value << 8 | (uint8_t)taken.p[i];
	return value;
}

uint16_t
cursor_u16be(struct cursor *c)
{
	return (uint16_t)read_be(c, 2);
}

uint32_t
cursor_u32be(struct cursor *c)
{
	return (uint32_t)read_be(c, 4);
}

uint64_t
cursor_u64be(struct cursor *c)
{
	return read_be(c, 8);
}

struct slice
cursor_string(struct cursor *c)
{
	size_t length = slice_find(cursor_rest(c), '\0');
	if (length == SIZE_MAX) {
		c->bad = true;
		return SLICE_NONE;
	}
	struct slice text = cursor_take(c, length);
	cursor_take(c, 1);
	return text;
}

bool
cursor_line(struct cursor *c, struct slice *line)
{
	struct slice rest = cursor_rest(c);
	if (rest.n == 0)
		return false;
	size_t length = slice_find(rest, '\n');
	*line = cursor_take(c, length == SIZE_MAX ? rest.n : length);
	if (length != SIZE_MAX)
		cursor_take(c, 1);
	slice_skip_end(line, SLICE("\r"));
	return true;
}
