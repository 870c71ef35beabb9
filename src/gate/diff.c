/* SPDX-License-Identifier: Apache-2.0 */
/* plim_diff: two targets to a comparison.  Both are read as one is; one judge has the blocks of both. */
#include <plimsoll/diff.h>

#include "base/error.h"
#include "base/output.h"
#include "base/vec.h"
#include "gate/judging.h"
#include "report/comparison.h"

/* Images of either target by number, SIZE_MAX where it has none of that platform. */
struct pairing {
	size_t side[2];
};

struct plim_comparison {
	struct arena *arena;
	struct run *run;
	struct analysis *sides[2];
	struct process judge;
	VEC(struct pairing) pairings;
	struct compared *pairs;    /* in the arena */
	struct diff **diffs;       /* one a pair */
	struct comparison report;
};

void
plim_comparison_free(struct plim_comparison *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; c->diffs && i < c->pairings.n; i++)
		diff_free(c->diffs[i]);
	free(c->diffs);
	vec_done(&c->pairings);
	process_close(&c->judge);
	analysis_close(c->sides[0]);
	analysis_close(c->sides[1]);
	run_end(c->run);
	arena_free(c->arena);
	free(c);
}
AUTO_DEFINE(comparison, struct plim_comparison, plim_comparison_free)

/* Pairing. */

static int
add_pairing(struct plim_comparison *c, size_t old, size_t new, struct plim_error *err)
{
	struct pairing *pairing = vec_push(&c->pairings);
	if (pairing == NULL)
		return error_nomem(err);
	*pairing = (struct pairing){ { old, new } };
	return 0;
}

static bool
is_paired(const struct plim_comparison *c, size_t new)
{
	for (size_t i = 0; i < c->pairings.n; i++)
		if (c->pairings.at[i].side[1] == new)
			return true;
	return false;
}

static bool
same_platform(const struct platform *a, const struct platform *b)
{
	return platform_matches(a, b) || platform_matches(b, a);
}

/* The one of its platform; of several the one of the same name first. */
static size_t
partner_of(const struct plim_comparison *c, const struct image *old)
{
	const struct image_set *set = analysis_set(c->sides[1]);
	size_t found = SIZE_MAX;
	for (size_t i = 0; i < image_set_count(set); i++) {
		const struct image *new = image_set_image(set, i);
		if (!same_platform(&old->platform, &new->platform) || is_paired(c, i))
			continue;
		if (slice_eq(old->reference, new->reference))
			return i;
		found = found == SIZE_MAX ? i : found;
	}
	return found;
}

static int
pair_images(struct plim_comparison *c, struct plim_error *err)
{
	bool common = false;
	int r = 0;
	for (size_t i = 0; r == 0 && i < analysis_count(c->sides[0]); i++) {
		size_t partner = partner_of(c, image_set_image(analysis_set(c->sides[0]), i));
		common |= partner != SIZE_MAX;
		r = add_pairing(c, i, partner, err);
	}
	for (size_t i = 0; r == 0 && i < analysis_count(c->sides[1]); i++)
		if (!is_paired(c, i))
			r = add_pairing(c, SIZE_MAX, i, err);
	return r < 0 || common ? r : error_set(err, PLIM_ENOTFOUND, "the two have no platform in common");
}

/* A tree has no platform: it is compared with whatever single image there is. */
static int
pair_all(struct plim_comparison *c, struct plim_error *err)
{
	if (analysis_set(c->sides[0]) && analysis_set(c->sides[1]))
		return pair_images(c, err);
	for (size_t i = 0; i < 2; i++)
		if (analysis_count(c->sides[i]) != 1)
			return error_set(err, PLIM_EUSAGE, "%.*s: there are %zu images in it to compare a tree with; name one by its reference or by --platform",
			                 SLICE_ARG(analysis_name(c->sides[i])), analysis_count(c->sides[i]));
	return add_pairing(c, 0, 0, err);
}

/* Reading and asking. */

static const struct image *
image_at(const struct analysis *analysis, size_t at)
{
	const struct image_set *set = analysis_set(analysis);
	return set && at != SIZE_MAX ? image_set_image(set, at) : NULL;
}

static int
open_side(struct plim_comparison *c, size_t side, const char *target, const char *const *platforms, struct plim_error *err)
{
	const struct wishes all = { .hashing = HASH_EVERYTHING, .rows = true };
	int r = analysis_open(c->run, target, platforms, &c->sides[side], err);
	if (r == 0)
		analysis_want(c->sides[side], &all);
	return r < 0 ? analysis_error(err, r, target) : 0;
}

static int
read_side(struct plim_comparison *c, size_t side, const char *target, struct plim_error *err)
{
	size_t only = c->pairings.n == 1 ? c->pairings.at[0].side[side] : SIZE_MAX;
	int r = analysis_read(c->sides[side], only, err);
	return r < 0 ? analysis_error(err, r, target) : 0;
}

static int
hold(struct plim_comparison *c, size_t side, size_t image, struct plim_error *err)
{
	AUTO(message) struct message answer = { .fd = { -1, -1 } };
	int r = say_number(c->judge.channel, SAY_SIDE, (uint32_t)side, SLICE(""), err);
	if (r == 0)
		r = judging_ask(c->sides[side], c->run, &c->judge, SAY_HOLD, image, SLICE(""), &answer, err);
	if (r == 0 && answer.kind != SAY_HELD)
		r = error_set(err, PLIM_EPROCESS, "the judge spoke out of turn");
	return r < 0 ? error_wrap(err, r, "%.*s", SLICE_ARG(analysis_name(c->sides[side]))) : 0;
}

static int
compare_pair(struct plim_comparison *c, const struct pairing *pairing, struct diff **out, struct plim_error *err)
{
	AUTO(message) struct message answer = { .fd = { -1, -1 } };
	int r = hold(c, 0, pairing->side[0], err);
	if (r == 0)
		r = hold(c, 1, pairing->side[1], err);
	if (r == 0)
		r = channel_send(c->judge.channel, SAY_DIFF, SLICE(""), err);
	if (r == 0)
		r = judging_answer(c->run, &c->judge, SAY_DIFF, &answer, err);
	return r < 0 ? r : diff_parse(answer.body, out, err);
}

static struct slice
platform_slice(struct plim_comparison *c, const struct image *image)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (image == NULL)
		return SLICE_NONE;
	platform_text(&image->platform, &text);
	return arena_dup(c->arena, strbuf_slice(&text));
}

static int
compare_all(struct plim_comparison *c, struct plim_error *err)
{
	size_t n = c->pairings.n;
	c->pairs = arena_make_array(c->arena, n + 1, struct compared);
	c->diffs = calloc(n + 1, sizeof *c->diffs);
	if (c->pairs == NULL || c->diffs == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++) {
		const struct pairing *pairing = &c->pairings.at[i];
		bool both = pairing->side[0] != SIZE_MAX && pairing->side[1] != SIZE_MAX;
		int r = both ? compare_pair(c, pairing, &c->diffs[i], err) : 0;
		if (r < 0)
			return r;
		struct compared *pair = &c->pairs[i];
		*pair = (struct compared){ image_at(c->sides[0], pairing->side[0]), image_at(c->sides[1], pairing->side[1]),
			                   .diff = c->diffs[i], .of_new = pairing->side[0] == SIZE_MAX };
		pair->platform = platform_slice(c, pair->new ? pair->new : pair->old);
	}
	return 0;
}

/* What is forbidden weighs more than what could not be told. */
static enum result
conclude(const struct comparison *report)
{
	size_t gaps = 0;
	bool fails = false;
	for (size_t i = 0; i < report->count; i++) {
		const struct diff *diff = report->pairs[i].diff;
		gaps += diff ? diff->gap_count : 0;
		fails |= diff && diff->gated && diff->gate == ACTION_FAIL;
	}
	if (fails && comparison_unexplained(report) > 0)
		return RESULT_FAIL;
	return gaps ? RESULT_UNKNOWN : RESULT_PASS;
}

static int
compare_targets(const struct plim_diff_options *options, struct plim_comparison *c, struct plim_error *err)
{
	const char *const targets[] = { options->old_target, options->new_target };
	struct plim_error of_policy = { 0 };
	struct wishes wishes = { 0 };
	int r = 0;
	for (size_t i = 0; r == 0 && i < 2; i++)
		r = open_side(c, i, targets[i], options->platforms, err);
	/* Before a gigabyte is read: what can be wrong about the policy and the data. */
	int ready = judging_ready(c->run, &c->judge, &wishes, NULL, &of_policy);
	if (ready < 0) {
		*err = of_policy;
		return ready;
	}
	if (r == 0)
		r = pair_all(c, err);
	for (size_t i = 0; r == 0 && i < 2; i++)
		r = read_side(c, i, targets[i], err);
	return r < 0 ? r : compare_all(c, err);
}

static int
begin(const struct plim_diff_options *options, struct plim_comparison *c, struct plim_error *err)
{
	struct judge_order order = { .target = slice_of(options->new_target), .old_target = slice_of(options->old_target) };
	const struct judging_choice choice = { options->policy, options->database, options->at, options->as, options->policy_key, options->database_keys };
	int r = run_start(options->run, &c->run, err);
	if (r < 0 || (r = judging_begin_by(c->run, &order, &choice, &c->judge, err)) < 0)
		return r;
	c->report.at = order.at;
	return 0;
}

int
plim_diff(const struct plim_diff_options *options, struct plim_comparison **out, struct plim_error *err)
{
	struct plim_error ignored;
	AUTO(comparison) struct plim_comparison *c = calloc(1, sizeof *c);
	if (c == NULL)
		return error_nomem(err);
	c->judge.channel = -1;
	if ((c->arena = arena_new(0)) == NULL)
		return error_nomem(err);
	int r = begin(options, c, err);
	if (r < 0 || (r = compare_targets(options, c, err ? err : &ignored)) < 0)
		return r;
	watching_end(&c->run->watching);
	c->report.old_target = analysis_name(c->sides[0]);
	c->report.new_target = analysis_name(c->sides[1]);
	c->report.pairs = c->pairs;
	c->report.count = c->pairings.n;
	c->report.result = conclude(&c->report);
	*out = ptr_take(&c);
	return 0;
}

enum plim_result
plim_comparison_result(const struct plim_comparison *c)
{
	if (c->report.result == RESULT_FAIL)
		return PLIM_FAIL;
	return c->report.result == RESULT_PASS ? PLIM_PASS : PLIM_UNKNOWN;
}

const char *
plim_diff_format_name(unsigned index)
{
	for (unsigned i = 0; comparison_writers[i]; i++)
		if (i == index)
			return comparison_writers[i]->name;
	return NULL;
}

int
plim_comparison_write(const struct plim_comparison *c, const char *format, const struct plim_report_options *options, FILE *into,
                      struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct comparison report = c->report;
	report.columns = options && options->columns ? options->columns : 80;
	report.colour = options && options->colour;
	for (size_t i = 0; comparison_writers[i]; i++)
		if (strcmp(comparison_writers[i]->name, format) == 0) {
			comparison_writers[i]->write(&report, &text);
			return output_text(&text, into, err);
		}
	return error_set(err, PLIM_EUSAGE, "there is no report format '%s'", format);
}
