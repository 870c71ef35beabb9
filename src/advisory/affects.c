/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/affects.h"

#include "advisory/feed.h"

bool
statement_lists(const struct database *db, const struct store_statement *s, struct slice version)
{
	for (uint32_t i = 0; i < s->versions.n; i++)
		if (slice_eq(store_text(db, s->versions.first + i), version))
			return true;
	return false;
}

bool
statement_next_span(const struct database *db, const struct store_statement *s, uint32_t *at, struct version_span *out)
{
	*out = (struct version_span){ 0 };
	if (*at == s->events.n)
		return false;
	for (; *at < s->events.n; ++*at) {
		struct version_event event = store_event(db, s->events.first + *at);
		if (event.kind == EVENT_INTRODUCED && out->introduced.p)
			break;
		if (event.kind == EVENT_INTRODUCED)
			out->introduced = event.version.p ? event.version : SLICE("0");
		else if (event.kind == EVENT_FIXED)
			out->fixed = event.version;
		else if (event.kind == EVENT_LIMIT)
			out->limit = event.version;
		else
			out->last = event.version;
	}
	return true;
}

static bool
is_valid(const struct version_scheme *scheme, struct slice version)
{
	return version.p == NULL || scheme->check(version, NULL) == 0;
}

/* What its ecosystem would refuse cannot be compared: such a version is not proof of anything being mended. */
static bool
is_inside(const struct version_scheme *scheme, const struct version_span *span, struct slice version)
{
	bool from_beginning = span->introduced.p == NULL || slice_is(span->introduced, "0");
	if (!is_valid(scheme, version) || !is_valid(scheme, span->fixed) || !is_valid(scheme, span->last) ||
	    !is_valid(scheme, span->limit))
		return true;
	if (!from_beginning && is_valid(scheme, span->introduced) && scheme->compare(version, span->introduced) < 0)
		return false;
	if (span->fixed.p && scheme->compare(version, span->fixed) >= 0)
		return false;
	if (span->limit.p && scheme->compare(version, span->limit) >= 0)
		return false;
	return !(span->last.p && scheme->compare(version, span->last) > 0);
}

static void
take_fix(const struct version_scheme *scheme, const struct version_span *span, struct judgement *out)
{
	if (span->fixed.p && (out->fixed.p == NULL || scheme->compare(span->fixed, out->fixed) < 0))
		out->fixed = span->fixed;
}

/* A version that is only listed: whatever the ranges say mends it above it. */
static void
take_later_fix(const struct database *db, const struct store_statement *s, const struct version_scheme *scheme, struct slice version,
               struct judgement *out)
{
	struct version_span span;
	for (uint32_t at = 0; statement_next_span(db, s, &at, &span);)
		if (span.fixed.p && scheme->compare(version, span.fixed) < 0)
			take_fix(scheme, &span, out);
}

struct judgement
statement_judge(const struct database *db, const struct store_statement *s, const struct version_scheme *scheme, struct slice version)
{
	struct judgement judgement = { .vulnerable = s->state != MATCH_NOT_AFFECTED && s->state != MATCH_FIXED, .state = s->state };
	struct version_span span;
	if (s->state != MATCH_FIXED)
		return judgement;
	judgement.vulnerable = statement_lists(db, s, version);
	for (uint32_t at = 0; statement_next_span(db, s, &at, &span);)
		if (is_inside(scheme, &span, version)) {
			judgement.vulnerable = true;
			take_fix(scheme, &span, &judgement);
		}
	if (judgement.vulnerable && judgement.fixed.p == NULL)
		take_later_fix(db, s, scheme, version, &judgement);
	judgement.state = judgement.fixed.p ? MATCH_FIXED : MATCH_AFFECTED;
	return judgement;
}

bool
feed_is_own(const struct data_feed *feed)
{
	const struct feed *reader = feed_of_format(feed->format);
	return reader && reader->own;
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
