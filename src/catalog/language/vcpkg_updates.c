/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vcpkg writes what it did into files of updates beside its status, in their order, and takes them into that when it is started
 * again: of an image nobody starts it.  What is said last of a package counts.
 */
#include "catalog/resolver.h"

#include "base/error.h"
#include "base/map.h"

/* ".../vcpkg" of .../vcpkg/status and .../vcpkg/updates/0000000000. */
static struct slice
database_of(struct slice file)
{
	struct slice directory = path_dir(file);
	return slice_is(path_base(directory), "updates") ? path_dir(directory) : directory;
}

/* Paths are in the order in which vcpkg reads: status comes before updates. */
static int
settle(struct map *last, struct arena *arena, struct package *package, struct plim_error *err)
{
	struct slice key = arena_printf(arena, "%.*s\n%.*s:%.*s", SLICE_ARG(database_of(package->file)), SLICE_ARG(package->name), SLICE_ARG(package->arch));
	void **place = key.p ? map_place(last, key) : NULL;
	if (place == NULL)
		return error_nomem(err);
	struct package *before = *place;
	bool old = before && slice_cmp(package->file, before->file) < 0;
	if (before)
		(old ? package : before)->scope = PACKAGE_REMOVED;
	if (!old)
		*place = package;
	return 0;
}

int
settle_vcpkg(struct resolver *r, struct plim_error *err)
{
	AUTO(map) struct map last = { 0 };
	AUTO(arena) struct arena *arena = arena_new(0);
	int failed = arena ? 0 : error_nomem(err);
	for (size_t i = 0; failed == 0 && i < r->packages.n; i++)
		if (slice_is(r->packages.at[i].type, "vcpkg"))
			failed = settle(&last, arena, &r->packages.at[i], err);
	return failed;
}
