/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/channel.h"

static const struct channel channels[] = {
	{ "esm", { "+esm", "~esm" }, false },         /* Ubuntu Pro: infrastructure and applications */
	{ "fips", { "+Fips", ".fips", "_fips", "~fips" }, true },   /* Ubuntu's and Oracle's validated builds */
	{ "ksplice", { ".ksplice" }, true },          /* Oracle's, patched while they run; their epoch is above all others */
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
	return ours && ours->apart ? HEAR_WITHOUT_EPOCH : HEAR;
}
