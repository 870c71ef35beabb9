/* SPDX-License-Identifier: Apache-2.0 */
/* Chunks that double up to 1 MiB; an allocation that would waste most of a chunk gets one of its own. */
#include "base/arena.h"

#include <stdio.h>

#define CHUNK_FIRST_BYTES ((size_t)4096)
#define CHUNK_MOST_BYTES  ((size_t)1 << 20)

struct chunk {
	struct chunk *before;
	size_t size;
	size_t used;
	_Alignas(16) char bytes[];
};

struct arena {
	struct chunk *chunks;
	size_t next_size;
	size_t ceiling;
	size_t used;
	bool full;
};

struct arena *
arena_new(size_t ceiling)
{
	struct arena *arena = calloc(1, sizeof *arena);
	if (arena == NULL)
		return NULL;
	arena->next_size = CHUNK_FIRST_BYTES;
	arena->ceiling = ceiling ? ceiling : SIZE_MAX;
	return arena;
}

void
arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	for (struct chunk *chunk = arena->chunks, *before; chunk; chunk = before) {
		before = chunk->before;
		free(chunk);
	}
	free(arena);
}

static struct chunk *
chunk_add(struct arena *arena, size_t need)
{
	size_t size = need > arena->next_size / 2 ? need : arena->next_size;
	struct chunk *chunk = malloc(sizeof *chunk + size);
	if (chunk == NULL)
		return NULL;
	*chunk = (struct chunk){ .size = size };
	/* A chunk of its own goes behind the open one, which still has room. */
	if (size == need && arena->chunks) {
		chunk->before = arena->chunks->before;
		arena->chunks->before = chunk;
		return chunk;
	}
	chunk->before = arena->chunks;
	arena->chunks = chunk;
	if (arena->next_size < CHUNK_MOST_BYTES)
		arena->next_size *= 2;
	return chunk;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	size_t rounded;
	if (__builtin_add_overflow(size, 15, &rounded) || (rounded &= ~(size_t)15) > arena->ceiling - arena->used) {
		arena->full = true;
		return NULL;
	}
	struct chunk *chunk = arena->chunks;
	if (chunk == NULL || rounded > chunk->size - chunk->used)
		chunk = chunk_add(arena, rounded);
	if (chunk == NULL)
		return NULL;
	void *at = chunk->bytes + chunk->used;
	chunk->used += rounded;
	arena->used += rounded;
	return memset(at, 0, rounded);
}

void *
arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes)) {
		arena->full = true;
		return NULL;
	}
	return arena_alloc(arena, bytes);
}

char *
arena_strz(struct arena *arena, struct slice s)
{
	char *copy = arena_alloc(arena, s.n + 1);
	if (copy && s.n)
		memcpy(copy, s.p, s.n);
	return copy;
}

struct slice
arena_dup(struct arena *arena, struct slice s)
{
	if (s.p == NULL)
		return SLICE_NONE;
	char *copy = arena_strz(arena, s);
	return copy ? (struct slice){ copy, s.n } : SLICE_NONE;
}

struct slice
arena_join(struct arena *arena, struct slice first, struct slice second)
{
	char *copy = arena_make_array(arena, first.n + second.n + 1, char);
	if (copy == NULL)
		return SLICE_NONE;
	if (first.n)
		memcpy(copy, first.p, first.n);
	if (second.n)
		memcpy(copy + first.n, second.p, second.n);
	copy[first.n + second.n] = '\0';
	return (struct slice){ copy, first.n + second.n };
}

struct slice
arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct slice text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

struct slice
arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	char *text = NULL;
	int n = vasprintf(&text, format, args);
	if (n < 0)
		return SLICE_NONE;
	struct slice copy = arena_dup(arena, (struct slice){ text, (size_t)n });
	free(text);
	return copy;
}

size_t
arena_used(const struct arena *arena)
{
	return arena->used;
}

bool
arena_full(const struct arena *arena)
{
	return arena->full;
}
