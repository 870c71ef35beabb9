/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries of the policy's own file that can never decide anything, as far as that can be proven.  What a child makes needless of its
 * parent is not told: tightening does that.
 */
#include "policy/notes.h"

#include "base/glob.h"

static const struct yaml_node *
list_at(const struct policy *policy, const char *area, const char *key)
{
	return yaml_get(yaml_get(policy->root, area), key);
}

static bool
is_own(const struct policy *policy, const struct yaml_node *node)
{
	return node->doc == policy->doc;
}

/* vulnerabilities: each condition of `wide` is one of `narrow`, and may not ask for more */

static bool
is_term(struct slice key)
{
	return slice_is(key, "action") || slice_is(key, "enforce_from");
}

static bool
conditions_cover(const struct yaml_node *wide, const struct yaml_node *narrow)
{
	for (size_t i = 0; i < wide->n; i++) {
		const struct yaml_node *same = yaml_get(narrow, wide->keys[i]->text.p);
		bool other = is_term(wide->keys[i]->text) || slice_is(wide->keys[i]->text, "severity");
		if (!other && (same == NULL || !yaml_eq(wide->items[i], same)))
			return false;
	}
	/* Whose word counts is no condition: with another source both ask something else. */
	return (yaml_get(wide, "severity_source") == NULL) == (yaml_get(narrow, "severity_source") == NULL);
}

static bool
deny_covers(const struct policy *policy, const struct yaml_node *list, size_t wide, size_t narrow)
{
	const struct deny *a = &policy->denies.at[wide], *b = &policy->denies.at[narrow];
	bool severity = a->at_least == SEVERITY_UNKNOWN || (b->at_least != SEVERITY_UNKNOWN && a->at_least <= b->at_least);
	return severity && a->terms.action >= b->terms.action && a->terms.enforce_from <= b->terms.enforce_from &&
	       conditions_cover(list->items[wide], list->items[narrow]);
}

static void
note_denies(const struct policy *policy, struct strbuf *into)
{
	const struct yaml_node *list = list_at(policy, "vulnerabilities", "deny");
	for (size_t i = 0; list && i < policy->denies.n; i++)
		for (size_t k = 0; is_own(policy, list->items[i]) && k < policy->denies.n; k++) {
			if (k == i || !deny_covers(policy, list, k, i) || (k > i && deny_covers(policy, list, i, k)))
				continue;
			note_begin(list->items[i], into);
			strbuf_puts(into, "never decides: all that it denies is denied by ");
			note_place(list->items[k], into);
			strbuf_putc(into, '\n');
			break;
		}
}

/* components */

/* It forbids whatever has that name, in any version and anywhere. */
static bool
forbids(const struct component *forbidden, const struct component *other)
{
	return forbidden->terms.action == ACTION_FAIL && forbidden->terms.enforce_from <= other->terms.enforce_from && forbidden->versions.p == NULL && forbidden->type.p == NULL && forbidden->terms.scope.at == NULL &&
	       forbidden->path.p == NULL && forbidden->digest.algorithm == DIGEST_NONE && (forbidden->purl.p == NULL) == (other->purl.p == NULL) &&
	       forbidden->name.n > 0 && other->name.n > 0 && (glob_is_pattern(other->name) ? slice_eq(forbidden->name, other->name) : glob_match(forbidden->name, other->name));
}

/* Where an exception may take what is forbidden, the version counts again. */
static bool
may_be_waived(const struct policy *policy)
{
	for (size_t i = 0; i < policy->exceptions.n; i++) {
		struct slice rule = policy->exceptions.at[i].rule;
		if (rule.n == 0 || glob_is_pattern(rule) || slice_starts(rule, SLICE("components")))
			return true;
	}
	return false;
}

static void
note_forbidden(const struct policy *policy, const char *key, const struct component *at, size_t n, const char *what, struct strbuf *into)
{
	const struct yaml_node *list = list_at(policy, "components", key), *forbidden = list_at(policy, "components", "forbidden");
	for (size_t i = 0; list && forbidden && i < n && !may_be_waived(policy); i++)
		for (size_t k = 0; is_own(policy, list->items[i]) && k < policy->forbidden.n; k++) {
			if (!forbids(&policy->forbidden.at[k], &at[i]))
				continue;
			note_begin(list->items[i], into);
			strbuf_puts(into, what);
			note_place(forbidden->items[k], into);
			strbuf_putc(into, '\n');
			break;
		}
}

/* configuration and rules */

static void
note_checks(const struct policy *policy, struct strbuf *into)
{
	const struct yaml_node *except = list_at(policy, "configuration", "except");
	if (except == NULL || policy->selected.n > 0 || !is_own(policy, except))
		return;
	note_begin(except, into);
	strbuf_puts(into, "no check is left: all that 'checks' names is taken away\n");
}

static void
note_rules(const struct policy *policy, struct strbuf *into)
{
	for (size_t i = 0; i < policy->rules.n; i++)
		for (size_t k = 0; is_own(policy, policy->rules.at[i].at) && k < i; k++) {
			const struct selected *a = &policy->rules.at[i], *b = &policy->rules.at[k];
			if (!slice_eq(slice_trim(a->check->query), slice_trim(b->check->query)) || a->terms.scope.at || b->terms.scope.at)
				continue;
			note_begin(a->at, into);
			strbuf_puts(into, "finds the same again: it has the query of ");
			note_place(b->at, into);
			strbuf_putc(into, '\n');
			break;
		}
}

/* metadata: what is denied is not allowed, whatever the other list says */

static void
note_allowance(const struct policy *policy, const char *key, const struct allowance *allowance, struct strbuf *into)
{
	const struct yaml_node *node = list_at(policy, "metadata", key), *list = yaml_get(node, "allow");
	for (size_t i = 0; list && list->kind == YAML_SEQUENCE && i < allowance->allow.n && i < list->n; i++) {
		struct slice glob = allowance->allow.at[i];
		for (size_t k = 0; is_own(policy, list->items[i]) && k < allowance->deny.n; k++)
			if (slice_eq(allowance->deny.at[k], glob) || (!glob_is_pattern(glob) && glob_match(allowance->deny.at[k], glob))) {
				note_begin(list->items[i], into);
				strbuf_printf(into, "allows nothing: '%.*s' is denied beside it\n", SLICE_ARG(allowance->deny.at[k]));
				break;
			}
	}
}

void
policy_notes_never(const struct policy *policy, struct strbuf *into)
{
	note_denies(policy, into);
	note_forbidden(policy, "minimum", policy->minimum.at, policy->minimum.n, "never decides: whatever its version, it is forbidden by ", into);
	note_forbidden(policy, "required", policy->required.at, policy->required.n, "no image meets it: what it requires is forbidden by ", into);
	note_checks(policy, into);
	note_allowance(policy, "ports", &policy->metadata.ports, into);
	note_allowance(policy, "volumes", &policy->metadata.volumes, into);
	note_rules(policy, into);
}
