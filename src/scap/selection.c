/* SPDX-License-Identifier: Apache-2.0 */
/* A profile's settings, from its first ancestor to itself, over the benchmark's own. */
#include "scap/selection.h"

#include "base/error.h"
#include "base/limits.h"

#include <inttypes.h>

/* Ancestors of a profile; published ones have three. */
#define CHAIN_MOST 32

void
scap_selection_done(struct scap_selection *selection)
{
	vec_done(&selection->rules);
	vec_done(&selection->values);
	vec_done(&selection->missing);
}

/* Of a cluster: whose flag it is, and the member before it. */
struct member {
	bool *selected;
	struct member *before;
};

struct selecting {
	const struct scap_document *content, *tailoring;
	struct scap_selection *out;
	struct map rules, groups, values;  /* by id, to what the arrays below have */
	struct map clusters;               /* by name, to the last of their members */
	struct member *members;            /* one of each rule, then one of each group */
	uint64_t member_count;             /* that clusters selected so far */
	bool *rule_selected, *group_selected;
	struct scap_chosen_rule *chosen;   /* of all rules, as they would be */
};

static void
selecting_done(struct selecting *s)
{
	map_done(&s->rules);
	map_done(&s->groups);
	map_done(&s->values);
	map_done(&s->clusters);
	free(s->members);
	free(s->rule_selected);
	free(s->group_selected);
	free(s->chosen);
}

/* profiles */

static bool
is_called(struct slice id, struct slice name)
{
	return slice_eq(id, name) || slice_eq(scap_short_id(id, "profile"), name);
}

static const struct scap_profile *
benchmark_profile(const struct scap_document *content, struct slice name, const struct scap_benchmark **of)
{
	for (size_t i = 0; i < content->benchmarks.n; i++) {
		const struct scap_benchmark *benchmark = *of = &content->benchmarks.at[i];
		for (size_t k = 0; k < benchmark->profiles.n; k++)
			if (is_called(benchmark->profiles.at[k].id, name))
				return &benchmark->profiles.at[k];
	}
	return NULL;
}

static const struct scap_profile *
tailored_profile(const struct scap_document *tailoring, struct slice name, const struct scap_profile *besides)
{
	for (size_t i = 0; tailoring && i < tailoring->tailored.n; i++)
		if (&tailoring->tailored.at[i] != besides && is_called(tailoring->tailored.at[i].id, name))
			return &tailoring->tailored.at[i];
	return NULL;
}

static void
put_profiles(const struct scap_profile *profiles, size_t n, struct strbuf *into)
{
	for (size_t i = 0; i < n; i++)
		strbuf_printf(into, "%s%.*s", into->n ? ", " : "", SLICE_ARG(scap_short_id(profiles[i].id, "profile")));
}

static int
not_found(const struct selecting *s, struct slice name, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf known = { 0 };
	if (s->tailoring)
		put_profiles(s->tailoring->tailored.at, s->tailoring->tailored.n, &known);
	for (size_t i = 0; i < s->content->benchmarks.n; i++)
		put_profiles(s->content->benchmarks.at[i].profiles.at, s->content->benchmarks.at[i].profiles.n, &known);
	return error_set(err, PLIM_ENOTFOUND, "there is no profile '%.*s'; there are: %.*s", SLICE_ARG(slice_first(name, 200)),
	                 SLICE_ARG(slice_first(known.n ? strbuf_slice(&known) : SLICE("none"), 600)));
}

/* From the profile itself to its first ancestor. */
static int
chain_of(struct selecting *s, struct slice name, const struct scap_profile *chain[CHAIN_MOST], size_t *n, struct plim_error *err)
{
	const struct scap_benchmark *of = NULL;
	const struct scap_profile *last = NULL;
	for (*n = 0; name.p; name = last->extends) {
		/* What a tailoring calls as the profile that it extends is not its own ancestor. */
		const struct scap_profile *found = of ? NULL : tailored_profile(s->tailoring, name, last);
		if (found == NULL || (last && slice_eq(last->extends, last->id)))
			found = benchmark_profile(s->content, name, &of);
		if (found == NULL)
			return not_found(s, name, err);
		if (*n == CHAIN_MOST)
			return error_set(err, PLIM_EFORMAT, "line %u: the profile '%.*s' extends more than %d others, or itself", found->line,
			                 SLICE_ARG(slice_first(found->id, 200)), CHAIN_MOST);
		chain[(*n)++] = last = found;
	}
	/* A tailoring of no profile is one of the benchmark as it stands. */
	if (of == NULL && s->content->benchmarks.n == 0)
		return error_set(err, PLIM_EFORMAT, "there is no benchmark");
	s->out->benchmark = of ? of : s->content->benchmarks.at;
	s->out->profile = chain[0];
	return 0;
}

/* What is left out for another system is not what this one may go without. */
static int
check_tailored(const struct selecting *s, const struct scap_profile *const *chain, size_t n, struct plim_error *err)
{
	struct slice own = s->out->benchmark->id;
	for (size_t i = 0; i < n; i++)
		if (chain[i]->benchmark.n && !slice_eq(chain[i]->benchmark, own))
			return error_set(err, PLIM_EFORMAT, "line %u: the profile '%.*s' is for the benchmark '%.*s', not for '%.*s'", chain[i]->line,
			                 SLICE_ARG(slice_first(chain[i]->id, 200)), SLICE_ARG(slice_first(chain[i]->benchmark, 200)), SLICE_ARG(slice_first(own, 200)));
	return 0;
}

/* the benchmark's own */

static int
place(struct map *map, struct slice id, void *value, struct plim_error *err)
{
	void **at = map_place(map, id);
	if (at)
		*at = value;
	return at ? 0 : error_nomem(err);
}

static int
join(struct selecting *s, struct slice cluster, struct member *member, bool *selected, struct plim_error *err)
{
	void **last = cluster.n ? map_place(&s->clusters, cluster) : NULL;
	if (cluster.n == 0 || last == NULL)
		return cluster.n ? error_nomem(err) : 0;
	*member = (struct member){ selected, *last };
	*last = member;
	return 0;
}

static struct slice
choice_text(const struct scap_value *value, struct slice selector)
{
	for (size_t i = 0; i < value->choices.n; i++)
		if (slice_eq(value->choices.at[i].selector, selector))
			return value->choices.at[i].text;
	return SLICE_NONE;
}

/* Without a default the first counts, as NIST IR 7275 has it. */
static struct slice
default_text(const struct scap_value *value)
{
	struct slice text = choice_text(value, SLICE(""));
	return text.p || value->choices.n == 0 ? text : value->choices.at[0].text;
}

static int
begin(struct selecting *s, struct plim_error *err)
{
	const struct scap_benchmark *b = s->out->benchmark;
	int r = 0;
	s->rule_selected = calloc(b->rules.n + 1, sizeof *s->rule_selected);
	s->group_selected = calloc(b->groups.n + 1, sizeof *s->group_selected);
	s->chosen = calloc(b->rules.n + 1, sizeof *s->chosen);
	s->members = calloc(b->rules.n + b->groups.n + 1, sizeof *s->members);
	if (!s->rule_selected || !s->group_selected || !s->chosen || !s->members || !vec_reserve(&s->out->values, b->values.n + 1))
		return error_nomem(err);
	for (size_t i = 0; r == 0 && i < b->rules.n; i++) {
		s->rule_selected[i] = b->rules.at[i].selected;
		s->chosen[i] = (struct scap_chosen_rule){ &b->rules.at[i], b->rules.at[i].severity, b->rules.at[i].role, SLICE_NONE };
		r = place(&s->rules, b->rules.at[i].id, &s->rule_selected[i], err);
		if (r == 0)
			r = join(s, b->rules.at[i].cluster, &s->members[i], &s->rule_selected[i], err);
	}
	for (size_t i = 0; r == 0 && i < b->groups.n; i++) {
		s->group_selected[i] = b->groups.at[i].selected;
		r = place(&s->groups, b->groups.at[i].id, &s->group_selected[i], err);
		if (r == 0)
			r = join(s, b->groups.at[i].cluster, &s->members[b->rules.n + i], &s->group_selected[i], err);
	}
	for (size_t i = 0; r == 0 && i < b->values.n; i++) {
		struct scap_chosen_value *value = vec_push(&s->out->values);
		*value = (struct scap_chosen_value){ b->values.at[i].id, default_text(&b->values.at[i]) };
		r = place(&s->values, value->id, value, err);
	}
	return r;
}

/* what a profile says */

/* A document may name a large cluster as often as it likes. */
static int
select_cluster(struct selecting *s, const struct scap_setting *setting, struct plim_error *err)
{
	for (struct member *member = map_find(&s->clusters, setting->idref); member; member = member->before) {
		if (s->member_count++ >= LIMIT_SCAP_ITEM_COUNT)
			return error_set(err, PLIM_ELIMIT, "line %u: clusters select more items than limit SCAP_ITEM_COUNT (%" PRIu64 ")", setting->line, LIMIT_SCAP_ITEM_COUNT);
		*member->selected = setting->selected;
	}
	return 0;
}

static int
apply_select(struct selecting *s, const struct scap_setting *setting, struct plim_error *err)
{
	bool *flag = map_find(&s->rules, setting->idref);
	flag = flag ? flag : map_find(&s->groups, setting->idref);
	if (flag) {
		*flag = setting->selected;
		return 0;
	}
	if (map_find(&s->clusters, setting->idref))
		return select_cluster(s, setting, err);
	if (!setting->selected)
		return 0;
	struct slice *missing = vec_push(&s->out->missing);
	if (missing)
		*missing = setting->idref;
	return missing ? 0 : error_nomem(err);
}

static int
apply_value(struct selecting *s, const struct scap_setting *setting, struct plim_error *err)
{
	struct scap_chosen_value *value = map_find(&s->values, setting->idref);
	if (value == NULL)
		return error_set(err, PLIM_EFORMAT, "line %u: the benchmark has no value '%.*s'", setting->line, SLICE_ARG(slice_first(setting->idref, 200)));
	value->text = setting->kind == SCAP_SET_VALUE ? setting->text
	                                              : choice_text(&s->out->benchmark->values.at[value - s->out->values.at], setting->text);
	return 0;
}

static int
apply_rule(struct selecting *s, const struct scap_setting *setting, struct plim_error *err)
{
	bool *flag = map_find(&s->rules, setting->idref);
	struct scap_chosen_rule *chosen = flag ? &s->chosen[flag - s->rule_selected] : NULL;
	(void)err;
	if (chosen == NULL)
		return 0;
	severity_parse(setting->text, &chosen->severity);
	chosen->role = setting->role ? setting->role : chosen->role;
	chosen->selector = setting->selector.p ? setting->selector : chosen->selector;
	return 0;
}

static int
apply(struct selecting *s, const struct scap_profile *profile, struct plim_error *err)
{
	static int (*const appliers[])(struct selecting *, const struct scap_setting *, struct plim_error *) = {
		[SCAP_SELECT] = apply_select, [SCAP_SET_VALUE] = apply_value, [SCAP_REFINE_VALUE] = apply_value, [SCAP_REFINE_RULE] = apply_rule,
	};
	int r = 0;
	for (size_t i = 0; r == 0 && i < profile->settings.n; i++)
		r = appliers[profile->settings.at[i].kind](s, &profile->settings.at[i], err);
	return r;
}

static bool
groups_selected(const struct selecting *s, size_t group)
{
	for (; group != SCAP_NO_GROUP; group = s->out->benchmark->groups.at[group].parent)
		if (!s->group_selected[group])
			return false;
	return true;
}

static int
collect(struct selecting *s, struct plim_error *err)
{
	const struct scap_benchmark *b = s->out->benchmark;
	for (size_t i = 0; i < b->rules.n; i++) {
		if (!s->rule_selected[i] || !groups_selected(s, b->rules.at[i].group))
			continue;
		struct scap_chosen_rule *chosen = vec_push(&s->out->rules);
		if (chosen == NULL)
			return error_nomem(err);
		*chosen = s->chosen[i];
	}
	return 0;
}

int
scap_select(const struct scap_document *content, const struct scap_document *tailoring, struct slice profile, struct scap_selection *out,
            struct plim_error *err)
{
	struct selecting s = { .content = content, .tailoring = tailoring, .out = out };
	const struct scap_profile *chain[CHAIN_MOST];
	size_t n;
	int r = chain_of(&s, profile, chain, &n, err);
	if (r == 0)
		r = check_tailored(&s, chain, n, err);
	if (r == 0)
		r = begin(&s, err);
	while (r == 0 && n > 0)
		r = apply(&s, chain[--n], err);
	if (r == 0)
		r = collect(&s, err);
	selecting_done(&s);
	return r;
}

struct slice
scap_selection_value(const struct scap_selection *selection, struct slice id)
{
	for (size_t i = 0; i < selection->values.n; i++)
		if (slice_eq(selection->values.at[i].id, id) || slice_eq(scap_short_id(selection->values.at[i].id, "value"), id))
			return selection->values.at[i].text;
	return SLICE_NONE;
}

struct slice
scap_why_unasked(const struct scap_chosen_rule *chosen)
{
	if (chosen->role == SCAP_ROLE_UNCHECKED)
		return SLICE("its role is unchecked");
	return chosen->role == SCAP_ROLE_UNSCORED ? SLICE("its role is unscored") : SLICE_NONE;
}
