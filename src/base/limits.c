/* SPDX-License-Identifier: Apache-2.0 */
/* The limits' numbers, and choosing others. */
#include "base/limits.h"

#include "base/error.h"

#include <stddef.h>
#include <string.h>

#define PLIM_LIMIT(name, number, reason) uint64_t LIMIT_##name = number;
#include "base/limits.def"
#undef PLIM_LIMIT

static const struct limit {
	const char *name;
	uint64_t *now, usual;
} limits[] = {
#define PLIM_LIMIT(name, number, reason) { #name, &LIMIT_##name, number },
#include "base/limits.def"
#undef PLIM_LIMIT
};
#define LIMIT_KINDS (sizeof limits / sizeof *limits)

static const struct limit *
limit_find(struct slice name)
{
	for (size_t i = 0; i < LIMIT_KINDS; i++)
		if (slice_is(name, limits[i].name))
			return &limits[i];
	return NULL;
}

bool
limit_is_named(struct slice message)
{
	for (size_t at; (at = slice_find_text(message, SLICE("limit "))) != SIZE_MAX;) {
		message = slice_from(message, at + 6);
		size_t n = 0;
		while (n < message.n && ((message.p[n] >= 'A' && message.p[n] <= 'Z') || message.p[n] == '_'))
			n++;
		if (limit_find(slice_first(message, n)))
			return true;
	}
	return false;
}

static bool
parse_number(struct slice text, uint64_t *out)
{
	static const char units[] = "KMG";
	const char *unit = text.n ? memchr(units, text.p[text.n - 1], 3) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	uint64_t number;
	if (!slice_to_u64(slice_first(text, text.n - (unit != NULL)), 10, &number) || number > UINT64_MAX >> shift)
		return false;
	*out = number << shift;
	return true;
}

int
limit_choose(struct slice assignment, struct plim_error *err)
{
	struct slice name, text;
	uint64_t number;
	if (!slice_cut(assignment, '=', &name, &text) || !parse_number(text, &number) || number == 0)
		return error_set(err, PLIM_EUSAGE, "'%.*s' is no limit: write NAME=NUMBER, as in LAYER_BYTES=8G", SLICE_ARG(assignment));
	const struct limit *limit = limit_find(name);
	if (limit == NULL)
		return error_set(err, PLIM_EUSAGE, "there is no limit '%.*s': plimsoll-limits(7) lists them", SLICE_ARG(name));
	*limit->now = number;
	return 0;
}

void
limits_chosen(struct strbuf *into)
{
	for (size_t i = 0; i < LIMIT_KINDS; i++)
		if (*limits[i].now != limits[i].usual)
			strbuf_printf(into, "%s=%ju\n", limits[i].name, (uintmax_t)*limits[i].now);
}
