/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of versions, for feeds that say what is vulnerable and what of it is not any more. */
#ifndef ADVISORY_INTERVAL_H
#define ADVISORY_INTERVAL_H

#include "advisory/record.h"
#include "base/arena.h"
#include "version/range.h"

/* Versions from one to another. */
struct interval {
	struct slice low, high;    /* `low` "0": from the beginning; `high` absent: no end */
	bool behind, with_high;    /* without `low` itself; with `high` itself */
	bool mends;                /* of what is patched: its beginning is a fix; of what is vulnerable: the version behind its end is */
};

struct intervals {
	struct interval *at;
	size_t n;
	int (*compare)(struct slice a, struct slice b);
};

/* What is in both. */
struct interval interval_both(struct interval a, const struct interval *b, int (*compare)(struct slice, struct slice));

/* Every version that one bound lets pass; false for a relation of which the versions are no interval. */
bool interval_of_bound(enum version_relation relation, struct slice version, struct interval *out);

/* Writes into `out` the events of what is vulnerable and not patched; both are sorted on the way. */
int intervals_left(struct intervals *vulnerable, struct intervals *patched, struct arena *arena, struct affected *out, struct plim_error *err);

#endif
