/* SPDX-License-Identifier: Apache-2.0 */
/* Which package an entry of `components` means, and how its versions compare. */
#include "policy/component.h"

#include "base/error.h"
#include "base/glob.h"
#include "version/range.h"
#include "version/scheme.h"

/* A package URL as far as it names the package: "pkg:deb/debian/openssl@3.0.9?arch=amd64" without its version. */
static struct slice
purl_name(struct slice purl)
{
	struct slice name, rest;
	slice_cut(purl, '@', &name, &rest);
	return name;
}

bool
component_is_file(const struct component *component)
{
	return component->digest.algorithm != DIGEST_NONE || component->path.n > 0;
}

bool
component_is(const struct component *component, const struct package *package)
{
	if (component_is_file(component))
		return false;
	if (component->purl.n > 0)
		return glob_match(component->purl, purl_name(package->purl));
	return glob_match(component->name, package->name) && (component->type.n == 0 || slice_eq(component->type, package->type));
}

bool
component_is_out_of_scope(const struct judging *judging, const struct component *component, const struct package *package)
{
	struct doubt doubt;
	return component->terms.scope.at && judge_scope(judging, &component->terms.scope, evidence_of_package(package), &doubt) == SCOPE_OUT;
}

int
judge_component(struct judging *judging, const char *rule, const struct component *component, struct evidence evidence,
                const struct finding *words, struct plim_error *err)
{
	struct finding finding = *words;
	finding.rule = judge_text(judging, "components/%s/%.*s", rule, SLICE_ARG(component->name));
	finding.area = AREA_COMPONENTS;
	finding.severity = SEVERITY_MEDIUM;
	finding.evidence = evidence;
	return judge_entry(judging, &component->terms, &finding, err);
}

struct slice
component_upstream_version(struct slice version)
{
	struct slice epoch, rest, upstream, revision, really = SLICE("+really");
	if (slice_cut(version, ':', &epoch, &rest))
		version = rest;
	if (slice_cut_last(version, '-', &upstream, &revision))
		version = upstream;
	size_t at = slice_find_text(version, really);
	return at == SIZE_MAX ? version : slice_from(version, at + really.n);
}

bool
component_names_revision(struct slice want)
{
	return slice_find(want, ':') != SIZE_MAX || slice_find(want, '-') != SIZE_MAX;
}

struct slice
component_comparable(const struct version_scheme *scheme, struct slice have, struct slice want)
{
	struct slice epoch, rest;
	/* Elsewhere a hyphen says more than that: 2.0.0-rc.1 is before 2.0.0. */
	if (!scheme->distribution)
		return have;
	if (!component_names_revision(want))
		return component_upstream_version(have);
	if (slice_find(want, ':') == SIZE_MAX && slice_cut(have, ':', &epoch, &rest))
		return rest;
	if (slice_find(want, '-') == SIZE_MAX && slice_cut_last(have, '-', &rest, &epoch))
		return rest;
	return have;
}

bool
versions_can_order(const struct version_scheme *scheme, struct slice have, struct slice want, struct plim_error *why)
{
	if (scheme == NULL) {
		error_set(why, PLIM_EFORMAT, "there is no ordering for its type");
		return false;
	}
	return scheme->check(have, why) == 0 && scheme->check(want, why) == 0;
}

enum fit
component_fit(const struct component *component, const struct package *package, struct plim_error *why)
{
	const struct version_scheme *scheme = version_scheme_for_type(package->type);
	struct version_bound bound;
	bool fits = component_is(component, package);
	for (struct slice rest = component->versions; fits && version_bound_next(&rest, &bound);) {
		if (!versions_can_order(scheme, package->version, bound.version, why))
			return FIT_UNCERTAIN;
		fits = version_relation_holds(bound.relation, scheme->compare(component_comparable(scheme, package->version, bound.version), bound.version));
	}
	return fits ? FIT_YES : FIT_NO;
}

int
judge_unordered(struct judging *judging, const struct package *package, struct slice want, const char *why, struct plim_error *err)
{
	return judge_unknown(judging, UNKNOWN_UNREADABLE, AREA_COMPONENTS, package->name,
	                     judge_text(judging, "version %.*s cannot be compared with %.*s: %s", SLICE_ARG(package->version), SLICE_ARG(want),
	                                why),
	                     package->layer, err);
}

