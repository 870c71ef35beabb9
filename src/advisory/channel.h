/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Channels beside a release: who has one has its fixes, and its packages say
 * so in their versions.  What a feed says of a package in a channel is not
 * true of the package without, and the other way round.
 */
#ifndef ADVISORY_CHANNEL_H
#define ADVISORY_CHANNEL_H

#include "advisory/store.h"

struct channel {
	const char *name;              /* as record.h has it */
	const char *marks[4];          /* of the versions of its packages, the rest NULL */
	/*
	 * Its packages are others than the release's, with versions that cannot be compared with theirs.  Otherwise it
	 * continues the release's: whoever does not have it has no fix.
	 */
	bool apart;
	bool inside;                   /* what stands behind a mark is of the release's package too */
};

/* The channel that a package is from, NULL: the release's own. */
const struct channel *channel_of_version(struct slice version);

/*
 * The version of the release's package that one of the channel was made from, with its epoch or without; in the arena, absent without
 * memory.  Where a mark has numbers behind it that count something else it is the part before: older than it is, rather than newer.
 */
struct slice channel_plain_version(const struct channel *channel, struct slice version, bool epoch, struct arena *arena);

/* What to make of a statement. */
enum hearing {
	HEAR_NOT,                      /* it is of other packages */
	HEAR,
	HEAR_WITHOUT_FIX,              /* those who have the channel have one */
	HEAR_PLAIN,                    /* of the release's package, where one from a channel is installed of which nothing is said */
};

/* Of all that one advisory says of one package: which channels it speaks of. */
struct channels_heard {
	bool plain, ours;
};
/* Adds what a statement is about. */
void channels_hear(struct channels_heard *heard, const struct store_statement *statement, const struct channel *ours);
enum hearing channel_hearing(const struct channels_heard *heard, const struct store_statement *statement, const struct channel *ours);

#endif
