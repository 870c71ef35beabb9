/* SPDX-License-Identifier: Apache-2.0 */
/* The cost of another base: which packages it has in another version, which it has not, which come with it. */
#include "policy/base_evidence.h"

#include "base/date.h"
#include "base/strbuf.h"

/* One package of the image. */
struct held {
	struct slice name, version;    /* of its purl, as it is spelled there */
	bool of_base;
};

static void
purl_cut(struct slice purl, struct slice *name, struct slice *version)
{
	struct slice rest;
	slice_cut(purl, '?', &purl, &rest);
	slice_cut(purl, '@', name, version);
}

static int
held_cmp(const void *left, const void *right)
{
	const struct held *a = left, *b = right;
	int order = slice_cmp(a->name, b->name);
	return order ? order : slice_cmp(a->version, b->version);
}

static void
sort(struct held *all, size_t n)
{
	if (n > 1)
		qsort(all, n, sizeof *all, held_cmp);
}

/* Package URLs are sorted as texts, in which "apt-utils@1" stands before "apt@1". */
static struct held *
hold_of_base(const struct generation *generation)
{
	struct held *all = calloc(generation->package_count + 1, sizeof *all);
	for (size_t i = 0; all && i < generation->package_count; i++)
		purl_cut(generation->packages[i], &all[i].name, &all[i].version);
	if (all)
		sort(all, generation->package_count);
	return all;
}

static struct held *
hold(const struct inventory *inventory, size_t *n)
{
	struct held *all = calloc(inventory->package_count + 1, sizeof *all);
	for (size_t i = 0; all && i < inventory->package_count; i++) {
		const struct package *package = &inventory->packages[i];
		all[i].of_base = package->origin == ORIGIN_BASE;
		purl_cut(package->purl, &all[i].name, &all[i].version);
	}
	*n = all ? inventory->package_count : 0;
	sort(all, *n);
	return all;
}

struct cost {
	size_t changes, brings, removes;
};

/* Both sides are sorted by name, and may have several packages of one. */
static struct cost
cost_of(const struct held *have, size_t n, const struct held *to, size_t to_count)
{
	struct cost cost = { 0 };
	size_t h = 0;
	for (size_t i = 0, next; i < to_count; i = next) {
		bool there = false, same = false;
		for (next = i + 1; next < to_count && slice_eq(to[next].name, to[i].name);)
			next++;
		for (; h < n && slice_cmp(have[h].name, to[i].name) < 0; h++)
			cost.removes += have[h].of_base;
		for (; h < n && slice_eq(have[h].name, to[i].name); h++) {
			there = true;
			same = same || slice_eq(have[h].version, to[i].version);
		}
		cost.changes += there && !same;
		cost.brings += !there;
	}
	for (; h < n; h++)
		cost.removes += have[h].of_base;
	return cost;
}

/* Where base files do not tell a platform, any will do. */
static bool
is_for(const struct generation *g, struct slice platform)
{
	return g->platform.n == 0 || slice_eq(g->platform, platform);
}

static bool
has_ended(const struct generation *g, int64_t today)
{
	int64_t until;
	return date_parse_day(g->until, &until) && today > until;
}

static const struct generation *
newest(const struct base_file *file, struct slice platform, int64_t today)
{
	const struct generation *found = NULL;
	for (size_t i = 0; i < file->n; i++)
		if (is_for(&file->generations[i], platform) && !has_ended(&file->generations[i], today) && (found == NULL || slice_cmp(file->generations[i].date, found->date) >= 0))
			found = &file->generations[i];
	return found;
}

static const struct approved_base *
base_named(const struct policy *policy, struct slice name)
{
	for (size_t i = 0; i < policy->bases.n; i++)
		if (slice_eq(policy->bases.at[i].name, name))
			return &policy->bases.at[i];
	return NULL;
}

static struct slice
cost_text(struct judging *judging, const struct approved_base *base, const struct generation *to)
{
	size_t n;
	if (to->package_count == 0)
		return judge_text(judging, "there is %.*s of %.*s; its file does not tell its packages", SLICE_ARG(base->name), SLICE_ARG(to->date));
	if (judge_misses_packages(judging))
		return judge_text(judging, "there is %.*s of %.*s; what moving to it changes cannot be told, for packages could not be read",
		                  SLICE_ARG(base->name), SLICE_ARG(to->date));
	AUTO(free) struct held *have = hold(judging->inventory, &n);
	AUTO(free) struct held *wanted = hold_of_base(to);
	if (have == NULL || wanted == NULL)
		return SLICE_NONE;
	struct cost cost = cost_of(have, n, wanted, to->package_count);
	return judge_text(judging, "moving to %.*s of %.*s changes %zu package%s, brings %zu, removes %zu", SLICE_ARG(base->name), SLICE_ARG(to->date),
	                  cost.changes, cost.changes == 1 ? "" : "s", cost.brings, cost.removes);
}

bool
base_step_from(const struct policy *policy, const struct image *image, int64_t at, const struct approved_base *base, struct base_step *out)
{
	AUTO(strbuf) struct strbuf platform = { 0 };
	const struct approved_base *successor = base->replaced_by.n ? base_named(policy, base->replaced_by) : base;
	if (successor == NULL)
		return false;
	platform_text(&image->platform, &platform);
	out->base = successor;
	out->to = newest(&successor->file, strbuf_slice(&platform), date_day(at));
	return out->to && (successor != base || slice_cmp(out->to->date, out->from->date) > 0);
}

struct slice
base_move_text(struct judging *judging, const struct approved_base *base, const struct generation *generation)
{
	struct base_step step = { .from = generation };
	bool newer = base_step_from(judging->policy, judging->inventory->image, judging->at, base, &step);
	return newer ? cost_text(judging, step.base, step.to) : SLICE_NONE;
}
