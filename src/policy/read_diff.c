/* SPDX-License-Identifier: Apache-2.0 */
/* `diff: {unexplained: fail}`: what a change is worth that nothing explains. */
#include "policy/read_diff.h"

#include "base/date.h"
#include "policy/terms.h"

static const struct field unexplained_fields[] = {
	{ "is", action_read, offsetof(struct demand, terms.action), true },
	{ "enforce_from", day_read, offsetof(struct demand, terms.enforce_from), false },
	{ 0 },
};

static int
unexplained_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct demand *demand = into;
	*demand = (struct demand){ .set = true, .terms = plain_terms };
	if (node->kind == YAML_MAPPING)
		return fields_read(in, node, "unexplained", unexplained_fields, demand, err);
	return action_read(in, node, &demand->terms.action, err);
}

static const struct field diff_fields[] = {
	{ "unexplained", unexplained_read, offsetof(struct diff_demands, unexplained), true },
	{ 0 },
};

int
diff_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return fields_read(in, node, "diff", diff_fields, into, err);
}

bool
policy_gates_diff(const struct policy *policy, int64_t at, enum action *out)
{
	const struct demand *demand = &policy->diff.unexplained;
	*out = date_day(at) < demand->terms.enforce_from ? ACTION_WARN : demand->terms.action;
	return demand->set;
}
