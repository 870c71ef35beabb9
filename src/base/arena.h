/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bump allocator with a ceiling: one line per allocation, one release for
 * all.  What is born in an arena dies with it.  Reaching the ceiling answers
 * NULL like being out of memory; arena_full tells the two apart.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/auto.h"
#include "base/slice.h"

#include <stdarg.h>

struct arena;

/* `ceiling` in bytes, 0 for none.  NULL without memory. */
struct arena *arena_new(size_t ceiling);
void arena_free(struct arena *arena);
AUTO_DEFINE(arena, struct arena, arena_free)

/* Zeroed, aligned for anything; NULL at the ceiling or without memory. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_alloc_array(struct arena *arena, size_t count, size_t size);

#define arena_make(arena, type)              ((type *)arena_alloc((arena), sizeof(type)))
#define arena_make_array(arena, count, type) ((type *)arena_alloc_array((arena), (count), sizeof(type)))

/* A copy (NUL-terminated behind its end); absent on failure, and for an absent slice. */
struct slice arena_dup(struct arena *arena, struct slice s);
/* One text behind the other. */
struct slice arena_join(struct arena *arena, struct slice first, struct slice second);
struct slice arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct slice arena_vprintf(struct arena *arena, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
/* As arena_dup, as a C string; NULL on failure. */
char *arena_strz(struct arena *arena, struct slice s);

/* Bytes handed out so far, and whether the ceiling has ever refused one. */
size_t arena_used(const struct arena *arena);
bool arena_full(const struct arena *arena);

#endif
