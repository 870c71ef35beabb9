/* SPDX-License-Identifier: Apache-2.0 */
/* From one verdict to another. */
#include "policy/turns.h"

#include "base/date.h"
#include "base/error.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "base/vec.h"

struct finding_turns {
	struct arena *arena;
	struct map actions;        /* key to one more than the action that it had */
	struct map waived;         /* key to struct waived */
	VEC(struct turn) all;
};

/* Its id, and what tells two of one id apart. */
static struct slice
finding_key(const struct finding *f, struct arena *arena)
{
	return arena_printf(arena, "%.*s %u %.*s %.*s", SLICE_ARG(f->id), f->evidence.layer, SLICE_ARG(f->evidence.package_version), SLICE_ARG(f->evidence.detail));
}

static struct slice
unknown_key(const struct unknown *u, struct arena *arena)
{
	return arena_printf(arena, "? %.*s %u %u %.*s", SLICE_ARG(u->kind), u->area, u->layer, SLICE_ARG(u->subject));
}

/* Of several the weightiest. */
static int
note_action(struct finding_turns *t, struct slice key, enum action action, struct plim_error *err)
{
	void **place = key.p ? map_place(&t->actions, key) : NULL;
	if (place == NULL)
		return error_nomem(err);
	if ((uintptr_t)*place < (uintptr_t)action + 1)
		*place = (void *)((uintptr_t)action + 1);
	return 0;
}

static int
note_waived(struct finding_turns *t, const struct waived *waived, struct plim_error *err)
{
	struct slice key = finding_key(&waived->finding, t->arena);
	void **place = key.p ? map_place(&t->waived, key) : NULL;
	if (place == NULL)
		return error_nomem(err);
	*place = (void *)waived;
	return 0;
}

static int
note_before(struct finding_turns *t, const struct verdict *before, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < before->finding_count; i++)
		r = note_action(t, finding_key(&before->findings[i], t->arena), before->findings[i].action, err);
	for (size_t i = 0; r == 0 && i < before->unknown_count; i++)
		r = note_action(t, unknown_key(&before->unknowns[i], t->arena), before->unknowns[i].action, err);
	for (size_t i = 0; r == 0 && i < before->waived_count; i++)
		r = note_waived(t, &before->waived[i], err);
	return r;
}

/* What weighed as much before is no turn. */
static int
add(struct finding_turns *t, struct slice key, const struct turn *turn, struct plim_error *err)
{
	if (turn->action == ACTION_WARN)
		return 0;
	if (key.p == NULL)
		return error_nomem(err);
	uintptr_t had = (uintptr_t)map_find(&t->actions, key);
	if (had > (uintptr_t)turn->action)
		return 0;
	struct turn *kept = vec_push(&t->all);
	if (kept == NULL)
		return error_nomem(err);
	*kept = *turn;
	kept->waived = turn->finding ? map_find(&t->waived, key) : NULL;
	kept->from = kept->waived ? TURNED_FROM_WAIVED : had ? TURNED_FROM_LESS : TURNED_FROM_NOTHING;
	return 0;
}

static struct slice
subject_of(const struct evidence *e)
{
	return e->package.n ? e->package : e->path.n ? e->path : e->setting;
}

static int
add_finding(struct finding_turns *t, const struct finding *f, struct plim_error *err)
{
	const struct turn turn = { .action = f->action, .area = f->area, .rule = f->rule, .subject = subject_of(&f->evidence),
		                   .reason = f->message.n ? f->message : f->title, .finding = f };
	return add(t, finding_key(f, t->arena), &turn, err);
}

static int
add_unknown(struct finding_turns *t, const struct unknown *u, struct plim_error *err)
{
	const struct turn turn = { .action = u->action, .area = u->area, .rule = arena_printf(t->arena, "unknown.%.*s", SLICE_ARG(u->kind)),
		                   .subject = u->subject, .reason = u->reason, .unknown = u };
	return turn.rule.p ? add(t, unknown_key(u, t->arena), &turn, err) : error_nomem(err);
}

/* Failures first; the rest in the order of the verdict, findings before unknowns. */
static int
keep(struct finding_turns *t, struct turns *out, struct plim_error *err)
{
	out->n = 0;
	out->at = arena_make_array(t->arena, t->all.n + 1, struct turn);
	if (out->at == NULL)
		return error_nomem(err);
	for (enum action action = ACTION_FAIL; action > ACTION_WARN; action--)
		vec_each (&t->all, turn)
			if (turn->action == action)
				out->at[out->n++] = *turn;
	return 0;
}

int
turns_find(const struct verdict *before, const struct verdict *after, struct arena *arena, struct turns *out, struct plim_error *err)
{
	struct finding_turns t = { .arena = arena };
	int r = note_before(&t, before, err);
	for (size_t i = 0; r == 0 && i < after->finding_count; i++)
		r = add_finding(&t, &after->findings[i], err);
	for (size_t i = 0; r == 0 && i < after->unknown_count; i++)
		r = add_unknown(&t, &after->unknowns[i], err);
	if (r == 0)
		r = keep(&t, out, err);
	map_done(&t.actions);
	map_done(&t.waived);
	vec_done(&t.all);
	return r;
}

/* causes */

#define BIT(name) (1u << PASSING_##name)

static const char *const passing_texts[PASSING_COUNT] = {
	[PASSING_ENFORCEMENT] = "its entry begins to fail (enforce_from)",
	[PASSING_GRACE] = "a grace period ends",
	[PASSING_AGE] = "it reaches the age that an entry denies",
	[PASSING_EXCEPTION] = "an exception ends",
	[PASSING_STATEMENT] = "a statement of VEX comes into force",
	[PASSING_BASE] = "the approval of its base ends",
	[PASSING_DATA_AGE] = "the advisory data become too old",
	[PASSING_DATA] = "data from after this evaluation come into force",
	[PASSING_SUPPORT] = "the support of its distribution ends",
	[PASSING_IMAGE_AGE] = "the image becomes too old",
	[PASSING_KEY] = "a signer's key begins or ends to count",
	[PASSING_QUERY] = "what its query answers changes with the time",
};

/* Which passing of days can bring what: by the rule of a finding, or the kind of what cannot be told. */
static const struct {
	const char *rule;
	unsigned passings;
} origins[] = {
	{ "base_image/ended", BIT(BASE) },
	{ "metadata/max-age", BIT(IMAGE_AGE) },
	{ "origin/signed_by", BIT(KEY) },
	{ "unknown.data_age", BIT(DATA_AGE) | BIT(DATA) },
	{ "unknown.end_of_life", BIT(SUPPORT) },
	{ "unknown.signature", BIT(KEY) },
};

static unsigned
passings_of(const struct turn *turn)
{
	unsigned of_rule = 0;
	for (size_t i = 0; i < sizeof origins / sizeof *origins; i++)
		if (slice_is(turn->rule, origins[i].rule))
			of_rule = origins[i].passings;
	if (turn->waived && turn->waived->until != DATE_NONE)
		return BIT(KEY);
	if (turn->area == AREA_VULNERABILITIES && of_rule == 0)
		of_rule = BIT(GRACE) | BIT(AGE) | BIT(DATA) | BIT(STATEMENT);
	if (turn->area == AREA_CONFIGURATION || turn->area == AREA_RULES)
		of_rule = BIT(QUERY);
	/* What was a warning the query found before. */
	return turn->from == TURNED_FROM_LESS ? (of_rule & ~BIT(QUERY)) | BIT(ENFORCEMENT) : of_rule;
}

struct slice
turn_cause(const struct turn *turn, const struct verdict *before, struct arena *arena)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	unsigned possible = passings_of(turn) & before->next_passings;
	/* One that has not ended was waived by what does not count any more: its approvals. */
	if (turn->waived && turn->waived->until != DATE_NONE && turn->waived->until < before->next_day) {
		strbuf_puts(&text, "an exception ends: ");
		waived_describe(turn->waived, &text);
		return text.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&text));
	}
	for (unsigned i = 0; i < PASSING_COUNT; i++)
		if ((possible ? possible : before->next_passings) & 1u << i)
			strbuf_printf(&text, "%s%s", text.n ? ", or " : "", passing_texts[i]);
	return text.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&text));
}
