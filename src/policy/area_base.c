/* SPDX-License-Identifier: Apache-2.0 */
/* Is the image built from an approved base?  Its lowest layers are, byte for byte, those of a generation that was approved. */
#include "policy/base_evidence.h"

#include "base/date.h"
#include "base/error.h"
#include "base/limits.h"

int64_t
base_last_day(const struct base_match *match)
{
	int64_t until;
	if (match->generation == NULL || !date_parse_day(match->generation->until, &until))
		return match->base->until;
	return match->base->until == DATE_NONE || until < match->base->until ? until : match->base->until;
}

static bool
lasts_longer(const struct base_match *a, const struct base_match *b)
{
	int64_t of_a = base_last_day(a), of_b = base_last_day(b);
	return of_b != DATE_NONE && (of_a == DATE_NONE || of_a > of_b);
}

static struct base_match
match_find(const struct policy *policy, const struct digest *diff_ids, size_t n)
{
	struct base_match best = { 0 };
	for (size_t i = 0; i < policy->bases.n; i++) {
		const struct approved_base *base = &policy->bases.at[i];
		struct base_match match = { base, base_file_match(&base->file, diff_ids, n) };
		if (match.generation == NULL)
			continue;
		bool longer = best.generation == NULL || match.generation->n > best.generation->n;
		if (longer || (match.generation->n == best.generation->n && lasts_longer(&match, &best)))
			best = match;
	}
	return best;
}

int
base_match_find(const struct policy *policy, const struct image *image, struct base_match *out, struct plim_error *err)
{
	AUTO(free) struct digest *diff_ids = calloc(image->layer_count + 1, sizeof *diff_ids);
	if (diff_ids == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < image->layer_count; i++)
		diff_ids[i] = image->layers[i].diff_id;
	*out = match_find(policy, diff_ids, image->layer_count);
	return 0;
}

int
policy_find_base(const struct policy *policy, struct inventory *inventory, struct plim_error *err)
{
	struct base_match match = { 0 };
	int r = inventory->image ? base_match_find(policy, inventory->image, &match, err) : 0;
	if (match.generation)
		inventory_set_base(inventory, match.generation->n);
	return r;
}

static int
judge_base_finding(struct judging *judging, const char *rule, struct slice setting, const char *title, struct slice message,
                   struct slice fix, struct plim_error *err)
{
	struct finding finding = {
		.rule = slice_of(rule), .area = AREA_BASE_IMAGE, .severity = SEVERITY_HIGH, .title = slice_of(title), .message = message,
		.fix_command = fix, .evidence = EVIDENCE_NONE,
	};
	finding.evidence.setting = setting;
	return judge_entry(judging, &judging->policy->bases.terms, &finding, err);
}

static int
judge_ended(struct judging *judging, const struct approved_base *base, struct slice what, struct slice move, struct plim_error *err)
{
	struct slice message = judge_text(judging, "%.*s%s%.*s", SLICE_ARG(what), move.n ? "; " : "", SLICE_ARG(move));
	struct slice fix = judge_text(judging, "Build it from %.*s.", SLICE_ARG(base->replaced_by.n ? base->replaced_by : base->name));
	return judge_base_finding(judging, "base_image/ended", base->name, "The approval of its base image has ended", message, fix, err);
}

/* The base's own end, or that of the one generation; absent while both last. */
static struct slice
ended_text(struct judging *judging, const struct approved_base *base, const struct generation *generation)
{
	char day[DATE_TEXT_SIZE];
	int64_t until;
	if (base->until != DATE_NONE && judge_reached(judging, base->until + 1, PASSING_BASE))
		return judge_text(judging, "%.*s was approved until %s", SLICE_ARG(base->name), date_day_text(base->until, day));
	if (date_parse_day(generation->until, &until) && judge_reached(judging, until + 1, PASSING_BASE))
		return judge_text(judging, "the generation of %.*s of %.*s was approved until %.*s", SLICE_ARG(generation->date), SLICE_ARG(base->name),
		                  SLICE_ARG(generation->until));
	return SLICE_NONE;
}

static void
note_match(struct judging *judging, const struct base_match *match, struct slice changes, struct slice move)
{
	judge_note(judging, AREA_BASE_IMAGE,
	           judge_text(judging, "%.*s, generation of %.*s%s%.*s%s%.*s", SLICE_ARG(match->base->name), SLICE_ARG(match->generation->date),
	                      changes.n ? "; " : "", SLICE_ARG(changes), move.n ? "; " : "", SLICE_ARG(move)));
}

static int
judge_match(struct judging *judging, const struct base_match *match, struct plim_error *err)
{
	struct slice changes;
	inventory_set_base(judging->inventory, match->generation->n);
	struct slice move = base_move_text(judging, match->base, match->generation);
	int r = base_changes_text(judging, &changes, err);
	if (r < 0)
		return r;
	note_match(judging, match, changes, move);
	struct slice ended = ended_text(judging, match->base, match->generation);
	return ended.n ? judge_ended(judging, match->base, ended, move, err) : 0;
}

/* One layer that several instructions made: its base went into it and can no longer be told apart. */
static bool
is_squashed(const struct image *image)
{
	size_t made = 0;
	for (size_t i = 0; i < image->config->history_count; i++) {
		const struct history_step *step = &image->config->history[i];
		if (slice_starts(step->comment, SLICE("merge sha256:")))
			return true;
		made += !step->empty_layer;
	}
	return image->history_mismatch || (image->layer_count == 1 && made > 1);
}

static bool
approves_scratch(const struct policy *policy)
{
	for (size_t i = 0; i < policy->bases.n; i++)
		if (policy->bases.at[i].scratch)
			return true;
	return false;
}

static struct slice
approved_names(struct judging *judging)
{
	AUTO(strbuf) struct strbuf names = { 0 };
	for (size_t i = 0; i < judging->policy->bases.n; i++)
		strbuf_printf(&names, "%s%.*s", i ? ", " : "", SLICE_ARG(judging->policy->bases.at[i].name));
	return arena_dup(judging->arena, strbuf_slice(&names));
}

static int
judge_unmatched(struct judging *judging, struct plim_error *err)
{
	const struct image *image = judging->inventory->image;
	if (judging->inventory->os.none && approves_scratch(judging->policy)) {
		judge_note(judging, AREA_BASE_IMAGE, SLICE("scratch"));
		return 0;
	}
	if (is_squashed(image))
		return judge_unknown(judging, UNKNOWN_BASE, AREA_BASE_IMAGE, SLICE("layers"),
		                     SLICE("history and layers do not fit each other: the image was squashed, so its base cannot be told"),
		                     UINT32_MAX, err);
	struct slice names = approved_names(judging);
	struct slice message = judge_text(judging, "its first layers are those of no generation of %.*s", SLICE_ARG(names));
	return judge_base_finding(judging, "base_image/approved", SLICE("layers"), "It is not built from an approved base image", message,
	                          judge_text(judging, "Build it from %.*s.", SLICE_ARG(names)), err);
}

bool
base_step_find(const struct policy *policy, const struct image *image, int64_t at, struct base_step *out)
{
	struct base_match match;
	if (base_match_find(policy, image, &match, NULL) < 0 || match.generation == NULL)
		return false;
	*out = (struct base_step){ .from = match.generation };
	return base_step_from(policy, image, at, match.base, out);
}

int
judge_base_image(struct judging *judging, struct plim_error *err)
{
	const struct image *image = judging->inventory->image;
	if (judge_leaves_out(judging, &judging->policy->bases.terms)) {
		judging->verdict->areas[AREA_BASE_IMAGE] = (struct area_state){ .result = RESULT_OUT_OF_SCOPE, .note = SLICE("its scope does not take this image") };
		return 0;
	}
	struct base_match match;
	int r = base_match_find(judging->policy, image, &match, err);
	if (r < 0)
		return r;
	return match.generation ? judge_match(judging, &match, err) : judge_unmatched(judging, err);
}
