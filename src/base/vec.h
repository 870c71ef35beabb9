/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing array of any type: `VEC(struct entry) entries = { 0 };`.
 * Valid when zeroed; vec_done releases it.  vec_push answers a pointer to a
 * new zeroed element, or NULL without memory.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define VEC(type)             \
	struct {              \
		type *at;     \
		size_t n;     \
		size_t room;  \
	}

static inline bool
vec_grow_(void **at, size_t *room, size_t need, size_t size)
{
	if (need <= *room)
		return true;
	size_t grown = *room * 2 > need ? *room * 2 : need < 8 ? 8 : need;
	void *moved = reallocarray(*at, grown, size);
	if (moved == NULL)
		return false;
	*at = moved;
	*room = grown;
	return true;
}

/* Makes room for `extra` more; false without memory. */
#define vec_reserve(vec, extra) vec_grow_((void **)&(vec)->at, &(vec)->room, (vec)->n + (extra), sizeof *(vec)->at)

#define vec_push(vec)                                                         \
	(vec_reserve(vec, 1)                                                  \
	     ? (__typeof__((vec)->at))memset(&(vec)->at[(vec)->n++], 0, sizeof *(vec)->at) \
	     : NULL)

#define vec_done(vec)                    \
	do {                             \
		free((vec)->at);         \
		(vec)->at = NULL;        \
		(vec)->n = (vec)->room = 0; \
	} while (0)

/* An empty one has no place to add to: the end is computed only where there is one. */
#define vec_each(vec, item)                                                                                      \
	for (__typeof__((vec)->at) item = (vec)->at, end_##item = item ? item + (vec)->n : item; item < end_##item; item++)

#endif
