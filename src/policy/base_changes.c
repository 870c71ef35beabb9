/* SPDX-License-Identifier: Apache-2.0 */
/* What later layers did to the files of the base: the base alone, squashed, is walked beside the image. */
#include "policy/base_evidence.h"

#include "base/error.h"

/* So many executables are named. */
#define NAMED_MOST 3

struct changes {
	struct judging *judging;
	size_t replaced, executables, removed;
	struct strbuf names;
};

static void
count_replaced(struct changes *changes, const struct node *node)
{
	struct entry entry = node_entry(changes->judging->inventory->tree, node);
	changes->replaced++;
	if (entry.type != ENTRY_FILE || !(entry.mode & 0111))
		return;
	if (changes->executables++ < NAMED_MOST) {
		strbuf_puts(&changes->names, changes->names.n ? ", " : "");
		node_path(node, &changes->names);
	}
}

/* Directories that are directories still are looked into, not counted. */
static void
compare(struct changes *changes, const struct tree *base, const struct node *was, const struct node *is)
{
	for (uint32_t w = 0, i = 0; w < was->child_count; w++) {
		const struct node *child = was->children[w];
		while (i < is->child_count && slice_cmp(is->children[i]->name, child->name) < 0)
			i++;
		const struct node *now = i < is->child_count && slice_eq(is->children[i]->name, child->name) ? is->children[i] : NULL;
		bool was_directory = node_entry_type(base, child) == ENTRY_DIRECTORY;
		if (now == NULL)
			changes->removed++;
		else if (was_directory && node_entry_type(changes->judging->inventory->tree, now) == ENTRY_DIRECTORY)
			compare(changes, base, child, now);
		else if (now->layer >= changes->judging->inventory->base_layers)
			count_replaced(changes, now);
	}
}

static struct slice
changes_text(const struct changes *changes)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (changes->replaced)
		strbuf_printf(&text, "%zu of its files %s replaced", changes->replaced, changes->replaced == 1 ? "was" : "were");
	if (changes->executables)
		strbuf_printf(&text, " (%zu executable%s: %.*s%s)", changes->executables, changes->executables == 1 ? "" : "s",
		              SLICE_ARG(strbuf_slice(&changes->names)), changes->executables > NAMED_MOST ? ", ..." : "");
	if (changes->removed)
		strbuf_printf(&text, changes->replaced ? " and %zu removed" : "%zu of its files removed", changes->removed);
	if (text.n)
		strbuf_puts(&text, " by later layers");
	return text.n ? arena_dup(changes->judging->arena, strbuf_slice(&text)) : SLICE_NONE;
}

int
base_changes_text(struct judging *judging, struct slice *out, struct plim_error *err)
{
	const struct inventory *inventory = judging->inventory;
	AUTO(tree) struct tree *base = NULL;
	struct changes changes = { .judging = judging };
	*out = SLICE_NONE;
	if (inventory->base_layers == inventory->block_count)
		return 0;
	int r = tree_build(inventory->blocks, inventory->base_layers, &base, err);
	if (r < 0)
		return r;
	compare(&changes, base, tree_root(base), tree_root(inventory->tree));
	*out = changes_text(&changes);
	strbuf_done(&changes.names);
	return 0;
}
