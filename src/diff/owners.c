/* SPDX-License-Identifier: Apache-2.0 */
/* Whose file it is, by the lists of the packages. */
#include "diff/comparing.h"

#include "base/error.h"
#include "catalog/package_files.h"

/* As the map knows a path: without slashes at its ends. */
static struct slice
owner_key(struct slice path)
{
	while (slice_skip(&path, SLICE("/")))
		;
	while (slice_skip_end(&path, SLICE("/")))
		;
	return path;
}

static bool
is_of(const struct owner *owner, struct slice type, struct slice package)
{
	return slice_eq(owner->package, package) && slice_eq(owner->type, type);
}

/* The owner before, where one package lists a run of files: a list has thousands. */
static struct owner *
owner_for(struct owner *last, struct slice type, struct slice package, struct arena *arena)
{
	if (last && is_of(last, type, package))
		return last;
	struct owner *owner = arena_make(arena, struct owner);
	if (owner)
		*owner = (struct owner){ type, package, false };
	return owner;
}

/* Directories are everybody's: of those nobody is the owner alone. */
static int
note_owner(void **place, struct owner *owner, struct arena *arena)
{
	struct owner *before = *place;
	if (before == NULL) {
		*place = owner;
	} else if (!is_of(before, owner->type, owner->package) && !before->shared) {
		struct owner *shared = arena_make(arena, struct owner);
		if (shared == NULL)
			return PLIM_ENOMEM;
		*shared = *before;
		shared->shared = true;
		*place = shared;
	}
	return 0;
}

int
owners_read(struct side *side, struct arena *arena, struct plim_error *err)
{
	const struct package_file_list *files = inventory_package_files(side->inventory);
	struct owner *owner = NULL;
	for (size_t i = 0; files && i < files->n; i++) {
		const struct package_file *file = &files->at[i];
		owner = owner_for(owner, package_file_type(file), package_file_package(file), arena);
		void **place = map_place(&side->owners, owner_key(package_file_listed(file)));
		if (owner == NULL || place == NULL || note_owner(place, owner, arena) < 0)
			return error_nomem(err);
	}
	return files ? 0 : error_nomem(err);
}

/* "bin/sh", where /bin is a link in this tree: to usr/bin, for that is what is asked. */
static bool
is_merged(const struct side *side, struct slice key)
{
	struct slice top, rest;
	slice_cut(key, '/', &top, &rest);
	const struct node *node = tree_find(side->inventory->tree, top);
	return node && node_entry_type(side->inventory->tree, node) == ENTRY_SYMLINK;
}

/* Where /bin, /lib and /sbin lead into /usr, lists may still say the old name. */
const struct owner *
owner_find(const struct side *side, struct slice path)
{
	struct slice key = owner_key(path);
	const struct owner *owner = map_find(&side->owners, key);
	if (owner == NULL && slice_skip(&key, SLICE("usr/")) && (owner = map_find(&side->owners, key)) != NULL && !is_merged(side, key))
		owner = NULL;
	return owner;
}
