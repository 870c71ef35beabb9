/* SPDX-License-Identifier: Apache-2.0 */
/* Demands, patterns and lists of what is allowed, each with what it is worth. */
#include "policy/terms.h"

#include "base/error.h"

int
action_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "fail", "warn", NULL };
	int64_t at;
	int r = word_read(in, node, words, &at, err);
	if (r == 0)
		*(enum action *)into = at == 0 ? ACTION_FAIL : ACTION_WARN;
	return r;
}

const struct terms plain_terms = { .action = ACTION_FAIL };

/* A scalar, or the mapping {is: SCALAR, action: ..., severity: ...}: `read` takes the scalar. */
static int
demand_read(struct reading *in, const struct yaml_node *node, field_fn *read, struct demand *out, struct plim_error *err)
{
	const struct field fields[] = {
		{ "is", read, offsetof(struct demand, value), true },
		IMAGE_TERMS(struct demand, terms),
		{ 0 },
	};
	*out = (struct demand){ .set = true, .terms = plain_terms };
	if (node->kind == YAML_MAPPING)
		return fields_read(in, node, "a demand", fields, out, err);
	return read(in, node, &out->value, err);
}

static int
deny_word_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "deny", NULL };
	return word_read(in, node, words, into, err);
}

static int
require_word_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "require", NULL };
	return word_read(in, node, words, into, err);
}

static int
require_or_deny_word_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "require", "deny", NULL };
	return word_read(in, node, words, into, err);
}

static int
exec_word_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "exec", NULL };
	return word_read(in, node, words, into, err);
}

int
deny_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return demand_read(in, node, deny_word_read, into, err);
}

int
require_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return demand_read(in, node, require_word_read, into, err);
}

int
require_or_deny_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return demand_read(in, node, require_or_deny_word_read, into, err);
}

int
exec_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return demand_read(in, node, exec_word_read, into, err);
}

int
age_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return demand_read(in, node, days_read, into, err);
}

int
most_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return demand_read(in, node, count_read, into, err);
}

int
size_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return demand_read(in, node, bytes_read, into, err);
}

/* "false" takes a demand back to not being one. */
int
truth_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct demand *demand = into;
	int r = demand_read(in, node, flag_read, demand, err);
	demand->set = demand->value == 1;
	return r;
}

/* patterns */

static int
pattern_compile(struct reading *in, const struct yaml_node *node, struct pattern *out, struct plim_error *err)
{
	struct plim_error cause = { 0 };
	int r = text_read(in, node, &out->text, err);
	if (r < 0)
		return r;
	struct regex **kept = vec_push(&((struct policy *)in->context)->regexes);
	if (kept == NULL)
		return error_nomem(err);
	if (regex_new(out->text, kept, &cause) < 0)
		return yaml_error(in->doc, node, err, "%s", cause.text);
	out->regex = *kept;
	return 0;
}

static int
pattern_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return pattern_compile(in, node, into, err);
}

static int
name_pattern_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return text_read(in, node, &((struct pattern *)into)->name, err);
}

/* A list of regular expressions. */
int
pattern_list_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct patterns *patterns = into;
	struct any_list list;
	int r = list_or_one_read(in, node, sizeof(struct pattern), pattern_read, &list, err);
	if (r == 0)
		*patterns = (struct patterns){ list.at, list.n };
	return r;
}

/* A list of names, or of globs of names. */
int
name_list_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct patterns *patterns = into;
	struct any_list list;
	int r = list_or_one_read(in, node, sizeof(struct pattern), name_pattern_read, &list, err);
	if (r == 0)
		*patterns = (struct patterns){ list.at, list.n };
	return r;
}

/* A list of names, or a mapping from names to regular expressions. */
int
named_patterns_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct patterns *patterns = into;
	if (node->kind != YAML_MAPPING)
		return name_list_read(in, node, into, err);
	*patterns = (struct patterns){ arena_make_array(in->arena, node->n + 1, struct pattern), node->n };
	if (patterns->at == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < node->n; i++) {
		patterns->at[i].name = node->keys[i]->text;
		int r = pattern_compile(in, node->items[i], &patterns->at[i], err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* what is allowed */

static int
allow_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct allowance *allowance = (struct allowance *)((char *)into - offsetof(struct allowance, allow));
	allowance->has_allow = true;
	/* An empty list is meant: none is allowed. */
	return node->kind == YAML_SEQUENCE && node->n == 0 ? 0 : texts_read(in, node, into, err);
}

static const struct field allowance_fields[] = {
	{ "allow", allow_read, offsetof(struct allowance, allow), false },
	{ "deny", texts_read, offsetof(struct allowance, deny), false },
	IMAGE_TERMS(struct allowance, terms),
	{ 0 },
};

int
allowance_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	*(struct allowance *)into = (struct allowance){ .terms = plain_terms };
	return fields_read(in, node, "a list of what is allowed", allowance_fields, into, err);
}
