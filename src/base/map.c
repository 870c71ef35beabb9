/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing, linear probing, at most three quarters full. */
#include "base/map.h"

#include <stdlib.h>
#include <sys/random.h>

static struct map_slot *
slot_for(struct map_slot *slots, size_t room, struct slice key, uint64_t hash)
{
	size_t at = hash & (room - 1);
	while (slots[at].hash && (slots[at].hash != hash || !slice_eq(slots[at].key, key)))
		at = (at + 1) & (room - 1);
	return &slots[at];
}

static uint64_t
hash_of(const struct map *map, struct slice key)
{
	uint64_t hash = slice_hash(key, map->seed);
	return hash ? hash : 1;
}

bool
map_reserve(struct map *map, size_t n)
{
	if (n * 4 <= map->room * 3)
		return true;
	if (map->room == 0 && getrandom(&map->seed, sizeof map->seed, GRND_NONBLOCK) < 0)
		map->seed = (uint64_t)(uintptr_t)map;    /* early boot: the address is better than a constant */
	size_t room = map->room ? map->room * 2 : 16;
	while (n * 4 > room * 3)
		room *= 2;
	struct map_slot *slots = calloc(room, sizeof *slots);
	if (slots == NULL)
		return false;
	for (size_t i = 0; i < map->room; i++)
		if (map->slots[i].hash)
			*slot_for(slots, room, map->slots[i].key, map->slots[i].hash) = map->slots[i];
	free(map->slots);
	map->slots = slots;
	map->room = room;
	return true;
}

void
map_done(struct map *map)
{
	free(map->slots);
	*map = (struct map){ 0 };
}

void *
map_find(const struct map *map, struct slice key)
{
	if (map->n == 0)
		return NULL;
	return slot_for(map->slots, map->room, key, hash_of(map, key))->value;
}

void **
map_place(struct map *map, struct slice key)
{
	if (!map_reserve(map, map->n + 1))
		return NULL;
	uint64_t hash = hash_of(map, key);
	struct map_slot *slot = slot_for(map->slots, map->room, key, hash);
	if (slot->hash == 0) {
		*slot = (struct map_slot){ .key = key, .hash = hash };
		map->n++;
	}
	return &slot->value;
}
