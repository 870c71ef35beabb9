/* SPDX-License-Identifier: Apache-2.0 */
/* The choice among the database formats, and the set of pages that they share. */
#include "codec/rpmdb.h"

#include "base/error.h"

#include <stdlib.h>

static const struct rpmdb_format *const formats[] = { &rpmdb_sqlite, &rpmdb_ndb, &rpmdb_bdb };

int
rpmdb_find(struct slice db, const struct rpmdb_format **out, struct plim_error *err)
{
	const struct rpmdb_format *best = NULL;
	int highest = 0;
	if (db.n == 0)
		return error_set(err, PLIM_EFORMAT, "offset 0: the package database is empty");
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		int bid = formats[i]->bid(db);
		if (bid > highest) {
			highest = bid;
			best = formats[i];
		}
	}
	if (best == NULL)
		return error_set(err, PLIM_EFORMAT, "offset 0: not a known format of an rpm database");
	*out = best;
	return 0;
}

int
page_set_init(struct page_set *set, uint64_t n, struct plim_error *err)
{
	*set = (struct page_set){ calloc(n / 8 + 1, 1), n };
	return set->bits ? 0 : error_nomem(err);
}

void
page_set_done(struct page_set *set)
{
	free(set->bits);
	*set = (struct page_set){ 0 };
}

bool
page_set_add(struct page_set *set, uint64_t page)
{
	uint8_t *byte = &set->bits[page / 8], bit = (uint8_t)(1u << (page % 8));
	if (*byte & bit)
		return false;
	*byte |= bit;
	return true;
}
