/* SPDX-License-Identifier: Apache-2.0 */
/* Asking, trying, thinning out: until the policy passes, or nothing new is left to try. */
#include "fix/fix.h"

#include "base/error.h"
#include "fix/ask.h"
#include "fix/overlay.h"
#include "policy/base_evidence.h"

/* One change may bring the next finding to light; users are tried one after the other. */
#define ROUNDS 16
/* Beyond so many changes each is not tried for whether it is needed: every one takes a judgement. */
#define THINNED 256

/* What the image would be with the changes that are on. */
struct trial {
	struct arena *arena;
	struct script script;
	char *bytes;
	struct block *block;
	struct inventory *inventory;
	struct verdict *verdict;
};

struct fixer {
	const struct fix_request *request;
	struct mending *mending;
	struct trial now;
};

static void
trial_done(struct trial *trial)
{
	verdict_free(trial->verdict);
	inventory_free(trial->inventory);
	script_done(&trial->script);
	block_close(trial->block);
	free(trial->bytes);
	arena_free(trial->arena);
	*trial = (struct trial){ 0 };
}
static inline void
auto_trial(struct trial *trial)
{
	trial_done(trial);
}

struct mending_private {
	struct mending public;
	struct trial kept;
};

void
mending_free(struct mending *mending)
{
	struct mending_private *whole = (struct mending_private *)mending;
	if (mending == NULL)
		return;
	trial_done(&whole->kept);
	fix_changes_done(&mending->changes);
	verdict_free(mending->before);
	inventory_free(mending->from);
	arena_free(mending->arena);
	free(whole);
}

size_t
mending_change_count(const struct mending *mending)
{
	size_t n = 0;
	for (size_t i = 0; i < mending->changes.list.n; i++)
		n += !mending->changes.list.at[i]->off;
	return n;
}

/* trying */

static int
overlay_all(struct overlay *overlay, const struct fix_changes *changes, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < changes->list.n; i++) {
		const struct fix_change *change = changes->list.at[i];
		if (change->off || change->kind == FIX_SETTING)
			continue;
		if (change->kind == FIX_BASE)
			r = overlay_base(overlay, change, err);
		else
			r = change->kind == FIX_STEP ? overlay_step(overlay, &change->step, err) : overlay_packages(overlay, change, err);
	}
	return r;
}

static bool
has_base(const struct fix_changes *changes)
{
	for (size_t i = 0; i < changes->list.n; i++)
		if (!changes->list.at[i]->off && changes->list.at[i]->kind == FIX_BASE)
			return true;
	return false;
}

static int
make_block(const struct fixer *fixer, struct trial *trial, struct plim_error *err)
{
	AUTO(overlay) struct overlay overlay = { .from = fixer->mending->from, .arena = trial->arena };
	size_t size;
	if (trial->script.commands.n == 0 && !has_base(&fixer->mending->changes))
		return 0;
	int r = overlay_all(&overlay, &fixer->mending->changes, err);
	if (r < 0 || (r = overlay_finish(&overlay, &trial->bytes, &size, err)) < 0)
		return r;
	return block_open((struct slice){ trial->bytes, size }, &trial->block, err);
}

static int
try(struct fixer *fixer, struct trial *out, struct plim_error *err)
{
	struct mending *mending = fixer->mending;
	const struct fix_request *request = fixer->request;
	AUTO(trial) struct trial trial = { .arena = arena_new(0) };
	struct image *image = NULL;
	if (trial.arena == NULL)
		return error_nomem(err);
	int r = script_make(mending->from, &mending->changes, mending->pinned, trial.arena, &trial.script, err);
	if (r == 0)
		r = make_block(fixer, &trial, err);
	if (r == 0 && request->image)
		r = fix_image(request->image, &mending->changes, &trial.script, trial.block != NULL, trial.arena, &image, err);
	if (r == 0)
		r = request->judge(request->context, image, trial.block, &trial.inventory, &trial.verdict, err);
	mending->judged++;
	if (r < 0)
		return r;
	*out = trial;
	trial = (struct trial){ 0 };
	return 0;
}

static int
try_now(struct fixer *fixer, struct plim_error *err)
{
	struct trial next = { 0 };
	int r = try(fixer, &next, err);
	if (r < 0)
		return r;
	trial_done(&fixer->now);
	fixer->now = next;
	return 0;
}

/* How much is left: findings that fail, and what leaves the answer open. */
static size_t
left_of(const struct verdict *verdict)
{
	size_t n = 0;
	for (size_t i = 0; i < verdict->finding_count; i++)
		n += verdict->findings[i].action == ACTION_FAIL;
	for (size_t i = 0; i < verdict->unknown_count; i++)
		n += verdict->unknowns[i].action != ACTION_WARN;
	return n;
}

static const struct verdict *
verdict_now(const struct fixer *fixer)
{
	return fixer->now.verdict ? fixer->now.verdict : fixer->mending->before;
}

/* asking */

/* The layer that is to mend it is itself held to the policy: one that wants versions gets them. */
static bool
wants_versions(const struct fixer *fixer, const struct finding *finding)
{
	return fixer->now.block && fixer->request->image && finding->evidence.layer == fixer->request->image->layer_count &&
	       slice_starts(finding->rule, SLICE("history/")) && slice_ends(finding->rule, SLICE("-unversioned"));
}

/* What the base brought, a newer one may bring better; it is asked for first, so that what it mends needs nothing else. */
static int
ask_newer_base(struct fixer *fixer, struct asking *asking, const struct finding *finding, struct plim_error *err)
{
	const struct fix_request *request = fixer->request;
	struct base_step step;
	bool of_base = finding->area == AREA_BASE_IMAGE || (finding->evidence.package.n && finding->evidence.origin == ORIGIN_BASE);
	if (!of_base || request->image == NULL || request->dockerfile == NULL || !base_step_find(request->policy, request->image, request->at, &step) ||
	    !dockerfile_can_rebase(request->dockerfile, step.from->reference))
		return 0;
	/* Of one with other layers nobody knows which of its files are which. */
	if (step.to->n != step.from->n || step.to->package_count == 0 || step.to->reference.n == 0)
		return 0;
	struct fix_change change = {
		.kind = FIX_BASE, .name = step.base->name, .value = step.to->reference, .generation = step.to, .packages = step.to->packages, .package_count = step.to->package_count,
	};
	slice_skip(&change.value, SLICE("docker://"));
	return script_can_say(&change) ? fix_changes_add(&fixer->mending->changes, &change, finding->rule, &asking->fresh, NULL, err) : 0;
}

static struct asking
asking_of(const struct fixer *fixer, struct fix_changes *into)
{
	const struct fix_request *request = fixer->request;
	const struct inventory *from = fixer->mending->from;
	struct base_step step;
	struct asking asking = {
		.inventory = from, .current = fixer->now.inventory ? fixer->now.inventory : from, .dockerfile = request->dockerfile, .changes = into,
		.made = &fixer->mending->changes,
	};
	if (request->image && base_step_find(request->policy, request->image, request->at, &step))
		asking.newer_base = step.to->reference;
	slice_skip(&asking.newer_base, SLICE("docker://"));
	return asking;
}

static int
ask_for_base(struct fixer *fixer, struct asking *asking, struct plim_error *err)
{
	const struct verdict *verdict = verdict_now(fixer);
	int r = 0;
	for (size_t i = 0; r == 0 && i < verdict->finding_count; i++)
		if (verdict->findings[i].action == ACTION_FAIL)
			r = ask_newer_base(fixer, asking, &verdict->findings[i], err);
	return r;
}

static int
ask_all(struct fixer *fixer, bool *fresh, struct plim_error *err)
{
	struct mending *mending = fixer->mending;
	const struct verdict *verdict = verdict_now(fixer);
	struct asking asking = asking_of(fixer, &mending->changes);
	int r = ask_for_base(fixer, &asking, err);
	for (size_t i = 0; r == 0 && i < verdict->finding_count; i++) {
		struct slice why;
		if (verdict->findings[i].action != ACTION_FAIL)
			continue;
		if (wants_versions(fixer, &verdict->findings[i]) && !mending->pinned)
			mending->pinned = asking.fresh = true;
		else
			r = ask_for(&asking, &verdict->findings[i], &why, err);
	}
	for (size_t i = 0; r == 0 && i < verdict->unknown_count; i++)
		if (verdict->unknowns[i].match && verdict->unknowns[i].action != ACTION_WARN)
			r = ask_doubted(&asking, verdict->unknowns[i].match, err);
	*fresh = asking.fresh;
	return r;
}

static int
ask_and_try(struct fixer *fixer, struct plim_error *err)
{
	for (size_t round = 0; round < ROUNDS && verdict_now(fixer)->result != RESULT_PASS; round++) {
		bool fresh = false;
		int r = ask_all(fixer, &fresh, err);
		if (r < 0 || !fresh)
			return r;
		if ((r = try_now(fixer, err)) < 0)
			return r;
	}
	return 0;
}

/* thinning out */

static int
try_without(struct fixer *fixer, struct fix_change *change, struct plim_error *err)
{
	struct trial without = { 0 };
	change->off = true;
	int r = try(fixer, &without, err);
	if (r == 0 && left_of(without.verdict) <= left_of(verdict_now(fixer))) {
		trial_done(&fixer->now);
		fixer->now = without;
		return 0;
	}
	change->off = false;
	trial_done(&without);
	return r;
}

/* From the last one: what was asked for first mends most. */
static int
thin_out(struct fixer *fixer, struct plim_error *err)
{
	struct fix_changes *changes = &fixer->mending->changes;
	int r = 0;
	for (size_t i = changes->list.n; r == 0 && i-- > 0 && changes->list.n <= THINNED;)
		if (!changes->list.at[i]->off)
			r = try_without(fixer, changes->list.at[i], err);
	return r;
}

/* telling */

/* What was asked for it, tried and left out again. */
static const struct fix_change *
left_out(const struct fix_changes *changes, const struct finding *finding)
{
	for (size_t i = 0; i < changes->list.n; i++) {
		const struct fix_change *change = changes->list.at[i];
		for (size_t k = 0; change->off && k < change->mends.n; k++)
			if (slice_eq(change->mends.at[k], finding->rule) &&
			    (change->kind == FIX_REMOVE ? slice_eq(finding->evidence.package, change->name) : slice_ends(finding->evidence.setting, change->name)))
				return change;
	}
	return NULL;
}

static struct slice
why_tried(const struct fix_changes *changes, const struct finding *finding)
{
	const struct fix_change *change = left_out(changes, finding);
	if (change && change->kind == FIX_SETTING && change->setting == SETTING_EMPTY_ENV)
		return SLICE("without the value in the environment it is still read in the history: build anew without it, and replace it");
	if (change && change->kind == FIX_SETTING && change->setting == SETTING_USER)
		return SLICE("none of its accounts is a user that the policy takes: make one");
	if (change && change->kind == FIX_REMOVE)
		return SLICE("without it, and what needs it, as much else would fail");
	return SLICE("what can be changed about it was tried, and does not mend it");
}

/* A change that was tried and left out again, or is not enough, is a reason too. */
static int
tell_remaining(struct fixer *fixer, struct plim_error *err)
{
	struct mending *mending = fixer->mending;
	const struct verdict *verdict = verdict_now(fixer);
	AUTO(fix_changes) struct fix_changes ignored = { .arena = mending->arena };
	struct asking asking = asking_of(fixer, &ignored);
	mending->remaining = arena_make_array(mending->arena, verdict->finding_count + 1, struct remaining);
	int r = mending->remaining ? 0 : error_nomem(err);
	for (size_t i = 0; r == 0 && i < verdict->finding_count; i++) {
		struct remaining *at = &mending->remaining[mending->remaining_count];
		if (verdict->findings[i].action != ACTION_FAIL)
			continue;
		at->finding = &verdict->findings[i];
		r = ask_for(&asking, at->finding, &at->reason, err);
		if (at->reason.p == NULL)
			at->reason = why_tried(&mending->changes, at->finding);
		mending->remaining_count++;
	}
	return r;
}

static int
fix(struct fixer *fixer, struct plim_error *err)
{
	struct mending *mending = fixer->mending;
	int r = fixer->request->judge(fixer->request->context, fixer->request->image, NULL, &mending->from, &mending->before, err);
	mending->judged++;
	if (r < 0 || (r = ask_and_try(fixer, err)) < 0 || (r = thin_out(fixer, err)) < 0)
		return r;
	return tell_remaining(fixer, err);
}

int
fix_make(const struct fix_request *request, struct mending **out, struct plim_error *err)
{
	struct mending_private *whole = calloc(1, sizeof *whole);
	AUTO(mending) struct mending *mending = whole ? &whole->public : NULL;
	if (mending == NULL || (mending->arena = arena_new(0)) == NULL)
		return error_nomem(err);
	mending->changes.arena = mending->arena;
	struct fixer fixer = { .request = request, .mending = mending };
	int r = fix(&fixer, err);
	whole->kept = fixer.now;
	if (r < 0)
		return r;
	mending->with = fixer.now.inventory;
	mending->after = verdict_now(&fixer) == mending->before ? mending->before : fixer.now.verdict;
	mending->script = fixer.now.script;
	*out = ptr_take(&mending);
	return 0;
}
