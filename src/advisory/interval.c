/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/interval.h"

#include "base/error.h"

static bool
is_lowest(struct slice version)
{
	return slice_is(version, "0");
}

static int
low_order(const struct interval *a, const struct interval *b, int (*compare)(struct slice, struct slice))
{
	if (is_lowest(a->low) || is_lowest(b->low))
		return (int)is_lowest(b->low) - (int)is_lowest(a->low);
	int by_version = compare(a->low, b->low);
	return by_version ? by_version : (int)a->behind - (int)b->behind;
}

static int
high_order(const struct interval *a, const struct interval *b, int (*compare)(struct slice, struct slice))
{
	if (a->high.p == NULL || b->high.p == NULL)
		return (a->high.p == NULL) - (b->high.p == NULL);
	int by_version = compare(a->high, b->high);
	return by_version ? by_version : (int)a->with_high - (int)b->with_high;
}

struct interval
interval_both(struct interval a, const struct interval *b, int (*compare)(struct slice, struct slice))
{
	if (low_order(&a, b, compare) < 0) {
		a.low = b->low;
		a.behind = b->behind;
	}
	if (high_order(&a, b, compare) > 0) {
		a.high = b->high;
		a.with_high = b->with_high;
	}
	return a;
}

bool
interval_of_bound(enum version_relation relation, struct slice version, struct interval *out)
{
	bool above = relation == VERSION_GREATER || relation == VERSION_GREATER_EQUAL, equal = relation == VERSION_EQUAL;
	bool below = relation == VERSION_LESS || relation == VERSION_LESS_EQUAL;
	*out = (struct interval){
		.low = above || equal ? version : SLICE("0"), .behind = relation == VERSION_GREATER, .high = below || equal ? version : SLICE_NONE,
		.with_high = relation == VERSION_LESS_EQUAL || equal,
	};
	return above || below || equal;
}

static int
by_low(const void *left, const void *right, void *context)
{
	const struct intervals *of = context;
	return low_order(left, right, of->compare);
}

static bool
is_empty(const struct interval *i, int (*compare)(struct slice, struct slice))
{
	int by_version = i->high.p == NULL || is_lowest(i->low) ? -1 : compare(i->low, i->high);
	return by_version > 0 || (by_version == 0 && (i->behind || !i->with_high));
}

struct spans {
	struct version_event *at;
	size_t n;
	const struct intervals *patched;
};

static void
add(struct spans *spans, enum event_kind kind, struct slice version)
{
	spans->at[spans->n++] = (struct version_event){ kind, version };
}

/* The end of a line of versions mends nothing; where the next version is patched, as it says of itself, that is told beside it. */
static void
add_end(struct spans *spans, const struct interval *vulnerable)
{
	const struct intervals *patched = spans->patched;
	if (vulnerable->high.p)
		add(spans, vulnerable->with_high ? EVENT_LAST_AFFECTED : vulnerable->mends ? EVENT_FIXED : EVENT_LIMIT, vulnerable->high);
	for (size_t i = 0; vulnerable->with_high && i < patched->n; i++) {
		const struct interval *p = &patched->at[i];
		if (!p->mends || is_lowest(p->low) || patched->compare(p->low, vulnerable->high) <= 0)
			continue;
		add(spans, EVENT_FIXED, p->low);
		return;
	}
}

/* The end of npm's "2.1.x" is before the first pre-release of 2.2.0. */
static bool
ends_at(const struct interval *left, const struct interval *patched, int (*compare)(struct slice, struct slice))
{
	struct slice end = left->high;
	if (end.p == NULL || left->with_high || patched->behind || is_lowest(patched->low))
		return false;
	slice_skip_end(&end, SLICE("-0"));
	return compare(patched->low, end) == 0;
}

static enum event_kind
beginning(const struct interval *i)
{
	return i->behind ? EVENT_INTRODUCED_AFTER : EVENT_INTRODUCED;
}

/* Whether what is left of an interval begins in a patched one, or meets it later. */
static void
add_rest(struct spans *spans, struct interval left)
{
	int (*compare)(struct slice, struct slice) = spans->patched->compare;
	for (size_t i = 0; i < spans->patched->n && !is_empty(&left, compare); i++) {
		const struct interval *p = &spans->patched->at[i];
		struct interval common = interval_both(left, p, compare);
		bool meets = ends_at(&left, p, compare);
		if (is_empty(p, compare) || (is_empty(&common, compare) && !meets))
			continue;
		if (low_order(&left, p, compare) < 0) {
			add(spans, beginning(&left), left.low);
			add(spans, p->behind ? EVENT_LAST_AFFECTED : p->mends ? EVENT_FIXED : EVENT_LIMIT, p->low);
		}
		if (meets || high_order(&left, p, compare) <= 0)
			return;
		left.low = p->high;
		left.behind = p->with_high;
	}
	if (is_empty(&left, compare))
		return;
	add(spans, beginning(&left), left.low);
	add_end(spans, &left);
}

static void
sort(struct intervals *intervals)
{
	if (intervals->n > 1)
		qsort_r(intervals->at, intervals->n, sizeof *intervals->at, by_low, intervals);
}

int
intervals_left(struct intervals *vulnerable, struct intervals *patched, struct arena *arena, struct affected *out, struct plim_error *err)
{
	/* Each piece that is left has three events at most, and each patched interval cuts one more off. */
	size_t room = 3 * vulnerable->n * (patched->n + 1) + 1;
	struct spans spans = { .at = arena_make_array(arena, room, struct version_event), .patched = patched };
	if (spans.at == NULL)
		return error_nomem(err);
	sort(vulnerable);
	sort(patched);
	for (size_t i = 0; i < vulnerable->n; i++)
		add_rest(&spans, vulnerable->at[i]);
	out->events = spans.at;
	out->event_count = spans.n;
	return 0;
}
