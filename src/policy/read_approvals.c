/* SPDX-License-Identifier: Apache-2.0 */
/* `approvals`: who must have signed what of a policy. */
#include "policy/read_approvals.h"

#include "base/error.h"
#include "policy/read_keys.h"

static struct policy *
policy_of(const struct reading *in)
{
	return in->context;
}

static int
approvers_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy *policy = policy_of(in);
	struct any_list list;
	(void)into;
	int r = keys_read(in, node, &list, err);
	if (r == 0 && list.n == 0)
		return yaml_error(in->doc, node, err, "an empty list lets nobody approve: leave exceptions out instead");
	if (r < 0)
		return r;
	policy->approvers.at = list.at;
	policy->approvers.n = list.n;
	return 0;
}

static const struct field exceptions_fields[] = {
	{ "signed_by", approvers_read, 0, true },
	{ "required", count_read, offsetof(struct policy, approvers.required), false },
	{ 0 },
};

static int
exceptions_approvals_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy *policy = policy_of(in);
	policy->approvers.required = 1;
	int r = fields_read(in, node, "approvals of exceptions", exceptions_fields, into, err);
	if (r == 0 && (uint64_t)policy->approvers.required > policy->approvers.n)
		return yaml_error(in->doc, yaml_get(node, "required"), err, "more than there are keys: no exception could ever count");
	return r;
}

static const struct field approvals_fields[] = {
	{ "exceptions", exceptions_approvals_read, 0, true },
	{ 0 },
};

int
approvals_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return fields_read(in, node, "approvals", approvals_fields, into, err);
}
