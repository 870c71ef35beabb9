/* SPDX-License-Identifier: Apache-2.0 */
/* May the image live where it will, and who signed it? */
#include "policy/judge.h"

#include "base/date.h"

static struct slice
registry_names(struct judging *judging)
{
	AUTO(strbuf) struct strbuf names = { 0 };
	for (size_t i = 0; i < judging->policy->origin.registries.n; i++)
		strbuf_printf(&names, "%s%.*s", i ? ", " : "", SLICE_ARG(judging->policy->origin.registries.at[i]));
	return arena_dup(judging->arena, strbuf_slice(&names));
}

static int
judge_registry(struct judging *judging, struct plim_error *err)
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

static struct slice
signer_names(struct judging *judging)
{
	AUTO(strbuf) struct strbuf names = { 0 };
	for (size_t i = 0; i < judging->policy->origin.signers.n; i++)
		strbuf_printf(&names, "%s%.*s", i ? ", " : "", SLICE_ARG(judging->policy->origin.signers.at[i].name));
	return arena_dup(judging->arena, strbuf_slice(&names));
}

/* When a certificate ends is told where it is read, not here: that may be any day. */
void
judge_signer(const struct judging *judging, const struct origin_signer *signer)
{
	const int64_t days[] = { signer->is_certificate ? date_day(judging->at) + 1 : signer->from,
		                 signer->until == DATE_NONE ? DATE_NONE : signer->until + 1 };
	for (size_t i = 0; i < sizeof days / sizeof *days; i++)
		judge_reached(judging, days[i], PASSING_KEY);
}

static int
judge_signed(struct judging *judging, struct plim_error *err)
{
	const struct signed_by *found = &judging->signed_by;
	for (size_t i = 0; i < judging->policy->origin.signers.n; i++)
		judge_signer(judging, &judging->policy->origin.signers.at[i]);
	if (found->state == SIGNED_BY_ONE)
		return judge_note(judging, AREA_ORIGIN, arena_dup(judging->arena, found->text)), 0;
	if (found->state != SIGNED_BY_NONE) {
		struct slice why = found->text.p ? found->text : SLICE("signatures are looked for where an image is in a registry or a layout, and not in what is read here");
		return judge_unknown(judging, UNKNOWN_SIGNATURE, AREA_ORIGIN, SLICE("signed_by"), arena_dup(judging->arena, why), UINT32_MAX, err);
	}
	struct finding finding = {
		.rule = SLICE("origin/signed_by"), .area = AREA_ORIGIN, .severity = SEVERITY_HIGH, .evidence = EVIDENCE_NONE,
		.title = SLICE("No signature that the policy asks for"),
		.message = judge_text(judging, "%.*s; asked for: %.*s", SLICE_ARG(found->text), SLICE_ARG(signer_names(judging))),
		.fix_command = SLICE("Take an image that one of them signed, or have it signed."),
	};
	return judge_entry(judging, &judging->policy->origin.terms, &finding, err);
}

int
judge_origin(struct judging *judging, struct plim_error *err)
{
	int r = judging->policy->origin.registries.n ? judge_registry(judging, err) : 0;
	return r == 0 && judging->policy->origin.signers.n ? judge_signed(judging, err) : r;
}
