/* SPDX-License-Identifier: Apache-2.0 */
/* What a user may put in the place of what is started. */
#include "policy/runtime.h"

struct way {
	const struct inventory *inventory;
	const struct runtime_user *user;
	const struct node *open;   /* the first directory in which the user may replace what the way goes through; NULL: none */
};

static bool
may_add_to(const struct way *way, const struct node *directory)
{
	struct entry entry = node_entry(way->inventory->tree, directory);
	return entry.type == ENTRY_DIRECTORY && runtime_may(way->user, &entry, 2) && runtime_may(way->user, &entry, 1);
}

/* Whoever may write a directory may put something else in the place of what is in it, unless it is sticky. */
static bool
may_replace(const struct way *way, const struct node *node)
{
	struct entry inside = node_entry(way->inventory->tree, node), around = node_entry(way->inventory->tree, node->parent);
	uint32_t uid = way->user->uid;
	bool sticky = (around.mode & 01000) && uid != 0 && uid != inside.uid && uid != around.uid;
	return may_add_to(way, node->parent) && !sticky;
}

/* A directory too: renamed, it takes what is below it along. */
static void
see_step(void *context, const struct node *node)
{
	struct way *way = context;
	if (way->open == NULL && may_replace(way, node))
		way->open = node->parent;
}

/* The directories of PATH that are searched before the one where `path` was found: the user may make the word there, or the directory itself. */
static void
see_path_before(struct way *way, struct slice word, struct slice path)
{
	AUTO(strbuf) struct strbuf tried = { 0 };
	struct slice rest = runtime_search_path(way->inventory->image->config), directory;
	while (way->open == NULL && slice_next(&rest, ':', &directory)) {
		if (!slice_starts(directory, SLICE("/")))
			continue;
		runtime_path_join(directory, word, &tried);
		if (slice_eq(strbuf_slice(&tried), path))
			return;
		const struct node *last = tree_each_step(way->inventory->tree, strbuf_slice(&tried), see_step, way);
		if (way->open == NULL && may_add_to(way, last))
			way->open = last;
	}
}

const struct node *
runtime_may_divert(const struct inventory *inventory, const struct runtime_user *user, struct slice word, struct slice path)
{
	struct way way = { inventory, user, NULL };
	tree_each_step(inventory->tree, path, see_step, &way);
	if (way.open == NULL && word.n)
		see_path_before(&way, word, path);
	return way.open;
}
