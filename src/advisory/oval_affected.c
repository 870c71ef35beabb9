/* SPDX-License-Identifier: Apache-2.0 */
/* What criteria say of one package, as ranges of versions of the releases that they are of. */
#include "advisory/oval.h"

#include "advisory/channel.h"
#include "base/date.h"
#include "base/error.h"

/* The words of Red Hat for what it does not mend. */
static const struct word {
	const char *word;
	enum match_state state;
} words[] = {
	{ "Will not fix", MATCH_WONT_FIX }, { "Fix deferred", MATCH_DEFERRED }, { "Out of support scope", MATCH_END_OF_LIFE },
	{ "Under investigation", MATCH_UNDER_INVESTIGATION },
};

static const struct word *
word_of(struct slice state)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_is(state, words[i].word))
			return &words[i];
	return NULL;
}

/* By the names of the packages; the first of several counts. */
int
oval_take_resolutions(struct oval_definition *d, struct plim_error *err)
{
	const struct xml_element *affected = xml_child(xml_child(xml_child(d->from, "metadata"), "advisory"), "affected");
	for (const struct xml_element *at = affected ? affected->first : NULL; at; at = at->next) {
		const struct word *word = word_of(xml_attribute(at, "state"));
		for (const struct xml_element *c = word ? at->first : NULL; c; c = c->next) {
			void **place = map_place(&d->unfixed, c->text);
			if (place == NULL)
				return error_nomem(err);
			if (*place == NULL)
				*place = (void *)word;
		}
	}
	return 0;
}

static enum match_state
unfixed_state(const struct oval_definition *d, struct slice package)
{
	const struct word *word = map_find(&d->unfixed, package);
	return word ? word->state : MATCH_AFFECTED;
}

void
oval_limits_add(struct oval_limits *to, const struct oval_asked *asked)
{
	if (asked->bound == BOUND_NEVER)
		to->never = true;
	else if (asked->bound == BOUND_GREATER || asked->bound == BOUND_GREATER_EQUAL)
		to->low = *asked;
	else if (asked->bound != BOUND_ANY)
		to->high = *asked;
}

/* Nothing of rpm is between a version and the same with a caret: "greater than" is an introduction there. */
static struct slice
introduction(const struct oval_limits *l, struct arena *arena)
{
	if (l->low.evr.n == 0)
		return SLICE("0");
	return l->low.bound == BOUND_GREATER ? arena_printf(arena, "%.*s^", SLICE_ARG(l->low.evr)) : l->low.evr;
}

static int
fill(const struct oval_definition *d, const struct oval_limits *l, struct affected *out, struct plim_error *err)
{
	struct version_event *events = arena_make_array(d->arena, 2, struct version_event);
	struct slice *versions = arena_make_array(d->arena, 1, struct slice);
	if (events == NULL || versions == NULL)
		return error_nomem(err);
	events[0] = (struct version_event){ EVENT_INTRODUCED, introduction(l, d->arena) };
	out->state = d->unaffected || l->never ? MATCH_NOT_AFFECTED : MATCH_FIXED;
	if (out->state == MATCH_NOT_AFFECTED)
		return 0;
	if (l->high.bound == BOUND_EQUAL) {
		versions[0] = l->high.evr;
		out->versions = versions;
		out->version_count = 1;
		return 0;
	}
	if (l->high.evr.n == 0 && l->low.evr.n == 0) {
		out->state = unfixed_state(d, l->package);
		return 0;
	}
	out->events = events;
	out->event_count = 1 + (l->high.evr.n > 0);
	events[1] = (struct version_event){ l->high.bound == BOUND_LESS ? EVENT_FIXED : EVENT_LAST_AFFECTED, l->high.evr };
	if (l->high.bound == BOUND_LESS)
		out->fix_known = d->issued;
	/* By what an installed package is told to be of one. */
	const struct channel *channel = channel_of_version(l->high.evr);
	out->channel = channel ? slice_of(channel->name) : SLICE_NONE;
	return events[0].version.p ? 0 : error_nomem(err);
}

static int
count(struct oval *oval, struct slice release, struct plim_error *err)
{
	struct oval_counted *counted = map_find(&oval->counted, release);
	if (counted) {
		counted->n++;
		return 0;
	}
	struct slice key = arena_dup(oval->arena, release);
	void **place = key.p ? map_place(&oval->counted, key) : NULL;
	struct oval_counted **listed = place ? vec_push(&oval->counts) : NULL;
	if (listed == NULL || (*place = *listed = arena_make(oval->arena, struct oval_counted)) == NULL)
		return error_nomem(err);
	**listed = (struct oval_counted){ key, 1 };
	return 0;
}

/* The same for each architecture is said once. */
static int
put(struct oval_definition *d, struct slice module, const struct oval_limits *l, const struct oval_release *release, struct plim_error *err)
{
	struct slice key = arena_printf(d->arena, "%.*s %.*s %.*s %d %.*s %d %.*s %d", SLICE_ARG(release->key), SLICE_ARG(l->package),
	                                SLICE_ARG(module), (int)l->low.bound, SLICE_ARG(l->low.evr), (int)l->high.bound, SLICE_ARG(l->high.evr), l->never);
	void **place = key.p ? map_place(&d->seen, key) : NULL;
	if (place == NULL)
		return error_nomem(err);
	if (*place)
		return 0;
	*place = d;
	struct affected *out = vec_push(&d->affected);
	if (out == NULL)
		return error_nomem(err);
	*out = (struct affected){ .ecosystem = release->key, .package = l->package, .module = module, .fix_known = DATE_NONE };
	int r = fill(d, l, out, err);
	return r < 0 || !release->named ? r : count(d->oval, release->key, err);
}

int
oval_put(struct oval_definition *d, const struct oval_scope *scope, const struct oval_limits *l, struct plim_error *err)
{
	int r = 0;
	if (scope->beside && scope->release_count == 0)
		return 0;
	if (scope->release_count == 0)
		return error_set(err, PLIM_EFORMAT, "package %.*s: of no release", SLICE_ARG(l->package));
	for (size_t i = 0; r == 0 && i < scope->release_count; i++) {
		if (scope->module_count == 0)
			r = put(d, SLICE_NONE, l, &scope->releases[i], err);
		for (size_t k = 0; r == 0 && k < scope->module_count; k++)
			r = put(d, scope->modules[k], l, &scope->releases[i], err);
	}
	return r;
}
