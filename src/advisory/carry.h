/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Since when fixes are known that their feed does not date: since the day
 * that the database before this one had, or that it did not have it yet.
 */
#ifndef ADVISORY_CARRY_H
#define ADVISORY_CARRY_H

#include "advisory/store.h"
#include "base/vec.h"

/* A fix that the database before has for the package at hand. */
struct carried {
	struct slice feed, fixed;
	struct store_id id;
	int64_t known;
};

struct carrier {                       /* valid when zeroed: carries nothing */
	const struct database *previous;   /* borrowed */
	int64_t now;                   /* of a fix that is new and whose feed gives no date of its own */
	VEC(struct carried) fixes;     /* of the package at hand, sorted */
};

void carrier_done(struct carrier *carrier);

/* What is asked next is about this package; false without memory. */
bool carrier_package(struct carrier *carrier, struct slice ecosystem, struct slice package);
/* DATE_NONE where nothing is known: the database before had no data of such a feed, or no day either. */
int64_t carrier_fix_known(const struct carrier *carrier, const struct data_feed *feed, struct slice id, struct slice fixed);

#endif
