/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a policy's metadata: one table a mapping, all of them over struct metadata. */
#include "policy/read_metadata.h"

#include "policy/terms.h"

#define IN_METADATA(member) offsetof(struct metadata, member)

static const struct field labels_fields[] = {
	{ "required", named_patterns_read, IN_METADATA(labels.required), false },
	{ "forbidden", name_list_read, IN_METADATA(labels.forbidden), false },
	IMAGE_TERMS(struct metadata, labels.terms),
	{ 0 },
};

static const struct field user_fields[] = {
	{ "root", deny_read, IN_METADATA(user.root), false },
	{ "numeric", require_read, IN_METADATA(user.numeric), false },
	{ "exists", require_read, IN_METADATA(user.exists), false },
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

/* A mapping inside metadata: its table speaks of the whole metadata. */
#define PART_READ(part)                                                                                              \
	static int part##_part_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err) \
	{                                                                                                            \
		return fields_read(in, node, #part, part##_fields, into, err);                                       \
	}
PART_READ(labels)
PART_READ(user)
PART_READ(entrypoint)
PART_READ(environment)

static const struct field metadata_fields[] = {
	{ "labels", labels_part_read, 0, false },
	{ "user", user_part_read, 0, false },
	{ "entrypoint", entrypoint_part_read, 0, false },
	{ "ports", allowance_read, IN_METADATA(ports), false },
	{ "volumes", allowance_read, IN_METADATA(volumes), false },
	{ "environment", environment_part_read, 0, false },
	{ "healthcheck", require_or_deny_read, IN_METADATA(healthcheck), false },
	{ "max_age", age_read, IN_METADATA(max_age), false },
	{ 0 },
};

int
metadata_read(struct reading *in, const struct yaml_node *node, struct metadata *metadata, struct plim_error *err)
{
	metadata->labels.terms = metadata->environment.terms = plain_terms;
	return fields_read(in, node, "metadata", metadata_fields, metadata, err);
}
