/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of criteria: which releases and modules each branch is of, and which bounds of a package belong together. */
#include "advisory/oval.h"

#include "base/error.h"

static int
enter_release(struct oval_scope *scope, struct oval_release release, struct plim_error *err)
{
	for (size_t i = 0; i < scope->release_count; i++)
		if (slice_eq(scope->releases[i].key, release.key)) {
			scope->releases[i].named = scope->releases[i].named || release.named;
			return 0;
		}
	if (scope->release_count == OVAL_RELEASE_MOST)
		return error_set(err, PLIM_EFORMAT, "more than %d releases at once", OVAL_RELEASE_MOST);
	scope->releases[scope->release_count++] = release;
	return 0;
}

static int
enter_module(struct oval_scope *scope, struct slice module, struct plim_error *err)
{
	if (scope->module_count == OVAL_MODULE_MOST)
		return error_set(err, PLIM_EFORMAT, "more than %d modules at once", OVAL_MODULE_MOST);
	scope->modules[scope->module_count++] = module;
	return 0;
}

static int
enter(struct oval_scope *scope, const struct oval_asked *asked, struct plim_error *err)
{
	static const char *const packs[] = { "sles:12.1", "sles:12.2", "sles:12.3", "sles:12.4", "sles:12.5" };
	if (asked->ask == ASK_MODULE)
		return enter_module(scope, asked->text, err);
	if (asked->ask == ASK_BESIDE)
		scope->beside = true;
	int r = asked->ask == ASK_RELEASE ? enter_release(scope, (struct oval_release){ asked->text, true }, err) : 0;
	for (size_t i = 0; r == 0 && asked->packs && i < sizeof packs / sizeof *packs; i++)
		r = enter_release(scope, (struct oval_release){ slice_of(packs[i]), false }, err);
	return r;
}

static bool
is_criterion(const struct xml_element *at)
{
	return slice_is(at->name, "criterion");
}

static bool
narrows(const struct oval_asked *asked, bool modules)
{
	return modules ? asked->ask == ASK_MODULE : asked->ask == ASK_RELEASE || asked->ask == ASK_BESIDE;
}

/* An OR of products alone, or of modules alone: what stands beside it is of each of them. */
static int
enter_products(struct oval_definition *d, const struct xml_element *criteria, struct oval_scope *scope, bool *out, struct plim_error *err)
{
	struct oval_scope with = *scope;
	struct oval_asked asked;
	bool modules = false;
	*out = criteria->first && slice_is(xml_attribute(criteria, "operator"), "OR");
	for (const struct xml_element *at = criteria->first; *out && at; at = at->next) {
		int r = is_criterion(at) ? oval_ask(d, at, &asked, err) : 0;
		if (r < 0 || (r = is_criterion(at) ? enter(&with, &asked, err) : 0) < 0)
			return r;
		modules = modules || (at == criteria->first && is_criterion(at) && asked.ask == ASK_MODULE);
		*out = is_criterion(at) && narrows(&asked, modules);
	}
	if (*out)
		*scope = with;
	return 0;
}

static int walk(struct oval_definition *d, const struct xml_element *criteria, struct oval_scope scope, struct plim_error *err);

static int
walk_or(struct oval_definition *d, const struct xml_element *criteria, const struct oval_scope *scope, struct plim_error *err)
{
	int r = 0;
	for (const struct xml_element *at = criteria->first; r == 0 && at; at = at->next) {
		struct oval_asked asked = { .ask = ASK_NOTHING };
		if (!is_criterion(at)) {
			r = walk(d, at, *scope, err);
			continue;
		}
		r = oval_ask(d, at, &asked, err);
		if (r == 0 && asked.ask == ASK_PACKAGE) {
			struct oval_limits l = { .package = asked.text };
			oval_limits_add(&l, &asked);
			r = oval_put(d, scope, &l, err);
		}
	}
	return r;
}

/* The bounds of one package that an AND names several times, together. */
static int
hold_package(struct oval_definition *d, struct map *packages, const struct oval_asked *asked, struct plim_error *err)
{
	void **place = map_place(packages, asked->text);
	if (place && *place == NULL && (*place = arena_make(d->arena, struct oval_limits)))
		*(struct oval_limits *)*place = (struct oval_limits){ .package = asked->text };
	if (place == NULL || *place == NULL)
		return error_nomem(err);
	oval_limits_add(*place, asked);
	return 0;
}

/* First what it is of, then what it is about. */
static int
walk_and(struct oval_definition *d, const struct xml_element *criteria, struct oval_scope scope, struct plim_error *err)
{
	AUTO(map) struct map packages = { 0 };
	int r = 0;
	for (const struct xml_element *at = criteria->first; r == 0 && at; at = at->next) {
		struct oval_asked asked = { .ask = ASK_NOTHING };
		bool products;
		r = is_criterion(at) ? oval_ask(d, at, &asked, err) : enter_products(d, at, &scope, &products, err);
		if (r == 0)
			r = asked.ask == ASK_PACKAGE ? hold_package(d, &packages, &asked, err) : enter(&scope, &asked, err);
	}
	for (const struct xml_element *at = criteria->first; r == 0 && at; at = at->next) {
		struct oval_asked asked = { .ask = ASK_NOTHING };
		r = is_criterion(at) ? oval_ask(d, at, &asked, err) : walk(d, at, scope, err);
		if (r == 0 && asked.ask == ASK_PACKAGE)
			r = oval_put(d, &scope, map_find(&packages, asked.text), err);
	}
	return r;
}

static int
walk(struct oval_definition *d, const struct xml_element *criteria, struct oval_scope scope, struct plim_error *err)
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

int
oval_read_criteria(struct oval_definition *d, struct plim_error *err)
{
	const struct xml_element *criteria = xml_child(d->from, "criteria");
	struct oval_scope scope = { 0 };
	if (d->oval->maker->tag) {
		scope.releases[0] = (struct oval_release){ arena_printf(d->arena, "%s:%.*s.0", d->oval->maker->id, SLICE_ARG(d->oval->tagged)), true };
		scope.release_count = 1;
	}
	if (criteria == NULL)
		return error_set(err, PLIM_EFORMAT, "no criteria");
	return walk(d, criteria, scope, err);
}
