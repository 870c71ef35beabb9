/* SPDX-License-Identifier: Apache-2.0 */
/* Software at its minimum version, software that may not be there, software that must. */
#include "policy/component.h"

#include "base/error.h"
#include "base/glob.h"
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
component_is(const struct component *component, const struct package *package)
{
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
judge_component(struct judging *judging, const char *rule, const struct component *component, const struct package *package,
                const struct finding *words, struct plim_error *err)
{
	struct finding finding = *words;
	finding.rule = judge_text(judging, "components/%s/%.*s", rule, SLICE_ARG(component->name));
	finding.area = AREA_COMPONENTS;
	finding.severity = SEVERITY_MEDIUM;
	finding.evidence = package ? evidence_of_package(package) : EVIDENCE_NONE;
	if (package == NULL) {
		finding.evidence.package = component->name;
		finding.evidence.package_type = component->type;
	}
	return judge_entry(judging, &component->terms, &finding, err);
}

/* forbidden and required */

static int
judge_forbidden(struct judging *judging, const struct component *component, const struct package *package, struct plim_error *err)
{
	if (!component_is(component, package))
		return 0;
	struct finding words = {
		.title = judge_text(judging, "%.*s may not be there", SLICE_ARG(package->name)),
		.message = component->reason,
		.fix_command = judge_text(judging, "Remove %.*s in the instruction that installs it.", SLICE_ARG(package->name)),
	};
	return judge_component(judging, "forbidden", component, package, &words, err);
}

/* What is not in a list that is incomplete may be there: the gap itself is reported as an unknown. */
static bool
has_package_gap(const struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->gap_count; i++)
		if (slice_is(inventory->gaps[i].subject, "packages") || slice_is(inventory->gaps[i].subject, "layer"))
			return true;
	return false;
}

static int
judge_required(struct judging *judging, const struct component *component, struct plim_error *err)
{
	if (has_package_gap(judging->inventory))
		return 0;
	for (size_t i = 0; i < judging->inventory->package_count; i++)
		if (component_is(component, &judging->inventory->packages[i]))
			return 0;
	struct finding words = {
		.title = judge_text(judging, "%.*s is required and is not there", SLICE_ARG(component->name)),
		.message = component->reason,
		.fix_command = judge_text(judging, "Install %.*s.", SLICE_ARG(component->name)),
	};
	return judge_component(judging, "required", component, NULL, &words, err);
}

/* types */

static struct slice
wanted_type(const struct component *component)
{
	struct slice type = component->purl, rest;
	if (component->purl.n == 0)
		return component->type;
	slice_skip(&type, SLICE("pkg:"));
	slice_cut(type, '/', &type, &rest);
	return type;
}

/* A package of a type that nothing here reads may be there, and older than anything. */
static int
judge_types(struct judging *judging, const struct component *components, size_t n, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct slice type = wanted_type(&components[i]);
		if (type.n > 0 && version_scheme_for_type(type) == NULL)
			r = judge_unknown(judging, UNKNOWN_NO_DATA, AREA_COMPONENTS, components[i].name,
			                  judge_text(judging, "packages of type %.*s are not read", SLICE_ARG(type)), UINT32_MAX, err);
	}
	return r;
}

int
judge_components(struct judging *judging, struct plim_error *err)
{
	const struct policy *policy = judging->policy;
	int r = judge_types(judging, policy->minimum.at, policy->minimum.n, err);
	if (r == 0)
		r = judge_types(judging, policy->forbidden.at, policy->forbidden.n, err);
	for (size_t p = 0; r == 0 && p < judging->inventory->package_count; p++) {
		const struct package *package = &judging->inventory->packages[p];
		for (size_t i = 0; r == 0 && i < policy->minimum.n; i++)
			r = judge_minimum(judging, &policy->minimum.at[i], package, err);
		for (size_t i = 0; r == 0 && i < policy->forbidden.n; i++)
			r = judge_forbidden(judging, &policy->forbidden.at[i], package, err);
	}
	for (size_t i = 0; r == 0 && i < policy->required.n; i++)
		r = judge_required(judging, &policy->required.at[i], err);
	return r;
}
