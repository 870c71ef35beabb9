/* SPDX-License-Identifier: Apache-2.0 */
/* Two verdicts of one policy, rule by rule. */
#include "diff/parity.h"

#include "base/error.h"
#include "base/map.h"
#include "base/vec.h"

struct making {
	struct parity *parity;
	VEC(struct parity_rule) rules;
	struct map places;        /* by area and id: index of the rule, plus one */
	bool failed;
};

const char *
parity_state_name(enum parity_state state)
{
	static const char *const names[] = {
		[PARITY_AGREE] = "agree", [PARITY_ONE_SIDED] = "one_sided", [PARITY_DIFFER] = "differ", [PARITY_UNKNOWN] = "unknown",
	};
	return names[state];
}

/* Rules. */

static struct slice
key_of(struct making *m, enum area area, struct slice id)
{
	return arena_printf(m->parity->arena, "%d %.*s", (int)area, SLICE_ARG(id));
}

static struct parity_rule *
rule_find(struct making *m, enum area area, struct slice id)
{
	const uintptr_t at = (uintptr_t)map_find(&m->places, key_of(m, area, id));
	return at ? &m->rules.at[at - 1] : NULL;
}

/* New rules are what `otherwise` says on either side, until somebody knows better. */
static struct parity_rule *
rule_place(struct making *m, enum area area, struct slice id, struct slice title, const struct parity_side otherwise[2])
{
	struct parity_rule *found = rule_find(m, area, id);
	void **place = found ? NULL : map_place(&m->places, key_of(m, area, id));
	if (found)
		return found;
	found = place ? vec_push(&m->rules) : NULL;
	if (found == NULL) {
		m->failed = true;
		return NULL;
	}
	*place = (void *)(uintptr_t)m->rules.n;
	*found = (struct parity_rule){ .area = area, .id = id, .title = title, .side = { otherwise[0], otherwise[1] } };
	return found;
}

static void
take_checks(struct making *m, size_t side)
{
	static const struct parity_side elsewhere[2] = {
		{ .outcome = CHECK_OUT_OF_SCOPE, .reason = { "it is not asked there", 21 } }, { .outcome = CHECK_OUT_OF_SCOPE, .reason = { "it is not asked there", 21 } },
	};
	const struct verdict *v = m->parity->verdicts[side];
	for (size_t i = 0; !m->failed && i < v->check_count; i++) {
		const struct check_result *check = &v->checks[i];
		struct parity_rule *rule = rule_place(m, check->area, check->id, check->title, elsewhere);
		if (rule)
			rule->side[side] = (struct parity_side){ .outcome = check->outcome, .reason = check->reason };
	}
}

/* What an area says of a rule that has no findings there. */
static struct parity_side
side_of_area(const struct verdict *v, enum area area)
{
	const struct area_state *state = &v->areas[area];
	if (state->result == RESULT_NOT_REQUIRED || state->result == RESULT_OUT_OF_SCOPE)
		return (struct parity_side){ .outcome = CHECK_OUT_OF_SCOPE, .reason = state->note };
	for (size_t i = 0; i < v->unknown_count; i++)
		if (v->unknowns[i].area == area)
			return (struct parity_side){ .outcome = CHECK_UNKNOWN, .reason = v->unknowns[i].reason };
	return (struct parity_side){ .outcome = CHECK_PASS };
}

static void
sides_of_area(const struct making *m, enum area area, struct parity_side out[2])
{
	for (size_t side = 0; side < 2; side++)
		out[side] = side_of_area(m->parity->verdicts[side], area);
}

static void
count_finding(struct making *m, size_t side, const struct finding *finding)
{
	struct parity_side otherwise[2];
	sides_of_area(m, finding->area, otherwise);
	struct parity_rule *rule = rule_place(m, finding->area, finding->rule, finding->title, otherwise);
	if (rule == NULL)
		return;
	rule->side[side].outcome = CHECK_FAIL;
	rule->side[side].n++;
}

static void
add_finding(struct making *m, size_t side, const struct finding *finding)
{
	struct parity_side *to = &rule_find(m, finding->area, finding->rule)->side[side];
	to->at[to->n++] = (struct parity_evidence){ finding, false };
}

/* An exception forgives what is there; it is there all the same. */
static void
each_finding(struct making *m, size_t side, void (*see)(struct making *, size_t, const struct finding *))
{
	const struct verdict *v = m->parity->verdicts[side];
	for (size_t i = 0; !m->failed && i < v->finding_count; i++)
		see(m, side, &v->findings[i]);
	for (size_t i = 0; !m->failed && i < v->waived_count; i++)
		see(m, side, &v->waived[i].finding);
}

static void
make_room(struct making *m)
{
	vec_each(&m->rules, rule)
		for (size_t side = 0; side < 2; side++) {
			rule->side[side].at = arena_make_array(m->parity->arena, rule->side[side].n + 1, struct parity_evidence);
			m->failed |= rule->side[side].at == NULL;
			rule->side[side].n = 0;
		}
}

/* Areas that count no rules of their own, and of which nothing was found on either side. */
static void
take_areas(struct making *m)
{
	bool seen[AREA_COUNT] = { false };
	vec_each(&m->rules, rule)
		seen[rule->area] = true;
	for (enum area area = 0; area < AREA_COUNT; area++) {
		struct parity_side sides[2];
		bool asked = m->parity->verdicts[0]->areas[area].result != RESULT_NOT_REQUIRED || m->parity->verdicts[1]->areas[area].result != RESULT_NOT_REQUIRED;
		sides_of_area(m, area, sides);
		if (asked && !seen[area])
			rule_place(m, area, slice_of(area_name(area)), SLICE_NONE, sides);
	}
}

/* What concerns a check, or an area as a whole, is told there. */
static bool
is_told(struct making *m, size_t side, const struct unknown *unknown)
{
	const struct parity_rule *area = rule_find(m, unknown->area, slice_of(area_name(unknown->area)));
	return rule_find(m, unknown->area, unknown->subject) || (area && area->side[side].outcome == CHECK_UNKNOWN);
}

static void
take_unknowns(struct making *m, size_t side)
{
	const struct verdict *v = m->parity->verdicts[side];
	static const struct parity_side nothing[2] = { { .outcome = CHECK_PASS }, { .outcome = CHECK_PASS } };
	for (size_t i = 0; !m->failed && i < v->unknown_count; i++) {
		const struct unknown *unknown = &v->unknowns[i];
		if (is_told(m, side, unknown))
			continue;
		struct slice id = arena_printf(m->parity->arena, "%s/unknown/%.*s", area_name(unknown->area), SLICE_ARG(unknown->kind));
		struct parity_rule *rule = rule_place(m, unknown->area, id, SLICE("What could not be told"), nothing);
		if (rule == NULL || rule->side[side].outcome == CHECK_UNKNOWN)
			continue;
		rule->side[side] = (struct parity_side){ .outcome = CHECK_UNKNOWN };
		rule->side[side].reason = unknown->subject.n ? arena_printf(m->parity->arena, "%.*s: %.*s", SLICE_ARG(unknown->subject), SLICE_ARG(unknown->reason)) : unknown->reason;
	}
}

/* Evidence. */

static int
by_id(const void *left, const void *right)
{
	return slice_cmp(((const struct parity_evidence *)left)->finding->id, ((const struct parity_evidence *)right)->finding->id);
}

static int
by_place(const void *left, const void *right)
{
	const struct evidence *a = &((const struct parity_evidence *)left)->finding->evidence, *b = &((const struct parity_evidence *)right)->finding->evidence;
	int order = slice_cmp(a->path, b->path);
	order = order ? order : slice_cmp(a->package, b->package);
	order = order ? order : slice_cmp(a->package_version, b->package_version);
	order = order ? order : slice_cmp(a->setting, b->setting);
	return order ? order : slice_cmp(a->detail, b->detail);
}

static void
sort(struct parity_side *side, int (*compare)(const void *, const void *))
{
	if (side->n > 1)
		qsort(side->at, side->n, sizeof *side->at, compare);
}

/* Both are in the order of ids; the same id may stand for several findings, of one file. */
static bool
mark_only(struct parity_side *a, const struct parity_side *b)
{
	bool any = false;
	for (size_t i = 0, k = 0; i < a->n; i++) {
		while (k < b->n && by_id(&b->at[k], &a->at[i]) < 0)
			k++;
		a->at[i].only = k == b->n || by_id(&b->at[k], &a->at[i]) != 0;
		any |= a->at[i].only;
	}
	return any;
}

static bool
evidence_differs(struct parity_rule *rule)
{
	for (size_t i = 0; i < 2; i++)
		sort(&rule->side[i], by_id);
	bool first = mark_only(&rule->side[0], &rule->side[1]), second = mark_only(&rule->side[1], &rule->side[0]);
	for (size_t i = 0; i < 2; i++)
		sort(&rule->side[i], by_place);
	return first || second;
}

/* States. */

static bool
was_evaluated(enum check_outcome outcome)
{
	return outcome == CHECK_PASS || outcome == CHECK_FAIL;
}

static enum parity_state
state_of(struct parity_rule *rule)
{
	enum check_outcome a = rule->side[0].outcome, b = rule->side[1].outcome;
	bool differs = evidence_differs(rule);
	if (a == CHECK_UNKNOWN || b == CHECK_UNKNOWN)
		return PARITY_UNKNOWN;
	if (a == b)
		return a == CHECK_FAIL && differs ? PARITY_DIFFER : PARITY_AGREE;
	if (a == CHECK_OUT_OF_SCOPE || b == CHECK_OUT_OF_SCOPE)
		return PARITY_ONE_SIDED;
	return a == CHECK_FAIL || b == CHECK_FAIL ? PARITY_DIFFER : PARITY_ONE_SIDED;
}

static void
settle(struct making *m)
{
	struct parity *parity = m->parity;
	vec_each(&m->rules, rule) {
		rule->state = state_of(rule);
		parity->counts[rule->state]++;
		parity->compared += was_evaluated(rule->side[0].outcome) && was_evaluated(rule->side[1].outcome);
	}
}

static int
by_area(const void *left, const void *right)
{
	const struct parity_rule *a = left, *b = right;
	int order = (a->area > b->area) - (a->area < b->area);
	return order ? order : slice_cmp(a->id, b->id);
}

/* Checks first, each finding in its rule, then what is left. */
static void
take_verdicts(struct making *m)
{
	for (size_t side = 0; side < 2; side++)
		take_checks(m, side);
	for (size_t side = 0; side < 2; side++)
		each_finding(m, side, count_finding);
	make_room(m);
	for (size_t side = 0; side < 2; side++)
		each_finding(m, side, add_finding);
	take_areas(m);
	for (size_t side = 0; side < 2; side++)
		take_unknowns(m, side);
	settle(m);
}

int
parity_make(const struct verdict *first, const struct verdict *second, struct parity **out, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct making m = { .parity = arena ? arena_make(arena, struct parity) : NULL };
	if (m.parity == NULL)
		return error_nomem(err);
	*m.parity = (struct parity){ .arena = arena, .verdicts = { first, second } };
	take_verdicts(&m);
	struct parity_rule *kept = arena_make_array(arena, m.rules.n + 1, struct parity_rule);
	bool failed = m.failed || kept == NULL;
	if (!failed && m.rules.n) {
		memcpy(kept, m.rules.at, m.rules.n * sizeof *kept);
		qsort(kept, m.rules.n, sizeof *kept, by_area);
	}
	m.parity->rules = kept;
	m.parity->n = m.rules.n;
	vec_done(&m.rules);
	map_done(&m.places);
	if (failed)
		return error_nomem(err);
	*out = m.parity;
	arena = NULL;
	return 0;
}

void
parity_free(struct parity *parity)
{
	if (parity)
		arena_free(parity->arena);
}

enum parity_state
parity_result(const struct parity *parity)
{
	if (parity->counts[PARITY_DIFFER])
		return PARITY_DIFFER;
	return parity->counts[PARITY_UNKNOWN] || parity->compared == 0 ? PARITY_UNKNOWN : PARITY_AGREE;
}
