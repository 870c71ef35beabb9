/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a policy's metadata: one table a mapping, all of them over struct metadata. */
#include "policy/read_metadata.h"

#include "policy/runtime.h"
#include "policy/terms.h"

#define IN_METADATA(member) offsetof(struct metadata, member)

static const struct field labels_fields[] = {
	{ "required", named_patterns_read, IN_METADATA(labels.required), false },
	{ "forbidden", name_list_read, IN_METADATA(labels.forbidden), false },
	IMAGE_TERMS(struct metadata, labels.terms),
	{ 0 },
};

/* An allowance each of whose words, in either list, passes `check`. */
typedef int word_check_fn(struct reading *in, const struct yaml_node *node, struct plim_error *err);

static int
words_check(struct reading *in, const struct yaml_node *node, word_check_fn *check, struct plim_error *err)
{
	int r = node->kind == YAML_SCALAR ? check(in, node, err) : 0;
	for (size_t i = 0; r == 0 && node->kind == YAML_SEQUENCE && i < node->n; i++)
		r = check(in, node->items[i], err);
	return r;
}

static int
checked_allowance_read(struct reading *in, const struct yaml_node *node, word_check_fn *check, void *into, struct plim_error *err)
{
	int r = allowance_read(in, node, into, err);
	for (size_t i = 0; r == 0 && i < node->n; i++)
		if (slice_is(node->keys[i]->text, "allow") || slice_is(node->keys[i]->text, "deny"))
			r = words_check(in, node->items[i], check, err);
	return r;
}

static int
id_check(struct reading *in, const struct yaml_node *node, struct plim_error *err)
{
	struct id_range range;
	if (id_range_parse(node->text, &range))
		return 0;
	return yaml_error(in->doc, node, err, "a number or a range is needed here, as 1000-65535");
}

/* Names begin with no digit. */
static int
group_check(struct reading *in, const struct yaml_node *node, struct plim_error *err)
{
	bool is_name = node->text.n && (node->text.p[0] < '0' || node->text.p[0] > '9');
	return is_name ? 0 : id_check(in, node, err);
}

static int
ids_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return checked_allowance_read(in, node, id_check, into, err);
}

static int
groups_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return checked_allowance_read(in, node, group_check, into, err);
}

static const struct field user_fields[] = {
	{ "root", deny_read, IN_METADATA(user.root), false },
	{ "numeric", require_read, IN_METADATA(user.numeric), false },
	{ "exists", require_read, IN_METADATA(user.exists), false },
	{ "stable", require_read, IN_METADATA(user.stable), false },
	{ "uid", ids_read, IN_METADATA(user.uid), false },
	{ "gid", ids_read, IN_METADATA(user.gid), false },
	{ "groups", groups_read, IN_METADATA(user.groups), false },
	{ 0 },
};

static const struct field entrypoint_fields[] = {
	{ "required", truth_read, IN_METADATA(entrypoint.required), false },
	{ "form", exec_read, IN_METADATA(entrypoint.form), false },
	{ "exists", truth_read, IN_METADATA(entrypoint.exists), false },
	{ "executable", truth_read, IN_METADATA(entrypoint.executable), false },
	{ "writable_by_user", deny_read, IN_METADATA(entrypoint.writable), false },
	{ 0 },
};

static const struct field environment_fields[] = {
	{ "deny", pattern_list_read, IN_METADATA(environment.deny), false },
	{ "required", named_patterns_read, IN_METADATA(environment.required), false },
	IMAGE_TERMS(struct metadata, environment.terms),
	{ 0 },
};

static const struct field working_dir_fields[] = {
	{ "required", truth_read, IN_METADATA(working_dir.required), false },
	{ "exists", truth_read, IN_METADATA(working_dir.exists), false },
	{ "writable_by_others", deny_read, IN_METADATA(working_dir.writable), false },
	{ "paths", allowance_read, IN_METADATA(working_dir.paths), false },
	{ 0 },
};

static int
signal_check(struct reading *in, const struct yaml_node *node, struct plim_error *err)
{
	if (runtime_signal(node->text) == 0)
		return yaml_error(in->doc, node, err, "a signal is needed here, as SIGTERM");
	return 0;
}

static int
signals_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return checked_allowance_read(in, node, signal_check, into, err);
}

/* A mapping inside metadata: its table speaks of the whole metadata. */
#define PART_READ(part)                                                                                              \
	static int part##_part_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err) \
	{                                                                                                            \
		return fields_read(in, node, #part, part##_fields, into, err);                                       \
	}
PART_READ(labels)
PART_READ(user)
PART_READ(entrypoint)
PART_READ(working_dir)
PART_READ(environment)

static const struct field metadata_fields[] = {
	{ "labels", labels_part_read, 0, false },
	{ "user", user_part_read, 0, false },
	{ "entrypoint", entrypoint_part_read, 0, false },
	{ "ports", allowance_read, IN_METADATA(ports), false },
	{ "volumes", allowance_read, IN_METADATA(volumes), false },
	{ "environment", environment_part_read, 0, false },
	{ "healthcheck", require_or_deny_read, IN_METADATA(healthcheck), false },
	{ "onbuild", deny_read, IN_METADATA(onbuild), false },
	{ "stop_signal", signals_read, IN_METADATA(stop_signal), false },
	{ "working_dir", working_dir_part_read, 0, false },
	{ "platform", allowance_read, IN_METADATA(platform), false },
	{ "max_layers", most_read, IN_METADATA(max_layers), false },
	{ "max_size", size_read, IN_METADATA(max_size), false },
	{ "max_layer_size", size_read, IN_METADATA(max_layer_size), false },
	{ "max_age", age_read, IN_METADATA(max_age), false },
	{ 0 },
};

bool
id_range_parse(struct slice text, struct id_range *out)
{
	struct slice from, to;
	uint64_t low, high;
	if (!slice_cut(text, '-', &from, &to))
		to = from;
	if (!slice_to_u64(from, 10, &low) || !slice_to_u64(to, 10, &high) || low > high || high > UINT32_MAX)
		return false;
	*out = (struct id_range){ (uint32_t)low, (uint32_t)high };
	return true;
}

int
metadata_read(struct reading *in, const struct yaml_node *node, struct metadata *metadata, struct plim_error *err)
{
	metadata->labels.terms = metadata->environment.terms = plain_terms;
	return fields_read(in, node, "metadata", metadata_fields, metadata, err);
}
