/* SPDX-License-Identifier: Apache-2.0 */
/* What the change makes of the verdict: results, findings that are new, gone or worth something else. */
#include "diff/comparing.h"

#include "base/error.h"

static int
compare_results(struct comparing *c, const char *name, enum result old, enum result new, struct plim_error *err)
{
	if (old == new)
		return 0;
	struct change change = { .part = PART_FINDINGS, .kind = CHANGE_CHANGED, .group = SLICE("result"), .subject = slice_of(name), .layer = UINT32_MAX };
	int r = detail_add(c, "result", slice_of(result_name(old)), slice_of(result_name(new)), err);
	return r < 0 ? r : change_add(c, &change, err);
}

static struct slice
about(const struct finding *f)
{
	const struct evidence *e = &f->evidence;
	return e->package.n ? e->package : e->path.n ? e->path : e->setting;
}

static int
compare_finding(struct comparing *c, const struct finding *old, const struct finding *new, struct plim_error *err)
{
	const struct finding *any = new ? new : old;
	struct slice subject = about(any);
	struct change change = {
		.part = PART_FINDINGS, .kind = kind_of(old, new), .group = slice_of(area_name(any->area)),
		.subject = subject.n ? arena_printf(c->arena, "%.*s: %.*s", SLICE_ARG(any->rule), SLICE_ARG(subject)) : any->rule,
		.path = any->evidence.path, .layer = any->evidence.layer, .instruction = SLICE_NONE,
	};
	int r = change.subject.p ? 0 : error_nomem(err);
	if (r == 0)
		r = detail_add(c, "action", old ? slice_of(action_name(old->action)) : SLICE_NONE, new ? slice_of(action_name(new->action)) : SLICE_NONE, err);
	if (r == 0)
		r = detail_add(c, "severity", old ? slice_of(severity_name(old->severity)) : SLICE_NONE, new ? slice_of(severity_name(new->severity)) : SLICE_NONE, err);
	if (r < 0 || (old && new && c->details.n == 0))
		return r;
	if (!(old && new))
		r = detail_add(c, "title", old ? old->title : SLICE_NONE, new ? new->title : SLICE_NONE, err);
	return r < 0 ? r : change_add(c, &change, err);
}

/* By id, which is that of rule and subject and the same in both: of several with one id the first counts, which weighs most. */
static int
index_findings(const struct verdict *verdict, struct map *by_id, struct plim_error *err)
{
	for (size_t i = 0; i < verdict->finding_count; i++) {
		void **place = map_place(by_id, verdict->findings[i].id);
		if (place == NULL)
			return error_nomem(err);
		if (*place == NULL)
			*place = &verdict->findings[i];
	}
	return 0;
}

static int
compare_all(struct comparing *c, const struct map *old, const struct map *new, struct plim_error *err)
{
	const struct verdict *was = c->old.verdict, *is = c->new.verdict;
	int r = 0;
	for (size_t i = 0; r == 0 && i < was->finding_count; i++) {
		const struct finding *f = &was->findings[i];
		if (map_find(old, f->id) == f && map_find(new, f->id) == NULL)
			r = compare_finding(c, f, NULL, err);
	}
	for (size_t i = 0; r == 0 && i < is->finding_count; i++) {
		const struct finding *f = &is->findings[i];
		if (map_find(new, f->id) == f)
			r = compare_finding(c, map_find(old, f->id), f, err);
	}
	return r;
}

int
compare_findings(struct comparing *c, struct plim_error *err)
{
	AUTO(map) struct map old = { 0 };
	AUTO(map) struct map new = { 0 };
	int r = compare_results(c, "verdict", c->old.verdict->result, c->new.verdict->result, err);
	for (enum area area = 0; r == 0 && area < AREA_COUNT; area++)
		r = compare_results(c, area_name(area), c->old.verdict->areas[area].result, c->new.verdict->areas[area].result, err);
	if (r == 0)
		r = index_findings(c->old.verdict, &old, err);
	if (r == 0)
		r = index_findings(c->new.verdict, &new, err);
	return r < 0 ? r : compare_all(c, &old, &new, err);
}
