/* SPDX-License-Identifier: Apache-2.0 */
/* Packages: added, removed, in another version, brought by another instruction. */
#include "diff/comparing.h"

#include "base/error.h"

/* Of one name: what only one side has. */
struct leftovers {
	VEC(const struct package *) gone, come;
};

static int
order_names(const struct package *a, const struct package *b)
{
	int order = slice_cmp(a->type, b->type);
	return order ? order : slice_cmp(a->name, b->name);
}

/* As the inventory sorts them. */
static int
order_whole(const struct package *a, const struct package *b)
{
	int order = order_names(a, b);
	order = order ? order : slice_cmp(a->version, b->version);
	return order ? order : slice_cmp(a->arch, b->arch);
}

static struct slice
package_key(struct strbuf *into, struct slice type, struct slice name)
{
	strbuf_clear(into);
	strbuf_put(into, type);
	strbuf_putc(into, '\0');
	strbuf_put(into, name);
	return strbuf_slice(into);
}

const struct package_change *
package_change(const struct comparing *c, struct slice type, struct slice name)
{
	AUTO(strbuf) struct strbuf key = { 0 };
	return map_find(&c->packages, package_key(&key, type, name));
}

static struct slice
describe(struct comparing *c, const struct package *old, const struct package *new)
{
	const struct package *any = new ? new : old;
	if (old && new)
		return arena_printf(c->arena, "%.*s %.*s -> %.*s", SLICE_ARG(any->name), SLICE_ARG(old->version), SLICE_ARG(new->version));
	return arena_printf(c->arena, "%.*s %.*s %s", SLICE_ARG(any->name), SLICE_ARG(any->version), new ? "added" : "removed");
}

/* What their files are explained by.  Of several versions of one package the first that changed is named. */
static int
note_change(struct comparing *c, const struct package_change *like, const struct leftovers *left, struct plim_error *err)
{
	const struct package *gone = left->gone.n ? left->gone.at[0] : NULL, *come = left->come.n ? left->come.at[0] : NULL, *any = come ? come : gone;
	struct slice key = arena_dup(c->arena, package_key(&c->scratch, any->type, any->name));
	struct package_change *change = arena_make(c->arena, struct package_change);
	void **place = key.p && change ? map_place(&c->packages, key) : NULL;
	if (place == NULL)
		return error_nomem(err);
	*place = change;
	*change = *like;
	change->text = describe(c, gone, come);
	change->partly = left->gone.n < like->old_n && left->come.n < like->new_n;
	if ((place = map_place(&c->types, any->type)) == NULL || change->text.p == NULL)
		return error_nomem(err);
	*place = c;
	return 0;
}

static struct slice
layer_text(struct comparing *c, const struct package *package)
{
	return package == NULL || package->layer == UINT32_MAX ? SLICE_NONE : arena_printf(c->arena, "%u", package->layer);
}

static int
add_package(struct comparing *c, const struct package *old, const struct package *new, struct plim_error *err)
{
	const struct package *any = new ? new : old;
	struct change change = {
		.part = PART_PACKAGES, .kind = kind_of(old, new), .group = any->type, .subject = any->name, .layer = any->layer,
		.instruction = instruction_words(c, new ? &c->new : &c->old, any->layer),
	};
	int r = detail_add(c, "version", old ? old->version : SLICE_NONE, new ? new->version : SLICE_NONE, err);
	if (r == 0)
		r = detail_add(c, "architecture", old ? old->arch : SLICE_NONE, new ? new->arch : SLICE_NONE, err);
	if (r == 0)
		r = detail_add(c, "layer", layer_text(c, old), layer_text(c, new), err);
	return r < 0 ? r : change_add(c, &change, err);
}

/* Numbers of layers shift when one is put in between: only an instruction that the other side lacks has moved a package. */
static int
same(struct comparing *c, const struct package *old, const struct package *new, struct plim_error *err)
{
	bool moved = instruction_is_new(c, &c->old, &c->new, old->layer) && instruction_is_new(c, &c->new, &c->old, new->layer) && old->layer != new->layer;
	return moved ? add_package(c, old, new, err) : 0;
}

/* One package of either side that are left over count as one that changed. */
static int
pair(struct comparing *c, const struct leftovers *left, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && (i < left->gone.n || i < left->come.n); i++)
		r = add_package(c, i < left->gone.n ? left->gone.at[i] : NULL, i < left->come.n ? left->come.at[i] : NULL, err);
	return r;
}

static int
leave(struct leftovers *left, const struct package *package, bool of_new, struct plim_error *err)
{
	const struct package **at = of_new ? vec_push(&left->come) : vec_push(&left->gone);
	if (at == NULL)
		return error_nomem(err);
	*at = package;
	return 0;
}

/* All of one name: equal versions are the same, of the others the first is paired with the first. */
static int
compare_name(struct comparing *c, const struct package_change *all, struct leftovers *left, struct plim_error *err)
{
	const struct package *old = all->old, *new = all->new;
	int r = 0;
	left->gone.n = left->come.n = 0;
	for (size_t i = 0, k = 0; r == 0 && (i < all->old_n || k < all->new_n);) {
		int order = i == all->old_n ? 1 : k == all->new_n ? -1 : order_whole(&old[i], &new[k]);
		if (order == 0)
			r = same(c, &old[i++], &new[k++], err);
		else if (order < 0)
			r = leave(left, &old[i++], false, err);
		else
			r = leave(left, &new[k++], true, err);
	}
	if (r == 0 && left->gone.n + left->come.n > 0)
		r = note_change(c, all, left, err);
	return r < 0 ? r : pair(c, left, err);
}

/* How many packages from `at` on have the name of `like`. */
static size_t
run_of(const struct inventory *inventory, size_t at, const struct package *like)
{
	size_t n = 0;
	while (at + n < inventory->package_count && order_names(&inventory->packages[at + n], like) == 0)
		n++;
	return n;
}

int
compare_packages(struct comparing *c, struct plim_error *err)
{
	const struct inventory *old = c->old.inventory, *new = c->new.inventory;
	struct leftovers left = { 0 };
	int r = 0;
	for (size_t i = 0, k = 0; r == 0 && (i < old->package_count || k < new->package_count);) {
		bool from_old = k == new->package_count || (i < old->package_count && order_names(&old->packages[i], &new->packages[k]) <= 0);
		const struct package *first = from_old ? &old->packages[i] : &new->packages[k];
		const struct package_change all = {
			.old = old->packages + i, .old_n = run_of(old, i, first), .new = new->packages + k, .new_n = run_of(new, k, first),
		};
		r = compare_name(c, &all, &left, err);
		i += all.old_n;
		k += all.new_n;
	}
	vec_done(&left.gone);
	vec_done(&left.come);
	return r;
}
