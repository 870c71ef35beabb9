/* SPDX-License-Identifier: Apache-2.0 */
/* Files that may not be there and files that must: by path, by digest, or by both. */
#include "policy/component.h"

#include "base/error.h"
#include "base/glob.h"

static enum fit
digest_fit(const struct component *component, const struct entry *entry)
{
	struct digest digest = { .algorithm = DIGEST_SHA256 };
	if (component->digest.algorithm == DIGEST_NONE)
		return FIT_YES;
	if (entry->type != ENTRY_FILE && entry->type != ENTRY_HARDLINK)
		return FIT_NO;
	if (entry->type == ENTRY_FILE && entry->size == 0)
		digest = digest_of(SLICE(""));
	else if (entry->digest.n == 32)
		memcpy(digest.bytes, entry->digest.p, 32);
	else
		return FIT_UNCERTAIN;
	return digest_eq(&digest, &component->digest) ? FIT_YES : FIT_NO;
}

/* Absolute, in the scratch. */
static struct slice
path_of(const struct inventory *inventory, const struct node *node)
{
	strbuf_clear(inventory->scratch);
	node_path(node, inventory->scratch);
	return strbuf_slice(inventory->scratch);
}

/* What an entry finds in the final tree. */
struct search {
	struct judging *judging;
	const struct component *component;
	int (*found)(struct search *search, const struct node *node, struct plim_error *err);
	size_t fits, uncertain;
	struct slice first;            /* path of the first whose digest is not known */
};

static int
look_at(struct search *search, const struct node *node, struct plim_error *err)
{
	struct entry entry = node_entry(search->judging->inventory->tree, node);
	enum fit fit = entry.type == ENTRY_DIRECTORY ? FIT_NO : digest_fit(search->component, &entry);
	if (fit == FIT_YES) {
		search->fits++;
		return search->found ? search->found(search, node, err) : 0;
	}
	if (fit == FIT_UNCERTAIN && search->uncertain++ == 0)
		search->first = arena_dup(search->judging->arena, path_of(search->judging->inventory, node));
	return 0;
}

/* A link to nothing is a file that may not be there, not one that is required. */
static int
look_at_path(struct search *search, struct plim_error *err)
{
	const struct tree *tree = search->judging->inventory->tree;
	const struct node *node = tree_resolve(tree, search->component->path);
	if (node == NULL && search->found)
		node = tree_find(tree, search->component->path);
	return node ? look_at(search, node, err) : 0;
}

static int
look_everywhere(struct search *search, struct plim_error *err)
{
	const struct inventory *inventory = search->judging->inventory;
	struct slice glob = search->component->path;
	int r = 0;
	for (size_t i = 0; r == 0 && i < inventory->node_count; i++) {
		if (FILE_TYPE(inventory->files.kinds[i]) == ENTRY_DIRECTORY)
			continue;
		if (glob.n == 0 || glob_match(glob, path_of(inventory, inventory->nodes[i])))
			r = look_at(search, inventory->nodes[i], err);
	}
	return r;
}

static int
look(struct search *search, struct plim_error *err)
{
	struct slice path = search->component->path;
	return path.n && !glob_is_pattern(path) ? look_at_path(search, err) : look_everywhere(search, err);
}

/* Layers and directories that could not be read are told of by themselves; of a file without digest only whoever asks knows. */
static int
judge_uncertain(struct search *search, struct plim_error *err)
{
	if (search->uncertain == 0)
		return 0;
	return judge_unknown(search->judging, UNKNOWN_UNREADABLE, AREA_COMPONENTS, search->component->name,
	                     judge_text(search->judging, "the digest of %.*s is not known%s", SLICE_ARG(search->first),
	                                search->uncertain > 1 ? ", nor those of others" : ""),
	                     UINT32_MAX, err);
}

static int
judge_found(struct search *search, const struct node *node, struct plim_error *err)
{
	struct evidence evidence = EVIDENCE_NONE;
	evidence.path = arena_dup(search->judging->arena, path_of(search->judging->inventory, node));
	evidence.layer = node->layer;
	struct finding words = {
		.title = judge_text(search->judging, "%.*s may not be there", SLICE_ARG(evidence.path)),
		.message = search->component->reason,
		.fix_command = judge_text(search->judging, "Remove %.*s in the instruction that brings it.", SLICE_ARG(evidence.path)),
	};
	return judge_component(search->judging, "forbidden", search->component, evidence, &words, err);
}

int
judge_forbidden_file(struct judging *judging, const struct component *component, struct plim_error *err)
{
	struct search search = { .judging = judging, .component = component, .found = judge_found };
	if (judge_leaves_out(judging, &component->terms))
		return 0;
	int r = look(&search, err);
	return r < 0 ? r : judge_uncertain(&search, err);
}

int
judge_required_file(struct judging *judging, const struct component *component, struct plim_error *err)
{
	struct search search = { .judging = judging, .component = component };
	struct evidence evidence = EVIDENCE_NONE;
	struct slice reason;
	if (judge_leaves_out(judging, &component->terms))
		return 0;
	int r = look(&search, err);
	if (r < 0 || search.fits || judge_has_hole(judging, &reason))
		return r;
	if (search.uncertain)
		return judge_uncertain(&search, err);
	evidence.path = component->path.n && !glob_is_pattern(component->path) ? component->path : SLICE_NONE;
	struct finding words = {
		.title = judge_text(judging, "%.*s is required and is not there", SLICE_ARG(component->name)),
		.message = component->reason,
	};
	return judge_component(judging, "required", component, evidence, &words, err);
}
