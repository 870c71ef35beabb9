/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OVAL (https://oval.mitre.org) as makers of distributions of rpm publish it: a definition is an erratum or a vulnerability,
 * its criteria a tree of tests, and a test an object (a package) with states (bounds of its version).  Tests stand behind the
 * definitions that name them, so a file is walked twice, an element at a time.
 */
#include "advisory/channel.h"
#include "advisory/ecosystem.h"
#include "advisory/feed.h"
#include "base/date.h"
#include "base/error.h"
#include "base/map.h"
#include "base/vec.h"
#include "codec/xml_tree.h"

/* "Oracle Linux 8" is ol:8.  Names of products that begin alike stand with the longer one first. */
struct product {
	const char *begins;
	const char *id;            /* NULL: no release of an operating system that images have, what is under it is not read */
	const char *packs;         /* of this release it is for all service packs */
};

static const struct product red_hat[] = { { "Red Hat Enterprise Linux ", "rhel" }, { "Red Hat CoreOS ", NULL }, { "CentOS Linux ", NULL }, { 0 } };
static const struct product oracle[] = { { "Oracle Linux ", "ol" }, { 0 } };
static const struct product photon[] = { { "Photon OS ", "photon" }, { 0 } };
static const struct product suse[] = {
	{ "SUSE Linux Enterprise Server for ", NULL }, { "SUSE Linux Enterprise Server ", "sles" },
	{ "SUSE Linux Enterprise Module for ", "sles", "12" }, { "openSUSE Leap ", "opensuse-leap" },
	{ "openSUSE Tumbleweed", "opensuse-tumbleweed" }, { "SUSE ", NULL }, { "openSUSE ", NULL }, { 0 },
};

static const struct maker {
	const char *ids;           /* what the ids of its definitions begin with */
	const struct product *products;
	const char *id, *tag;      /* of one whose files name no release: it is in the releases of versions, "azl3" */
} makers[] = {
	{ "oval:com.redhat.", red_hat, NULL, NULL },
	{ "oval:com.oracle.elsa:", oracle, NULL, NULL },
	{ "oval:com.vmware.phsa:", photon, NULL, NULL },
	{ "oval:org.opensuse.security:", suse, NULL, NULL },
	{ "oval:com.microsoft.azurelinux:", NULL, "azurelinux", ".azl" },
	{ "oval:com.microsoft.cbl-mariner:", NULL, "mariner", ".cm" },
};

enum bound { BOUND_ANY, BOUND_LESS, BOUND_LESS_EQUAL, BOUND_EQUAL, BOUND_GREATER, BOUND_GREATER_EQUAL, BOUND_NEVER };

struct state {
	enum bound bound;
	struct slice evr, version;     /* one of them, or neither: of the architecture, or who signed it */
};

struct test {
	struct slice object, kind, comment;
	struct slice states[4];
	size_t state_count;
	bool none;                 /* passes where there is no such package */
};

struct counted {
	struct slice release;
	size_t n;
};

struct oval {
	struct builder *builder;
	struct arena *arena;       /* of what the second walk looks up */
	const struct maker *maker;
	struct map tests, objects, states;
	struct slice tagged;       /* the release that versions tell, of a maker with a tag */
	VEC(struct counted) tags;
	struct map counted;        /* struct counted by release */
	VEC(struct counted *) counts;    /* the same, in their order */
	int64_t made;
	uint64_t records;
};

static void *
lookup(const struct map *map, struct slice id)
{
	return id.n ? map_find(map, id) : NULL;
}

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
	struct test *test = arena_make(oval->arena, struct test);
	if (test == NULL)
		return error_nomem(err);
	*test = (struct test){ .kind = from->name, .comment = slice_trim(xml_attribute(from, "comment")),
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
	enum bound bound;
} bounds[] = {
	{ "less than", BOUND_LESS },       { "less than or equal", BOUND_LESS_EQUAL },       { "equals", BOUND_EQUAL },
	{ "greater than", BOUND_GREATER }, { "greater than or equal", BOUND_GREATER_EQUAL },
};

static int
take_bound(const struct xml_element *evr, struct state *out, struct plim_error *err)
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
	struct counted *place = n ? vec_push(&oval->tags) : NULL;
	if (place)
		*place = (struct counted){ release, 1 };
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
	struct state *state = arena_make(oval->arena, struct state);
	int r = state == NULL ? error_nomem(err) : 0;
	if (r < 0)
		return r;
	*state = (struct state){ .version = xml_child_text(from, "version") };
	if (evr)
		r = take_bound(evr, state, err);
	if (r == 0 && evr && oval->maker->tag)
		r = take_tag(oval, evr->text, err);
	return r < 0 ? error_wrap(err, r, "%.*s", SLICE_ARG(xml_attribute(from, "id"))) : keep(&oval->states, xml_attribute(from, "id"), state, err);
}

/* criteria */

#define RELEASE_MOST 64
#define MODULE_MOST 32

struct release {
	struct slice key;
	bool named;                /* itself, not as one of the service packs of another */
};

struct scope {
	struct release releases[RELEASE_MOST];
	size_t release_count;
	struct slice modules[MODULE_MOST];    /* any of them; none: of packages of no module */
	size_t module_count;
	bool beside;               /* below a product that is no release */
};

/* What one criterion asks. */
enum ask { ASK_NOTHING, ASK_RELEASE, ASK_MODULE, ASK_BESIDE, ASK_PACKAGE };
struct asked {
	enum ask ask;
	struct slice text;         /* the release, the module, or the package */
	bool packs;                /* the release and its service packs */
	enum bound bound;
	struct slice evr;
};

struct definition {
	struct oval *oval;
	struct arena *arena;       /* of this one */
	const struct xml_element *from;
	struct slice id;
	bool unaffected;
	int64_t issued;
	struct map seen, unfixed;
	VEC(struct affected) affected;
};

static struct slice
suse_release(struct slice text, struct arena *arena)
{
	AUTO(strbuf) struct strbuf release = { 0 };
	return ecosystem_suse_release(text, &release) && !release.failed ? arena_dup(arena, strbuf_slice(&release)) : SLICE_NONE;
}

static struct slice
release_number(const struct maker *maker, struct slice text, struct arena *arena)
{
	if (maker->products == suse)
		return suse_release(text, arena);
	if (maker->products == photon && slice_find(text, '.') == SIZE_MAX)
		return arena_printf(arena, "%.*s.0", SLICE_ARG(text));
	return text;
}

/* "Oracle Linux 8 is installed", of a package of the release: false where it names no product at all. */
static bool
ask_product(const struct definition *d, struct slice comment, struct asked *out)
{
	if (!slice_skip_end(&comment, SLICE(" is installed")))
		return false;
	for (const struct product *p = d->oval->maker->products; p && p->begins; p++) {
		if (!slice_skip(&comment, slice_of(p->begins)))
			continue;
		struct slice number = p->id ? release_number(d->oval->maker, comment, d->arena) : SLICE_NONE;
		out->ask = number.p && slice_find(number, ' ') == SIZE_MAX ? ASK_RELEASE : ASK_BESIDE;
		out->text = number.p ? arena_printf(d->arena, "%s:%.*s", p->id, SLICE_ARG(number)) : SLICE_NONE;
		out->packs = p->packs && slice_is(number, p->packs);
		return true;
	}
	return false;
}

/* Tests of a machine that runs: of no package, so nothing that an image could fail. */
static bool
is_of_machine(struct slice kind)
{
	static const char *const kinds[] = { "uname_test", "textfilecontent54_test", "family_test", "rpmverifyfile_test" };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (slice_is(kind, kinds[i]))
			return true;
	return false;
}

static int
ask_package(const struct definition *d, const struct test *test, struct asked *out, struct plim_error *err)
{
	const struct slice *name = lookup(&d->oval->objects, test->object);
	if (name == NULL || name->n == 0)
		return error_set(err, PLIM_EFORMAT, "%.*s: no package under that id", SLICE_ARG(test->object));
	*out = (struct asked){ .ask = test->state_count ? ASK_NOTHING : ASK_PACKAGE, .text = *name };
	for (size_t i = 0; i < test->state_count; i++) {
		const struct state *state = lookup(&d->oval->states, test->states[i]);
		if (state == NULL)
			return error_set(err, PLIM_EFORMAT, "%.*s: no state of that id", SLICE_ARG(test->states[i]));
		if (state->evr.n) {
			out->ask = ASK_PACKAGE;
			out->bound = state->bound;
			out->evr = state->evr;
		} else if (slice_is(state->version, "0")) {
			out->ask = ASK_PACKAGE;
			out->bound = BOUND_NEVER;
		} else if (state->version.n) {
			return error_set(err, PLIM_EFORMAT, "\"%.*s\" is no product that is known", SLICE_ARG(slice_first(test->comment, 120)));
		}
	}
	return 0;
}

static int
ask_of(const struct definition *d, const struct xml_element *criterion, struct asked *out, struct plim_error *err)
{
	const struct test *test = lookup(&d->oval->tests, xml_attribute(criterion, "test_ref"));
	struct slice module;
	*out = (struct asked){ .ask = ASK_NOTHING };
	if (test == NULL || slice_is(xml_attribute(criterion, "negate"), "true"))
		return error_set(err, PLIM_EFORMAT, "a criterion of no test, or the reverse of one");
	module = test->comment;
	if (slice_skip(&module, SLICE("Module ")) && slice_skip_end(&module, SLICE(" is enabled"))) {
		*out = (struct asked){ .ask = ASK_MODULE, .text = module };
		return 0;
	}
	/* What there is none of does not narrow what is said of others: an image may well have none of it. */
	if (test->none && !d->unaffected)
		return 0;
	if (ask_product(d, test->comment, out) || is_of_machine(test->kind))
		return 0;
	if (slice_is(test->kind, "rpminfo_test"))
		return ask_package(d, test, out, err);
	return error_set(err, PLIM_EFORMAT, "a %.*s is not understood", SLICE_ARG(slice_first(test->kind, 60)));
}

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
static int
take_resolutions(struct definition *d, struct plim_error *err)
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
unfixed_state(const struct definition *d, struct slice package)
{
	const struct word *word = map_find(&d->unfixed, package);
	return word ? word->state : MATCH_AFFECTED;
}

/* Of one package under one AND: from where on, and until where. */
struct limits {
	struct slice package;
	struct asked low, high;
	bool never;
};

static void
limits_add(struct limits *to, const struct asked *asked)
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
introduction(const struct limits *l, struct arena *arena)
{
	if (l->low.evr.n == 0)
		return SLICE("0");
	return l->low.bound == BOUND_GREATER ? arena_printf(arena, "%.*s^", SLICE_ARG(l->low.evr)) : l->low.evr;
}

static int
fill(const struct definition *d, const struct limits *l, struct affected *out, struct plim_error *err)
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
	struct counted *counted = map_find(&oval->counted, release);
	if (counted) {
		counted->n++;
		return 0;
	}
	struct slice key = arena_dup(oval->arena, release);
	void **place = key.p ? map_place(&oval->counted, key) : NULL;
	struct counted **listed = place ? vec_push(&oval->counts) : NULL;
	if (listed == NULL || (*place = *listed = arena_make(oval->arena, struct counted)) == NULL)
		return error_nomem(err);
	**listed = (struct counted){ key, 1 };
	return 0;
}

/* The same for each architecture is said once. */
static int
put(struct definition *d, struct slice module, const struct limits *l, const struct release *release, struct plim_error *err)
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

static int
put_all(struct definition *d, const struct scope *scope, const struct limits *l, struct plim_error *err)
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

static int
enter_release(struct scope *scope, struct release release, struct plim_error *err)
{
	for (size_t i = 0; i < scope->release_count; i++)
		if (slice_eq(scope->releases[i].key, release.key)) {
			scope->releases[i].named = scope->releases[i].named || release.named;
			return 0;
		}
	if (scope->release_count == RELEASE_MOST)
		return error_set(err, PLIM_EFORMAT, "more than %d releases at once", RELEASE_MOST);
	scope->releases[scope->release_count++] = release;
	return 0;
}

static int
enter_module(struct scope *scope, struct slice module, struct plim_error *err)
{
	if (scope->module_count == MODULE_MOST)
		return error_set(err, PLIM_EFORMAT, "more than %d modules at once", MODULE_MOST);
	scope->modules[scope->module_count++] = module;
	return 0;
}

static int
enter(struct scope *scope, const struct asked *asked, struct plim_error *err)
{
	static const char *const packs[] = { "sles:12.1", "sles:12.2", "sles:12.3", "sles:12.4", "sles:12.5" };
	if (asked->ask == ASK_MODULE)
		return enter_module(scope, asked->text, err);
	if (asked->ask == ASK_BESIDE)
		scope->beside = true;
	int r = asked->ask == ASK_RELEASE ? enter_release(scope, (struct release){ asked->text, true }, err) : 0;
	for (size_t i = 0; r == 0 && asked->packs && i < sizeof packs / sizeof *packs; i++)
		r = enter_release(scope, (struct release){ slice_of(packs[i]), false }, err);
	return r;
}

static bool
is_criterion(const struct xml_element *at)
{
	return slice_is(at->name, "criterion");
}

static bool
narrows(const struct asked *asked, bool modules)
{
	return modules ? asked->ask == ASK_MODULE : asked->ask == ASK_RELEASE || asked->ask == ASK_BESIDE;
}

/* An OR of products alone, or of modules alone: what stands beside it is of each of them. */
static int
enter_products(struct definition *d, const struct xml_element *criteria, struct scope *scope, bool *out, struct plim_error *err)
{
	struct scope with = *scope;
	struct asked asked;
	bool modules = false;
	*out = criteria->first && slice_is(xml_attribute(criteria, "operator"), "OR");
	for (const struct xml_element *at = criteria->first; *out && at; at = at->next) {
		int r = is_criterion(at) ? ask_of(d, at, &asked, err) : 0;
		if (r < 0 || (r = is_criterion(at) ? enter(&with, &asked, err) : 0) < 0)
			return r;
		modules = modules || (at == criteria->first && is_criterion(at) && asked.ask == ASK_MODULE);
		*out = is_criterion(at) && narrows(&asked, modules);
	}
	if (*out)
		*scope = with;
	return 0;
}

static int walk(struct definition *d, const struct xml_element *criteria, struct scope scope, struct plim_error *err);

static int
walk_or(struct definition *d, const struct xml_element *criteria, const struct scope *scope, struct plim_error *err)
{
	int r = 0;
	for (const struct xml_element *at = criteria->first; r == 0 && at; at = at->next) {
		struct asked asked = { .ask = ASK_NOTHING };
		if (!is_criterion(at)) {
			r = walk(d, at, *scope, err);
			continue;
		}
		r = ask_of(d, at, &asked, err);
		if (r == 0 && asked.ask == ASK_PACKAGE) {
			struct limits l = { .package = asked.text };
			limits_add(&l, &asked);
			r = put_all(d, scope, &l, err);
		}
	}
	return r;
}

/* The bounds of one package that an AND names several times, together. */
static int
hold_package(struct definition *d, struct map *packages, const struct asked *asked, struct plim_error *err)
{
	void **place = map_place(packages, asked->text);
	if (place && *place == NULL && (*place = arena_make(d->arena, struct limits)))
		*(struct limits *)*place = (struct limits){ .package = asked->text };
	if (place == NULL || *place == NULL)
		return error_nomem(err);
	limits_add(*place, asked);
	return 0;
}

/* First what it is of, then what it is about. */
static int
walk_and(struct definition *d, const struct xml_element *criteria, struct scope scope, struct plim_error *err)
{
	AUTO(map) struct map packages = { 0 };
	int r = 0;
	for (const struct xml_element *at = criteria->first; r == 0 && at; at = at->next) {
		struct asked asked = { .ask = ASK_NOTHING };
		bool products;
		r = is_criterion(at) ? ask_of(d, at, &asked, err) : enter_products(d, at, &scope, &products, err);
		if (r == 0)
			r = asked.ask == ASK_PACKAGE ? hold_package(d, &packages, &asked, err) : enter(&scope, &asked, err);
	}
	for (const struct xml_element *at = criteria->first; r == 0 && at; at = at->next) {
		struct asked asked = { .ask = ASK_NOTHING };
		r = is_criterion(at) ? ask_of(d, at, &asked, err) : walk(d, at, scope, err);
		if (r == 0 && asked.ask == ASK_PACKAGE)
			r = put_all(d, &scope, map_find(&packages, asked.text), err);
	}
	return r;
}

static int
walk(struct definition *d, const struct xml_element *criteria, struct scope scope, struct plim_error *err)
{
	struct slice operator = xml_attribute(criteria, "operator");
	if (!slice_is(criteria->name, "criteria") || slice_is(xml_attribute(criteria, "negate"), "true"))
		return error_set(err, PLIM_EFORMAT, "criteria with %.*s, or the reverse of some", SLICE_ARG(slice_first(criteria->name, 60)));
	if (slice_is(operator, "OR"))
		return walk_or(d, criteria, &scope, err);
	if (operator.n == 0 || slice_is(operator, "AND"))
		return walk_and(d, criteria, scope, err);
	return error_set(err, PLIM_EFORMAT, "criteria joined by %.*s", SLICE_ARG(slice_first(operator, 40)));
}

/* definitions */

static int64_t
date_of(struct slice text, struct arena *arena)
{
	int64_t seconds = DATE_NONE;
	/* Some write no time zone. */
	if (!date_parse(text, &seconds) && text.n)
		date_parse(arena_printf(arena, "%.*sZ", SLICE_ARG(text)), &seconds);
	return seconds;
}

/* "CVE-2019-16168" of "CVE:00001:CVE-2019-16168" and of "Mitre CVE-2019-16168". */
static struct slice
cve_of(struct slice text)
{
	size_t at = slice_find_text(text, SLICE("CVE-"));
	return at == SIZE_MAX ? SLICE_NONE : slice_trim(slice_from(text, at));
}

static int
put_alias(struct map *seen, struct slice *aliases, size_t *n, struct slice id, struct slice alias, struct plim_error *err)
{
	if (alias.n == 0 || slice_eq(alias, id))
		return 0;
	void **place = map_place(seen, alias);
	if (place == NULL)
		return error_nomem(err);
	if (*place == NULL)
		aliases[(*n)++] = alias;
	*place = aliases;
	return 0;
}

static int
take_references(const struct xml_element *metadata, struct arena *arena, struct advisory *out, struct plim_error *err)
{
	AUTO(map) struct map seen = { 0 };
	size_t room = 0;
	const struct xml_element *advisory = xml_child(metadata, "advisory");
	for (const struct xml_element *at = metadata->first; at; at = at->next)
		room++;
	for (const struct xml_element *at = advisory ? advisory->first : NULL; at; at = at->next)
		room++;
	struct slice *aliases = arena_make_array(arena, room + 1, struct slice);
	int r = aliases ? 0 : error_nomem(err);
	for (const struct xml_element *at = metadata->first; r == 0 && at; at = at->next) {
		if (!slice_is(at->name, "reference"))
			continue;
		if (out->url.n == 0)
			out->url = xml_attribute(at, "ref_url");
		r = put_alias(&seen, aliases, &out->alias_count, out->id, cve_of(xml_attribute(at, "ref_id")), err);
	}
	for (const struct xml_element *at = advisory ? advisory->first : NULL; r == 0 && at; at = at->next)
		if (slice_is(at->name, "cve"))
			r = put_alias(&seen, aliases, &out->alias_count, out->id, cve_of(at->text), err);
	out->aliases = aliases;
	return r;
}

/* Of an advisory of one CVE: "5.7/CVSS:3.0/AV:N/...".  Of several there is no vector that is all of them. */
static struct slice
vector_of(const struct xml_element *advisory)
{
	struct slice vector = SLICE_NONE, score, found;
	size_t n = 0;
	for (const struct xml_element *at = advisory ? advisory->first : NULL; at; at = at->next)
		if (slice_is(at->name, "cve") && ++n && slice_cut(xml_attribute(at, "cvss3"), '/', &score, &found))
			vector = found;
	return n == 1 ? vector : SLICE_NONE;
}

/* "ELSA-2021-9151: openssl security update", "CVE-2024-1 affecting package x", and "Unaffected components for: CVE-2024-1". */
static int
take_title(const struct xml_element *metadata, struct advisory *out, struct plim_error *err)
{
	struct slice rest = slice_trim(xml_child_text(metadata, "title")), word = SLICE_NONE;
	out->title = slice_first_text(rest, 160);
	slice_word(&rest, &word);
	slice_skip_end(&word, SLICE(":"));
	if (slice_find(word, '-') == SIZE_MAX)
		word = cve_of(rest);
	out->id = word;
	return slice_find(word, '-') == SIZE_MAX ? error_set(err, PLIM_EFORMAT, "a title that begins with no id") : 0;
}

static int
fill_advisory(struct definition *d, struct advisory *out, struct plim_error *err)
{
	const struct xml_element *metadata = xml_child(d->from, "metadata"), *advisory = xml_child(metadata, "advisory");
	struct slice word = xml_child_text(advisory, "severity");
	*out = (struct advisory){ .published = DATE_NONE, .modified = DATE_NONE };
	int r = metadata ? take_title(metadata, out, err) : error_set(err, PLIM_EFORMAT, "no metadata");
	if (r < 0 || (r = take_references(metadata, d->arena, out, err)) < 0)
		return r;
	severity_parse(word.n ? word : xml_child_text(metadata, "severity"), &out->severity);
	out->vector = vector_of(advisory);
	struct slice issued = xml_attribute(xml_child(advisory, "issued"), "date");
	out->published = date_of(issued.n ? issued : xml_child_text(metadata, "advisory_date"), d->arena);
	out->modified = date_of(xml_attribute(xml_child(advisory, "updated"), "date"), d->arena);
	d->issued = out->published;
	return 0;
}

/* Microsoft's word for a vulnerability that its package does not have. */
static bool
is_unaffected(const struct definition *d)
{
	return slice_find_text(d->id, SLICE(".unaffected:")) != SIZE_MAX ||
	       slice_is(xml_child_text(xml_child(d->from, "metadata"), "patchable"), "Not Applicable");
}

static int
read_criteria(struct definition *d, struct plim_error *err)
{
	const struct xml_element *criteria = xml_child(d->from, "criteria");
	struct scope scope = { 0 };
	if (d->oval->maker->tag) {
		scope.releases[0] = (struct release){ arena_printf(d->arena, "%s:%.*s.0", d->oval->maker->id, SLICE_ARG(d->oval->tagged)), true };
		scope.release_count = 1;
	}
	if (criteria == NULL)
		return error_set(err, PLIM_EFORMAT, "no criteria");
	return walk(d, criteria, scope, err);
}

static int
take_definition(struct oval *oval, const struct xml_element *from, struct arena *arena, struct plim_error *err)
{
	struct definition d = { .oval = oval, .arena = arena, .from = from, .id = xml_attribute(from, "id") };
	struct advisory advisory;
	int r;
	d.unaffected = is_unaffected(&d);
	if (!slice_starts(d.id, slice_of(oval->maker->ids)))
		r = error_set(err, PLIM_EFORMAT, "an id of another maker");
	else if ((r = fill_advisory(&d, &advisory, err)) == 0 && (r = take_resolutions(&d, err)) == 0)
		r = read_criteria(&d, err);
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
	oval->made = date_of(element->text, oval->arena);
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

static const struct maker *
maker_of(struct slice bytes)
{
	for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
		if (slice_find_text(slice_first(bytes, 65536), slice_of(makers[i].ids)) != SIZE_MAX)
			return &makers[i];
	return NULL;
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
	bool product = oval->maker->products == red_hat && slice_find_text(whole, SLICE("cpe:/o:redhat:enterprise_linux:")) == SIZE_MAX;
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
	struct oval oval = { .builder = builder, .arena = arena, .maker = maker_of(file->bytes), .made = DATE_NONE };
	struct slice base = path_base(file->name), name = slice_first(base, slice_find_text(base, SLICE(".xml")));
	if (oval.maker == NULL)
		return error_set(err, PLIM_EUNSUPPORTED, "OVAL of a maker that is not read");
	if (oval.maker->products == red_hat && is_of_extended_support(file->bytes))
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
