/* SPDX-License-Identifier: Apache-2.0 */
/* plim_impact: stored inventories to what another policy would make of them.  Each is read once; one judge for each policy has its blocks. */
#include <plimsoll/impact.h>

#include "base/date.h"
#include "base/error.h"
#include "base/output.h"
#include "base/vec.h"
#include "gate/file_tree.h"
#include "gate/policy/address.h"
#include "gate/policy/outlook.h"
#include "report/impact.h"
#include "report/writer.h"

#include <sys/stat.h>

struct plim_impact {
	struct arena *arena;       /* all texts: nothing of an inventory is kept */
	VEC(const char *) files;
	VEC(struct slice) passed_over;
	VEC(struct impact_item) items;
	struct impact report;
};

void
plim_impact_free(struct plim_impact *impact)
{
	if (impact == NULL)
		return;
	vec_done(&impact->files);
	vec_done(&impact->passed_over);
	vec_done(&impact->items);
	arena_free(impact->arena);
	free(impact);
}
AUTO_DEFINE(impact, struct plim_impact, plim_impact_free)

/* Below the directory that was named. */
static struct slice
shown(const char *directory, const char *path)
{
	struct slice rest = slice_of(path);
	slice_skip(&rest, slice_of(directory));
	slice_skip(&rest, SLICE("/"));
	return rest;
}

/* files */

struct finding_files {
	struct plim_impact *impact;
	const char *directory;
};

/* By what it begins with; one whose name says that it is one, and which is not, is told as damaged, not passed over. */
static int
take_file(void *context, const char *path, struct plim_error *err)
{
	struct finding_files *in = context;
	if (analysis_is_recorded(path) || slice_ends(slice_of(path), SLICE(".inventory"))) {
		const char **file = vec_push(&in->impact->files);
		if (file)
			*file = path;
		return file ? 0 : error_nomem(err);
	}
	struct slice *over = vec_push(&in->impact->passed_over);
	if (over)
		*over = shown(in->directory, path);
	return over ? 0 : error_nomem(err);
}

static int
find_files(struct plim_impact *impact, const char *directory, struct plim_error *err)
{
	struct finding_files in = { impact, directory };
	struct stat st;
	if (stat(directory, &st) == 0 && !S_ISDIR(st.st_mode))
		return error_set(err, PLIM_EUSAGE, "%s: not a directory of stored inventories", directory);
	int r = file_tree_each(directory, impact->arena, take_file, &in, err);
	if (r == 0 && impact->files.n == 0)
		r = error_set(err, PLIM_ENOTFOUND, "%s: there is no stored inventory in it: `plimsoll policy record` makes them", directory);
	return r;
}

/* what makes the difference */

static int
keep_rule(struct arena *arena, const struct turn *turn, struct slice cause, struct impact_rule *out, struct plim_error *err)
{
	*out = (struct impact_rule){ turn->action, turn->area, arena_dup(arena, turn->rule), arena_dup(arena, turn->subject), arena_dup(arena, turn->reason), cause };
	return out->rule.p && out->subject.p && out->reason.p ? 0 : error_nomem(err);
}

/* `by_days`: one policy's verdicts of two days. */
static int
find_rules(struct arena *kept, const struct verdict *before, const struct verdict *after, bool by_days, struct impact_rules *out, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct turns turns;
	int r = arena ? turns_find(before, after, arena, &turns, err) : error_nomem(err);
	struct impact_rule *rules = r == 0 ? arena_make_array(kept, turns.n + 1, struct impact_rule) : NULL;
	if (r < 0 || rules == NULL)
		return r < 0 ? r : error_nomem(err);
	for (size_t i = 0; r == 0 && i < turns.n; i++)
		r = keep_rule(kept, &turns.at[i], by_days ? turn_cause(&turns.at[i], before, kept) : SLICE_NONE, &rules[i], err);
	*out = (struct impact_rules){ rules, turns.n };
	return r;
}

/* one image */

struct watching_new {
	struct arena *arena;
	const struct outlook *old;
	struct impact_item *item;
};

/* The first later day on which the new policy fails; where it fails today already, there is none. */
static int
watch(void *context, const struct verdict *before, const struct verdict *after, struct plim_error *err)
{
	struct watching_new *w = context;
	struct impact_item *item = w->item;
	if (before == NULL)
		item->new = outlook_result(after->result);
	if (before == NULL || item->new == RESULT_FAIL || item->fails_from != DATE_NONE || after->result != RESULT_FAIL)
		return 0;
	item->fails_from = date_day(after->evaluated_at);
	item->old_then = outlook_on(w->old, item->fails_from);
	return find_rules(w->arena, before, after, true, &item->then, err);
}

static enum impact_state
state_of(const struct impact_item *item)
{
	if (item->new == RESULT_UNKNOWN)
		return IMPACT_CANNOT_TELL;
	if (item->new == RESULT_FAIL)
		return item->old == RESULT_FAIL ? IMPACT_STAYS : IMPACT_NEWLY_FAILS;
	if (item->fails_from != DATE_NONE && item->old_then != RESULT_FAIL)
		return IMPACT_WILL_FAIL;
	return item->old == RESULT_PASS ? IMPACT_STAYS : IMPACT_NEWLY_PASSES;
}

static int
compare(struct arena *arena, const struct verdict *old, const struct verdict *new, struct impact_item *item, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf name = { 0 };
	/* Of a tree nothing is known but its file. */
	if (old->image)
		report_title(old, &name);
	item->name = name.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&name));
	item->old = outlook_result(old->result);
	int r = item->name.p ? find_rules(arena, old, new, false, &item->adds, err) : error_nomem(err);
	if (r == 0)
		r = find_rules(arena, new, old, false, &item->drops, err);
	item->state = state_of(item);
	return r;
}

static int
add_item(struct plim_impact *impact, const struct impact_item *item, struct plim_error *err)
{
	struct impact_item *kept = vec_push(&impact->items);
	if (kept == NULL)
		return error_nomem(err);
	*kept = *item;
	return 0;
}

/* one file */

struct judged {
	struct checking checking[2];    /* by the old policy, by the new one */
	struct plim_verdicts *by[2];
};

/* The new one's judge borrows what the old one's has read. */
static void
auto_judged(struct judged *judged)
{
	plim_verdicts_free(judged->by[1]);
	plim_verdicts_free(judged->by[0]);
}

static int
judge_image(struct plim_impact *impact, struct run *run, struct judged *judged, size_t image, struct slice file, struct plim_error *err)
{
	AUTO(outlook) struct outlook old = { 0 };
	AUTO(outlook) struct outlook new = { 0 };
	struct impact_item item = { .file = file, .error = SLICE_NONE, .fails_from = DATE_NONE };
	struct watching_new watching = { impact->arena, &old, &item };
	int r = outlook_make(&judged->checking[0], run, judged->by[0], image, impact->report.days, NULL, NULL, &old, err);
	/* What the first judge was sent is the second one's too. */
	if (r == 0 && image == 0)
		r = check_open_beside(run, &judged->checking[1], judged->by[0], &judged->by[1], err);
	if (r == 0)
		r = outlook_make(&judged->checking[1], run, judged->by[1], image, impact->report.days, watch, &watching, &new, err);
	if (r == 0)
		r = compare(impact->arena, old.first, new.first, &item, err);
	return r < 0 ? r : add_item(impact, &item, err);
}

static int
judge_file(struct plim_impact *impact, const struct judging_choice choices[2], struct run *run, const char *path, struct slice file, struct plim_error *err)
{
	AUTO(judged) struct judged judged = { 0 };
	for (size_t i = 0; i < 2; i++)
		judged.checking[i] = (struct checking){ .target = path, .recorded = true, .choice = &choices[i], .order.target = slice_of(path) };
	int r = check_open(run, &judged.checking[0], &judged.by[0], err);
	for (size_t i = 0; r == 0 && i < judged.by[0]->count; i++)
		r = judge_image(impact, run, &judged, i, file, err);
	return r;
}

/* One that is damaged, or that another version recorded, hinders no other one. */
static int
take(struct plim_impact *impact, const struct plim_impact_options *options, const struct judging_choice choices[2], struct run *run, const char *path,
     struct plim_error *err)
{
	struct plim_error why = { 0 };
	struct slice file = shown(options->inventories, path);
	size_t before = impact->items.n;
	int r = judge_file(impact, choices, run, path, file, &why);
	watching_end(&run->watching);
	if (r == 0 || r == PLIM_ENOMEM)
		return r < 0 ? error_nomem(err) : 0;
	impact->items.n = before;
	struct slice text = slice_of(why.text);
	if (slice_skip(&text, slice_of(path)))
		slice_skip(&text, SLICE(": "));
	const struct impact_item item = { .file = file, .error = arena_dup(impact->arena, text), .name = SLICE_NONE, .state = IMPACT_CANNOT_TELL, .fails_from = DATE_NONE };
	return item.error.p ? add_item(impact, &item, err) : error_nomem(err);
}

/* all of them */

static int
by_state(const void *left, const void *right)
{
	const struct impact_item *a = left, *b = right;
	int order = ((int)a->state > (int)b->state) - ((int)a->state < (int)b->state);
	order = order ? order : slice_cmp(a->file, b->file);
	return order ? order : slice_cmp(a->name, b->name);
}

static void
conclude(struct plim_impact *impact)
{
	qsort(impact->items.at, impact->items.n, sizeof *impact->items.at, by_state);
	vec_each (&impact->items, item)
		impact->report.counts[item->state]++;
	impact->report.items = impact->items.at;
	impact->report.count = impact->items.n;
	impact->report.passed_over = impact->passed_over.at;
	impact->report.passed_over_count = impact->passed_over.n;
}

static int
keep_names(struct plim_impact *impact, const struct plim_impact_options *options, struct plim_error *err)
{
	impact->report.days = options->days;
	impact->report.old = arena_dup(impact->arena, slice_of(options->old_policy));
	impact->report.new = arena_dup(impact->arena, slice_of(options->new_policy));
	return impact->report.old.p && impact->report.new.p ? 0 : error_nomem(err);
}

/* A key is of policies in a registry; it is refused where neither is. */
static const char *
key_for(const struct plim_impact_options *options, const char *policy)
{
	bool any = policy_is_address(options->old_policy) || policy_is_address(options->new_policy);
	return any && !policy_is_address(policy) ? NULL : options->policy_key;
}

/* One clock for all, though it may be the machine's. */
static int
take_all(struct plim_impact *impact, const struct plim_impact_options *options, struct run *run, struct plim_error *err)
{
	char clock[DATE_TEXT_SIZE];
	int r = judging_clock(options->at, &impact->report.at, err);
	date_text(impact->report.at, clock);
	const struct judging_choice choices[] = {
		{ options->old_policy, options->database, clock, options->as, key_for(options, options->old_policy), options->database_keys },
		{ options->new_policy, options->database, clock, options->as, key_for(options, options->new_policy), options->database_keys },
	};
	for (size_t i = 0; r == 0 && i < 2; i++)
		r = judging_try(run, &choices[i], &impact->report.at, err);
	vec_each (&impact->files, file)
		if (r == 0)
			r = take(impact, options, choices, run, *file, err);
	return r;
}

int
plim_impact(const struct plim_impact_options *options, struct plim_impact **out, struct plim_error *err)
{
	AUTO(run) struct run *run = NULL;
	AUTO(impact) struct plim_impact *impact = calloc(1, sizeof *impact);
	if (impact == NULL || (impact->arena = arena_new(0)) == NULL)
		return error_nomem(err);
	if (options->days > PLIM_FORECAST_DAYS_MOST)
		return error_set(err, PLIM_EUSAGE, "%u days are more than %d", options->days, PLIM_FORECAST_DAYS_MOST);
	int r = keep_names(impact, options, err);
	if (r == 0)
		r = run_start(options->run, &run, err);
	if (r == 0)
		r = find_files(impact, options->inventories, err);
	if (r == 0)
		r = take_all(impact, options, run, err);
	if (r < 0)
		return r;
	conclude(impact);
	*out = ptr_take(&impact);
	return 0;
}

enum plim_result
plim_impact_result(const struct plim_impact *impact)
{
	if (impact->report.counts[IMPACT_NEWLY_FAILS])
		return PLIM_FAIL;
	return impact->report.counts[IMPACT_CANNOT_TELL] ? PLIM_UNKNOWN : PLIM_PASS;
}

const char *
plim_impact_format_name(unsigned index)
{
	for (unsigned i = 0; impact_writers[i]; i++)
		if (i == index)
			return impact_writers[i]->name;
	return NULL;
}

int
plim_impact_write(const struct plim_impact *impact, const char *format, const struct plim_report_options *options, FILE *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct impact report = impact->report;
	report.columns = options && options->columns ? options->columns : 80;
	report.colour = options && options->colour;
	for (size_t i = 0; impact_writers[i]; i++)
		if (strcmp(impact_writers[i]->name, format) == 0) {
			impact_writers[i]->write(&report, &text);
			return output_text(&text, into, err);
		}
	return error_set(err, PLIM_EUSAGE, "there is no report format '%s'", format);
}
