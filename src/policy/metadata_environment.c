/* SPDX-License-Identifier: Apache-2.0 */
/* Environment variables: values may be secrets and are never shown. */
#include "policy/metadata.h"

static int
judge_variable(struct metadata_judging *m, const struct pattern *pattern, struct slice variable, struct plim_error *err)
{
	struct slice name, value;
	slice_cut(variable, '=', &name, &value);
	struct slice setting = judge_text(m->judging, "env:%.*s", SLICE_ARG(name));
	int matches = regex_find(pattern->regex, variable);
	if (matches < 0)
		return metadata_cannot_tell(m, UNKNOWN_LIMIT, setting, SLICE("the policy's pattern takes too long on this value"), err);
	if (matches == 0)
		return 0;
	struct words words = {
		.rule = "metadata/environment", .severity = SEVERITY_HIGH, .setting = setting,
		.title = judge_text(m->judging, "The variable %.*s may not be set in the image", SLICE_ARG(name)),
		.message = judge_text(m->judging, "it matches %.*s", SLICE_ARG(pattern->text)),
		.fix = SLICE("give it to the container when it starts, a secret as a mounted file"),
	};
	return metadata_report(m, &m->wanted->environment.terms, &words, err);
}

static int
judge_required_variable(struct metadata_judging *m, const struct pattern *pattern, struct plim_error *err)
{
	int matches = 0;
	for (size_t i = 0; i < m->config->env.n; i++) {
		struct slice name, value;
		slice_cut(m->config->env.at[i], '=', &name, &value);
		if (slice_eq(name, pattern->name))
			matches = pattern->regex ? regex_find(pattern->regex, value) : 1;
	}
	struct slice setting = judge_text(m->judging, "env:%.*s", SLICE_ARG(pattern->name));
	if (matches < 0)
		return metadata_cannot_tell(m, UNKNOWN_LIMIT, setting, SLICE("the policy's pattern takes too long on this value"), err);
	if (matches > 0)
		return 0;
	struct words words = {
		.rule = "metadata/environment-required", .setting = setting,
		.title = judge_text(m->judging, "The variable %.*s is not set as required", SLICE_ARG(pattern->name)),
	};
	return metadata_report(m, &m->wanted->environment.terms, &words, err);
}

int
judge_environment(struct metadata_judging *m, struct plim_error *err)
{
	int r = 0;
	for (size_t p = 0; p < m->wanted->environment.deny.n; p++)
		for (size_t i = 0; r == 0 && i < m->config->env.n; i++)
			r = judge_variable(m, &m->wanted->environment.deny.at[p], m->config->env.at[i], err);
	for (size_t p = 0; r == 0 && p < m->wanted->environment.required.n; p++)
		r = judge_required_variable(m, &m->wanted->environment.required.at[p], err);
	return r;
}
