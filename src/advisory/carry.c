/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/carry.h"

#include "advisory/store.h"
#include "base/date.h"

void
carrier_done(struct carrier *carrier)
{
	vec_done(&carrier->fixes);
}

static int
by_fix(const void *left, const void *right)
{
	const struct carried *a = left, *b = right;
	int order = slice_cmp(a->feed, b->feed);
	order = order ? order : (a->id.cve > b->id.cve) - (a->id.cve < b->id.cve);
	order = order ? order : slice_cmp(a->id.text, b->id.text);
	order = order ? order : (a->id.number > b->id.number) - (a->id.number < b->id.number);
	order = order ? order : (a->id.digits > b->id.digits) - (a->id.digits < b->id.digits);
	return order ? order : slice_cmp(a->fixed, b->fixed);
}

static bool
keep_fixes(struct carrier *carrier, const struct store_statement *s, struct slice feed)
{
	struct store_list events = s->events;
	struct version_event event;
	while (store_next_event(&events, &event)) {
		struct carried *place = event.kind == EVENT_FIXED ? vec_push(&carrier->fixes) : NULL;
		if (place == NULL && event.kind == EVENT_FIXED)
			return false;
		if (place)
			*place = (struct carried){ feed, event.version, s->id, s->fix_known };
	}
	return true;
}

bool
carrier_package(struct carrier *carrier, struct slice ecosystem, struct slice package)
{
	carrier->fixes.n = 0;
	if (carrier->previous == NULL)
		return true;
	size_t n;
	const struct data_feed *feeds = database_feeds(carrier->previous, &n);
	struct store_group group = store_package(carrier->previous, ecosystem, package);
	struct store_statement s;
	while (store_next_statement(&group, &s))
		if (!keep_fixes(carrier, &s, feeds[s.feed].name))
			return false;
	if (carrier->fixes.n > 1)
		qsort(carrier->fixes.at, carrier->fixes.n, sizeof *carrier->fixes.at, by_fix);
	return true;
}

static bool
had_feed(const struct carrier *carrier, struct slice name)
{
	size_t n;
	const struct data_feed *feeds = database_feeds(carrier->previous, &n);
	for (size_t i = 0; i < n; i++)
		if (slice_eq(feeds[i].name, name))
			return true;
	return false;
}

int64_t
carrier_fix_known(const struct carrier *carrier, const struct data_feed *feed, struct slice id, struct slice fixed)
{
	const struct carried sought = { .feed = feed->name, .id = store_id_of(id), .fixed = fixed };
	if (carrier->previous == NULL)
		return DATE_NONE;
	const struct carried *found = carrier->fixes.n ? bsearch(&sought, carrier->fixes.at, carrier->fixes.n, sizeof sought, by_fix) : NULL;
	if (found)
		return found->known;
	if (!had_feed(carrier, feed->name))
		return DATE_NONE;
	return feed->snapshot != DATE_NONE ? feed->snapshot : carrier->now;
}
