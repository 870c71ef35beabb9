/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash map from slices to pointers.  Keys are borrowed: their bytes must
 * outlive the map.  Valid when zeroed; the seed is random for each process,
 * so that input cannot choose its collisions.  Iteration has no order: sort
 * before anything of it is printed.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/slice.h"

struct map_slot {
	struct slice key;
	void *value;
	uint64_t hash;    /* 0: nothing is here */
};

struct map {
	struct map_slot *slots;
	size_t n;
	size_t room;    /* a power of two */
	uint64_t seed;
};

void map_done(struct map *map);
/* Room for `n` keys, so that it need not grow on the way there; false without memory. */
bool map_reserve(struct map *map, size_t n);
static inline void
auto_map(struct map *map)
{
	map_done(map);
}

/* The value kept for `key`, NULL when there is none. */
void *map_find(const struct map *map, struct slice key);

/* The place of the value for `key`, made (as NULL) where it is new; NULL without memory.  Valid until the next map_place. */
void **map_place(struct map *map, struct slice key);

#endif
