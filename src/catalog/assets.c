/* SPDX-License-Identifier: Apache-2.0 */
/* Packages of .NET whose files are not there: a deps.json lists what was there when the program was built. */
#include "catalog/resolver.h"

#include "base/error.h"
#include "base/map.h"
#include "catalog/files.h"

enum { LISTED = 1, PRESENT = 2 };

struct assets {
	const struct inventory *inventory;
	struct arena *arena;
	struct map states;              /* "FILE!PACKAGE": LISTED or PRESENT */
	const struct node *file;        /* the one at hand ... */
	struct slice package;           /* ... with its package */
	void **state;                   /* ... and the place of that */
};

static void
auto_assets(struct assets *assets)
{
	map_done(&assets->states);
	arena_free(assets->arena);
}

static bool
seek(struct assets *assets, const struct shown_row *row)
{
	struct slice package = row_field(row, PACKAGE_FILE_PACKAGE);
	if (assets->file == row->node && slice_eq(assets->package, package))
		return true;
	struct slice file = path_in_arena(assets->arena, row->node);
	struct slice key = file.p ? arena_printf(assets->arena, "%.*s!%.*s", SLICE_ARG(file), SLICE_ARG(package)) : SLICE_NONE;
	assets->state = key.p ? map_place(&assets->states, key) : NULL;
	assets->file = row->node;
	assets->package = package;
	return assets->state != NULL;
}

static int
note(struct assets *assets, const struct shown_row *row, struct plim_error *err)
{
	if (!slice_is(row_field(row, PACKAGE_FILE_TYPE), "nuget"))
		return 0;
	if (!seek(assets, row))
		return error_nomem(err);
	struct slice rest = row_field(row, PACKAGE_FILE_FILES);
	struct file_record record;
	bool present = *assets->state == (void *)PRESENT;
	while (!present && file_records_next(&rest, &record))
		present = tree_find(assets->inventory->tree, record.path) != NULL;
	*assets->state = (void *)(uintptr_t)(present ? PRESENT : LISTED);
	return 0;
}

static int
settle(struct assets *assets, struct package *package, struct plim_error *err)
{
	if (package->scope != PACKAGE_INSTALLED || !slice_is(package->type, "nuget"))
		return 0;
	struct slice key = arena_printf(assets->arena, "%.*s!%.*s", SLICE_ARG(package->file), SLICE_ARG(package->name));
	if (key.p && map_find(&assets->states, key) == (void *)LISTED)
		package->scope = PACKAGE_DECLARED;
	return key.p ? 0 : error_nomem(err);
}

int
resolve_assets(struct inventory *inventory, struct plim_error *err)
{
	AUTO(assets) struct assets assets = { .inventory = inventory, .arena = arena_new(0) };
	const struct shown_rows *rows = &inventory->rows[ROW_PACKAGE_FILE];
	int r = assets.arena ? 0 : error_nomem(err);
	for (size_t i = 0; r == 0 && i < rows->n; i++)
		r = note(&assets, &rows->at[i], err);
	for (size_t i = 0; r == 0 && assets.states.n && i < inventory->package_count; i++)
		r = settle(&assets, &inventory->packages[i], err);
	return r;
}
