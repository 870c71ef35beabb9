/* SPDX-License-Identifier: Apache-2.0 */
/* May the image live where it will? */
#include "policy/judge.h"

static struct slice
registry_names(struct judging *judging)
{
	AUTO(strbuf) struct strbuf names = { 0 };
	for (size_t i = 0; i < judging->policy->origin.registries.n; i++)
		strbuf_printf(&names, "%s%.*s", i ? ", " : "", SLICE_ARG(judging->policy->origin.registries.at[i]));
	return arena_dup(judging->arena, strbuf_slice(&names));
}

int
judge_origin(struct judging *judging, struct plim_error *err)
{
	struct slice destination = judging->destination;
	if (destination.n == 0)
		return judge_unknown(judging, UNKNOWN_DESTINATION, AREA_ORIGIN, SLICE("repository"),
		                     SLICE("where the image will live was not told (--as)"), UINT32_MAX, err);
	judge_note(judging, AREA_ORIGIN, destination);
	if (list_matches(&judging->policy->origin.registries, destination))
		return 0;
	struct finding finding = {
		.rule = SLICE("origin/registry"), .area = AREA_ORIGIN, .severity = SEVERITY_HIGH, .evidence = EVIDENCE_NONE,
		.title = SLICE("It may not live in this repository"),
		.message = judge_text(judging, "%.*s is none of %.*s", SLICE_ARG(destination), SLICE_ARG(registry_names(judging))),
		.fix_command = SLICE("Push it to a repository that the policy names."),
	};
	finding.evidence.setting = destination;
	return judge_entry(judging, &judging->policy->origin.terms, &finding, err);
}
