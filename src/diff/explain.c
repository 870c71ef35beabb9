/* SPDX-License-Identifier: Apache-2.0 */
/* Which input explains a file that is not as it was: a list of explanations, of which the first that holds counts. */
#include "diff/comparing.h"

#include "catalog/owners.h"

typedef struct explanation explain_fn(struct comparing *c, const struct file_change *file);

static const struct explanation nothing = { CAUSE_NONE, { NULL, 0 } };

static bool
is_directory(const struct node *node, const struct entry *entry)
{
	return node == NULL || entry->type == ENTRY_DIRECTORY;
}

/* A layer from which on one of them is there as it is; a tree has none to compare with. */
static bool
is_layer_of(const struct side *side, const struct package *packages, size_t n, uint32_t layer)
{
	bool is = side->inventory->image == NULL;
	for (size_t i = 0; i < n; i++)
		is = is || packages[i].layer == layer;
	return is;
}

/*
 * The file came with the package: in its layer, or in one above it whose RUN
 * works on what packages brought, as it did before.  What a COPY lays over it
 * is the package's no more.
 */
static bool
is_brought(const struct comparing *c, const struct file_change *file, const struct package_change *change)
{
	if (is_layer_of(&c->new, change->new, change->new_n, file->new->layer))
		return true;
	bool before = file->old == NULL || !is_layer_of(&c->old, change->old, change->old_n, file->old->layer);
	return before && change->new_n && instruction_runs(&c->new, file->new->layer);
}

static struct explanation
by_change(const struct package_change *change)
{
	return (struct explanation){ CAUSE_PACKAGE, change->text };
}

/*
 * A package explains what it brings or takes with it: a file that its other
 * version lists as well came or went by another way.  Other attributes of a
 * directory that several packages share are nobody's in particular.
 */
static struct explanation
by_new_package(struct comparing *c, const struct file_change *file)
{
	const struct owner *owner = owner_find(&c->new, file->path);
	const struct package_change *change = owner ? package_change(c, owner->type, owner->package) : NULL;
	if (change == NULL || change->new_n == 0 || !is_brought(c, file, change))
		return nothing;
	if (file->kind == CHANGE_CHANGED)
		return change->partly || (owner->shared && is_directory(file->old, &file->was)) ? nothing : by_change(change);
	return owner_find(&c->old, file->path) ? nothing : by_change(change);
}

static struct explanation
by_old_package(struct comparing *c, const struct file_change *file)
{
	const struct owner *owner = owner_find(&c->old, file->path);
	const struct package_change *change = owner ? package_change(c, owner->type, owner->package) : NULL;
	return change && owner_find(&c->new, file->path) == NULL ? by_change(change) : nothing;
}

/* A package that went takes its files along: it explains none that stayed. */
static struct explanation
by_package(struct comparing *c, const struct file_change *file)
{
	return file->new ? by_new_package(c, file) : by_old_package(c, file);
}

static bool
is_dpkg_file(const struct node *node, const struct entry *entry, bool script)
{
	return node == NULL || (entry->type == ENTRY_FILE && (entry->mode & (script ? 07022 : 07133)) == 0 && entry->capability.p == NULL);
}

/* What dpkg keeps of a package: of nobody but a package that changed. */
static struct explanation
by_dpkg_info(struct comparing *c, const struct file_change *file)
{
	struct slice package;
	bool script;
	if (!dpkg_info_file(slice_from(file->path, 1), &package, &script))
		return nothing;
	const struct package_change *change = package_change(c, SLICE("deb"), package);
	bool of_dpkg = is_dpkg_file(file->old, &file->was, script) && is_dpkg_file(file->new, &file->is, script);
	return change && of_dpkg && !(change->partly && file->kind == CHANGE_CHANGED) ? by_change(change) : nothing;
}

static struct explanation
by_known(struct comparing *c, const struct file_change *file)
{
	const struct known_file *known = known_file_find(c, file);
	return known ? (struct explanation){ known->cause, slice_of(known->why) } : nothing;
}

/* Links that package managers make without listing them, to a program of a package, and in the place of none: update-alternatives, busybox. */
static bool
is_made_link(const struct entry *entry, struct slice path)
{
	bool alternative = slice_starts(path, SLICE("/etc/alternatives/")) || slice_starts(entry->link, SLICE("/etc/alternatives/"));
	bool wanders = slice_find_text(entry->link, SLICE("..")) != SIZE_MAX;
	return entry->type == ENTRY_SYMLINK && !wanders && (alternative || slice_is(entry->link, "/bin/busybox"));
}

static struct explanation
by_made_link(struct comparing *c, const struct file_change *file)
{
	const struct side *side = file->new ? &c->new : &c->old;
	const struct entry *entry = file->new ? &file->is : &file->was;
	AUTO(strbuf) struct strbuf path = { 0 };
	bool replaces = file->old && file->was.type != ENTRY_SYMLINK;
	const struct node *end = !replaces && is_made_link(entry, file->path) ? tree_resolve(side->inventory->tree, file->path) : NULL;
	if (end == NULL)
		return nothing;
	node_path(end, &path);
	const struct owner *owner = owner_find(side, strbuf_slice(&path));
	const struct package_change *change = owner ? package_change(c, owner->type, owner->package) : NULL;
	return change ? by_change(change) : nothing;
}

/* The layer that removes the path or a directory above it; UINT32_MAX for none. */
static uint32_t
remover_of(const struct side *side, struct slice path)
{
	slice_skip(&path, SLICE("/"));
	for (; path.n; path = path_dir(path)) {
		uintptr_t layer = (uintptr_t)map_find(&side->whiteouts, path);
		if (layer)
			return (uint32_t)layer - 1;
	}
	return UINT32_MAX;
}

/* Where a side has it, the base brought it, and where it has not, no layer above the base removed it. */
static bool
is_of_base(const struct side *side, const struct node *node, struct slice path, uint32_t base)
{
	if (node)
		return node->layer < base;
	uint32_t remover = remover_of(side, path);
	return remover == UINT32_MAX || remover < base;
}

static struct explanation
by_base(struct comparing *c, const struct file_change *file)
{
	bool of_base = is_of_base(&c->old, file->old, file->path, c->old_base) && is_of_base(&c->new, file->new, file->path, c->new_base);
	return c->base.p && of_base ? (struct explanation){ CAUSE_BASE, c->base } : nothing;
}

static struct explanation
by_one_instruction(struct comparing *c, const struct side *side, const struct side *other, uint32_t layer)
{
	bool holds = layer != UINT32_MAX && instruction_is_new(c, side, other, layer);
	return holds ? (struct explanation){ CAUSE_INSTRUCTION, instruction_text(c, side, layer) } : nothing;
}

/* An instruction that this image has alone removed what was there below it. */
static struct explanation
by_new_remover(struct comparing *c, const struct file_change *file)
{
	struct entry before;
	uint32_t remover = remover_of(&c->new, file->path);
	struct explanation why = by_one_instruction(c, &c->new, &c->old, remover);
	return why.cause != CAUSE_NONE && below_find(&c->new, remover, file->path, &before) ? why : nothing;
}

/* Without the instruction that replaced or removed it, what was there below is seen: that, and nothing else. */
static struct explanation
by_old_instruction(struct comparing *c, const struct file_change *file, uint32_t layer)
{
	struct entry before;
	struct explanation why = by_one_instruction(c, &c->old, &c->new, layer);
	if (why.cause == CAUSE_NONE || file->new == NULL)
		return why;
	return below_find(&c->old, layer, file->path, &before) && entry_is_same(&before, &file->is) ? why : nothing;
}

/* It made the file, made what was there before, or removed it: on the side that has this instruction alone. */
static struct explanation
by_instruction(struct comparing *c, const struct file_change *file)
{
	struct explanation why = file->new ? by_one_instruction(c, &c->new, &c->old, file->new->layer) : by_new_remover(c, file);
	if (why.cause == CAUSE_NONE)
		why = by_old_instruction(c, file, file->old ? file->old->layer : remover_of(&c->old, file->path));
	return why;
}

/* The same RUN, with a variable that it names set otherwise. */
static struct explanation
by_variable(struct comparing *c, const struct file_change *file)
{
	struct slice name = file->new ? instruction_variable(c, &c->new, &c->old, file->new->layer) : SLICE_NONE;
	if (name.n == 0)
		return nothing;
	return (struct explanation){ CAUSE_INSTRUCTION, arena_printf(c->arena, "variable %.*s changed", SLICE_ARG(name)) };
}

static bool
has_packages(const struct side *side, uint32_t layer)
{
	const struct inventory *inventory = side->inventory;
	for (size_t i = 0; i < inventory->package_count; i++)
		if (inventory->packages[i].layer == layer && is_system_type(inventory->packages[i].type))
			return true;
	return false;
}

/*
 * The same COPY with other content: what was copied is not to be seen in an
 * image, but the revision of the source that it says it was built from is.
 * Nobody's source is what the base brings, and no layer with packages of the
 * system: that is one, whether a policy knows it or not.
 */
static struct explanation
by_source(struct comparing *c, const struct file_change *file)
{
	const struct side *side = file->new ? &c->new : &c->old;
	uint32_t layer = file->new ? file->new->layer : file->old->layer;
	bool other = c->old.revision.n && c->new.revision.n && !slice_eq(c->old.revision, c->new.revision);
	if (!other || layer < side->inventory->base_layers || has_packages(side, layer) || !instruction_copies(side, layer))
		return nothing;
	return (struct explanation){ CAUSE_SOURCE, arena_printf(c->arena, "source revision %.*s -> %.*s", SLICE_ARG(slice_first(c->old.revision, 64)),
		                                                SLICE_ARG(slice_first(c->new.revision, 64))) };
}

/* "a/__pycache__/b.cpython-311.pyc" is compiled from a/b.py. */
static struct slice
source_of_compiled(struct comparing *c, struct slice path)
{
	struct slice directory, name, above, last, stem, rest;
	if (!slice_ends(path, SLICE(".pyc")) || !slice_cut_last(path, '/', &directory, &name) || !slice_cut_last(directory, '/', &above, &last) ||
	    !slice_is(last, "__pycache__") || !slice_cut(name, '.', &stem, &rest))
		return SLICE_NONE;
	return arena_printf(c->arena, "%.*s/%.*s.py", SLICE_ARG(above), SLICE_ARG(stem));
}

static bool
is_plain(const struct node *node, const struct entry *entry)
{
	return node == NULL || (entry->type == ENTRY_FILE && (entry->mode & 07111) == 0);
}

/* The change of a path, if there is a file on either side. */
static bool
change_at(const struct comparing *c, struct slice path, struct file_change *out)
{
	*out = (struct file_change){ .path = path, .old = tree_find(c->old.inventory->tree, path), .new = tree_find(c->new.inventory->tree, path) };
	if (out->old)
		out->was = node_entry(c->old.inventory->tree, out->old);
	if (out->new)
		out->is = node_entry(c->new.inventory->tree, out->new);
	out->kind = kind_of(out->old, out->new);
	return out->old || out->new;
}

/* The digest of what is not a time in it; absent where nobody knows. */
static const struct shown_row *
timeless_row(const struct side *side, const struct node *node)
{
	size_t n;
	const struct shown_row *const *rows = node_rows_of(&side->timeless, node, &n);
	return n ? *rows : NULL;
}

/* The same but for the times that it tells.  Attributes that other programs read into a file are not looked into. */
static struct explanation
by_time(struct comparing *c, const struct file_change *file)
{
	const struct shown_row *old = timeless_row(&c->old, file->old), *new = timeless_row(&c->new, file->new);
	if (old == NULL || new == NULL || !file_same_holder(file) || file_has_xattrs(c, file))
		return nothing;
	struct slice was = block_field(old->block, &old->row, TIMELESS_DIGEST), is = block_field(new->block, &new->row, TIMELESS_DIGEST);
	struct slice without = block_field(new->block, &new->row, TIMELESS_WITHOUT);
	return slice_eq(was, is) ? (struct explanation){ CAUSE_GENERATED, arena_printf(c->arena, "the same but for %.*s", SLICE_ARG(without)) } : nothing;
}

/* Compiled code is explained as its source is. */
static struct explanation
by_compiled(struct comparing *c, const struct file_change *file)
{
	struct slice path = source_of_compiled(c, file->path);
	struct file_change source;
	if (path.p == NULL || !is_plain(file->old, &file->was) || !is_plain(file->new, &file->is) || !change_at(c, path, &source))
		return nothing;
	return file_is_same(&source) ? nothing : explain_file(c, &source);
}

static explain_fn *const explanations[] = {
	by_time, by_package, by_dpkg_info, by_made_link, by_known, by_base, by_instruction, by_variable, by_source, by_compiled,
};

struct explanation
explain_file(struct comparing *c, const struct file_change *file)
{
	struct explanation why = nothing;
	for (size_t i = 0; why.cause == CAUSE_NONE && i < sizeof explanations / sizeof *explanations; i++)
		why = explanations[i](c, file);
	return why;
}

struct explanation
explain_path(struct comparing *c, struct slice path)
{
	struct file_change file;
	return change_at(c, path, &file) && !file_is_same(&file) ? explain_file(c, &file) : nothing;
}
