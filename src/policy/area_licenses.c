/* SPDX-License-Identifier: Apache-2.0 */
/* Do packages have licences that the policy takes? */
#include "policy/judge.h"

#include "base/error.h"
#include "base/glob.h"
#include "base/strbuf.h"

static bool
is_listed(const struct slice_list *globs, const struct spdx *license)
{
	AUTO(strbuf) struct strbuf whole = { 0 };
	spdx_write(license, &whole);
	for (size_t i = 0; i < globs->n; i++)
		if (glob_match(globs->at[i], license->id) || (!whole.failed && glob_match(globs->at[i], strbuf_slice(&whole))))
			return true;
	return false;
}

static bool
is_not_denied(const void *context, const struct spdx *license)
{
	return !is_listed(&((const struct license_demand *)context)->deny, license);
}

/* What was not understood of a text is no licence that is not allowed: nobody knows. */
static bool
is_allowed(const void *context, const struct spdx *license)
{
	return slice_is(license->id, SPDX_PROSE) || is_listed(&((const struct license_demand *)context)->allow, license);
}

static int
judge_violation(struct judging *judging, const struct package *package, const char *rule, const char *why, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	spdx_write(package->expression, &text);
	struct finding finding = {
		.rule = slice_of(rule), .area = AREA_COMPONENTS, .severity = SEVERITY_MEDIUM,
		.title = judge_text(judging, "%.*s has a licence that %s", SLICE_ARG(package->name), why),
		.message = judge_text(judging, "%.*s", SLICE_ARG(strbuf_slice(&text))),
		.fix_command = SLICE("Use other software, or have the policy's owner take this licence."),
		.evidence = evidence_of_package(package),
	};
	return text.failed ? error_nomem(err) : judge_entry(judging, &judging->policy->licenses.terms, &finding, err);
}

static int
judge_undeclared(struct judging *judging, const struct package *package, struct plim_error *err)
{
	const struct license_demand *demand = &judging->policy->licenses;
	struct terms terms = demand->terms;
	struct finding finding = {
		.rule = SLICE("licenses/unknown"), .area = AREA_COMPONENTS, .severity = SEVERITY_MEDIUM,
		.title = judge_text(judging, "The licence of %.*s is not known", SLICE_ARG(package->name)),
		.message = package->license.n ? judge_text(judging, "it declares words that are not understood: %.*s", SLICE_ARG(slice_first(package->license, 200)))
		                              : SLICE("it declares none"),
		.evidence = evidence_of_package(package),
	};
	terms.action = demand->unknown;
	return judge_entry(judging, &terms, &finding, err);
}

/* Names that a list gives its own licences say nothing of what these permit. */
static bool
is_understood(const void *context, const struct spdx *license)
{
	const struct license_demand *demand = context;
	return !slice_starts(license->id, SLICE("LicenseRef-")) || is_listed(&demand->allow, license) || is_listed(&demand->deny, license);
}

struct undeclared {
	size_t n;
	struct strbuf names;
};

static void
auto_undeclared(struct undeclared *undeclared)
{
	strbuf_done(&undeclared->names);
}

#define NAMED_MOST 10

static int
take_undeclared(struct judging *judging, const struct package *package, struct undeclared *into, struct plim_error *err)
{
	if (judging->policy->licenses.unknown != ACTION_UNKNOWN)
		return judge_undeclared(judging, package, err);
	if (into->n++ < NAMED_MOST)
		strbuf_printf(&into->names, "%s%.*s", into->n == 1 ? "" : ", ", SLICE_ARG(package->name));
	return into->names.failed ? error_nomem(err) : 0;
}

static int
judge_license(struct judging *judging, const struct package *package, struct undeclared *undeclared, struct plim_error *err)
{
	const struct license_demand *demand = &judging->policy->licenses;
	const struct spdx *expression = package->expression;
	if (expression == NULL)
		return take_undeclared(judging, package, undeclared, err);
	if (demand->deny.n && !spdx_holds(expression, is_not_denied, demand))
		return judge_violation(judging, package, "licenses/deny", "is denied", err);
	if (demand->allow.n && !spdx_holds(expression, is_allowed, demand))
		return judge_violation(judging, package, "licenses/allow", "is not among those allowed", err);
	return spdx_holds(expression, is_understood, demand) ? 0 : take_undeclared(judging, package, undeclared, err);
}

int
judge_licenses(struct judging *judging, struct plim_error *err)
{
	const struct inventory *inventory = judging->inventory;
	AUTO(undeclared) struct undeclared undeclared = { 0 };
	int r = 0;
	if (!judging->policy->licenses.set || judge_leaves_out(judging, &judging->policy->licenses.terms))
		return 0;
	for (size_t i = 0; r == 0 && i < inventory->package_count; i++)
		if (inventory->packages[i].scope == PACKAGE_INSTALLED)
			r = judge_license(judging, &inventory->packages[i], &undeclared, err);
	if (r < 0 || undeclared.n == 0)
		return r;
	return judge_unknown(judging, UNKNOWN_LICENSE, AREA_COMPONENTS, SLICE("licenses"),
	                     judge_text(judging, "%zu package%s no licence that is understood: %.*s%s", undeclared.n, undeclared.n == 1 ? " declares" : "s declare",
	                                SLICE_ARG(strbuf_slice(&undeclared.names)), undeclared.n > NAMED_MOST ? ", ..." : ""),
	                     UINT32_MAX, err);
}
