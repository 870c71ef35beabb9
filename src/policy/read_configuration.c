/* SPDX-License-Identifier: Apache-2.0 */
/* Which checks a policy selects, by ids and globs over the files that it is made of. */
#include "policy/read_configuration.h"

#include "base/error.h"
#include "base/glob.h"
#include "policy/extend.h"
#include "policy/parameters.h"
#include "policy/terms.h"

static struct policy *
policy_of(const struct reading *in)
{
	return in->context;
}

/* A glob of ids, with its terms. */
struct choice {
	struct slice glob;
	struct terms terms;
	const struct yaml_node *parameters;    /* NULL: the check's own */
	const struct yaml_node *at;
};

static int
choice_parameters_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct check_parameters named;
	*(const struct yaml_node **)into = node;
	return parameters_read(in, node, &named, err);
}

static const struct field choice_fields[] = {
	{ "id", text_read, offsetof(struct choice, glob), true },
	{ "parameters", choice_parameters_read, offsetof(struct choice, parameters), false },
	TERMS(struct choice, terms),
	{ 0 },
};

static int
unmatched_check(struct reading *in, const struct yaml_node *node, struct slice glob, struct plim_error *err)
{
	const struct catalogue *catalogue = &policy_of(in)->catalogue;
	AUTO(free) const char **names = calloc(catalogue->n + 1, sizeof *names);
	if (names == NULL)
		return error_nomem(err);
	/* Ids are NUL-terminated: they come from an arena. */
	for (size_t i = 0; i < catalogue->n; i++)
		names[i] = catalogue->checks[i].id.p;
	const char *nearest = name_nearest(glob, names);
	return yaml_error(in->doc, node, err, "'%.*s' is no check%s%s%s", SLICE_ARG(glob), nearest ? "; did you mean '" : "",
	                  nearest ? nearest : "", nearest ? "'?" : "");
}

static int
choice_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct choice *choice = into;
	const struct catalogue *catalogue = &policy_of(in)->catalogue;
	*choice = (struct choice){ .terms = plain_terms, .at = node };
	int r = node->kind == YAML_MAPPING ? fields_read(in, node, "a check", choice_fields, choice, err)
	                                   : text_read(in, node, &choice->glob, err);
	if (r < 0)
		return r;
	bool named = false;
	for (size_t i = 0; r == 0 && i < catalogue->n; i++)
		if (check_is_named(&catalogue->checks[i], choice->glob)) {
			r = parameters_check(choice->parameters, &catalogue->checks[i], err);
			named = true;
		}
	return r < 0 || named ? r : unmatched_check(in, node, choice->glob, err);
}

struct choices {
	struct choice *at;
	size_t n;
};

static int
choices_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return list_or_one_read(in, node, sizeof(struct choice), choice_read, into, err);
}

struct configuration {
	struct choices checks, except;
	struct demand minimum_evaluated;
};

static const struct field configuration_fields[] = {
	{ "checks", choices_read, offsetof(struct configuration, checks), true },
	{ "except", choices_read, offsetof(struct configuration, except), false },
	{ "minimum_evaluated", most_read, offsetof(struct configuration, minimum_evaluated), false },
	{ 0 },
};

/* The last choice that names a check gives its terms: an exact one behind a glob refines it. */
static const struct choice *
choice_find(const struct choices *choices, const struct check *check)
{
	for (size_t i = choices->n; i-- > 0;)
		if (check_is_named(check, choices->at[i].glob))
			return &choices->at[i];
	return NULL;
}

static bool
terms_loosen(const struct terms *later, const struct terms *earlier)
{
	bool narrows = later->scope.at && !(earlier->scope.at && yaml_eq(later->scope.at, earlier->scope.at));
	return later->action < earlier->action || later->enforce_from > earlier->enforce_from || narrows;
}

/* Nobody knows which value of a parameter is stricter: any change may loosen. */
static bool
choice_loosens(const struct choice *later, const struct choice *earlier)
{
	bool same = later->parameters == earlier->parameters || (later->parameters && earlier->parameters && yaml_eq(later->parameters, earlier->parameters));
	return !same || terms_loosen(&later->terms, &earlier->terms);
}

/* A child may not make less of a check that its parent closed. */
static int
choice_check(struct reading *in, const struct choices *choices, const struct choice *last, const struct check *check, struct plim_error *err)
{
	const struct policy *policy = policy_of(in);
	const struct policy_source *later = source_of(policy, last->at);
	for (const struct choice *choice = choices->at; choice < last; choice++)
		if (choice_loosens(last, choice) && check_is_named(check, choice->glob) &&
		    source_is_closed_to(source_of(policy, choice->at), later, "configuration"))
			return yaml_error(in->doc, last->at, err, "'%.*s': looser than %.*s:%u:%u, which is closed to this policy", SLICE_ARG(check->id),
			                  SLICE_ARG(choice->at->doc->name), choice->at->line, choice->at->column);
	return 0;
}

/* What a parent leaves out a child may ask for again, by its id: that tightens. */
static bool
is_left_out(const struct policy *policy, const struct configuration *chosen, const struct choice *choice, const struct check *check)
{
	const struct choice *except = choice_find(&chosen->except, check);
	bool asked_again = except && slice_eq(choice->glob, check->id) && source_of(policy, choice->at) > source_of(policy, except->at);
	return except && !asked_again;
}

int
configuration_read(struct reading *in, const struct yaml_node *node, struct policy *policy, struct plim_error *err)
{
	struct configuration chosen = { 0 };
	int r = fields_read(in, node, "configuration", configuration_fields, &chosen, err);
	if (r < 0)
		return r;
	policy->selected.at = arena_make_array(in->arena, policy->catalogue.n + 1, struct selected);
	if (policy->selected.at == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < policy->catalogue.n; i++) {
		const struct check *check = &policy->catalogue.checks[i];
		const struct choice *choice = choice_find(&chosen.checks, check);
		if (choice && (r = choice_check(in, &chosen.checks, choice, check, err)) < 0)
			return r;
		if (choice == NULL || is_left_out(policy, &chosen, choice, check))
			continue;
		struct selected *selected = &policy->selected.at[policy->selected.n++];
		*selected = (struct selected){ check, choice->terms, NULL, NULL };
		if ((r = parameters_fill(in, choice->parameters, check, &selected->parameters, err)) < 0)
			return r;
	}
	policy->minimum_evaluated = chosen.minimum_evaluated;
	return 0;
}
