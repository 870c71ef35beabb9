/* SPDX-License-Identifier: Apache-2.0 */
/* Labels of the image: required and forbidden ones. */
#include "policy/metadata.h"

#include "base/glob.h"

static const struct string_pair *
label_find(const struct image_config *config, struct slice key)
{
	for (size_t i = 0; i < config->label_count; i++)
		if (slice_eq(config->labels[i].key, key))
			return &config->labels[i];
	return NULL;
}

static int
judge_label(struct metadata_judging *m, const struct pattern *pattern, struct plim_error *err)
{
	const struct string_pair *label = label_find(m->config, pattern->name);
	struct slice setting = judge_text(m->judging, "label:%.*s", SLICE_ARG(pattern->name));
	int matches = label == NULL ? 0 : pattern->regex == NULL ? 1 : regex_find(pattern->regex, label->value);
	if (matches < 0)
		return metadata_cannot_tell(m, UNKNOWN_LIMIT, setting, SLICE("its pattern takes too long on this value"), err);
	if (matches > 0)
		return 0;
	struct words words = {
		.rule = "metadata/label", .setting = setting,
		.title = judge_text(m->judging, label ? "Label %.*s has a wrong value" : "Label %.*s is missing", SLICE_ARG(pattern->name)),
		.message = label ? judge_text(m->judging, "'%.*s' does not match %.*s", SLICE_ARG(slice_first(label->value, 200)), SLICE_ARG(pattern->text))
		                 : judge_text(m->judging, "the policy requires it"),
		.fix = judge_text(m->judging, "LABEL %.*s=... in the Dockerfile", SLICE_ARG(pattern->name)),
	};
	return metadata_report(m, &m->wanted->labels.terms, &words, err);
}

static int
judge_forbidden_label(struct metadata_judging *m, const struct pattern *pattern, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < m->config->label_count; i++) {
		struct slice key = m->config->labels[i].key;
		if (!glob_match(pattern->name, key))
			continue;
		struct words words = {
			.rule = "metadata/label", .setting = judge_text(m->judging, "label:%.*s", SLICE_ARG(key)),
			.title = judge_text(m->judging, "Label %.*s may not be there", SLICE_ARG(key)),
		};
		r = metadata_report(m, &m->wanted->labels.terms, &words, err);
	}
	return r;
}

int
judge_labels(struct metadata_judging *m, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < m->wanted->labels.required.n; i++)
		r = judge_label(m, &m->wanted->labels.required.at[i], err);
	for (size_t i = 0; r == 0 && i < m->wanted->labels.forbidden.n; i++)
		r = judge_forbidden_label(m, &m->wanted->labels.forbidden.at[i], err);
	return r;
}
