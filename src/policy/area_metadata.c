/* SPDX-License-Identifier: Apache-2.0 */
/* The image's own settings: one function a group of keys. */
#include "policy/metadata.h"

int
metadata_report(struct metadata_judging *m, const struct terms *terms, const struct words *words, struct plim_error *err)
{
	struct finding finding = {
		.rule = slice_of(words->rule), .area = AREA_METADATA, .severity = words->severity ? words->severity : SEVERITY_MEDIUM,
		.title = words->title, .message = words->message, .fix_command = words->fix, .evidence = EVIDENCE_NONE,
	};
	finding.evidence.setting = words->setting;
	finding.evidence.path = words->path;
	if (words->path.n)
		finding.evidence.layer = words->layer;
	return judge_entry(m->judging, terms, &finding, err);
}

/* Of two that fail, or warn, the one whose finding weighs more. */
static bool
is_stronger(const struct judging *judging, const struct terms *one, const struct terms *other)
{
	enum action action = judge_action(judging, one), than = judge_action(judging, other);
	return action != than ? action > than : one->severity > other->severity;
}

int
metadata_report_once(struct metadata_judging *m, const struct terms *const *asked, size_t n, const struct words *words, struct plim_error *err)
{
	const struct terms *strongest = NULL;
	struct doubt doubt;
	int r = 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		enum scoped scoped = judge_scope(m->judging, &asked[i]->scope, EVIDENCE_NONE, &doubt);
		if (scoped == SCOPE_IN && (strongest == NULL || is_stronger(m->judging, asked[i], strongest)))
			strongest = asked[i];
		else if (scoped != SCOPE_IN && scoped != SCOPE_OUT)
			r = metadata_report(m, asked[i], words, err);    /* an unknown */
	}
	return r == 0 && strongest ? metadata_report(m, strongest, words, err) : r;
}

int
metadata_cannot_tell(struct metadata_judging *m, enum unknown_kind kind, struct slice subject, struct slice reason, struct plim_error *err)
{
	return judge_unknown(m->judging, kind, AREA_METADATA, subject, reason, UINT32_MAX, err);
}

bool
metadata_asks(const struct allowance *allowance)
{
	return allowance->has_allow || allowance->deny.n > 0;
}

/* Unlike list_matches: a list without globs takes nothing. */
static bool
takes(const struct slice_list *globs, struct slice text)
{
	return globs->n > 0 && list_matches(globs, text);
}

struct slice
metadata_objection(const struct allowance *allowance, struct slice text)
{
	if (takes(&allowance->deny, text))
		return SLICE("the policy denies it");
	if (allowance->has_allow && !takes(&allowance->allow, text))
		return SLICE("the policy does not allow it");
	return SLICE_NONE;
}

int
judge_metadata(struct judging *judging, struct plim_error *err)
{
	static metadata_fn *const parts[] = {
		judge_labels, judge_user, judge_entrypoint, judge_working_dir, judge_ports, judge_environment, judge_healthcheck, judge_stop_signal,
		judge_onbuild, judge_platform, judge_age, judge_layers, judge_size,
	};
	struct metadata_judging m = {
		.judging = judging, .wanted = &judging->policy->metadata, .config = judging->inventory->image->config,
	};
	int r = runtime_user_resolve(judging->inventory, judging->arena, &m.user, err);
	for (size_t i = 0; r == 0 && i < sizeof parts / sizeof *parts; i++)
		r = parts[i](&m, err);
	return r;
}
