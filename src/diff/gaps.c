/* SPDX-License-Identifier: Apache-2.0 */
/* What could not be read on either side, as far as the answer hangs on it. */
#include "diff/comparing.h"

#include "base/error.h"
#include "base/limits.h"

/* The same bytes on both sides say the same, whatever that is. */
static bool
is_same_file(const struct comparing *c, struct slice path)
{
	const struct node *old = path.n ? tree_resolve(c->old.inventory->tree, path) : NULL, *new = path.n ? tree_resolve(c->new.inventory->tree, path) : NULL;
	if (old == NULL || new == NULL)
		return false;
	struct entry was = node_entry(c->old.inventory->tree, old), is = node_entry(c->new.inventory->tree, new);
	return was.type == ENTRY_FILE && is.type == ENTRY_FILE && was.digest.n == 32 && slice_eq(was.digest, is.digest);
}

/* What a system is called changes nothing in what is compared.  Damage lies in the file; other gaps come of what is around it. */
static bool
matters(const struct comparing *c, const struct inventory_gap *gap)
{
	return strcmp(gap->kind, "os") != 0 && !(strcmp(gap->kind, "unreadable") == 0 && is_same_file(c, gap->path));
}

static int
add_gap(struct comparing *c, bool of_new, const char *kind, struct slice path, struct slice reason, uint32_t layer, struct plim_error *err)
{
	struct diff_gap *at = vec_push(&c->gaps);
	if (at == NULL)
		return error_nomem(err);
	*at = (struct diff_gap){ of_new, slice_of(kind), path, reason, layer };
	return 0;
}

static int
add_gaps(struct comparing *c, const struct side *side, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < side->inventory->gap_count; i++) {
		const struct inventory_gap *gap = &side->inventory->gaps[i];
		if (matters(c, gap))
			r = add_gap(c, side == &c->new, gap->kind, gap->path, gap->reason, gap->layer, err);
	}
	return r;
}

/* Both sides' own first, in the order of their inventories, then what the comparison itself could not do. */
int
compare_gaps(struct comparing *c, struct plim_error *err)
{
	int r = add_gaps(c, &c->old, err);
	if (r == 0)
		r = add_gaps(c, &c->new, err);
	if (r == 0 && c->full)
		r = add_gap(c, true, "limit", SLICE_NONE, SLICE("limit CHANGE_COUNT: the other changes are counted, not listed"), UINT32_MAX, err);
	return r;
}
