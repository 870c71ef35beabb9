/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of an evaluation: areas in their order, gaps, exceptions, results, the order of everything. */
#include "policy/judge.h"
#include "policy/tables.h"

#include "advisory/ecosystem.h"
#include "advisory/store.h"
#include "base/date.h"
#include "base/error.h"
#include "base/glob.h"

#include <stdarg.h>

bool
judge_reached(const struct judging *judging, int64_t day, enum passing passing)
{
	struct verdict *v = judging->verdict;
	if (date_day(judging->at) >= day)
		return true;
	if (v->next_day == DATE_NONE || day < v->next_day) {
		v->next_day = day;
		v->next_passings = 0;
	}
	if (day == v->next_day)
		v->next_passings |= 1u << passing;
	return false;
}

enum action
judge_action(const struct judging *judging, const struct terms *terms)
{
	bool begun = terms->action != ACTION_FAIL || judge_reached(judging, terms->enforce_from, PASSING_ENFORCEMENT);
	return begun ? terms->action : ACTION_WARN;
}

struct slice
judge_text(struct judging *judging, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct slice text = arena_vprintf(judging->arena, format, args);
	va_end(args);
	return text;
}

void
judge_note(struct judging *judging, enum area area, struct slice note)
{
	judging->verdict->areas[area].note = note;
}

/* Rule and package, path or setting: the same in every image, so that a list of known findings can be kept. */
static struct slice
finding_id(struct judging *judging, const struct finding *f)
{
	static const char nul = '\0';
	char text[DIGEST_TEXT_SIZE];
	const struct slice parts[] = { f->rule, f->evidence.package, f->evidence.path, f->evidence.setting };
	AUTO(hasher) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	if (hasher == NULL)
		return SLICE_NONE;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (i > 0)
			hasher_add(hasher, (struct slice){ &nul, 1 });
		hasher_add(hasher, parts[i]);
	}
	struct digest digest = hasher_end(hasher);
	return arena_dup(judging->arena, slice_first(slice_of(digest_hex(&digest, text)), 16));
}

static void
evidence_complete(const struct judging *judging, struct evidence *evidence)
{
	const struct image *image = judging->inventory->image;
	if (image == NULL || evidence->layer >= image->layer_count) {
		evidence->layer = UINT32_MAX;
		return;
	}
	evidence->layer_digest = image->layers[evidence->layer].diff_id;
	evidence->instruction = inventory_instruction(judging->inventory, evidence->layer);
	evidence->origin = inventory_layer_origin(judging->inventory, evidence->layer);
}

int
judge_finding(struct judging *judging, const struct finding *finding, struct plim_error *err)
{
	struct finding *kept = vec_push(&judging->findings);
	if (kept == NULL)
		return error_nomem(err);
	*kept = *finding;
	evidence_complete(judging, &kept->evidence);
	kept->id = finding_id(judging, kept);
	return kept->id.p && kept->rule.p && kept->title.p ? 0 : error_nomem(err);
}

enum scoped
judge_scope(const struct judging *judging, const struct scope *scope, struct evidence evidence, struct doubt *doubt)
{
	evidence_complete(judging, &evidence);
	enum scoped scoped = scope_takes(scope, judging->destination, &evidence);
	if (scoped == SCOPE_NO_DESTINATION)
		*doubt = (struct doubt){ UNKNOWN_DESTINATION, "it is for some images only, and where this one will live was not told (--as)" };
	if (scoped == SCOPE_NO_ORIGIN)
		*doubt = (struct doubt){ UNKNOWN_BASE, "it is for the base or the application only, and what belongs to the base is not known" };
	if (scoped == SCOPE_NO_LAYER)
		*doubt = (struct doubt){ UNKNOWN_BASE, "it is for some layers only, and in which layer this is, is not known" };
	return scoped;
}

bool
judge_leaves_out(const struct judging *judging, const struct terms *terms)
{
	return scope_takes_image(&terms->scope, judging->destination) == SCOPE_OUT;
}

/* Once a rule, however much it found. */
static int
judge_unscoped(struct judging *judging, const struct finding *finding, const struct doubt *doubt, struct plim_error *err)
{
	const struct unknown *last = judging->unknowns.n ? &judging->unknowns.at[judging->unknowns.n - 1] : NULL;
	if (last && last->area == finding->area && slice_eq(last->subject, finding->rule) && slice_is(last->reason, doubt->reason))
		return 0;
	return judge_unknown(judging, doubt->kind, finding->area, finding->rule, slice_of(doubt->reason), UINT32_MAX, err);
}

int
judge_entry(struct judging *judging, const struct terms *terms, const struct finding *finding, struct plim_error *err)
{
	struct finding own = *finding;
	struct doubt doubt;
	enum scoped scoped = judge_scope(judging, &terms->scope, finding->evidence, &doubt);
	if (scoped != SCOPE_IN)
		return scoped == SCOPE_OUT ? 0 : judge_unscoped(judging, finding, &doubt, err);
	own.action = judge_action(judging, terms);
	if (terms->severity != SEVERITY_UNKNOWN)
		own.severity = terms->severity;
	return judge_finding(judging, &own, err);
}

struct evidence
evidence_of_package(const struct package *package)
{
	return (struct evidence){
		.package = package->name, .package_version = package->version, .package_type = package->type,
		.path = package->path, .layer = package->layer,
	};
}

int
judge_unknown(struct judging *judging, enum unknown_kind kind, enum area area, struct slice subject, struct slice reason,
              uint32_t layer, struct plim_error *err)
{
	struct unknown *kept = vec_push(&judging->unknowns);
	if (kept == NULL || reason.p == NULL)
		return error_nomem(err);
	*kept = (struct unknown){
		.kind = slice_of(unknown_names[kind]), .area = area, .action = judging->policy->unknown[kind].action,
		.subject = subject, .reason = reason, .layer = layer,
	};
	return 0;
}

int
judge_data_signed(struct judging *judging, enum area area, struct plim_error *err)
{
	const struct policy *policy = judging->policy;
	AUTO(strbuf) struct strbuf why = { 0 };
	if (policy->data_signers.n == 0 || judging->data_signed.state == SIGNED_BY_ONE || judging->data_doubted[area])
		return 0;
	judging->data_doubted[area] = true;
	strbuf_put(&why, judging->data_signed.text.n ? judging->data_signed.text : SLICE("nobody looked who signed it"));
	for (size_t i = 0; i < policy->data_signers.n; i++)
		strbuf_printf(&why, "%s%.*s", i ? ", " : "; asked for: ", SLICE_ARG(policy->data_signers.at[i].name));
	struct slice reason = arena_dup(judging->arena, strbuf_slice(&why));
	return judge_unknown(judging, UNKNOWN_DATA_SIGNATURE, area, SLICE("advisory data"), reason, UINT32_MAX, err);
}

bool
judge_has_hole(const struct judging *judging, struct slice *reason)
{
	for (size_t i = 0; i < judging->inventory->gap_count; i++)
		if (slice_is(judging->inventory->gaps[i].subject, "layer")) {
			*reason = judging->inventory->gaps[i].reason;
			return true;
		}
	return false;
}

bool
judge_misses_packages(const struct judging *judging)
{
	struct slice reason;
	for (size_t i = 0; i < judging->inventory->gap_count; i++)
		if (slice_is(judging->inventory->gaps[i].subject, "packages") || slice_is(judging->inventory->gaps[i].subject, "software"))
			return true;
	return judge_has_hole(judging, &reason);
}

const struct inventory_gap *
judge_missing_list(const struct judging *judging)
{
	for (size_t i = 0; i < judging->inventory->gap_count; i++)
		if (slice_is(judging->inventory->gaps[i].subject, "packages"))
			return &judging->inventory->gaps[i];
	return NULL;
}

/* gaps */

enum unknown_kind
judge_gap_kind(const struct inventory_gap *gap)
{
	for (size_t i = 0; i < UNKNOWN_KIND_COUNT; i++)
		if (strcmp(gap->kind, unknown_names[i]) == 0)
			return (enum unknown_kind)i;
	return UNKNOWN_UNREADABLE;
}

/* Which areas cannot be answered when a part of the inventory is missing; a configuration file concerns the checks that need it. */
static const struct gap_reach {
	const char *subject;    /* NULL: any other */
	bool reaches[AREA_COUNT];
} gap_reaches[] = {
	{ "packages", { [AREA_VULNERABILITIES] = true, [AREA_COMPONENTS] = true, [AREA_RULES] = true } },
	{ "software", { [AREA_VULNERABILITIES] = true, [AREA_COMPONENTS] = true, [AREA_RULES] = true } },
	{ "os", { [AREA_VULNERABILITIES] = true } },
	{ "layer", { [AREA_BASE_IMAGE] = true, [AREA_VULNERABILITIES] = true, [AREA_COMPONENTS] = true, [AREA_CONFIGURATION] = true,
	             [AREA_METADATA] = true, [AREA_RULES] = true } },
	{ "secrets", { [AREA_CONFIGURATION] = true, [AREA_RULES] = true } },
	{ NULL, { [AREA_RULES] = true } },
};

static const struct gap_reach *
reach_of(struct slice subject)
{
	const struct gap_reach *reach = gap_reaches;
	while (reach->subject && !slice_is(subject, reach->subject))
		reach++;
	return reach;
}

static int
judge_gap(struct judging *judging, const struct inventory_gap *gap, struct plim_error *err)
{
	const struct gap_reach *reach = reach_of(gap->subject);
	for (enum area area = 0; area < AREA_COUNT; area++) {
		if (!reach->reaches[area] || !judging->policy->mentions[area] || judging->verdict->areas[area].result == RESULT_OUT_OF_SCOPE)
			continue;
		int r = judge_unknown(judging, judge_gap_kind(gap), area, gap->path.n ? gap->path : gap->subject, gap->reason, gap->layer, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
judge_gaps(struct judging *judging, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < judging->inventory->gap_count; i++)
		r = judge_gap(judging, &judging->inventory->gaps[i], err);
	return r;
}

/* areas */

static const struct area_judge {
	enum area area;
	judge_fn *judge;
	bool of_images;    /* a tree does not have it */
	bool of_files;     /* a bill of materials does not tell it */
} area_judges[] = {
	/* The base comes first: it decides what is the application's. */
	{ AREA_BASE_IMAGE, judge_base_image, true, true },
	{ AREA_VULNERABILITIES, judge_vulnerabilities, false, false },
	{ AREA_COMPONENTS, judge_components, false, false },
	{ AREA_CONFIGURATION, judge_configuration, false, true },
	{ AREA_METADATA, judge_metadata, true, true },
	{ AREA_ORIGIN, judge_origin, true, true },
	{ AREA_RULES, judge_rules, false, false },
};

static int
judge_areas(struct judging *judging, struct plim_error *err)
{
	for (size_t i = 0; i < sizeof area_judges / sizeof *area_judges; i++) {
		const struct area_judge *area = &area_judges[i];
		struct area_state *state = &judging->verdict->areas[area->area];
		if (!judging->policy->mentions[area->area])
			continue;
		if (area->of_images && judging->inventory->image == NULL) {
			*state = (struct area_state){ .result = RESULT_OUT_OF_SCOPE, .note = judge_text(judging, "%s does not have it", inventory_kind_words(inventory_kind(judging->inventory))) };
			continue;
		}
		if (area->of_files && inventory_is_document(judging->inventory)) {
			*state = (struct area_state){ .result = RESULT_OUT_OF_SCOPE, .note = SLICE("a bill of materials does not tell it") };
			continue;
		}
		state->result = RESULT_PASS;
		int r = area->judge(judging, err);
		if (r < 0)
			return error_wrap(err, r, "%s", area_name(area->area));
	}
	return 0;
}

/* order and results */

static int
cmp_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
by_weight(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;
	int order = cmp_number(a->area, b->area);
	order = order ? order : cmp_number(b->action, a->action);
	order = order ? order : cmp_number(b->severity, a->severity);
	order = order ? order : slice_cmp(a->rule, b->rule);
	order = order ? order : slice_cmp(a->evidence.path, b->evidence.path);
	order = order ? order : slice_cmp(a->evidence.package, b->evidence.package);
	order = order ? order : slice_cmp(a->evidence.package_version, b->evidence.package_version);
	order = order ? order : slice_cmp(a->evidence.setting, b->evidence.setting);
	return order ? order : slice_cmp(a->evidence.detail, b->evidence.detail);
}

static int
waived_by_weight(const void *left, const void *right)
{
	return by_weight(&((const struct waived *)left)->finding, &((const struct waived *)right)->finding);
}

static int
unknown_by_weight(const void *left, const void *right)
{
	const struct unknown *a = left, *b = right;
	int order = cmp_number(a->area, b->area);
	order = order ? order : cmp_number(b->action, a->action);
	order = order ? order : slice_cmp(a->kind, b->kind);
	order = order ? order : slice_cmp(a->subject, b->subject);
	order = order ? order : cmp_number(a->layer, b->layer);
	return order ? order : slice_cmp(a->reason, b->reason);
}

static void
sort(void *at, size_t n, size_t size, int (*compare)(const void *, const void *))
{
	if (n > 1)
		qsort(at, n, size, compare);
}

/* Before sorting, which puts what fails first. */
static void
forgive_known(struct judging *judging, const struct since *since)
{
	if (since == NULL)
		return;
	judging->verdict->since = since->digest;
	vec_each (&judging->findings, finding) {
		finding->known = finding->action == ACTION_FAIL && since_knows(since, finding->id);
		judging->verdict->known_count += finding->known;
		if (finding->known)
			finding->action = ACTION_WARN;
	}
}

static int
collect(struct judging *judging, struct plim_error *err)
{
	struct verdict *v = judging->verdict;
	v->finding_count = judging->findings.n;
	v->unknown_count = judging->unknowns.n;
	v->findings = arena_make_array(judging->arena, v->finding_count + 1, struct finding);
	v->unknowns = arena_make_array(judging->arena, v->unknown_count + 1, struct unknown);
	if (v->findings == NULL || v->unknowns == NULL)
		return error_nomem(err);
	if (v->finding_count)
		memcpy(v->findings, judging->findings.at, v->finding_count * sizeof *v->findings);
	if (v->unknown_count)
		memcpy(v->unknowns, judging->unknowns.at, v->unknown_count * sizeof *v->unknowns);
	sort(v->findings, v->finding_count, sizeof *v->findings, by_weight);
	sort(v->unknowns, v->unknown_count, sizeof *v->unknowns, unknown_by_weight);
	sort(v->waived, v->waived_count, sizeof *v->waived, waived_by_weight);
	return 0;
}

/* all of it */

/* The last day of its support: what the advisory data says of it is newer than what is compiled in. */
static int64_t
support_end(const struct evaluation *evaluation)
{
	const struct operating_system *os = &evaluation->inventory->os;
	AUTO(strbuf) struct strbuf key = { 0 };
	struct lifetime lifetime;
	bool told = evaluation->database && ecosystem_of_os(os, &key) && !key.failed &&
	            store_lifetime(evaluation->database, strbuf_slice(&key), &lifetime) && lifetime.ends != DATE_NONE;
	return told ? date_day(lifetime.ends) - 1 : os->support_end;
}

static void
describe(struct judging *judging, const struct evaluation *evaluation)
{
	struct verdict *v = judging->verdict;
	v->next_day = DATE_NONE;
	v->target = evaluation->target;
	v->kind = slice_of(inventory_kind_name(inventory_kind(evaluation->inventory)));
	v->image = evaluation->inventory->image;
	v->policy_name = policy_name(evaluation->policy);
	v->policy_digest = policy_digest(evaluation->policy);
	v->evaluated_at = evaluation->at;
	v->level = evaluation->level.n ? evaluation->level : SLICE_NONE;
	v->destination = evaluation->destination;
	v->os = evaluation->inventory->os;
	v->os.support_end = support_end(evaluation);
	if (evaluation->database) {
		v->data_digest = database_digest(evaluation->database);
		v->data_is_sample = database_is_sample(evaluation->database);
		v->feeds = database_feeds(evaluation->database, &v->feed_count);
	}
}

static int
judge_all(struct judging *judging, const struct evaluation *evaluation, struct plim_error *err)
{
	describe(judging, evaluation);
	judging->matching = (struct matching){ .inventory = judging->inventory, .database = judging->database, .explain = judging->explain, .arena = judging->arena };
	judging->tables = (struct policy_tables){ judging->inventory, judging->policy, &judging->matching, judging->at };
	int r = policy_tables_open(&judging->tables, &judging->facts, err);
	if (r < 0 || (r = judge_areas(judging, err)) < 0 || (r = judge_gaps(judging, err)) < 0 || (r = judge_exceptions(judging, err)) < 0 ||
	    (r = judge_summary(judging, err)) < 0)
		return r;
	if (facts_asked_now(judging->facts))
		judge_reached(judging, date_day(judging->at) + 1, PASSING_QUERY);
	forgive_known(judging, evaluation->since);
	if ((r = collect(judging, err)) < 0 || (r = verdict_merge_checks(judging->verdict, err)) < 0)
		return r;
	verdict_conclude(judging->verdict);
	return 0;
}

int
policy_evaluate(const struct evaluation *evaluation, struct verdict **out, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct verdict *verdict = arena ? arena_make(arena, struct verdict) : NULL;
	if (verdict == NULL)
		return error_nomem(err);
	struct judging judging = {
		.policy = evaluation->policy, .inventory = evaluation->inventory, .database = evaluation->database, .at = evaluation->at,
		.destination = evaluation->destination, .tag = evaluation->tag, .explain = evaluation->explain, .vex = &evaluation->vex, .scans = evaluation->scans,
		.signed_by = evaluation->signed_by, .data_signed = evaluation->data_signed,
		.verdict = verdict, .arena = arena,
	};
	int r = judge_all(&judging, evaluation, err);
	facts_close(judging.facts);
	vec_done(&judging.findings);
	vec_done(&judging.unknowns);
	if (r < 0)
		return r;
	verdict->arena = ptr_take(&arena);
	*out = verdict;
	return 0;
}
