/* SPDX-License-Identifier: Apache-2.0 */
/* Software at its minimum version, software that may not be there, software that must. */
#include "policy/component.h"

#include "base/error.h"

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

/* A package of a type of which not all is found may be there, and older than anything. */
static bool
is_unread(const struct component *component)
{
	struct slice type = wanted_type(component);
	return type.n > 0 && !package_type_is_read(type);
}

static int
judge_unread(struct judging *judging, const struct component *component, struct plim_error *err)
{
	return judge_unknown(judging, UNKNOWN_NO_DATA, AREA_COMPONENTS, component->name,
	                     judge_text(judging, "not all packages of type %.*s are found", SLICE_ARG(wanted_type(component))), UINT32_MAX, err);
}

static int
judge_types(struct judging *judging, const struct component *components, size_t n, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		if (is_unread(&components[i]) && !judge_leaves_out(judging, &components[i].terms))
			r = judge_unread(judging, &components[i], err);
	return r;
}

/* forbidden and required */

static int
judge_forbidden(struct judging *judging, const struct component *component, const struct package *package, struct plim_error *err)
{
	struct plim_error why = { 0 };
	enum fit fit = component_fit(component, package, &why);
	if (fit == FIT_NO || component_is_out_of_scope(judging, component, package))
		return 0;
	if (fit == FIT_UNCERTAIN)
		return judge_unordered(judging, package, component->versions, why.text, err);
	struct finding words = {
		.title = judge_text(judging, "%.*s%s%.*s may not be there", SLICE_ARG(package->name), component->versions.n ? " " : "",
		                    SLICE_ARG(component->versions)),
		.message = component->reason,
		.fix_command = judge_text(judging, "Remove %.*s in the instruction that installs it.", SLICE_ARG(package->name)),
	};
	return judge_component(judging, "forbidden", component, evidence_of_package(package), &words, err);
}

static int
judge_required(struct judging *judging, const struct component *component, struct plim_error *err)
{
	/* What is not in a list that is incomplete may be there: the gap itself is reported as an unknown. */
	if (judge_misses_packages(judging) || judge_leaves_out(judging, &component->terms))
		return 0;
	const struct package *uncertain = NULL;
	struct plim_error why = { 0 };
	for (size_t i = 0; i < judging->inventory->package_count; i++) {
		const struct package *package = &judging->inventory->packages[i];
		enum fit fit = package->scope == PACKAGE_INSTALLED ? component_fit(component, package, &why) : FIT_NO;
		if (fit == FIT_YES)
			return 0;
		uncertain = fit == FIT_UNCERTAIN ? package : uncertain;
	}
	if (uncertain)
		return judge_unordered(judging, uncertain, component->versions, why.text, err);
	if (is_unread(component))
		return judge_unread(judging, component, err);
	struct finding words = {
		.title = judge_text(judging, "%.*s%s%.*s is required and is not there", SLICE_ARG(component->name), component->versions.n ? " " : "",
		                    SLICE_ARG(component->versions)),
		.message = component->reason,
		.fix_command = judge_text(judging, "Install %.*s.", SLICE_ARG(component->name)),
	};
	struct evidence evidence = EVIDENCE_NONE;
	evidence.package = component->name;
	evidence.package_type = component->type;
	return judge_component(judging, "required", component, evidence, &words, err);
}

/* files that nobody has */

static struct slice
path_of(struct judging *judging, const struct node *node)
{
	strbuf_clear(judging->inventory->scratch);
	node_path(node, judging->inventory->scratch);
	return judge_text(judging, "%.*s", SLICE_ARG(strbuf_slice(judging->inventory->scratch)));
}

static int
judge_unaccounted_file(struct judging *judging, const struct unaccounted_file *file, struct plim_error *err)
{
	struct finding finding = {
		.rule = SLICE("components/unaccounted"), .area = AREA_COMPONENTS, .severity = SEVERITY_MEDIUM,
		.title = judge_text(judging, "No package has this %s", file->kind),
		.message = SLICE("it starts or is loaded, and what it was built from is not established"),
		.fix_command = SLICE("Install it as a package, or name it in `components.unaccounted.allow`."),
		.evidence = EVIDENCE_NONE,
	};
	finding.evidence.path = path_of(judging, file->node);
	finding.evidence.layer = judging->inventory->image ? file->node->layer : UINT32_MAX;
	return judge_entry(judging, &judging->policy->unaccounted.terms, &finding, err);
}

static int
judge_too_many(struct judging *judging, size_t n, struct plim_error *err)
{
	const struct unaccounted_demand *demand = &judging->policy->unaccounted;
	struct finding finding = {
		.rule = SLICE("components/unaccounted"), .area = AREA_COMPONENTS, .severity = SEVERITY_MEDIUM,
		.title = SLICE("Too many files start or are loaded that no package has"),
		.message = judge_text(judging, "%zu files; the policy takes %lld", n, (long long)demand->most),
		.fix_command = SLICE("SELECT * FROM unaccounted_file shows them."), .evidence = EVIDENCE_NONE,
	};
	finding.evidence.setting = SLICE("unaccounted files");
	return judge_entry(judging, &demand->terms, &finding, err);
}

/* Where none may be, each is a finding that an exception can name. */
static int
judge_unaccounted(struct judging *judging, struct plim_error *err)
{
	const struct unaccounted_demand *demand = &judging->policy->unaccounted;
	const struct inventory *inventory = judging->inventory;
	size_t n = 0;
	int r = 0;
	for (size_t i = 0; r == 0 && demand->set && i < inventory->unaccounted_count; i++) {
		const struct unaccounted_file *file = &inventory->unaccounted[i];
		if (demand->allow.n && list_matches(&demand->allow, path_of(judging, file->node)))
			continue;
		n++;
		if (demand->most == 0)
			r = judge_unaccounted_file(judging, file, err);
	}
	return r == 0 && demand->most && n > (uint64_t)demand->most ? judge_too_many(judging, n, err) : r;
}

/* files of a bill of materials */

/* Our own names what nobody accounted for; of others nobody knows whether they looked. */
static bool
tells_unaccounted(const struct inventory *inventory)
{
	const struct shown_rows *rows = &inventory->rows[ROW_SBOM];
	return rows->n && slice_starts(block_field(rows->at[0].block, &rows->at[0].row, SBOM_TOOL), SLICE("plimsoll"));
}

static int
judge_untold(struct judging *judging, struct slice what, struct plim_error *err)
{
	return judge_unknown(judging, UNKNOWN_UNREADABLE, AREA_COMPONENTS, what, SLICE("a bill of materials does not tell which files there are"), UINT32_MAX, err);
}

static int
judge_files_of_document(struct judging *judging, struct plim_error *err)
{
	const struct policy *policy = judging->policy;
	int r = 0;
	if (policy->unaccounted.set)
		r = tells_unaccounted(judging->inventory) ? judge_unaccounted(judging, err) : judge_untold(judging, SLICE("unaccounted"), err);
	for (size_t i = 0; r == 0 && i < policy->forbidden.n; i++)
		r = component_is_file(&policy->forbidden.at[i]) ? judge_untold(judging, policy->forbidden.at[i].name, err) : 0;
	for (size_t i = 0; r == 0 && i < policy->required.n; i++)
		r = component_is_file(&policy->required.at[i]) ? judge_untold(judging, policy->required.at[i].name, err)
		                                              : judge_required(judging, &policy->required.at[i], err);
	return r;
}

static int
judge_files(struct judging *judging, struct plim_error *err)
{
	const struct policy *policy = judging->policy;
	int r = judge_unaccounted(judging, err);
	for (size_t i = 0; r == 0 && i < policy->forbidden.n; i++)
		r = component_is_file(&policy->forbidden.at[i]) ? judge_forbidden_file(judging, &policy->forbidden.at[i], err) : 0;
	for (size_t i = 0; r == 0 && i < policy->required.n; i++) {
		const struct component *component = &policy->required.at[i];
		r = component_is_file(component) ? judge_required_file(judging, component, err) : judge_required(judging, component, err);
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
		if (package->scope != PACKAGE_INSTALLED)
			continue;
		for (size_t i = 0; r == 0 && i < policy->minimum.n; i++)
			r = judge_minimum(judging, &policy->minimum.at[i], package, err);
		for (size_t i = 0; r == 0 && i < policy->forbidden.n; i++)
			r = judge_forbidden(judging, &policy->forbidden.at[i], package, err);
	}
	if (r == 0)
		r = judge_licenses(judging, err);
	if (r < 0)
		return r;
	return inventory_is_document(judging->inventory) ? judge_files_of_document(judging, err) : judge_files(judging, err);
}
