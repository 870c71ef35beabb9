/* SPDX-License-Identifier: Apache-2.0 */
/* What bench/limit.c needs of a codec: one file per library, picked when it is built. */
#ifndef BENCH_LIMIT_H
#define BENCH_LIMIT_H

#include <stdbool.h>
#include <stddef.h>

#define WINDOW_BYTES ((size_t)256 << 10)

/* What is left of the stored bytes at hand. */
struct input {
	const unsigned char *at;
	size_t left;
};

struct unpacker {
	const char *name;
	void *(*begin)(void);
	/* Fills at most a window: how many bytes it wrote, -1 for what is no such stream.  A member that ended is followed by the next. */
	ptrdiff_t (*fill)(void *state, struct input *in, unsigned char *window);
	void (*end)(void *state);
};

extern const struct unpacker unpack_gzip, unpack_zstd;

#endif
