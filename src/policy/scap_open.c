/* SPDX-License-Identifier: Apache-2.0 */
/* From the bytes of a policy's SCAP files to the checks that answer their rules. */
#include "policy/policy.h"

#include "base/error.h"
#include "base/limits.h"
#include "policy/model.h"
#include "policy/parameters.h"
#include "scap/rules.h"

#include <inttypes.h>

bool
policy_has_scap(const struct policy *policy)
{
	return policy->scap.n > 0;
}

/* parameters */

static bool
parameters_are(const struct fact_parameter *a, const struct fact_parameter *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!slice_eq(a[i].value, b[i].value))
			return false;
	return true;
}

static bool
terms_are(const struct terms *a, const struct terms *b)
{
	bool same_scope = a->scope.at == b->scope.at || (a->scope.at && b->scope.at && yaml_eq(a->scope.at, b->scope.at));
	return a->action == b->action && a->enforce_from == b->enforce_from && a->severity == b->severity && same_scope;
}

/* Alternatives are lines of a list; a parameter that is one value takes no alternatives. */
static struct slice
value_text(struct arena *arena, struct slice value, bool list)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	for (size_t i = 0; i < value.n; i++)
		strbuf_putc(&text, list && value.p[i] == '|' ? '\n' : value.p[i]);
	return arena_dup(arena, strbuf_slice(&text));
}

struct tailoring {
	struct policy *policy;
	struct scap_entry *entry;
	const struct scap_chosen_rule *chosen;
	const struct scap_rule *rule;
	struct slice trouble;
};

/* The name of the value stands for what the benchmark calls so, and the rule must take it: else the rule asks something else. */
static bool
takes_value(const struct scap_rule *rule, const char *name)
{
	for (size_t i = 0; i < rule->values.n; i++)
		if (slice_is(scap_short_id(rule->values.at[i], "value"), name))
			return true;
	return false;
}

static int
parameter_set(struct tailoring *t, const struct scap_parameter *from, struct fact_parameter *into, struct plim_error *err)
{
	struct arena *arena = t->policy->scap.arena;
	if (from->fixed) {
		into->value = value_text(arena, slice_of(from->fixed), into->list);
		return into->value.p ? 0 : error_nomem(err);
	}
	struct slice value = takes_value(t->rule, from->value) ? scap_selection_value(&t->entry->selection, slice_of(from->value)) : SLICE_NONE;
	if (value.n == 0 || !parameter_takes(into, value) || (!into->list && slice_find(value, '|') != SIZE_MAX)) {
		t->trouble = arena_printf(arena, "the profile gives %s no value that %s takes", from->value, from->check);
		return t->trouble.p ? 0 : error_nomem(err);
	}
	into->value = value_text(arena, value, into->list);
	return into->value.p ? 0 : error_nomem(err);
}

static int
parameters_for(struct tailoring *t, const struct check *check, const struct fact_parameter **out, struct plim_error *err)
{
	size_t n = check->parameters.n;
	struct fact_parameter *own = arena_make_array(t->policy->scap.arena, n + 1, struct fact_parameter);
	int r = own ? 0 : error_nomem(err);
	struct slice name = scap_short_id(t->rule->id, "rule");
	if (own && n)
		memcpy(own, check->parameters.at, n * sizeof *own);
	for (const struct scap_parameter *from = scap_parameters; r == 0 && from->rule; from++)
		for (size_t i = 0; r == 0 && slice_is(name, from->rule) && slice_is(check->id, from->check) && i < n; i++)
			if (slice_is(own[i].name, from->parameter))
				r = parameter_set(t, from, &own[i], err);
	*out = own;
	return r;
}

/* selecting */

/* A check that is asked for with other parameters or terms is one by itself. */
static int
renamed(struct tailoring *t, const struct check *check, const struct check **out, struct plim_error *err)
{
	struct arena *arena = t->policy->scap.arena;
	struct check *own = arena_make(arena, struct check);
	size_t number = (size_t)(t->entry - t->policy->scap.at);
	if (own == NULL)
		return error_nomem(err);
	*own = *check;
	own->id = number ? arena_printf(arena, "%.*s:%.*s:%zu", SLICE_ARG(check->id), SLICE_ARG(scap_short_id(t->rule->id, "rule")), number + 1)
	                 : arena_printf(arena, "%.*s:%.*s", SLICE_ARG(check->id), SLICE_ARG(scap_short_id(t->rule->id, "rule")));
	*out = own;
	return own->id.p ? 0 : error_nomem(err);
}

/* It may be one that the policy selects itself, or that another rule selected. */
static int
select_check(struct tailoring *t, const struct check *check, struct scap_check *out, struct plim_error *err)
{
	struct policy *policy = t->policy;
	const struct fact_parameter *parameters;
	bool taken = false;
	int r = parameters_for(t, check, &parameters, err);
	if (r < 0 || t->trouble.p)
		return r;
	for (size_t i = 0; i < policy->selected.n; i++) {
		const struct selected *known = &policy->selected.at[i];
		if (!slice_eq(known->check->query, check->query) || !slice_eq(known->check->control, check->control))
			continue;
		if (parameters_are(known->parameters, parameters, check->parameters.n) && terms_are(&known->terms, &t->entry->terms)) {
			*out = (struct scap_check){ known->check, known->parameters };
			return 0;
		}
		taken = true;
	}
	if (taken && (r = renamed(t, check, &check, err)) < 0)
		return r;
	policy->selected.at[policy->selected.n++] = (struct selected){ check, t->entry->terms, NULL, parameters };
	*out = (struct scap_check){ check, parameters };
	return 0;
}

static size_t
count_words(const char *text)
{
	struct slice rest = slice_of(text), word;
	size_t n = 0;
	while (slice_word(&rest, &word))
		n++;
	return n;
}

static int
answer_rule(struct tailoring *t, struct scap_answer *out, struct plim_error *err)
{
	const struct scap_mapping *mapping = scap_mapping_find(t->rule->id, t->entry->selection.benchmark->id);
	/* Another of its checks than the one that ours were held against. */
	if (mapping == NULL || t->chosen->selector.n || scap_why_unasked(t->chosen).p)
		return 0;
	struct scap_check *checks = arena_make_array(t->policy->scap.arena, count_words(mapping->checks), struct scap_check);
	struct slice rest = slice_of(mapping->checks), id;
	int r = checks ? 0 : error_nomem(err);
	while (r == 0 && t->trouble.p == NULL && slice_word(&rest, &id))
		r = select_check(t, catalogue_find(&t->policy->catalogue, id), &checks[out->n++], err);
	*out = (struct scap_answer){ checks, out->n, t->trouble };
	return r;
}

static int
answer_all(struct policy *policy, struct scap_entry *entry, struct plim_error *err)
{
	size_t n = entry->selection.rules.n;
	int r = 0;
	entry->answers = arena_make_array(policy->scap.arena, n + 1, struct scap_answer);
	if (entry->answers == NULL)
		return error_nomem(err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		const struct scap_chosen_rule *chosen = &entry->selection.rules.at[i];
		struct tailoring t = { policy, entry, chosen, chosen->rule, SLICE_NONE };
		r = answer_rule(&t, &entry->answers[i], err);
	}
	return r;
}

/* reading */

static int
document_open(struct policy *policy, const struct scap_file *file, struct scap_document *out, struct plim_error *err)
{
	int r = scap_parse((struct slice){ file->text, file->size }, policy->scap.arena, out, err);
	return r < 0 ? error_wrap(err, r == PLIM_ENOMEM ? r : PLIM_EPOLICY, "SCAP %.*s", SLICE_ARG(file->name)) : 0;
}

static int
entry_open(struct policy *policy, struct scap_entry *entry, struct plim_error *err)
{
	const struct scap_file *named = entry->tailoring.text ? &entry->tailoring : &entry->datastream;
	int r = document_open(policy, &entry->datastream, &entry->content, err);
	if (r == 0 && entry->content.benchmarks.n == 0)
		return error_set(err, PLIM_EPOLICY, "SCAP %.*s: there is no benchmark in it", SLICE_ARG(entry->datastream.name));
	if (r == 0 && entry->tailoring.text)
		r = document_open(policy, &entry->tailoring, &entry->tailored, err);
	if (r == 0 && entry->tailoring.text && !entry->tailored.is_tailoring)
		return error_set(err, PLIM_EPOLICY, "SCAP %.*s: this is no tailoring", SLICE_ARG(entry->tailoring.name));
	if (r < 0)
		return r;
	r = scap_select(&entry->content, entry->tailoring.text ? &entry->tailored : NULL, entry->profile, &entry->selection, err);
	if (r < 0)
		return error_wrap(err, r == PLIM_ENOMEM ? r : PLIM_EPOLICY, "SCAP %.*s", SLICE_ARG(named->name));
	return answer_all(policy, entry, err);
}

static int
by_id(const void *left, const void *right)
{
	return slice_cmp(((const struct selected *)left)->check->id, ((const struct selected *)right)->check->id);
}

/* Each mapped rule may add its checks, each of which only once for the same parameters and terms. */
static int
make_room(struct policy *policy, struct plim_error *err)
{
	size_t room = policy->selected.n;
	for (const struct scap_mapping *mapping = scap_mappings; mapping->rule; mapping++)
		room += count_words(mapping->checks) * policy->scap.n;
	struct selected *at = arena_make_array(policy->scap.arena, room + 1, struct selected);
	if (at && policy->selected.n)
		memcpy(at, policy->selected.at, policy->selected.n * sizeof *at);
	policy->selected.at = at ? at : policy->selected.at;
	return at ? 0 : error_nomem(err);
}

int
policy_scap_open(struct policy *policy, struct plim_error *err)
{
	if (policy->scap.n == 0 || policy->scap.arena)
		return 0;
	if ((policy->scap.arena = arena_new(LIMIT_SCAP_MEMORY_BYTES)) == NULL)
		return error_nomem(err);
	int r = make_room(policy, err);
	for (size_t i = 0; r == 0 && i < policy->scap.n; i++)
		r = entry_open(policy, &policy->scap.at[i], err);
	if (r < 0 && arena_full(policy->scap.arena))
		return error_set(err, PLIM_ELIMIT, "SCAP: more memory than limit SCAP_MEMORY_BYTES (%" PRIu64 ")", LIMIT_SCAP_MEMORY_BYTES);
	if (r < 0)
		return r;
	qsort(policy->selected.at, policy->selected.n, sizeof *policy->selected.at, by_id);
	/* What these checks wish for is known only now. */
	return policy_lint(policy, err);
}
