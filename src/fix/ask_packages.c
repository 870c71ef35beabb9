/* SPDX-License-Identifier: Apache-2.0 */
/* Findings about packages: what is to be upgraded, installed or removed. */
#include "fix/ask.h"

#include "base/error.h"
#include "base/glob.h"
#include "fix/manager.h"
#include "version/scheme.h"

static struct slice
source_of(const struct package *package)
{
	return package->source.n ? package->source : package->name;
}

static bool
is_installed(const struct package *package, struct slice type)
{
	return package->scope == PACKAGE_INSTALLED && slice_eq(package->type, type);
}

/* A distribution's manager moves what it installed; everything else is the application's own. */
static bool
has_manager(struct asking *asking, struct slice type, struct slice name, const struct finding *finding, struct slice *why)
{
	struct slice fix = finding->fix_version;
	if (type.n && !package_type_is_system(type)) {
		*why = ask_text(asking, "%.*s is a package of the application (%.*s%s%.*s): change it%s%.*s where the application declares it, and build anew", SLICE_ARG(name),
		                SLICE_ARG(type), finding->evidence.path.n ? ", " : "", SLICE_ARG(finding->evidence.path), fix.n ? " to " : "", SLICE_ARG(fix));
		return false;
	}
	if (type.n == 0 || manager_of(asking->inventory, type) == NULL) {
		*why = SLICE("there is no package manager for it in the image: it takes a build on a newer base");
		return false;
	}
	return true;
}

/* lists of names */

struct name_list {
	struct slice *at;
	size_t n;
};

static bool
has_name(const struct name_list *list, struct slice name)
{
	for (size_t i = 0; i < list->n; i++)
		if (slice_eq(list->at[i], name))
			return true;
	return false;
}

static void
list_sort(struct name_list *list)
{
	if (list->n > 1)
		qsort(list->at, list->n, sizeof *list->at, slice_cmp_qsort);
}

static int
list_make(struct asking *asking, struct name_list *out, struct plim_error *err)
{
	*out = (struct name_list){ arena_make_array(asking->changes->arena, asking->current->package_count + 1, struct slice), 0 };
	return out->at ? 0 : error_nomem(err);
}

static int
list_add(struct asking *asking, struct name_list *list, struct slice name, struct plim_error *err)
{
	if (has_name(list, name))
		return 0;
	list->at[list->n] = arena_dup(asking->changes->arena, name);
	return list->at[list->n++].p ? 0 : error_nomem(err);
}

/* upgrades */

/* All that was built of one source moves together: its packages are made for each other. */
static int
list_of_source(struct asking *asking, struct slice type, struct slice source, struct name_list *out, struct plim_error *err)
{
	int r = list_make(asking, out, err);
	for (size_t i = 0; r == 0 && i < asking->inventory->package_count; i++) {
		const struct package *package = &asking->inventory->packages[i];
		if (is_installed(package, type) && slice_eq(source_of(package), source))
			r = list_add(asking, out, package->name, err);
	}
	list_sort(out);
	return r;
}

static int
raise_version(struct asking *asking, struct fix_change *change, struct slice version, bool advised, struct plim_error *err)
{
	const struct version_scheme *scheme = version_scheme_for_type(change->type);
	if (change->version.n && (scheme == NULL || scheme->compare(change->version, version) >= 0))
		return 0;
	change->version = arena_dup(asking->changes->arena, version);
	change->advised = advised;
	asking->fresh = true;
	return change->version.p ? 0 : error_nomem(err);
}

/* One that another finding wants installed needs no upgrade of its own. */
static struct fix_change *
installed_by_us(struct asking *asking, struct slice type, struct slice name)
{
	const struct fix_change like = { .kind = FIX_INSTALL, .type = type, .name = name };
	return fix_changes_find(asking->changes, &like);
}

static int
ask_upgrade(struct asking *asking, const struct package *package, struct slice version, bool advised, const struct finding *finding, struct slice *why,
            struct plim_error *err)
{
	struct fix_change change = { .kind = FIX_UPGRADE, .type = package->type, .name = source_of(package), .version = version, .advised = advised };
	struct fix_change *there = installed_by_us(asking, package->type, package->name);
	struct name_list packages;
	if (there)
		return raise_version(asking, there, version, advised, err);
	int r = list_of_source(asking, package->type, change.name, &packages, err);
	change.packages = packages.at;
	change.package_count = packages.n;
	if (r == 0 && (r = ask_add(asking, &change, finding, why, err)) == 0 && (there = fix_changes_find(asking->changes, &change)))
		r = raise_version(asking, there, version, advised, err);
	return r;
}

int
ask_vulnerability(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	static const char *const reasons[MATCH_STATE_COUNT] = {
		[MATCH_AFFECTED] = "no fixed version is published", [MATCH_WONT_FIX] = "its distribution will not fix it",
		[MATCH_DEFERRED] = "its distribution deferred it: no fixed version is published", [MATCH_END_OF_LIFE] = "its distribution no longer supports the package",
		[MATCH_UNDER_INVESTIGATION] = "its distribution has not yet decided: no fixed version is published", [MATCH_NOT_AFFECTED] = "", [MATCH_FIXED] = "no fixed version is told",
	};
	const struct match *match = finding->match;
	if (match == NULL || match->state != MATCH_FIXED || match->fixed_version.n == 0) {
		*why = slice_of(reasons[match ? match->state : MATCH_FIXED]);
		return 0;
	}
	const struct package *package = &asking->current->packages[match->package];
	if (package->scope != PACKAGE_INSTALLED) {
		*why = SLICE("the package is hidden: its database is in a lower layer only");
		return 0;
	}
	if (!has_manager(asking, package->type, package->name, finding, why))
		return 0;
	return ask_upgrade(asking, package, match->fixed_version, true, finding, why, err);
}

int
ask_doubted(struct asking *asking, const struct match *match, struct plim_error *err)
{
	const struct package *package = &asking->current->packages[match->package];
	struct slice ignored = SLICE_NONE;
	const struct finding finding = {
		.rule = ask_text(asking, "vulnerabilities/%.*s", SLICE_ARG(match->id)), .area = AREA_VULNERABILITIES, .match = match,
		.evidence = { .package = package->name, .package_type = package->type, .layer = UINT32_MAX },
	};
	return finding.rule.p ? ask_vulnerability(asking, &finding, &ignored, err) : error_nomem(err);
}

/* removals */

static bool
needs_one(const struct package *package, const struct name_list *names)
{
	struct slice rest = package->dependencies, name;
	while (slice_next(&rest, '\n', &name))
		if (has_name(names, name))
			return true;
	return false;
}

/* What cannot be without it goes too, and what cannot be without that. */
static int
list_dependants(struct asking *asking, struct slice type, struct name_list *names, struct plim_error *err)
{
	int r = 0;
	for (size_t before = 0; r == 0 && before < names->n;) {
		before = names->n;
		for (size_t i = 0; r == 0 && i < asking->inventory->package_count; i++)
			if (is_installed(&asking->inventory->packages[i], type) && needs_one(&asking->inventory->packages[i], names))
				r = list_add(asking, names, asking->inventory->packages[i].name, err);
	}
	list_sort(names);
	return r;
}

/* Without these nothing could be mended after; absent if none of them goes. */
static struct slice
what_must_stay(struct asking *asking, struct slice type, const struct name_list *names)
{
	static const char *const paths[] = { "/bin/sh", "/usr/bin/dpkg", "/usr/bin/apt-get", "/sbin/apk", "/usr/bin/rpm", "/usr/bin/dnf", "/usr/bin/microdnf", "/usr/bin/tdnf",
		                             "/usr/bin/zypper", "/usr/bin/yum", "/usr/bin/pacman" };
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		const struct node *node = tree_resolve(asking->inventory->tree, slice_of(paths[i]));
		const struct file_owner *owner = node ? inventory_file_owner(asking->inventory, node) : NULL;
		if (owner && slice_eq(owner->type, type) && has_name(names, owner->name))
			return owner->name;
	}
	return SLICE_NONE;
}

static const struct package *
installed_named(struct asking *asking, struct slice name, struct slice type)
{
	for (size_t i = 0; i < asking->inventory->package_count; i++) {
		const struct package *package = &asking->inventory->packages[i];
		if (package->scope == PACKAGE_INSTALLED && slice_eq(package->name, name) && (type.n == 0 || slice_eq(package->type, type)))
			return package;
	}
	return NULL;
}

/* One that its manager does not remove; absent if none of them is. */
static struct slice
what_is_essential(struct asking *asking, struct slice type, const struct name_list *names)
{
	for (size_t i = 0; i < names->n; i++) {
		const struct package *package = installed_named(asking, names->at[i], type);
		if (package && package->essential)
			return package->name;
	}
	return SLICE_NONE;
}

int
ask_remove(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	const struct package *package = installed_named(asking, finding->evidence.package, finding->evidence.package_type);
	struct name_list names;
	if (package == NULL) {
		*why = SLICE("no package manager knows it");
		return 0;
	}
	if (!has_manager(asking, package->type, package->name, finding, why))
		return 0;
	int r = list_make(asking, &names, err);
	if (r < 0 || (r = list_add(asking, &names, package->name, err)) < 0 || (r = list_dependants(asking, package->type, &names, err)) < 0)
		return r;
	struct slice held = what_must_stay(asking, package->type, &names);
	if (held.n) {
		*why = ask_text(asking, "%.*s needs it, without which the image could not be changed", SLICE_ARG(held));
		return 0;
	}
	held = what_is_essential(asking, package->type, &names);
	if (held.n) {
		*why = ask_text(asking, "%.*s is essential: the package manager does not remove it", SLICE_ARG(held));
		return 0;
	}
	const struct fix_change change = { .kind = FIX_REMOVE, .type = package->type, .name = package->name, .packages = names.at, .package_count = names.n };
	return ask_add(asking, &change, finding, why, err);
}

/* components */

static int
ask_minimum(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	const struct package *package = installed_named(asking, finding->evidence.package, finding->evidence.package_type);
	if (package == NULL || finding->fix_version.n == 0) {
		*why = SLICE("no version is told that would do");
		return 0;
	}
	if (!has_manager(asking, package->type, package->name, finding, why))
		return 0;
	return ask_upgrade(asking, package, finding->fix_version, false, finding, why, err);
}

static int
ask_forbidden(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	const struct mend_step removal = { MEND_RM, { finding->evidence.path }, 1 };
	return finding->evidence.package.n ? ask_remove(asking, finding, why, err) : ask_step(asking, &removal, finding, why, err);
}

/* What else has to go takes it along; NULL if nothing does. */
static const struct fix_change *
removal_of(const struct asking *asking, struct slice type, struct slice name)
{
	for (size_t i = 0; i < asking->made->list.n; i++) {
		const struct fix_change *change = asking->made->list.at[i];
		for (size_t k = 0; change->kind == FIX_REMOVE && !change->off && k < change->package_count; k++)
			if (slice_eq(change->type, type) && slice_eq(change->packages[k], name))
				return change;
	}
	return NULL;
}

static int
ask_required(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	struct slice name = finding->evidence.package, type = finding->evidence.package_type.n ? finding->evidence.package_type : manager_type(asking->inventory);
	const struct fix_change change = { .kind = FIX_INSTALL, .type = type, .name = name };
	if (name.n == 0) {
		*why = SLICE("which package or instruction brings it is its author's to say");
		return 0;
	}
	if (glob_is_pattern(name)) {
		*why = SLICE("which of the packages that the pattern takes is its author's to choose");
		return 0;
	}
	const struct fix_change *removal = removal_of(asking, type, name);
	if (removal) {
		*why = ask_text(asking, "it needs %.*s, which may not be there", SLICE_ARG(removal->name));
		return 0;
	}
	return has_manager(asking, type, name, finding, why) ? ask_add(asking, &change, finding, why, err) : 0;
}

static int
ask_unaccounted(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	(void)finding;
	(void)asking;
	(void)err;
	*why = SLICE("no package has it: what it was built from, and whether it is needed, is its author's to say");
	return 0;
}

static int
ask_license(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	(void)err;
	*why = ask_text(asking, "no other version of it is known to have another licence%s", finding->evidence.package.n ? ": do without the package, or allow it" : "");
	return 0;
}

int
ask_component(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	static const struct {
		const char *prefix;
		ask_fn *ask;
	} rules[] = {
		{ "components/minimum/", ask_minimum }, { "components/forbidden/", ask_forbidden }, { "components/required/", ask_required },
		{ "components/unaccounted", ask_unaccounted }, { "", ask_license },
	};
	size_t at = 0;
	while (!slice_starts(finding->rule, slice_of(rules[at].prefix)))
		at++;
	return rules[at].ask(asking, finding, why, err);
}
