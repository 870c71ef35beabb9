/* SPDX-License-Identifier: Apache-2.0 */
/* Layers, and the base that begins them. */
#include "diff/comparing.h"

#include "base/error.h"

static struct slice
digest_slice(struct comparing *c, const struct image *image, size_t layer)
{
	char text[DIGEST_TEXT_SIZE];
	return layer < image->layer_count ? arena_dup(c->arena, slice_of(digest_text(&image->layers[layer].diff_id, text))) : SLICE_NONE;
}

static int
compare_layer(struct comparing *c, uint32_t at, struct plim_error *err)
{
	const struct image *old = c->old.inventory->image, *new = c->new.inventory->image;
	bool in_old = at < old->layer_count, in_new = at < new->layer_count;
	if (in_old && in_new && digest_eq(&old->layers[at].diff_id, &new->layers[at].diff_id))
		return 0;
	struct change change = {
		.part = PART_LAYERS, .kind = kind_of(in_old, in_new), .group = SLICE("layer"), .subject = arena_printf(c->arena, "%03u", at), .layer = at,
		.instruction = instruction_words(c, in_new ? &c->new : &c->old, at),
	};
	if (change.subject.p == NULL)
		return error_nomem(err);
	int r = detail_add(c, "digest", digest_slice(c, old, at), digest_slice(c, new, at), err);
	if (r == 0 && in_old && in_new)
		r = detail_add(c, "instruction", instruction_words(c, &c->old, at), instruction_words(c, &c->new, at), err);
	return r < 0 ? r : change_add(c, &change, err);
}

/* "debian-12, generation of 2026-10-01", without what the area says of it. */
static struct slice
generation_of(const struct side *side)
{
	struct slice generation, rest;
	slice_cut(side->verdict->areas[AREA_BASE_IMAGE].note, ';', &generation, &rest);
	return generation;
}

static int
compare_base(struct comparing *c, struct plim_error *err)
{
	if (c->base.p == NULL)
		return 0;
	struct change change = { .part = PART_LAYERS, .kind = CHANGE_CHANGED, .group = SLICE("base"), .subject = SLICE("base"), .layer = UINT32_MAX };
	struct slice old = generation_of(&c->old), new = generation_of(&c->new);
	bool approved = c->old.inventory->base_layers > 0;
	int r = detail_add(c, "generation", approved ? old : instruction_words(c, &c->old, 0), approved ? new : instruction_words(c, &c->new, 0), err);
	return r < 0 ? r : change_add(c, &change, err);
}

static bool
same_layers(const struct image *old, const struct image *new, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!digest_eq(&old->layers[i].diff_id, &new->layers[i].diff_id))
			return false;
	return true;
}

/* Both are built from approved bases, and not from the same generation of one. */
static int
note_approved(struct comparing *c, struct plim_error *err)
{
	const struct inventory *old = c->old.inventory, *new = c->new.inventory;
	c->old_base = (uint32_t)old->base_layers;
	c->new_base = (uint32_t)new->base_layers;
	if (old->base_layers == new->base_layers && same_layers(old->image, new->image, old->base_layers))
		return 0;
	c->base = arena_printf(c->arena, "base %.*s -> %.*s", SLICE_ARG(generation_of(&c->old)), SLICE_ARG(generation_of(&c->new)));
	return c->base.p ? 0 : error_nomem(err);
}

static bool
first_layer_changes_packages(const struct comparing *c)
{
	for (size_t i = 0; i < c->changes.n; i++)
		if (c->changes.at[i].part == PART_PACKAGES && c->changes.at[i].layer == 0)
			return true;
	return false;
}

/*
 * No policy knows the base: the lowest of several layers is taken for one where
 * its instruction is another one, to the letter, and it brings other packages.
 * A COPY is nobody's base: with other content it is the same instruction.
 */
static int
note_lowest(struct comparing *c, struct plim_error *err)
{
	const struct image *old = c->old.inventory->image, *new = c->new.inventory->image;
	bool several = old->layer_count > 1 && new->layer_count > 1;
	if (!several || slice_eq(old->layers[0].instruction, new->layers[0].instruction) || same_layers(old, new, 1) || !first_layer_changes_packages(c))
		return 0;
	struct slice was = instruction_words(c, &c->old, 0), is = instruction_words(c, &c->new, 0);
	if (was.p == NULL || is.p == NULL || slice_starts(was, SLICE("COPY ")) || slice_starts(is, SLICE("COPY ")))
		return 0;
	c->old_base = c->new_base = 1;
	c->base = arena_printf(c->arena, "base, the lowest layer (%.*s -> %.*s)", SLICE_ARG(was), SLICE_ARG(is));
	return c->base.p ? 0 : error_nomem(err);
}

int
compare_layers(struct comparing *c, struct plim_error *err)
{
	const struct image *old = c->old.inventory->image, *new = c->new.inventory->image;
	if (old == NULL || new == NULL) {
		c->counts[PART_LAYERS].not_compared = SLICE("a tree has none");
		return 0;
	}
	bool approved = c->old.inventory->base_layers && c->new.inventory->base_layers;
	int r = approved ? note_approved(c, err) : note_lowest(c, err);
	if (r == 0)
		r = compare_base(c, err);
	for (uint32_t i = 0; r == 0 && (i < old->layer_count || i < new->layer_count); i++)
		r = compare_layer(c, i, err);
	return r;
}
