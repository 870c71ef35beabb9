/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers in as many bytes as they need: seven bits a byte, the lowest first, the eighth says that there are more (LEB128). */
#ifndef BASE_VARINT_H
#define BASE_VARINT_H

#include "base/cursor.h"
#include "base/strbuf.h"

#define VARINT_MOST 10    /* bytes of the longest */

static inline void
varint_put(struct strbuf *into, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		strbuf_putc(into, (char)(number | 0x80));
	strbuf_putc(into, (char)number);
}

/* Bad where it is cut off, or does not fit into 64 bits. */
static inline uint64_t
varint_take(struct cursor *c)
{
	uint64_t number = 0;
	/* Most are of one byte. */
	if (!c->bad && c->at < c->in.n && !((unsigned char)c->in.p[c->at] & 0x80))
		return (unsigned char)c->in.p[c->at++];
	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte = cursor_u8(c);
		number |= (uint64_t)(byte & 0x7f) << shift;
		if (shift == 63 && byte > 1)
			break;
		if (!(byte & 0x80))
			return c->bad ? 0 : number;
	}
	c->bad = true;
	return 0;
}

static inline uint32_t
varint_take_u32(struct cursor *c)
{
	uint64_t number = varint_take(c);
	c->bad = c->bad || number > UINT32_MAX;
	return c->bad ? 0 : (uint32_t)number;
}

/* Small numbers of either sign become small ones without: 0, -1, 1, -2, ... */
static inline uint64_t
zigzag(int64_t number)
{
	return (uint64_t)number << 1 ^ (uint64_t)(number >> 63);
}

static inline int64_t
unzigzag(uint64_t number)
{
	return (int64_t)(number >> 1 ^ -(number & 1));
}

#endif
