/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/explain.h"

#include "base/glob.h"

bool
explaining_wants(const struct explaining *explaining, const struct package *package, const struct store_advisory *advisory)
{
	struct store_list aliases = advisory->aliases;
	struct slice alias;
	if (glob_match(explaining->glob, package->name) || glob_match(explaining->glob, package->source) || glob_match(explaining->glob, advisory->id))
		return true;
	while (store_next_text(&aliases, &alias))
		if (glob_match(explaining->glob, alias))
			return true;
	return false;
}

/* Why it is vulnerable. */
static struct slice
why_so(struct arena *arena, const struct heard *h)
{
	static const char *const states[MATCH_STATE_COUNT] = {
		[MATCH_AFFECTED] = "no fix is known",         [MATCH_WONT_FIX] = "the distribution will not fix it",
		[MATCH_DEFERRED] = "the fix is deferred",     [MATCH_END_OF_LIFE] = "the package is no longer supported",
		[MATCH_UNDER_INVESTIGATION] = "it is not decided yet", [MATCH_FIXED] = "", [MATCH_NOT_AFFECTED] = "",
	};
	if (h->hearing == HEAR_WITHOUT_FIX)
		return arena_printf(arena, "its fix is in the channel %.*s alone, which this package is not from", SLICE_ARG(h->statement->channel));
	if (h->judgement.fixed.p)
		return arena_printf(arena, "%.*s is below the fix, %.*s", SLICE_ARG(h->version), SLICE_ARG(h->judgement.fixed));
	return slice_of(states[h->judgement.state]);
}

/* The fix that the version has; absent where no range speaks of it. */
static struct slice
fix_had(const struct heard *h)
{
	struct store_list events = h->statement->events;
	struct slice fix = SLICE_NONE;
	struct version_span span;
	while (statement_next_span(&events, &span))
		if (span.fixed.p && h->scheme->compare(h->version, span.fixed) >= 0)
			fix = span.fixed;
	return fix;
}

static struct slice
why_not(struct arena *arena, const struct heard *h)
{
	struct slice fix = fix_had(h);
	if (h->hearing == HEAR_NOT && h->statement->channel.n)
		return arena_printf(arena, "it is about packages of the channel %.*s", SLICE_ARG(h->statement->channel));
	if (h->hearing == HEAR_NOT)
		return SLICE("the channel that the package is from has a word of its own");
	if (h->other_module)
		return h->statement->module.n ? arena_printf(arena, "it is about the module %.*s", SLICE_ARG(h->statement->module))
		                              : SLICE("it is about packages of no module");
	if (h->cleared)
		return SLICE("the release's own feed says that it is mended");
	if (h->statement->state == MATCH_NOT_AFFECTED)
		return SLICE("the feed says that the package is not affected");
	if (fix.p)
		return arena_printf(arena, "%.*s has the fix, %.*s", SLICE_ARG(h->version), SLICE_ARG(fix));
	return arena_printf(arena, "%.*s is in none of its ranges", SLICE_ARG(h->version));
}

bool
explaining_add(struct explaining *explaining, const struct heard *h)
{
	struct match_reason *place = vec_push(&explaining->list);
	bool applies = h->hearing != HEAR_NOT && !h->other_module && !h->cleared && h->judgement.vulnerable;
	if (place == NULL)
		return false;
	*place = (struct match_reason){
		.package = h->package->name, .version = h->package->version, .id = h->advisory->id, .feed = h->feed, .applies = applies,
		.reason = applies ? why_so(explaining->arena, h) : why_not(explaining->arena, h),
	};
	return place->reason.p != NULL;
}
