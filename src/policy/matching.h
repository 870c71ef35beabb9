/* SPDX-License-Identifier: Apache-2.0 */
/* The vulnerabilities of an inventory's packages: looked for once, when an area or a query first asks. */
#ifndef POLICY_MATCHING_H
#define POLICY_MATCHING_H

#include "advisory/database.h"
#include "advisory/match.h"

/* Valid when the first fields are set and the others zeroed. */
struct matching {
	const struct inventory *inventory;    /* NULL: there are no packages */
	const struct database *database;      /* NULL: there is none, and `lack` may say why */
	struct slice lack;
	struct slice explain;                 /* glob of what is to be explained; absent: nothing */
	struct arena *arena;                  /* where what is found lives */
	bool made;
	int failure;                          /* of making it, with `why` */
	struct plim_error why;
	struct matches matches;
	struct match_reason *explanations;    /* of `explain` */
	size_t explanation_count;
};

/* Looks where nobody did yet; without a database nothing is found, and matching_lacks_data says so. */
int matching_get(struct matching *matching, const struct matches **out, struct plim_error *err);
/* There are packages, or a system, and no data about them: no match means nothing.  `reason` says how to get them. */
bool matching_lacks_data(const struct matching *matching, struct slice *reason);
/* The data have a feed of that format: "kev", "epss". */
bool matching_has_feed(const struct matching *matching, const char *format);

#endif
