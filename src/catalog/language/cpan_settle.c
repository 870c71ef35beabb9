/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distributions of Perl of which nothing but a .packlist is there, as Module::Build leaves it: their version stands in a module
 * alone, which nobody reads.  They are packages without a version, and a gap; where something else tells of them they are dropped.
 */
#include "catalog/resolver.h"

#include "base/error.h"
#include "base/map.h"

static bool
is_list(const struct package *package)
{
	return slice_is(package->type, "cpan") && slice_is(path_base(package->file), ".packlist");
}

/* A distribution that is called otherwise than its module is noted by both names. */
static int
note(struct map *told, const struct package *package, struct plim_error *err)
{
	const struct slice names[] = { package->name, package->source };
	for (size_t i = 0; i < 2; i++) {
		void **place = names[i].n ? map_place(told, names[i]) : NULL;
		if (names[i].n && place == NULL)
			return error_nomem(err);
		if (place)
			*place = told;
	}
	return 0;
}

int
settle_cpan(struct resolver *r, struct plim_error *err)
{
	AUTO(map) struct map told = { 0 };
	int failed = 0;
	for (size_t i = 0; failed == 0 && i < r->packages.n; i++)
		if (slice_is(r->packages.at[i].type, "cpan") && !is_list(&r->packages.at[i]))
			failed = note(&told, &r->packages.at[i], err);
	for (size_t i = 0; failed == 0 && i < r->packages.n; i++)
		if (is_list(&r->packages.at[i]) && map_find(&told, r->packages.at[i].name))
			r->packages.at[i].scope = PACKAGE_REMOVED;
	return failed;
}

/* Of what a distribution's package brought, that package tells. */
int
tell_cpan(struct resolver *r, struct plim_error *err)
{
	const struct inventory *inventory = r->inventory;
	int failed = 0;
	for (size_t i = 0; failed == 0 && i < inventory->package_count; i++) {
		const struct package *package = &inventory->packages[i];
		if (!is_list(package) || package->owner.p)
			continue;
		struct inventory_gap gap = { "unreadable", package->file, package->layer, SLICE("software"),
			                     SLICE("nothing tells the version of what was installed") };
		failed = add_gap(r, gap, err);
	}
	return failed;
}
