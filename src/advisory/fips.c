/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/fips.h"

#include "base/map.h"

enum fips_grade
fips_grade(struct slice channel)
{
	static const char *const names[] = { [FIPS_PREVIEW] = "fips-preview", [FIPS_CERTIFIED] = "fips", [FIPS_UPDATES] = "fips-updates" };
	for (size_t i = FIPS_PREVIEW; i < sizeof names / sizeof *names; i++)
		if (slice_eq_nocase(channel, slice_of(names[i])))
			return (enum fips_grade)i;
	return FIPS_NONE;
}

static bool
tells_fix(const struct affected *affected)
{
	for (size_t i = 0; affected->state == MATCH_FIXED && i < affected->event_count; i++)
		if (affected->events[i].kind == EVENT_FIXED)
			return true;
	return false;
}

/* How much a statement counts among those of the other grades. */
static uintptr_t
weight(const struct affected *affected, enum fips_grade grade)
{
	uintptr_t state = affected->state == MATCH_NOT_AFFECTED ? 0 : tells_fix(affected) ? 2 : 1;
	return state << 8 | grade;
}

/* The weight of the one that counts, kept in the place of a pointer; NULL without memory. */
static void **
place_of(struct map *best, const struct affected *affected, struct arena *arena)
{
	struct slice key = arena_printf(arena, "%.*s %.*s", SLICE_ARG(affected->ecosystem), SLICE_ARG(affected->package));
	return key.p ? map_place(best, key) : NULL;
}

bool
fips_reduce(struct affected *list, const enum fips_grade *grades, size_t *n, struct arena *arena)
{
	AUTO(map) struct map best = { 0 };
	void **place = NULL;
	size_t left = 0;
	for (size_t i = 0; i < *n; i++) {
		if (grades[i] != FIPS_NONE && (place = place_of(&best, &list[i], arena)) == NULL)
			return false;
		if (grades[i] != FIPS_NONE && weight(&list[i], grades[i]) > (uintptr_t)*place)
			*place = (void *)weight(&list[i], grades[i]);
	}
	for (size_t i = 0; i < *n; i++) {
		if (grades[i] != FIPS_NONE && (place = place_of(&best, &list[i], arena)) == NULL)
			return false;
		if (grades[i] == FIPS_NONE || weight(&list[i], grades[i]) == (uintptr_t)*place)
			list[left++] = list[i];
	}
	*n = left;
	return true;
}
