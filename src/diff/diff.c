/* SPDX-License-Identifier: Apache-2.0 */
/* The whole comparison: sides, parts, order. */
#include "diff/comparing.h"

#include "base/error.h"
#include "base/limits.h"

const char *const part_names[PART_COUNT] = {
	[PART_PACKAGES] = "packages", [PART_FILES] = "files",   [PART_SETTINGS] = "settings",
	[PART_METADATA] = "metadata", [PART_LAYERS] = "layers", [PART_FINDINGS] = "findings",
};

const char *const change_names[] = { [CHANGE_ADDED] = "added", [CHANGE_REMOVED] = "removed", [CHANGE_CHANGED] = "changed" };

const char *const cause_names[CAUSE_COUNT] = {
	[CAUSE_NONE] = "none", [CAUSE_PACKAGE] = "package", [CAUSE_PACKAGE_MANAGER] = "package_manager", [CAUSE_BASE] = "base",
	[CAUSE_INSTRUCTION] = "instruction", [CAUSE_SOURCE] = "source", [CAUSE_GENERATED] = "generated",
};

enum change_kind
kind_of(bool old, bool new)
{
	return old && new ? CHANGE_CHANGED : new ? CHANGE_ADDED : CHANGE_REMOVED;
}

int
detail_add(struct comparing *c, const char *what, struct slice old, struct slice new, struct plim_error *err)
{
	if (slice_eq(old, new) && (old.p == NULL) == (new.p == NULL))
		return 0;
	struct detail *detail = vec_push(&c->details);
	if (detail == NULL)
		return error_nomem(err);
	*detail = (struct detail){ slice_of(what), old, new };
	return 0;
}

static void
count(struct comparing *c, const struct change *change)
{
	struct part_count *counts = &c->counts[change->part];
	counts->added += change->kind == CHANGE_ADDED;
	counts->removed += change->kind == CHANGE_REMOVED;
	counts->changed += change->kind == CHANGE_CHANGED;
	counts->unexplained += change->part == PART_FILES && change->cause == CAUSE_NONE;
}

int
change_add(struct comparing *c, const struct change *change, struct plim_error *err)
{
	count(c, change);
	c->full |= c->changes.n >= LIMIT_CHANGE_COUNT;
	if (c->full) {
		c->details.n = 0;
		return 0;
	}
	struct detail *details = arena_make_array(c->arena, c->details.n + 1, struct detail);
	struct change *at = details ? vec_push(&c->changes) : NULL;
	if (at == NULL)
		return error_nomem(err);
	*at = *change;
	at->details = details;
	at->detail_count = c->details.n;
	if (c->details.n)
		memcpy(details, c->details.at, c->details.n * sizeof *details);
	c->details.n = 0;
	return 0;
}

static int
order_changes(const void *left, const void *right)
{
	const struct change *a = left, *b = right;
	int order = ((int)a->part > (int)b->part) - ((int)a->part < (int)b->part);
	order = order ? order : slice_cmp(a->subject, b->subject);
	order = order ? order : slice_cmp(a->group, b->group);
	order = order ? order : slice_cmp(a->path, b->path);
	order = order ? order : ((int)a->kind > (int)b->kind) - ((int)a->kind < (int)b->kind);
	for (size_t i = 0; order == 0 && i < a->detail_count && i < b->detail_count; i++) {
		order = slice_cmp(a->details[i].old, b->details[i].old);
		order = order ? order : slice_cmp(a->details[i].new, b->details[i].new);
	}
	return order;
}

#define KEEP(diff, field, count_field, vec)                                                   \
	do {                                                                                  \
		(diff)->count_field = (vec)->n;                                               \
		(diff)->field = arena_alloc_array((diff)->arena, (vec)->n + 1, sizeof *(vec)->at); \
		if ((diff)->field == NULL)                                                    \
			return error_nomem(err);                                              \
		if ((vec)->n)                                                                 \
			memcpy((diff)->field, (vec)->at, (vec)->n * sizeof *(vec)->at);       \
	} while (0)

static int
collect(struct comparing *c, struct diff *diff, struct plim_error *err)
{
	KEEP(diff, changes, change_count, &c->changes);
	KEEP(diff, gaps, gap_count, &c->gaps);
	diff->counts = arena_make_array(diff->arena, PART_COUNT, struct part_count);
	if (diff->counts == NULL)
		return error_nomem(err);
	memcpy(diff->counts, c->counts, sizeof c->counts);
	diff->count_count = PART_COUNT;
	if (diff->change_count > 1)
		qsort(diff->changes, diff->change_count, sizeof *diff->changes, order_changes);
	return 0;
}

/* What the comparison of files itself looks up. */
static int
side_read_files(struct side *side, const struct inventory *inventory, struct plim_error *err)
{
	side->inventory = inventory;
	return node_rows_read(inventory, ROW_EXTENDED_ATTRIBUTE, &side->xattrs, err);
}

static int
side_read(struct side *side, const struct diff_side *from, struct arena *arena, struct plim_error *err)
{
	side->verdict = from->verdict;
	int r = side_read_files(side, from->inventory, err);
	if (r < 0 || (r = owners_read(side, arena, err)) < 0 || (r = node_rows_read(side->inventory, ROW_TIMELESS, &side->timeless, err)) < 0)
		return r;
	return history_read(side, arena, err);
}

static void
side_done(struct side *side)
{
	map_done(&side->owners);
	map_done(&side->instructions);
	map_done(&side->whiteouts);
	free(side->xattrs.at);
	free(side->timeless.at);
	below_done(side);
}

static void
auto_comparing(struct comparing *c)
{
	side_done(&c->old);
	side_done(&c->new);
	map_done(&c->packages);
	map_done(&c->types);
	vec_done(&c->changes);
	vec_done(&c->details);
	vec_done(&c->gaps);
	strbuf_done(&c->scratch);
}

static compare_fn *const parts[] = {
	compare_packages, compare_layers, compare_files, compare_settings, compare_metadata, compare_findings, compare_gaps,
};

static int
compare(struct comparing *c, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof parts / sizeof *parts; i++)
		r = parts[i](c, err);
	return r == 0 && c->scratch.failed ? error_nomem(err) : r;
}

int
diff_make(const struct diff_side *old, const struct diff_side *new, const struct policy *policy, int64_t at, struct diff **out,
          struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct diff *diff = arena ? arena_make(arena, struct diff) : NULL;
	if (diff == NULL)
		return error_nomem(err);
	AUTO(comparing) struct comparing c = { .arena = arena };
	int r = side_read(&c.old, old, arena, err);
	if (r < 0 || (r = side_read(&c.new, new, arena, err)) < 0)
		return r;
	history_match(&c);
	if ((r = compare(&c, err)) < 0)
		return r;
	diff->arena = arena;
	if ((r = collect(&c, diff, err)) < 0)
		return r;
	diff->old_result = old->verdict->result;
	diff->new_result = new->verdict->result;
	diff->policy_name = policy_name(policy);
	diff->policy_digest = policy_digest(policy);
	diff->data_digest = new->verdict->data_digest;
	diff->gated = policy_gates_diff(policy, at, &diff->gate);
	*out = diff;
	ptr_take(&arena);
	return 0;
}

int
diff_files(const struct inventory *old, const struct inventory *new, struct diff **out, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct diff *diff = arena ? arena_make(arena, struct diff) : NULL;
	if (diff == NULL)
		return error_nomem(err);
	AUTO(comparing) struct comparing c = { .arena = arena, .unasked = true };
	int r = side_read_files(&c.old, old, err);
	if (r < 0 || (r = side_read_files(&c.new, new, err)) < 0 || (r = compare_files(&c, err)) < 0)
		return r;
	if (c.scratch.failed)
		return error_nomem(err);
	diff->arena = arena;
	if ((r = collect(&c, diff, err)) < 0)
		return r;
	*out = diff;
	ptr_take(&arena);
	return 0;
}

void
diff_free(struct diff *diff)
{
	if (diff)
		arena_free(diff->arena);
}

size_t
diff_unexplained(const struct diff *diff)
{
	return diff->counts[PART_FILES].unexplained;
}
