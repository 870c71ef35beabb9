/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OVAL (https://oval.mitre.org) as makers of distributions of rpm publish it: a definition is an erratum or a vulnerability,
 * its criteria a tree of tests, and a test an object (a package) with states (bounds of its version).  Tests stand behind the
 * definitions that name them, so a file is walked twice, an element at a time.
 */
#include "advisory/feed.h"
#include "advisory/oval.h"
#include "base/date.h"
#include "base/error.h"

static int
keep(struct map *map, struct slice id, void *value, struct plim_error *err)
{
	if (id.n == 0)
		return error_set(err, PLIM_EFORMAT, "a test, object or state without an id");
	void **place = map_place(map, id);
	if (place == NULL)
		return error_nomem(err);
	if (*place)
		return error_set(err, PLIM_EFORMAT, "%.*s: there are two of it", SLICE_ARG(id));
	*place = value;
	return 0;
}

/* tests, objects, states */

static int
take_test(struct oval *oval, const struct xml_element *from, struct plim_error *err)
{
	struct oval_test *test = arena_make(oval->arena, struct oval_test);
	if (test == NULL)
		return error_nomem(err);
	*test = (struct oval_test){ .kind = from->name, .comment = slice_trim(xml_attribute(from, "comment")),
		                   .none = slice_is(xml_attribute(from, "check_existence"), "none_exist") ||
		                           slice_is(xml_attribute(from, "check"), "none satisfy"),
		                   .object = xml_attribute(xml_child(from, "object"), "object_ref") };
	for (const struct xml_element *at = from->first; at; at = at->next) {
		if (!slice_is(at->name, "state"))
			continue;
		if (test->state_count == sizeof test->states / sizeof *test->states)
			return error_set(err, PLIM_EFORMAT, "%.*s: more states than a test has", SLICE_ARG(xml_attribute(from, "id")));
		test->states[test->state_count++] = xml_attribute(at, "state_ref");
	}
	return keep(&oval->tests, xml_attribute(from, "id"), test, err);
}

static int
take_object(struct oval *oval, const struct xml_element *from, struct plim_error *err)
{
	struct slice *name = arena_make(oval->arena, struct slice);
	if (name == NULL)
		return error_nomem(err);
	*name = xml_child_text(from, "name");
	return keep(&oval->objects, xml_attribute(from, "id"), name, err);
}

static const struct {
	const char *operation;
	enum oval_bound bound;
} bounds[] = {
	{ "less than", BOUND_LESS },       { "less than or equal", BOUND_LESS_EQUAL },       { "equals", BOUND_EQUAL },
	{ "greater than", BOUND_GREATER }, { "greater than or equal", BOUND_GREATER_EQUAL },
};

static int
take_bound(const struct xml_element *evr, struct oval_state *out, struct plim_error *err)
{
	struct slice operation = xml_attribute(evr, "operation");
	out->evr = evr->text;
	slice_skip(&out->evr, SLICE("0:"));    /* as versions are written everywhere else */
	for (size_t i = 0; out->evr.n && i < sizeof bounds / sizeof *bounds; i++)
		if (slice_is(operation.n ? operation : SLICE("equals"), bounds[i].operation)) {
			out->bound = bounds[i].bound;
			return 0;
		}
	return error_set(err, PLIM_EFORMAT, "an evr that is empty, or of operation \"%.*s\"", SLICE_ARG(slice_first(operation, 40)));
}

/* "0:2.6.7-3.azl3" is of release 3.0. */
static int
take_tag(struct oval *oval, struct slice evr, struct plim_error *err)
{
	struct slice tag = slice_of(oval->maker->tag);
	size_t at = slice_find_text(evr, tag);
	if (at == SIZE_MAX)
		return 0;
	struct slice release = slice_from(evr, at + tag.n);
	size_t n = 0;
	while (n < release.n && release.p[n] >= '0' && release.p[n] <= '9')
		n++;
	release = slice_first(release, n);
	for (size_t i = 0; n && i < oval->tags.n; i++)
		if (slice_eq(oval->tags.at[i].release, release)) {
			oval->tags.at[i].n++;
			return 0;
		}
	struct oval_counted *place = n ? vec_push(&oval->tags) : NULL;
	if (place)
		*place = (struct oval_counted){ release, 1 };
	return n && place == NULL ? error_nomem(err) : 0;
}

/* Single packages keep the tag of the release before: nearly all must agree, or the file is of none. */
static int
choose_tag(struct oval *oval, struct plim_error *err)
{
	size_t all = 0, most = 0;
	for (size_t i = 0; i < oval->tags.n; i++) {
		all += oval->tags.at[i].n;
		if (oval->tags.at[i].n <= most)
			continue;
		most = oval->tags.at[i].n;
		oval->tagged = oval->tags.at[i].release;
	}
	if (most == 0 || (all - most) * 20 > all)
		return error_set(err, PLIM_EFORMAT, "its versions do not tell which release of %s it is of", oval->maker->id);
	return 0;
}

static int
take_state(struct oval *oval, const struct xml_element *from, struct plim_error *err)
{
	const struct xml_element *evr = xml_child(from, "evr");
	struct oval_state *state = arena_make(oval->arena, struct oval_state);
	int r = state == NULL ? error_nomem(err) : 0;
	if (r < 0)
		return r;
	*state = (struct oval_state){ .version = xml_child_text(from, "version") };
	if (evr)
		r = take_bound(evr, state, err);
	if (r == 0 && evr && oval->maker->tag)
		r = take_tag(oval, evr->text, err);
	return r < 0 ? error_wrap(err, r, "%.*s", SLICE_ARG(xml_attribute(from, "id"))) : keep(&oval->states, xml_attribute(from, "id"), state, err);
}

/* definitions */

/* Microsoft's word for a vulnerability that its package does not have. */
static bool
is_unaffected(const struct oval_definition *d)
{
	return slice_find_text(d->id, SLICE(".unaffected:")) != SIZE_MAX ||
	       slice_is(xml_child_text(xml_child(d->from, "metadata"), "patchable"), "Not Applicable");
}

static int
take_definition(struct oval *oval, const struct xml_element *from, struct arena *arena, struct plim_error *err)
{
	struct oval_definition d = { .oval = oval, .arena = arena, .from = from, .id = xml_attribute(from, "id") };
	struct advisory advisory;
	int r;
	d.unaffected = is_unaffected(&d);
	if (!slice_starts(d.id, slice_of(oval->maker->ids)))
		r = error_set(err, PLIM_EFORMAT, "an id of another maker");
	else if ((r = oval_fill_advisory(&d, &advisory, err)) == 0 && (r = oval_take_resolutions(&d, err)) == 0)
		r = oval_read_criteria(&d, err);
	if (r == 0) {
		advisory.affected = d.affected.at;
		advisory.affected_count = d.affected.n;
		r = builder_advisory(oval->builder, &advisory, err);
	}
	map_done(&d.seen);
	map_done(&d.unfixed);
	vec_done(&d.affected);
	oval->records++;
	return r < 0 ? error_wrap(err, r, "%.*s", SLICE_ARG(slice_first(d.id, 120))) : 0;
}

/* the file */

#define TIMESTAMP "/oval_definitions/generator/timestamp"

typedef int taker(struct oval *oval, const struct xml_element *from, struct plim_error *err);

static taker *
taker_of(struct slice path)
{
	static const struct {
		const char *path;
		taker *take;
	} takers[] = { { "/oval_definitions/tests", take_test }, { "/oval_definitions/objects", take_object }, { "/oval_definitions/states", take_state } };
	for (size_t i = 0; i < sizeof takers / sizeof *takers; i++)
		if (slice_is(path_dir(path), takers[i].path))
			return takers[i].take;
	return NULL;
}

static bool
is_foundation(void *context, struct slice path)
{
	(void)context;
	return taker_of(path) != NULL || slice_is(path, TIMESTAMP);
}

static int
take_foundation(void *context, struct slice path, struct slice text, struct plim_error *err)
{
	struct oval *oval = context;
	const struct xml_element *element;
	int r = xml_tree_parse(text, oval->arena, &element, err);
	if (r < 0)
		return r;
	if (!slice_is(path, TIMESTAMP))
		return taker_of(path)(oval, element, err);
	oval->made = oval_date(element->text, oval->arena);
	return 0;
}

static bool
is_definition(void *context, struct slice path)
{
	(void)context;
	return slice_is(path, "/oval_definitions/definitions/definition");
}

static int
take_defining(void *context, struct slice path, struct slice text, struct plim_error *err)
{
	(void)path;
	AUTO(arena) struct arena *own = arena_new(0);
	const struct xml_element *element;
	int r = own ? xml_tree_parse(text, own, &element, err) : error_nomem(err);
	return r < 0 ? r : take_definition(context, element, own, err);
}

static int
bid(const struct feed_file *file)
{
	return slice_find_text(slice_first(file->bytes, 4096), SLICE("<oval_definitions")) != SIZE_MAX ? 48 : 0;
}

/*
 * Files of one product of Red Hat name packages of the release that it is for: they are not the release.  And a file of few
 * statements is no release's.
 */
#define COVER_LEAST 100

static int
cover(const struct oval *oval, struct slice whole, struct plim_error *err)
{
	bool product = oval_is_red_hat(oval->maker) && slice_find_text(whole, SLICE("cpe:/o:redhat:enterprise_linux:")) == SIZE_MAX;
	int r = 0;
	for (size_t i = 0; r == 0 && !product && i < oval->counts.n; i++)
		if (oval->counts.at[i]->n >= COVER_LEAST)
			r = builder_covers(oval->builder, oval->counts.at[i]->release, NULL, 0, err);
	return r;
}

static int
read_all(struct oval *oval, struct slice whole, struct data_feed *out, struct plim_error *err)
{
	int r = xml_walk(whole, &(struct xml_walk){ oval, 3, is_foundation, take_foundation }, err);
	out->snapshot = oval->made;
	if (r == 0 && oval->maker->tag)
		r = choose_tag(oval, err);
	if (r == 0)
		r = xml_walk(whole, &(struct xml_walk){ oval, 3, is_definition, take_defining }, err);
	if (r == 0 && oval->records == 0)
		r = error_set(err, PLIM_EFORMAT, "no definitions");
	return r < 0 ? r : cover(oval, whole, err);
}

/* Their fixes have lower versions than the release's, and would clear its packages. */
static bool
is_of_extended_support(struct slice whole)
{
	static const char *const streams[] = { "rhel_eus:", "rhel_aus:", "rhel_e4s:", "rhel_tus:", "rhel_els:", "rhel_mission_critical:" };
	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++)
		if (slice_find_text(whole, slice_of(streams[i])) != SIZE_MAX)
			return true;
	return false;
}

static int
read_oval(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	struct oval oval = { .builder = builder, .arena = arena, .maker = oval_maker(file->bytes), .made = DATE_NONE };
	struct slice base = path_base(file->name), name = slice_first(base, slice_find_text(base, SLICE(".xml")));
	if (oval.maker == NULL)
		return error_set(err, PLIM_EUNSUPPORTED, "OVAL of a maker that is not read");
	if (oval_is_red_hat(oval.maker) && is_of_extended_support(file->bytes))
		return error_set(err, PLIM_EUNSUPPORTED, "it is of extended support, by which no image is judged");
	out->name = arena_printf(arena, "oval %.*s", SLICE_ARG(name));
	int r = out->name.p ? read_all(&oval, file->bytes, out, err) : error_nomem(err);
	out->records = oval.records;
	map_done(&oval.tests);
	map_done(&oval.objects);
	map_done(&oval.states);
	map_done(&oval.counted);
	vec_done(&oval.counts);
	vec_done(&oval.tags);
	return r;
}

const struct feed feed_oval = { .format = "oval", .bid = bid, .read = read_oval, .own = true };
