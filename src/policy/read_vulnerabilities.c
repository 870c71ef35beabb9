/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a policy's vulnerabilities: an entry of `deny` is a list of conditions. */
#include "policy/read_vulnerabilities.h"

#include "base/strbuf.h"
#include "policy/terms.h"

#include <stdio.h>

static int
fix_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "none", "available", NULL };
	int r = word_read(in, node, words, into, err);
	if (r == 0)
		*(int64_t *)into += FIX_NONE;
	return r;
}

static int
number_read(struct reading *in, const struct yaml_node *node, double most, const char *what, double *into, struct plim_error *err)
{
	char text[32], *end = text;
	double value = -1;
	if (node->kind == YAML_SCALAR && node->text.n > 0 && node->text.n < sizeof text) {
		snprintf(text, sizeof text, "%.*s", SLICE_ARG(node->text));
		value = strtod(text, &end);
	}
	if (*end != '\0' || !(value >= 0 && value <= most))
		return yaml_error(in->doc, node, err, "a %s from 0 to %g is needed here", what, most);
	*into = value;
	return 0;
}

static int
probability_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return number_read(in, node, 1, "probability", into, err);
}

static int
score_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return number_read(in, node, 10, "base score", into, err);
}

static int
state_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "fixed", "affected", "wont_fix", "deferred", "end_of_life", "under_investigation", NULL };
	static const enum match_state states[] = {
		MATCH_FIXED, MATCH_AFFECTED, MATCH_WONT_FIX, MATCH_DEFERRED, MATCH_END_OF_LIFE, MATCH_UNDER_INVESTIGATION,
	};
	int64_t at;
	int r = word_read(in, node, words, &at, err);
	if (r == 0)
		*(unsigned *)into = 1u << states[at];
	return r;
}

static int
states_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct any_list list;
	int r = list_or_one_read(in, node, sizeof(unsigned), state_read, &list, err);
	for (size_t i = 0; r == 0 && i < list.n; i++)
		*(unsigned *)into |= ((unsigned *)list.at)[i];
	return r;
}

static int
exploited_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "true", NULL };
	int r = word_read(in, node, words, into, err);
	if (r == 0)
		*(int64_t *)into = 1;
	return r;
}

static const struct field deny_fields[] = {
	{ "severity", severity_read, offsetof(struct deny, at_least), false },
	{ "fix", fix_read, offsetof(struct deny, fix), false },
	{ "grace", days_read, offsetof(struct deny, grace), false },
	{ "exploited", exploited_read, offsetof(struct deny, exploited), false },
	{ "epss", probability_read, offsetof(struct deny, epss), false },
	{ "cvss", score_read, offsetof(struct deny, cvss), false },
	{ "severity_source", some_texts_read, offsetof(struct deny, severity_sources), false },
	{ "age", days_read, offsetof(struct deny, age), false },
	{ "state", states_read, offsetof(struct deny, states), false },
	{ "id", some_texts_read, offsetof(struct deny, ids), false },
	{ "ecosystem", some_texts_read, offsetof(struct deny, ecosystems), false },
	{ "package", some_texts_read, offsetof(struct deny, packages), false },
	{ "path", some_texts_read, offsetof(struct deny, paths), false },
	{ "action", action_read, offsetof(struct deny, terms.action), false },
	{ "enforce_from", day_read, offsetof(struct deny, terms.enforce_from), false },
	{ "scope", scope_read, offsetof(struct deny, terms.scope), false },
	{ 0 },
};

static bool
is_term(struct slice key)
{
	return slice_is(key, "action") || slice_is(key, "enforce_from") || slice_is(key, "scope");
}

/* The conditions as one line: "severity: high, fix: available". */
static struct slice
entry_text(struct reading *in, const struct yaml_node *node)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	for (size_t i = 0; i < node->n; i++) {
		const struct yaml_node *value = node->items[i];
		if (is_term(node->keys[i]->text))
			continue;
		strbuf_printf(&text, "%s%.*s: ", text.n ? ", " : "", SLICE_ARG(node->keys[i]->text));
		if (value->kind == YAML_SEQUENCE)
			strbuf_printf(&text, "one of %zu", value->n);
		else
			strbuf_put(&text, value->text);
	}
	return arena_dup(in->arena, strbuf_slice(&text));
}

/* Words that cannot hold together, and one that says nothing alone. */
static int
deny_check(struct reading *in, const struct yaml_node *node, const struct deny *deny, struct plim_error *err)
{
	if (deny->text.n == 0)
		return yaml_error(in->doc, node, err, "an entry without a condition would deny every vulnerability: write {severity: low}");
	if (deny->grace >= 0 && deny->fix == FIX_NONE)
		return yaml_error(in->doc, node, err, "a grace counts from the day of the fix: it cannot hold for what has none");
	if (deny->states && (deny->fix != FIX_ANY || deny->grace >= 0))
		return yaml_error(in->doc, node, err, "'state' tells whether there is a fix: neither 'fix' nor 'grace' can stand beside it");
	if (deny->severity_sources.n && deny->at_least == SEVERITY_UNKNOWN && deny->cvss < 0)
		return yaml_error(in->doc, node, err, "'severity_source' says whose 'severity' or 'cvss' counts: one of them is needed beside it");
	return 0;
}

static int
deny_entry_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct deny *deny = into;
	*deny = (struct deny){ .terms = plain_terms, .grace = -1, .age = -1, .epss = -1, .cvss = -1 };
	int r = fields_read(in, node, "an entry of deny", deny_fields, deny, err);
	if (r < 0)
		return r;
	deny->text = entry_text(in, node);
	if ((r = deny_check(in, node, deny, err)) < 0)
		return r;
	if (deny->grace >= 0)
		deny->fix = FIX_AVAILABLE;
	return 0;
}

static int
deny_list_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy *policy = into;
	struct any_list list;
	int r = list_read(in, node, sizeof(struct deny), deny_entry_read, &list, err);
	if (r < 0)
		return r;
	policy->denies.at = list.at;
	policy->denies.n = list.n;
	return 0;
}

static const struct field vulnerabilities_fields[] = {
	{ "deny", deny_list_read, 0, true },
	{ 0 },
};

int
vulnerabilities_read(struct reading *in, const struct yaml_node *node, struct policy *policy, struct plim_error *err)
{
	return fields_read(in, node, "vulnerabilities", vulnerabilities_fields, policy, err);
}
