/* SPDX-License-Identifier: Apache-2.0 */
/* Since which layer a package is there: each layer has its own copy of the database that it changed. */
#include "catalog/resolver.h"

#include "base/error.h"
#include "base/map.h"

/* Everything that makes a package the same in another layer's copy of its database, as one key. */
static struct slice
package_key(struct arena *arena, struct slice path, struct slice type, struct slice name, struct slice version, struct slice arch)
{
	return arena_printf(arena, "%.*s%c%.*s%c%.*s%c%.*s%c%.*s", SLICE_ARG(path), 0, SLICE_ARG(type), 0, SLICE_ARG(name), 0, SLICE_ARG(version), 0,
	                    SLICE_ARG(arch));
}

/* What one layer says of the databases of the final tree; the keys of the maps live in `arena`. */
struct layer_lists {
	struct arena *arena;
	struct map packages;     /* package_key of each row */
	struct map replaced;     /* paths at which the layer puts, removes or hides something */
};

static int
list_packages(const struct block *block, struct layer_lists *lists, struct plim_error *err)
{
	for (uint32_t i = 0; i < block_row_count(block); i++) {
		struct row row = block_row(block, i);
		if (row.kind != ROW_PACKAGE)
			continue;
		struct slice key = package_key(lists->arena, block_entry_path(block, row.entry), block_field(block, &row, PACKAGE_TYPE),
		                               block_field(block, &row, PACKAGE_NAME), block_field(block, &row, PACKAGE_VERSION),
		                               block_field(block, &row, PACKAGE_ARCH));
		void **place = key.p ? map_place(&lists->packages, key) : NULL;
		if (place == NULL)
			return error_nomem(err);
		*place = lists;
	}
	return 0;
}

/* A directory leaves what is below it; everything else at the path of a database, or above it, ends the database there. */
static int
list_replaced(const struct block *block, const struct map *of_interest, struct layer_lists *lists, struct plim_error *err)
{
	for (uint32_t i = 0; i < block_entry_count(block); i++) {
		struct slice path = block_entry_path(block, i);
		if (block_entry_type(block, i) == ENTRY_DIRECTORY || !map_find(of_interest, path))
			continue;
		void **place = map_place(&lists->replaced, path);
		if (place == NULL)
			return error_nomem(err);
		*place = lists;
	}
	return 0;
}

static bool
is_replaced(const struct layer_lists *lists, struct slice path)
{
	for (; path.n; path = path_dir(path))
		if (map_find(&lists->replaced, path))
			return true;
	return map_find(&lists->replaced, SLICE("")) != NULL;
}

static bool
is_listed(const struct layer_lists *lists, const struct package *package)
{
	struct slice key = package_key(lists->arena, slice_from(package->file, 1), package->type, package->name, package->version, package->arch);
	return key.p && map_find(&lists->packages, key);
}

/* A package goes back one layer as long as that layer's copy of the database lists it too; a layer that leaves it alone is passed. */
static int
trace_layer(struct resolver *r, uint32_t layer, const struct map *of_interest, bool *open, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct layer_lists lists = { .arena = arena };
	const struct block *block = r->inventory->blocks[layer];
	if (arena == NULL)
		return error_nomem(err);
	int failed = list_packages(block, &lists, err);
	if (failed == 0)
		failed = list_replaced(block, of_interest, &lists, err);
	for (size_t i = 0; failed == 0 && lists.replaced.n && i < r->packages.n; i++) {
		struct package *package = &r->packages.at[i];
		if (!open[i] || layer >= package->layer || !is_replaced(&lists, slice_from(package->file, 1)))
			continue;
		open[i] = is_listed(&lists, package);
		if (open[i])
			package->layer = layer;
	}
	map_done(&lists.packages);
	map_done(&lists.replaced);
	return failed;
}

/* The paths of the databases and of all directories above them. */
static int
paths_of_interest(const struct resolver *r, struct map *out, struct plim_error *err)
{
	for (size_t i = 0; i < r->packages.n; i++)
		for (struct slice path = slice_from(r->packages.at[i].file, 1);; path = path_dir(path)) {
			void **place = map_place(out, path.n ? path : SLICE(""));
			if (place == NULL)
				return error_nomem(err);
			if (*place || path.n == 0)
				break;
			*place = out;
		}
	return 0;
}

/* Most layers lie above the last copy of the database: nothing came from there. */
static bool
may_lead_to(const struct resolver *r, uint32_t layer, const bool *open)
{
	for (size_t i = 0; i < r->packages.n; i++)
		if (open[i] && layer < r->packages.at[i].layer)
			return true;
	return false;
}

int
trace_layers(struct resolver *r, struct plim_error *err)
{
	AUTO(free) bool *open = malloc(r->packages.n + 1);
	AUTO(map) struct map of_interest = { 0 };
	if (open == NULL)
		return error_nomem(err);
	memset(open, true, r->packages.n + 1);
	int failed = paths_of_interest(r, &of_interest, err);
	for (uint32_t layer = (uint32_t)r->inventory->block_count; failed == 0 && layer-- > 0;) {
		/* Nobody knows what an unread layer did to them. */
		if (r->inventory->blocks[layer] == NULL)
			memset(open, false, r->packages.n + 1);
		else if (may_lead_to(r, layer, open))
			failed = trace_layer(r, layer, &of_interest, open, err);
	}
	return failed;
}
