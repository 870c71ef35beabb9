/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/affects.h"

static bool
introduces(const struct version_event *event)
{
	return event->kind == EVENT_INTRODUCED || event->kind == EVENT_INTRODUCED_AFTER;
}

bool
statement_next_span(struct store_list *events, struct version_span *out)
{
	struct version_event event;
	*out = (struct version_span){ 0 };
	if (store_take_fix(events, &out->fixed)) {
		out->introduced = SLICE("0");
		return true;
	}
	if (!store_next_event(events, &event))
		return false;
	out->behind = event.kind == EVENT_INTRODUCED_AFTER;
	out->introduced = introduces(&event) ? event.version : SLICE_NONE;
	if (introduces(&event) && event.version.p == NULL)
		out->introduced = SLICE("0");
	for (;;) {
		struct slice *const ends[EVENT_KIND_COUNT] = {
			[EVENT_FIXED] = &out->fixed, [EVENT_LAST_AFFECTED] = &out->last, [EVENT_LIMIT] = &out->limit,
		};
		struct store_list rest = *events;
		if (!introduces(&event))
			*ends[event.kind] = event.version;
		if (!store_next_event(&rest, &event) || introduces(&event))
			return true;
		*events = rest;
	}
}

static bool
is_valid(const struct version_scheme *scheme, struct slice version)
{
	return version.p == NULL || scheme->check(version, NULL) == 0;
}

/* Another spelling of the same version is the same version; what cannot be compared may be any of them. */
bool
statement_lists(const struct store_statement *s, const struct version_scheme *scheme, struct slice version)
{
	struct store_list versions = s->versions;
	bool valid = versions.left == 0 || is_valid(scheme, version);
	struct slice listed;
	while (store_next_version(&versions, &listed))
		if (slice_eq(listed, version) || (valid && scheme->compare(listed, version) == 0))
			return true;
	return !valid;
}

struct yardstick
yardstick_of(const struct version_scheme *scheme, struct slice version)
{
	return (struct yardstick){ .scheme = scheme, .version = version, .valid = is_valid(scheme, version), .fix_valid = true };
}

static void
look_at_fix(struct yardstick *y, struct slice fix)
{
	if (fix.p == y->fix.p && fix.n == y->fix.n)
		return;
	y->fix = fix;
	y->fix_valid = is_valid(y->scheme, fix);
	y->has_fix = fix.p && y->scheme->compare(y->version, fix) >= 0;
}

/* What its ecosystem would refuse cannot be compared: such a version is not proof of anything being mended. */
static bool
is_inside(struct yardstick *y, const struct version_span *span)
{
	const struct version_scheme *scheme = y->scheme;
	bool from_beginning = span->introduced.p == NULL || slice_is(span->introduced, "0");
	look_at_fix(y, span->fixed);
	if (!y->valid || !y->fix_valid || !is_valid(scheme, span->last) || !is_valid(scheme, span->limit))
		return true;
	if (!from_beginning && is_valid(scheme, span->introduced) && scheme->compare(y->version, span->introduced) < (span->behind ? 1 : 0))
		return false;
	if (y->has_fix || (span->limit.p && scheme->compare(y->version, span->limit) >= 0))
		return false;
	return !(span->last.p && scheme->compare(y->version, span->last) > 0);
}

static void
take_fix(const struct version_scheme *scheme, const struct version_span *span, struct judgement *out)
{
	if (span->fixed.p && (out->fixed.p == NULL || scheme->compare(span->fixed, out->fixed) < 0))
		out->fixed = span->fixed;
}

/* A version that is only listed: whatever the ranges say mends it above it. */
static void
take_later_fix(const struct store_statement *s, const struct yardstick *y, struct judgement *out)
{
	struct store_list events = s->events;
	struct version_span span;
	while (statement_next_span(&events, &span))
		if (span.fixed.p && y->scheme->compare(y->version, span.fixed) < 0)
			take_fix(y->scheme, &span, out);
}

struct judgement
statement_judge(const struct store_statement *s, struct yardstick *against)
{
	bool ranged = s->state == MATCH_FIXED || (s->state != MATCH_NOT_AFFECTED && s->events.left + s->versions.left > 0);
	struct judgement judgement = { .vulnerable = s->state != MATCH_NOT_AFFECTED && s->state != MATCH_FIXED, .state = s->state };
	struct store_list events = s->events;
	struct version_span span;
	if (!ranged)
		return judgement;
	judgement.vulnerable = s->versions.left > 0 && statement_lists(s, against->scheme, against->version);
	while (statement_next_span(&events, &span))
		if (is_inside(against, &span)) {
			judgement.vulnerable = true;
			take_fix(against->scheme, &span, &judgement);
		}
	if (s->state != MATCH_FIXED)
		return (struct judgement){ judgement.vulnerable, s->state, SLICE_NONE };
	if (judgement.vulnerable && judgement.fixed.p == NULL)
		take_later_fix(s, against, &judgement);
	judgement.state = judgement.fixed.p ? MATCH_FIXED : MATCH_AFFECTED;
	return judgement;
}

/* "nodejs:18:8090020240101:abc" is of the stream nodejs:18. */
static struct slice
module_stream(struct slice label)
{
	struct slice name, stream, rest;
	if (!slice_cut(label, ':', &name, &rest))
		return label;
	slice_cut(rest, ':', &stream, &rest);
	return slice_range(label.p, stream.p + stream.n);
}

static bool
feed_tells_modules(struct store_group group, uint32_t feed)
{
	struct store_statement s;
	while (store_next_statement(&group, &s))
		if (s.feed == feed && s.module.n)
			return true;
	return false;
}

bool
statement_is_of_module(const struct store_statement *s, struct store_group whole, struct slice label)
{
	if (s->module.n)
		return slice_eq(s->module, module_stream(label));
	return label.n == 0 || !feed_tells_modules(whole, s->feed);
}

size_t
package_known_as(const struct package *package, struct known_as out[static KNOWN_AS_MOST])
{
	bool rpm = slice_is(package->type, "rpm");
	size_t n = 1;
	out[0].name = package->source.n ? package->source : package->name;
	out[0].version = package->source_version.n && !rpm ? package->source_version : package->version;
	if (rpm && !slice_eq(out[0].name, package->name))
		out[n++] = (struct known_as){ package->name, package->version };
	return n;
}
