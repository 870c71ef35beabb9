/* SPDX-License-Identifier: Apache-2.0 */
/* How bad a vulnerability is, and since when it is known, in the eyes of each source. */
#ifndef ADVISORY_RATING_H
#define ADVISORY_RATING_H

#include "advisory/database.h"
#include "advisory/match.h"

struct rating {
	enum severity severity;    /* SEVERITY_UNKNOWN: nobody says */
	double score;              /* CVSS base score of any version, negative when none */
	struct slice vector;       /* of the score */
};

/* What one advisory says by a vector and by a word: where they differ the worse counts. */
struct rating rating_of(struct slice vector, enum severity word);

/* The highest severity and the highest score among the feeds whose names match a glob (absent: all), so that no order of feeds decides. */
struct rating match_rating(const struct database *database, const struct match *match, struct slice feeds);

/* The first day, in seconds, on which any feed published it; DATE_NONE where none tells. */
int64_t match_published(const struct database *database, const struct match *match);

#endif
