/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/events.h"

#include "base/error.h"

struct placed {
	struct version_event event;
	size_t at;                 /* of two at one version the author's order counts */
};

static bool
is_beginning(const struct version_event *event)
{
	return event->kind == EVENT_INTRODUCED && slice_is(event->version, "0");
}

/* "*" is beyond every version. */
static bool
is_no_limit(const struct version_event *event)
{
	return event->kind == EVENT_LIMIT && slice_is(event->version, "*");
}

static int
by_version(const void *left, const void *right, void *context)
{
	const struct placed *a = left, *b = right;
	const struct version_scheme *scheme = context;
	int order = (int)is_beginning(&b->event) - (int)is_beginning(&a->event);
	if (order == 0 && !is_beginning(&a->event))
		order = scheme->compare(a->event.version, b->event.version);
	return order ? order : (a->at > b->at) - (a->at < b->at);
}

static bool
is_ordered(const struct version_event *events, size_t n, const struct version_scheme *scheme)
{
	for (size_t i = 0; i < n; i++)
		if (!is_beginning(&events[i]) && !is_no_limit(&events[i]) && (scheme == NULL || scheme->check(events[i].version, NULL) < 0))
			return false;
	return true;
}

/* The highest one, for any of them is enough; absent: there is none. */
static struct slice
limit_of(const struct version_event *events, size_t n, const struct version_scheme *scheme)
{
	struct slice limit = SLICE_NONE;
	for (size_t i = 0; i < n; i++) {
		if (events[i].kind != EVENT_LIMIT)
			continue;
		if (is_no_limit(&events[i]))
			return SLICE_NONE;
		if (limit.p == NULL || scheme->compare(events[i].version, limit) > 0)
			limit = events[i].version;
	}
	return limit;
}

static void
span_end(struct version_event *out, size_t *n, struct slice limit)
{
	if (limit.p)
		out[(*n)++] = (struct version_event){ EVENT_LIMIT, limit };
}

/* What is introduced while it is there already, or mended while it is not, changes nothing. */
static void
write_spans(const struct placed *sorted, size_t n, struct slice limit, struct version_event *out, size_t *out_count)
{
	bool open = false;
	for (size_t i = 0; i < n; i++) {
		enum event_kind kind = sorted[i].event.kind;
		bool introduces = kind == EVENT_INTRODUCED || kind == EVENT_INTRODUCED_AFTER;
		if (kind == EVENT_LIMIT || introduces == open)
			continue;
		out[(*out_count)++] = sorted[i].event;
		if (!introduces)
			span_end(out, out_count, limit);
		open = introduces;
	}
	if (open)
		span_end(out, out_count, limit);
}

static bool
begins(const struct version_event *events, size_t n)
{
	return n > 0 && (events[0].kind == EVENT_INTRODUCED || events[0].kind == EVENT_INTRODUCED_AFTER);
}

static bool
introduces(const struct version_event *events, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (begins(events + i, 1))
			return true;
	return false;
}

int
events_span(const struct version_event *events, size_t n, const struct version_scheme *scheme, struct arena *arena,
            struct version_event *out, size_t *out_count, struct plim_error *err)
{
	bool ordered = is_ordered(events, n, scheme);
	*out_count = 0;
	if (ordered ? !introduces(events, n) : !begins(events, n))
		return error_set(err, PLIM_EFORMAT, "a range that does not begin with an introduction");
	if (!ordered) {
		memcpy(out, events, n * sizeof *out);
		*out_count = n;
		return 0;
	}
	struct placed *sorted = arena_make_array(arena, n, struct placed);
	if (sorted == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++)
		sorted[i] = (struct placed){ events[i], i };
	qsort_r(sorted, n, sizeof *sorted, by_version, (void *)scheme);
	write_spans(sorted, n, limit_of(events, n, scheme), out, out_count);
	return 0;
}
