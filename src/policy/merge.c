/* SPDX-License-Identifier: Apache-2.0 */
/* How each part of a policy is inherited: a table of places, of what joins and what replaces, and of what would loosen. */
#include "policy/merge.h"

#include "base/error.h"
#include "base/glob.h"
#include "base/strbuf.h"
#include "policy/fields.h"

#include <stdio.h>

const char *const area_keys[] = {
	"base_image", "vulnerabilities", "components", "configuration", "metadata", "origin", "rules", "unknown", "exceptions", "diff", "licenses", "data", NULL,
};

unsigned
area_bit(struct slice key)
{
	if (slice_is(key, "structure_tests") || slice_is(key, "goss"))
		key = SLICE("rules");
	if (slice_is(key, "unused_exceptions") || slice_is(key, "approvals"))
		key = SLICE("exceptions");
	for (unsigned i = 0; area_keys[i]; i++)
		if (slice_is(key, area_keys[i]))
			return 1u << i;
	return 0;
}

struct merging {
	struct arena *arena;
	bool closed;    /* the area at hand */
};

/* Whether what the child says is weaker than what the parent says, or than what holds where it says nothing (NULL). */
typedef bool loosens_fn(const struct yaml_node *parent, const struct yaml_node *child);

/* `{is: X, ...}` and X say the same. */
static const struct yaml_node *
value_of(const struct yaml_node *node)
{
	const struct yaml_node *is = yaml_get(node, "is");
	return is ? is : node;
}

static bool
says(const struct yaml_node *node, const char *word)
{
	return node && node->kind == YAML_SCALAR && slice_is(node->text, word);
}

static bool
is_warning(const struct yaml_node *node)
{
	return says(yaml_get(node, "action"), "warn");
}

static bool
action_loosens(const struct yaml_node *parent, const struct yaml_node *child)
{
	return says(child, "warn") && !says(parent, "warn");
}

/* Days as text sort as days.  Beginning later than the parent, which may have begun long ago, is looser. */
static bool
enforce_from_loosens(const struct yaml_node *parent, const struct yaml_node *child)
{
	return child && (parent == NULL || slice_cmp(child->text, parent->text) > 0);
}

/* Whom the child speaks of, the parent does; what is said of fewer is looser. */
static bool
scope_loosens(const struct yaml_node *parent, const struct yaml_node *child)
{
	return child && (parent == NULL || !yaml_eq(parent, child));
}

static bool
terms_loosen(const struct yaml_node *parent, const struct yaml_node *child)
{
	return (is_warning(child) && !is_warning(parent)) || enforce_from_loosens(yaml_get(parent, "enforce_from"), yaml_get(child, "enforce_from")) ||
	       scope_loosens(yaml_get(parent, "scope"), yaml_get(child, "scope"));
}

static bool
demand_loosens(const struct yaml_node *parent, const struct yaml_node *child)
{
	if (parent == NULL || says(value_of(parent), "false"))
		return false;
	return !slice_eq(value_of(parent)->text, value_of(child)->text) || terms_loosen(parent, child);
}

/* "14d"; UINT64_MAX for anything else, which its reader refuses. */
static uint64_t
days_of(const struct yaml_node *node)
{
	uint64_t days;
	struct slice text = node ? node->text : SLICE("");
	return slice_skip_end(&text, SLICE("d")) && slice_to_u64(text, 10, &days) ? days : UINT64_MAX;
}

/* "20", "500MB"; UINT64_MAX for anything else, which its reader refuses. */
static uint64_t
bytes_of(const struct yaml_node *node)
{
	uint64_t bytes;
	return bytes_parse(node->text, &bytes) ? bytes : UINT64_MAX;
}

static bool
most_loosens(const struct yaml_node *parent, const struct yaml_node *child)
{
	if (parent == NULL)
		return false;
	return bytes_of(value_of(child)) > bytes_of(value_of(parent)) || terms_loosen(parent, child);
}

static bool
least_loosens(const struct yaml_node *parent, const struct yaml_node *child)
{
	if (parent == NULL)
		return false;
	return bytes_of(value_of(child)) < bytes_of(value_of(parent)) || terms_loosen(parent, child);
}

static bool
age_loosens(const struct yaml_node *parent, const struct yaml_node *child)
{
	if (parent == NULL)
		return false;
	return days_of(value_of(child)) > days_of(value_of(parent)) || terms_loosen(parent, child);
}

static int
worth_rank(const struct yaml_node *node)
{
	const struct yaml_node *is = node && node->kind == YAML_MAPPING ? yaml_get(node, "is") : node;
	return says(is, "fail") ? 2 : says(is, "warn") ? 0 : 1;
}

/* Where the parent has no `over`, data of any age was good enough: each limit is tighter. */
static bool
worth_loosens(const struct yaml_node *parent, const struct yaml_node *child)
{
	const struct yaml_node *over = yaml_get(parent, "over");
	return worth_rank(child) < worth_rank(parent) || (over && days_of(yaml_get(child, "over")) > days_of(over));
}

/* No demand is looser than any. */
static bool
gate_loosens(const struct yaml_node *parent, const struct yaml_node *child)
{
	return parent && (worth_loosens(parent, child) || enforce_from_loosens(yaml_get(parent, "enforce_from"), yaml_get(child, "enforce_from")));
}

static bool
has_item(const struct yaml_node *list, const struct yaml_node *item)
{
	for (size_t i = 0; list && list->kind == YAML_SEQUENCE && i < list->n; i++)
		if (list->items[i] == item)
			return true;
	return false;
}

/* Something that the parent's own list does not have; one is a list of one.  A mapping is no list, which its reader says. */
static bool
any_loosens(const struct yaml_node *parent, const struct yaml_node *child)
{
	for (size_t i = 0; child->kind == YAML_SEQUENCE && i < child->n; i++)
		if (!has_item(parent, child->items[i]))
			return true;
	return child->kind != YAML_SEQUENCE && child != parent;
}

static bool
more_loosens(const struct yaml_node *parent, const struct yaml_node *child)
{
	return parent && any_loosens(parent, child);
}

static bool
change_loosens(const struct yaml_node *parent, const struct yaml_node *child)
{
	return parent && (parent->kind != YAML_SCALAR || child->kind != YAML_SCALAR || !slice_eq(parent->text, child->text));
}

static bool
never_loosens(const struct yaml_node *parent, const struct yaml_node *child)
{
	(void)parent, (void)child;
	return false;
}

static bool
licence_unknown_loosens(const struct yaml_node *parent, const struct yaml_node *child)
{
	return parent ? worth_rank(child) < worth_rank(parent) : says(child, "warn");
}

/* The list replaces the parent's: what stands in both is nothing new. */
static bool
lets_through_more(const struct yaml_node *parent, const struct yaml_node *child)
{
	for (size_t i = 0; child && child->kind == YAML_SEQUENCE && i < child->n; i++) {
		size_t at = 0, n = parent && parent->kind == YAML_SEQUENCE ? parent->n : 0;
		while (at < n && !yaml_eq(parent->items[at], child->items[i]))
			at++;
		if (at == n)
			return true;
	}
	return child && child->kind != YAML_SEQUENCE && (parent == NULL || !yaml_eq(parent, child));
}

/* More files, others that do not count, or weaker terms. */
static bool
unaccounted_loosens(const struct yaml_node *parent, const struct yaml_node *child)
{
	if (parent == NULL)
		return false;
	return most_loosens(parent, child) || lets_through_more(yaml_get(parent, "allow"), yaml_get(child, "allow"));
}

enum shape { SHAPE_WHOLE, SHAPE_JOIN, SHAPE_NAMES };

/* Places as globs of paths; the first that matches counts.  Other mappings are merged key by key, other values replaced. */
static const struct merge_rule {
	const char *path;
	enum shape shape;
	loosens_fn *loosens;
} merge_rules[] = {
	{ "base_image/approved", SHAPE_JOIN, more_loosens },
	{ "vulnerabilities/deny", SHAPE_JOIN, never_loosens },
	{ "licenses/deny", SHAPE_JOIN, never_loosens },
	{ "licenses/allow", SHAPE_JOIN, more_loosens },
	{ "licenses/unknown", SHAPE_WHOLE, licence_unknown_loosens },
	{ "licenses/action", SHAPE_WHOLE, action_loosens },
	{ "licenses/enforce_from", SHAPE_WHOLE, enforce_from_loosens },
	{ "licenses/scope", SHAPE_WHOLE, scope_loosens },
	{ "licenses/severity", SHAPE_WHOLE, never_loosens },
	{ "components/unaccounted", SHAPE_WHOLE, unaccounted_loosens },
	{ "components/*", SHAPE_JOIN, never_loosens },
	{ "configuration/checks", SHAPE_JOIN, never_loosens },    /* but see configuration_read */
	{ "configuration/except", SHAPE_JOIN, any_loosens },
	{ "configuration/minimum_evaluated", SHAPE_WHOLE, least_loosens },
	{ "scap", SHAPE_JOIN, never_loosens },
	{ "metadata/labels/required", SHAPE_NAMES, never_loosens },
	/* Names are anything, terms too. */
	{ "metadata/labels/required/**", SHAPE_WHOLE, change_loosens },
	{ "metadata/environment/required/**", SHAPE_WHOLE, change_loosens },
	{ "metadata/labels/forbidden", SHAPE_JOIN, never_loosens },
	{ "metadata/environment/required", SHAPE_NAMES, never_loosens },
	{ "metadata/*/allow", SHAPE_JOIN, more_loosens },
	{ "metadata/*/deny", SHAPE_JOIN, never_loosens },
	{ "metadata/*/*/allow", SHAPE_JOIN, more_loosens },
	{ "metadata/*/*/deny", SHAPE_JOIN, never_loosens },
	{ "metadata/user/root", SHAPE_WHOLE, demand_loosens },
	{ "metadata/user/numeric", SHAPE_WHOLE, demand_loosens },
	{ "metadata/user/exists", SHAPE_WHOLE, demand_loosens },
	{ "metadata/user/stable", SHAPE_WHOLE, demand_loosens },
	{ "metadata/entrypoint/*", SHAPE_WHOLE, demand_loosens },
	{ "metadata/working_dir/required", SHAPE_WHOLE, demand_loosens },
	{ "metadata/working_dir/exists", SHAPE_WHOLE, demand_loosens },
	{ "metadata/working_dir/writable_by_others", SHAPE_WHOLE, demand_loosens },
	{ "metadata/healthcheck", SHAPE_WHOLE, demand_loosens },
	{ "metadata/onbuild", SHAPE_WHOLE, demand_loosens },
	{ "metadata/max_layers", SHAPE_WHOLE, most_loosens },
	{ "metadata/max_size", SHAPE_WHOLE, most_loosens },
	{ "metadata/max_layer_size", SHAPE_WHOLE, most_loosens },
	{ "metadata/max_age", SHAPE_WHOLE, age_loosens },
	{ "origin/registries", SHAPE_JOIN, more_loosens },
	{ "origin/signed_by", SHAPE_JOIN, more_loosens },
	{ "data/signed_by", SHAPE_JOIN, more_loosens },
	{ "rules", SHAPE_JOIN, never_loosens },
	{ "structure_tests", SHAPE_JOIN, never_loosens },
	{ "goss", SHAPE_JOIN, never_loosens },
		{ "unknown/*", SHAPE_WHOLE, worth_loosens },
	{ "exceptions", SHAPE_JOIN, any_loosens },
	{ "vex/*", SHAPE_JOIN, any_loosens },
	{ "unused_exceptions", SHAPE_WHOLE, demand_loosens },
	{ "approvals/exceptions/signed_by", SHAPE_JOIN, more_loosens },
	{ "approvals/exceptions/required", SHAPE_WHOLE, least_loosens },
	{ "diff/unexplained", SHAPE_WHOLE, gate_loosens },
	{ "base_image/action", SHAPE_WHOLE, action_loosens },
	{ "metadata/*/action", SHAPE_WHOLE, action_loosens },
	{ "metadata/*/*/action", SHAPE_WHOLE, action_loosens },
	{ "origin/action", SHAPE_WHOLE, action_loosens },
	{ "base_image/enforce_from", SHAPE_WHOLE, enforce_from_loosens },
	{ "metadata/*/enforce_from", SHAPE_WHOLE, enforce_from_loosens },
	{ "metadata/*/*/enforce_from", SHAPE_WHOLE, enforce_from_loosens },
	{ "origin/enforce_from", SHAPE_WHOLE, enforce_from_loosens },
	{ "base_image/scope", SHAPE_WHOLE, scope_loosens },
	{ "metadata/*/scope", SHAPE_WHOLE, scope_loosens },
	{ "metadata/*/*/scope", SHAPE_WHOLE, scope_loosens },
	{ "base_image/severity", SHAPE_WHOLE, never_loosens },
	{ "metadata/*/severity", SHAPE_WHOLE, never_loosens },
	{ "metadata/*/*/severity", SHAPE_WHOLE, never_loosens },
	{ "origin/severity", SHAPE_WHOLE, never_loosens },
};

static const struct merge_rule *
rule_find(struct slice path)
{
	for (size_t i = 0; i < sizeof merge_rules / sizeof *merge_rules; i++)
		if (glob_match(slice_of(merge_rules[i].path), path))
			return &merge_rules[i];
	return NULL;
}

static int
loosening_error(const struct yaml_node *parent, const struct yaml_node *child, struct slice path, struct plim_error *err)
{
	if (parent == NULL || parent->doc == NULL)
		return yaml_error(child->doc, child, err, "%.*s: looser than what the policies that this one extends leave open", SLICE_ARG(path));
	return yaml_error(child->doc, child, err, "%.*s: looser than %.*s:%u:%u, which is closed to this policy", SLICE_ARG(path),
	                  SLICE_ARG(slice_first(parent->doc->name, 200)), parent->line, parent->column);
}

static struct yaml_node *
node_like(const struct merging *m, const struct yaml_node *like, enum yaml_kind kind, size_t room)
{
	struct yaml_node *node = arena_make(m->arena, struct yaml_node);
	if (node == NULL)
		return NULL;
	*node = (struct yaml_node){ .kind = kind, .doc = like->doc, .line = like->line, .column = like->column };
	node->items = arena_make_array(m->arena, room + 1, struct yaml_node *);
	node->keys = kind == YAML_MAPPING ? arena_make_array(m->arena, room + 1, struct yaml_node *) : NULL;
	return node->items && (node->keys || kind != YAML_MAPPING) ? node : NULL;
}

/* One is a list of one. */
static const struct yaml_node *
as_list(const struct merging *m, const struct yaml_node *node)
{
	if (node->kind != YAML_SCALAR)
		return node;
	struct yaml_node *list = node_like(m, node, YAML_SEQUENCE, 1);
	if (list)
		list->items[list->n++] = (struct yaml_node *)node;
	return list;
}

/* A list of names is a mapping from each to any value. */
static const struct yaml_node *
as_names(const struct merging *m, const struct yaml_node *node)
{
	const struct yaml_node *list = as_list(m, node);
	if (list == NULL || list->kind != YAML_SEQUENCE)
		return list;
	struct yaml_node *names = node_like(m, node, YAML_MAPPING, list->n);
	for (size_t i = 0; names && i < list->n; i++) {
		struct yaml_node *any = node_like(m, list->items[i], YAML_SCALAR, 0);
		if (any == NULL)
			return NULL;
		any->quoted = true;
		any->text = SLICE("^");
		names->keys[names->n] = list->items[i];
		names->items[names->n++] = any;
	}
	return names;
}

static int
join(const struct merging *m, const struct yaml_node *parent, const struct yaml_node *child, const struct yaml_node **out, struct plim_error *err)
{
	parent = as_list(m, parent);
	child = as_list(m, child);
	if (parent == NULL || child == NULL)
		return error_nomem(err);
	if (parent->kind != YAML_SEQUENCE || child->kind != YAML_SEQUENCE)
		return yaml_error(child->doc, child, err, "a list is needed here, as in the policy that this one extends");
	struct yaml_node *list = node_like(m, child, YAML_SEQUENCE, parent->n + child->n);
	if (list == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < parent->n; i++)
		list->items[list->n++] = parent->items[i];
	/* What came by way of two parents is there once. */
	for (size_t i = 0; i < child->n; i++)
		if (!has_item(parent, child->items[i]))
			list->items[list->n++] = child->items[i];
	*out = list;
	return 0;
}

static int merge_keys(const struct merging *m, const struct yaml_node *parent, const struct yaml_node *child, struct slice path,
                      const struct yaml_node **out, struct plim_error *err);

static int
merge_names(const struct merging *m, const struct yaml_node *parent, const struct yaml_node *child, struct slice path,
            const struct yaml_node **out, struct plim_error *err)
{
	if (parent->kind == YAML_SEQUENCE && child->kind == YAML_SEQUENCE)
		return join(m, parent, child, out, err);
	parent = as_names(m, parent);
	child = as_names(m, child);
	return parent && child ? merge_keys(m, parent, child, path, out, err) : error_nomem(err);
}

/* Both stand there. */
static int
merge_both(const struct merging *m, const struct yaml_node *parent, const struct yaml_node *child, struct slice path,
           const struct yaml_node **out, struct plim_error *err)
{
	const struct merge_rule *rule = rule_find(path);
	loosens_fn *loosens = rule ? rule->loosens : change_loosens;
	*out = child;
	if (child == parent)
		return 0;
	if (child->kind == YAML_NULL)
		return yaml_error(child->doc, child, err, "nothing stands here, in the place of what the parent says");
	if (rule == NULL && parent->kind == YAML_MAPPING && child->kind == YAML_MAPPING)
		return merge_keys(m, parent, child, path, out, err);
	if (m->closed && loosens(parent, child))
		return loosening_error(parent, child, path, err);
	if (rule && rule->shape == SHAPE_JOIN)
		return join(m, parent, child, out, err);
	return rule && rule->shape == SHAPE_NAMES ? merge_names(m, parent, child, path, out, err) : 0;
}

static int
merge_one(const struct merging *m, const struct yaml_node *parent, const struct yaml_node *child, struct slice path,
          const struct yaml_node **out, struct plim_error *err)
{
	if (parent)
		return merge_both(m, parent, child, path, out, err);
	const struct merge_rule *rule = rule_find(path);
	*out = child;
	return m->closed && rule && rule->loosens(NULL, child) ? loosening_error(NULL, child, path, err) : 0;
}

/* Where the mapping at hand begins, "" at the top. */
static struct slice
path_below(const struct merging *m, struct slice path, struct slice key)
{
	return path.n ? arena_printf(m->arena, "%.*s/%.*s", SLICE_ARG(path), SLICE_ARG(key)) : key;
}

static void
put_pair(struct yaml_node *into, const struct yaml_node *key, const struct yaml_node *item)
{
	into->keys[into->n] = (struct yaml_node *)key;
	into->items[into->n++] = (struct yaml_node *)item;
}

/* The parent's keys in their order, then those that are the child's own. */
static int
merge_keys(const struct merging *m, const struct yaml_node *parent, const struct yaml_node *child, struct slice path,
           const struct yaml_node **out, struct plim_error *err)
{
	struct yaml_node *both = node_like(m, child, YAML_MAPPING, parent->n + child->n);
	if (both == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < parent->n; i++)
		put_pair(both, parent->keys[i], parent->items[i]);
	for (size_t i = 0; i < child->n; i++) {
		const struct yaml_node *key = child->keys[i], *merged;
		struct slice below = path_below(m, path, key->text);
		size_t at = 0;
		while (at < parent->n && !slice_eq(parent->keys[at]->text, key->text))
			at++;
		if (below.p == NULL)
			return error_nomem(err);
		int r = merge_one(m, at < parent->n ? parent->items[at] : NULL, child->items[i], below, &merged, err);
		if (r < 0)
			return r;
		if (at < parent->n)
			both->items[at] = (struct yaml_node *)merged;
		else
			put_pair(both, key, merged);
	}
	*out = both;
	return 0;
}

/* Keys of the file itself, which no child inherits. */
static bool
is_own(struct slice key)
{
	return slice_is(key, "plimsoll") || slice_is(key, "name") || slice_is(key, "extends") || slice_is(key, "open");
}

/* An area that the parent does not speak of is the child's own, but for what holds without a word: unknowns, and that there are neither exceptions nor VEX. */
static int
merge_area(struct merging *m, const struct yaml_node *parent, const struct yaml_node *key, const struct yaml_node *child, unsigned closed,
           const struct yaml_node **out, struct plim_error *err)
{
	const struct yaml_node *of_parent = yaml_get(parent, key->text.p);
	struct yaml_node *nothing = NULL;
	bool is_vex = slice_is(key->text, "vex");
	/* VEX takes vulnerabilities away: who may not loosen these may not add to it. */
	m->closed = closed & area_bit(is_vex ? SLICE("vulnerabilities") : key->text);
	if (of_parent == NULL && (is_vex || slice_is(key->text, "unknown")) && child->kind == YAML_MAPPING) {
		if ((nothing = node_like(m, child, YAML_MAPPING, 0)) == NULL)
			return error_nomem(err);
		of_parent = nothing;
	}
	return merge_one(m, of_parent, child, key->text, out, err);
}

int
policy_merge(const struct yaml_node *parent, const struct yaml_node *child, unsigned closed, struct arena *arena,
             const struct yaml_node **out, struct plim_error *err)
{
	struct merging m = { .arena = arena };
	struct yaml_node *both = node_like(&m, child, YAML_MAPPING, parent->n + child->n);
	if (both == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < child->n; i++)
		if (is_own(child->keys[i]->text))
			put_pair(both, child->keys[i], child->items[i]);
	for (size_t i = 0; i < parent->n; i++)
		if (!is_own(parent->keys[i]->text) && yaml_get(child, parent->keys[i]->text.p) == NULL)
			put_pair(both, parent->keys[i], parent->items[i]);
	for (size_t i = 0; i < child->n; i++) {
		const struct yaml_node *merged;
		if (is_own(child->keys[i]->text))
			continue;
		int r = merge_area(&m, parent, child->keys[i], child->items[i], closed, &merged, err);
		if (r < 0)
			return r;
		put_pair(both, child->keys[i], merged);
	}
	*out = both;
	return 0;
}
