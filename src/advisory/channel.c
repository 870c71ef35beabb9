/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/channel.h"

static const struct channel channels[] = {
	{ "esm", { "+esm", "~esm" }, false, false },         /* Ubuntu Pro: infrastructure and applications */
	{ "fips", { "+Fips", ".fips", "_fips", "~fips" }, true, false },   /* Ubuntu's and Oracle's validated builds */
	{ "ksplice", { ".ksplice" }, true, true },           /* Oracle's, patched while they run; their epoch is above all others */
};

const struct channel *
channel_of_version(struct slice version)
{
	for (size_t i = 0; i < sizeof channels / sizeof *channels; i++)
		for (size_t k = 0; k < 4 && channels[i].marks[k]; k++)
			if (slice_find_text(version, slice_of(channels[i].marks[k])) != SIZE_MAX)
				return &channels[i];
	return NULL;
}

/* The mark and the number that belongs to it. */
static bool
find_mark(const struct channel *channel, struct slice version, size_t *at, size_t *end)
{
	for (size_t k = 0; k < 4 && channel->marks[k]; k++) {
		if ((*at = slice_find_text(version, slice_of(channel->marks[k]))) == SIZE_MAX)
			continue;
		*end = *at + strlen(channel->marks[k]);
		while (*end < version.n && version.p[*end] >= '0' && version.p[*end] <= '9')
			++*end;
		return true;
	}
	return false;
}

struct slice
channel_plain_version(const struct channel *channel, struct slice version, bool epoch, struct arena *arena)
{
	size_t at, end, colon = slice_find(version, ':');
	if (!epoch && colon != SIZE_MAX)
		version = slice_from(version, colon + 1);
	if (!find_mark(channel, version, &at, &end))
		return version;
	if (!channel->inside)
		return slice_first(version, at);
	return arena_printf(arena, "%.*s%.*s", SLICE_ARG(slice_first(version, at)), SLICE_ARG(slice_from(version, end)));
}

static bool
is_apart(struct slice name)
{
	for (size_t i = 0; i < sizeof channels / sizeof *channels; i++)
		if (slice_is(name, channels[i].name))
			return channels[i].apart;
	return true;
}

static bool
is_ours(const struct store_statement *s, const struct channel *ours)
{
	return ours && slice_is(s->channel, ours->name);
}

void
channels_hear(struct channels_heard *heard, const struct store_statement *s, const struct channel *ours)
{
	heard->plain = heard->plain || s->channel.n == 0;
	heard->ours = heard->ours || is_ours(s, ours);
}

enum hearing
channel_hearing(const struct channels_heard *heard, const struct store_statement *s, const struct channel *ours)
{
	if (is_ours(s, ours))
		return HEAR;
	if (s->channel.n)
		return is_apart(s->channel) || heard->plain || heard->ours ? HEAR_NOT : HEAR_WITHOUT_FIX;
	if (heard->ours)
		return HEAR_NOT;
	return ours && ours->apart ? HEAR_PLAIN : HEAR;
}
