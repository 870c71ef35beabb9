/* SPDX-License-Identifier: Apache-2.0 */
/* The list of changes: nothing is in it twice. */
#include "fix/change.h"

#include "base/error.h"

void
fix_changes_done(struct fix_changes *changes)
{
	vec_each (&changes->list, change)
		vec_done(&(*change)->mends);
	vec_done(&changes->list);
}

static bool
same_step(const struct mend_step *a, const struct mend_step *b)
{
	bool same = a->verb == b->verb && a->n == b->n;
	for (size_t i = 0; same && i < a->n; i++)
		same = slice_eq(a->words[i], b->words[i]);
	return same;
}

static bool
is_same(const struct fix_change *a, const struct fix_change *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == FIX_STEP)
		return same_step(&a->step, &b->step);
	if (a->kind == FIX_SETTING)
		return a->setting == b->setting && slice_eq(a->name, b->name);
	return slice_eq(a->type, b->type) && slice_eq(a->name, b->name);
}

struct fix_change *
fix_changes_find(const struct fix_changes *changes, const struct fix_change *like)
{
	for (size_t i = 0; i < changes->list.n; i++)
		if (!changes->list.at[i]->off && is_same(changes->list.at[i], like))
			return changes->list.at[i];
	return NULL;
}

static int
add_reason(struct fix_changes *changes, struct fix_change *change, struct slice rule, struct plim_error *err)
{
	vec_each (&change->mends, known)
		if (slice_eq(*known, rule))
			return 0;
	struct slice *place = vec_push(&change->mends);
	if (place == NULL)
		return error_nomem(err);
	*place = arena_dup(changes->arena, rule);
	return place->p ? 0 : error_nomem(err);
}

/* Findings die with their verdict, changes do not. */
static bool
keep_texts(struct fix_changes *changes, struct fix_change *change)
{
	struct slice *const texts[] = { &change->type, &change->name, &change->version, &change->value };
	bool whole = true;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		bool there = texts[i]->p != NULL;
		*texts[i] = arena_dup(changes->arena, *texts[i]);
		whole = whole && (texts[i]->p || !there);
	}
	for (size_t i = 0; i < change->step.n; i++) {
		change->step.words[i] = arena_dup(changes->arena, change->step.words[i]);
		whole = whole && change->step.words[i].p;
	}
	return whole;
}

int
fix_changes_add(struct fix_changes *changes, const struct fix_change *change, struct slice rule, bool *fresh, struct fix_change **out, struct plim_error *err)
{
	struct fix_change *there = fix_changes_find(changes, change);
	if (there == NULL) {
		struct fix_change *kept = arena_make(changes->arena, struct fix_change);
		struct fix_change **place = vec_push(&changes->list);
		if (kept == NULL || place == NULL) {
			changes->list.n -= place != NULL;
			return error_nomem(err);
		}
		*kept = *change;
		kept->mends = (__typeof__(kept->mends)){ 0 };
		*place = there = kept;
		*fresh = true;
		if (!keep_texts(changes, kept))
			return error_nomem(err);
	}
	if (out)
		*out = there;
	return add_reason(changes, there, rule, err);
}
