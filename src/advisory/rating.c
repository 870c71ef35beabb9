/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/rating.h"

#include "advisory/cvss.h"
#include "advisory/store.h"
#include "base/date.h"
#include "base/glob.h"

struct rating
rating_of(struct slice vector, enum severity word)
{
	struct cvss cvss;
	if (vector.n == 0 || cvss_score(vector, &cvss, NULL) < 0)
		return (struct rating){ word, -1, SLICE_NONE };
	enum severity severity = cvss_severity(cvss.version, cvss.base);
	return (struct rating){ severity > word ? severity : word, cvss.base, vector };
}

static void
raise(struct rating *rating, struct rating other)
{
	if (other.severity > rating->severity)
		rating->severity = other.severity;
	if (other.score <= rating->score)
		return;
	rating->score = other.score;
	rating->vector = other.vector;
}

static bool
is_meant(struct slice feeds, struct slice name)
{
	return feeds.n == 0 || glob_match(feeds, name);
}

/* Every feed counts: that was worked out when they were compiled. */
static struct rating
rating_of_all(const struct database *database, const struct match *match)
{
	struct rating rating = rating_of(SLICE_NONE, SEVERITY_UNKNOWN);
	store_rating(database, match->id, &rating.severity, &rating.score, &rating.vector);
	for (const struct severity_word *word = match->words; word; word = word->next)
		raise(&rating, rating_of(SLICE_NONE, word->severity));
	return rating;
}

struct rating
match_rating(const struct database *database, const struct match *match, struct slice feeds)
{
	size_t n;
	const struct data_feed *feed = database_feeds(database, &n);
	struct rating rating = rating_of(SLICE_NONE, SEVERITY_UNKNOWN);
	if (feeds.n == 0 && cve_key(match->id))
		return rating_of_all(database, match);
	struct store_named named = store_named(database, match->id);
	struct store_advisory a;
	for (const struct severity_word *word = match->words; word; word = word->next)
		if (is_meant(feeds, word->feed))
			raise(&rating, rating_of(SLICE_NONE, word->severity));
	while (store_next_named(&named, &a))
		if (is_meant(feeds, feed[a.feed].name))
			raise(&rating, rating_of(a.vector, a.severity));
	return rating;
}

int64_t
match_published(const struct database *database, const struct match *match)
{
	int64_t first = match->published;
	struct store_named named = store_named(database, match->id);
	struct store_advisory a;
	while (store_next_named(&named, &a))
		if (a.published != DATE_NONE && (first == DATE_NONE || a.published < first))
			first = a.published;
	return first;
}
