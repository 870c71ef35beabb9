/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/guard_ask.h"

#include "base/date.h"
#include "base/error.h"
#include "gate/trust/keys.h"
#include "gate/trust/trusting.h"

#include <plimsoll/check.h>

/* A refusal is soon asked again: somebody may be approving it this moment. */
#define REFUSED_S 30
#define CANNOT_TELL_S 5

static int
open_place(struct run *run, const struct asking *asking, struct trusting *out, struct plim_error *err)
{
	const struct guard_place *place = asking->place;
	if (place->digest.algorithm != DIGEST_NONE)
		return trusting_open_digest(run, place->repository, &place->digest, out, err);
	const char *target = arena_strz(asking->arena, arena_printf(asking->arena, "docker://%.*s:%.*s", SLICE_ARG(place->repository), SLICE_ARG(place->tag)));
	return target ? trusting_open(run, target, out, err) : error_nomem(err);
}

static struct trust_certificate_order *
certificates_of(const struct asking *asking)
{
	const struct assign_keys *from = &asking->rule->certificates;
	struct trust_certificate_order *out = arena_make_array(asking->arena, from->n, struct trust_certificate_order);
	for (size_t i = 0; out && i < from->n; i++)
		out[i] = (struct trust_certificate_order){ from->at[i].pem, from->at[i].name };
	return out;
}

static struct digest *
policies_of(const struct asking *asking)
{
	const struct assign_policies *from = &asking->rule->policies;
	struct digest *out = arena_make_array(asking->arena, from->n, struct digest);
	for (size_t i = 0; out && i < from->n; i++)
		out[i] = from->at[i].digest;
	return out;
}

static int
verify_keys(struct trusting *trusting, const struct asking *asking, struct verify_answer *out, struct plim_error *err)
{
	const struct assign_rule *rule = asking->rule;
	const struct verify_order order = {
		.keys = rule->keys.at, .key_count = rule->keys.n, .repository = asking->place->repository, .tag = rule->any_tag ? SLICE_NONE : asking->place->tag,
		.policies = policies_of(asking), .policy_count = rule->policies.n, .now = asking->now,
		.verdict_age_most = rule->age_most, .data_age_most = rule->data_age_most, .located = asking->place->repository,
	};
	if (order.policies == NULL)
		return error_nomem(err);
	return trusting_ask(trusting, SAY_VERIFY, &wire_verify_order, &order, &wire_verify_answer, asking->arena, out, err);
}

/* The Notary Project's signatures name neither repository nor policy, nor how old any data were. */
static int
verify_certificates(struct trusting *trusting, const struct asking *asking, struct verify_answer *out, struct plim_error *err)
{
	const struct assign_rule *rule = asking->rule;
	const struct verify_order order = {
		.certificates = certificates_of(asking), .certificate_count = rule->certificates.n, .now = asking->now, .verdict_age_most = rule->age_most,
		.data_age_most = rule->data_age_most, .located = asking->place->repository,
	};
	if (order.certificates == NULL)
		return error_nomem(err);
	return trusting_ask(trusting, SAY_VERIFY, &wire_verify_order, &order, &wire_verify_answer, asking->arena, out, err);
}

/* One of either is enough; where neither holds, what the keys' signatures lack is told. */
static int
verify(struct trusting *trusting, const struct asking *asking, struct verify_answer *out, struct plim_error *err)
{
	struct verify_answer other = { 0 };
	int r = asking->rule->keys.n ? verify_keys(trusting, asking, out, err) : verify_certificates(trusting, asking, out, err);
	if (r < 0 || out->outcome == OUTCOME_HELD || asking->rule->keys.n == 0 || asking->rule->certificates.n == 0)
		return r;
	if ((r = verify_certificates(trusting, asking, &other, err)) == 0 && other.outcome == OUTCOME_HELD)
		*out = other;
	return r;
}

/* The first line that did not hold says why; of what holds, who signed. */
static struct slice
reason_of(const struct verify_answer *answer)
{
	for (size_t i = 0; answer->outcome != OUTCOME_HELD && i < answer->line_count; i++)
		if (answer->lines[i].outcome == answer->outcome)
			return answer->lines[i].text;
	return answer->line_count ? answer->lines[0].text : SLICE("nothing is signed about it");
}

static void
take_verified(const struct asking *asking, const struct verify_answer *answer, struct remembered *out)
{
	static const enum guard_outcome outcomes[] = { [OUTCOME_HELD] = GUARD_ALLOWED, [OUTCOME_FAILED] = GUARD_REFUSED, [OUTCOME_UNKNOWN] = GUARD_CANNOT_TELL };
	static const int64_t spans[] = { [GUARD_ALLOWED] = 0, [GUARD_REFUSED] = REFUSED_S, [GUARD_CANNOT_TELL] = CANNOT_TELL_S };
	out->outcome = outcomes[answer->outcome];
	out->reason = reason_of(answer);
	out->until = out->outcome == GUARD_ALLOWED ? answer->until : asking->now + spans[out->outcome];
	out->fresh = asking->now + (out->outcome == GUARD_ALLOWED ? (int64_t)asking->rule->remember : spans[out->outcome]);
}

/* That it is there at all is what such a rule asks. */
static void
take_unsigned(const struct asking *asking, struct remembered *out)
{
	const struct assign_rule *rule = asking->rule;
	out->outcome = GUARD_ALLOWED;
	out->reason = arena_printf(asking->arena, "unsigned, as %.*s answers for: %.*s", SLICE_ARG(slice_first(rule->owner, 80)), SLICE_ARG(slice_first(rule->reason, 200)));
	out->until = (rule->until + 1) * DAY_S - 1;
	out->fresh = asking->now + (int64_t)rule->remember;
}

/* The rule must have named the policy by which this door judges. */
static int
may_judge(struct run *run, const struct asking *asking, bool *out, struct plim_error *err)
{
	const char *const names[] = { asking->options->judge_policy, NULL };
	struct digest *digests;
	size_t n;
	*out = false;
	if (!asking->rule->judged || names[0] == NULL)
		return 0;
	int r = trust_policies_load(run, names, asking->arena, &digests, &n, err);
	for (size_t i = 0; r == 0 && i < asking->rule->policies.n; i++)
		*out |= digest_eq(&asking->rule->policies.at[i].digest, &digests[0]);
	return r;
}

static int
judge(const struct asking *asking, const struct digest *digest, enum plim_result *out, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	struct plim_verdicts *verdicts;
	struct slice target = arena_printf(asking->arena, "docker://%.*s@%s", SLICE_ARG(asking->place->repository), digest_text(digest, text));
	struct slice as = arena_dup(asking->arena, asking->place->repository);
	if (target.p == NULL || as.p == NULL)
		return error_nomem(err);
	const struct plim_check_options check = {
		.size = sizeof check, .target = target.p, .policy = asking->options->judge_policy, .database = asking->options->judge_database,
		.run = asking->options->run, .at = asking->options->at, .as = as.p,
	};
	int r = plim_check(&check, &verdicts, err);
	if (r < 0)
		return r;
	*out = plim_verdicts_result(verdicts);
	plim_verdicts_free(verdicts);
	return 0;
}

/* A verdict of our own lasts as long as it is remembered, and no longer than one that somebody signed may. */
static int
take_judged(struct run *run, const struct asking *asking, struct remembered *out, struct plim_error *err)
{
	static const char *const said[] = { [PLIM_PASS] = "judged here, and passed", [PLIM_FAIL] = "nobody signed it, and it does not pass", [PLIM_UNKNOWN] = "nobody signed it, and whether it passes cannot be told" };
	static const enum guard_outcome outcomes[] = { [PLIM_PASS] = GUARD_ALLOWED, [PLIM_FAIL] = GUARD_REFUSED, [PLIM_UNKNOWN] = GUARD_CANNOT_TELL };
	const struct assign_rule *rule = asking->rule;
	enum plim_result result = PLIM_UNKNOWN;
	bool may;
	int r = may_judge(run, asking, &may, err);
	if (r < 0 || !may || (r = judge(asking, &out->digest, &result, err)) < 0)
		return r;
	out->outcome = outcomes[result];
	out->reason = slice_of(said[result]);
	out->fresh = out->until = asking->now + (int64_t)(rule->age_most && rule->age_most < rule->remember ? rule->age_most : rule->remember);
	return 0;
}

static int
take_parts(struct trusting *trusting, const struct asking *asking, struct remembered *out, struct plim_error *err)
{
	struct closure_answer closure = { 0 };
	int r = trusting_closure(trusting, asking->arena, &closure, err);
	struct digest *parts = r == 0 ? arena_make_array(asking->arena, closure.n, struct digest) : NULL;
	if (r < 0 || parts == NULL)
		return r < 0 ? r : error_nomem(err);
	for (size_t i = 0; i < closure.n; i++)
		parts[i] = closure.items[i].digest;
	out->parts = parts;
	out->part_count = closure.n;
	return 0;
}

int
guard_ask(struct run *run, const struct asking *asking, struct remembered *out, struct plim_error *err)
{
	AUTO(trusting) struct trusting trusting = TRUSTING_NONE;
	struct verify_answer answer = { 0 };
	int r = open_place(run, asking, &trusting, err);
	if (r < 0)
		return r;
	*out = (struct remembered){ .digest = trusting.remote.root.digest, .asked = asking->now };
	if (asking->rule->unsigned_too) {
		take_unsigned(asking, out);
	} else {
		if ((r = verify(&trusting, asking, &answer, err)) < 0)
			return r;
		/* It was of what the registry resolved, or of nothing that could be remembered. */
		if (!digest_eq(&answer.subject, &out->digest))
			return error_set(err, PLIM_EPROCESS, "the process that read the signatures told of another image");
		take_verified(asking, &answer, out);
		if (out->outcome == GUARD_REFUSED && (r = take_judged(run, asking, out, err)) < 0)
			return r;
	}
	/* A deny list may name a part of what only a broken glass lets in: as far as that can be told. */
	struct plim_error why = { 0 };
	bool lets = out->outcome == GUARD_ALLOWED;
	r = take_parts(&trusting, asking, out, lets ? err : &why);
	return lets || r == PLIM_ENOMEM ? r : 0;
}
