/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which paths osquery finds where a query asks for a path or a directory: by name through links, and for LIKE by glob(3), which a % does not lead
 * over a slash, nor to a name that begins with a dot.  A %% at the end is all below.  SQLite holds what is found against the pattern once more.
 */
#ifndef FACTS_OSQUERY_PATHS_H
#define FACTS_OSQUERY_PATHS_H

#include "base/map.h"
#include "base/vec.h"
#include "catalog/inventory.h"

/* A path as it is told, and how much of it is its directory; NULL: what is there is not known. */
struct found_path {
	const struct node *node;
	size_t text;               /* where it begins in `texts` */
	size_t size, directory;
};

struct found_paths {
	const struct inventory *inventory;
	bool go;                   /* as Go's filepath.Glob: dots are letters, a directory has no slash at its end, %% is % */
	bool folders;              /* directories alone, for what is in them */
	bool over;                 /* of limit QUERY_GLOB_COUNT: what was found is not all */
	size_t steps;
	struct strbuf texts;
	VEC(struct found_path) all, links;
	struct arena *arena;       /* keys of `seen` */
	struct map seen;           /* directories whose content was told, of a %% */
};

void found_paths_done(struct found_paths *found);
static inline void
auto_found_paths(struct found_paths *found)
{
	found_paths_done(found);
}

/* A path that ends with a slash is what its last name leads to. */
bool found_path_follows(struct slice path);

/* Each adds to what was found; false without memory. */
bool find_path(struct found_paths *found, struct slice path);
bool find_path_like(struct found_paths *found, struct slice pattern);
/* What is in a directory. */
bool find_directory(struct found_paths *found, struct slice directory);
bool find_directory_like(struct found_paths *found, struct slice pattern);

#endif
