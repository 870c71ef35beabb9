/* SPDX-License-Identifier: Apache-2.0 */
/* plim_attest: judged afresh, or by evidence that somebody trusted has signed; and on pass signed. */
#include "gate/check.h"
#include "gate/events.h"
#include "gate/trust/approving.h"
#include "gate/trust/keys.h"

#include "base/error.h"
#include "policy/policy.h"

#include <time.h>

struct attesting {
	const struct plim_attest_options *options;
	struct run *run;
	struct arena *arena;
	struct signer *signer, *witness;
};

static int
approve(struct attesting *a, struct trusting *trusting, const struct approved *all, size_t n, struct plim_error *err)
{
	struct approving approving = { .options = a->options, .signer = a->signer, .witness = a->witness, .trusting = trusting, .arena = a->arena };
	return approving_run(&approving, all, n, err);
}

/* Judging. */

static int
judge(struct attesting *a, struct plim_verdicts **out, struct plim_error *err)
{
	const struct plim_attest_options *options = a->options;
	const struct judging_choice choice = { .policy = options->policy, .database = options->database, .as = options->as, .policy_key = options->policy_key, .database_keys = options->database_keys };
	const struct checking checking = { .target = options->target, .choice = &choice, .order = { .target = slice_of(options->target) } };
	int r = check_run(a->run, &checking, out, err);
	return r < 0 ? r : event_verdicts(options->log, *out, "attest", err);
}

static int
approve_judged(struct attesting *a, const struct plim_verdicts *verdicts, struct plim_error *err)
{
	AUTO(trusting) struct trusting trusting = TRUSTING_NONE;
	struct approved *all = arena_make_array(a->arena, verdicts->count, struct approved);
	if (all == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < verdicts->count; i++) {
		const struct verdict *verdict = verdicts->verdicts[i];
		all[i] = (struct approved){ verdict->image->manifest_digest, verdict->image->index_digest, basis_of(verdict), verdict };
	}
	int r = trusting_open(a->run, a->options->target, &trusting, err);
	return r < 0 ? r : approve(a, &trusting, all, verdicts->count, err);
}

static int
attest_judged(struct attesting *a, struct plim_verdicts **out, struct plim_error *err)
{
	AUTO(verdicts) struct plim_verdicts *verdicts = NULL;
	int r = judge(a, &verdicts, err);
	if (r == 0 && verdicts_worst(verdicts) == RESULT_PASS)
		r = approve_judged(a, verdicts, err);
	if (r == 0)
		*out = ptr_take(&verdicts);
	return r;
}

/* Evidence. */

static int
refuse(struct attesting *a, const struct digest *digest, struct slice why, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	const struct log_field fields[] = {
		LOG_FIELD_TEXT("asked", SLICE("attest")), LOG_FIELD_TEXT("digest", event_digest(a->arena, digest)), LOG_FIELD_TEXT("reason", why),
		LOG_FIELD_TEXT("result", SLICE("unknown")), LOG_FIELD_TEXT("target", slice_of(a->options->target)),
	};
	int r = event_record(a->options->log, "refusal", fields, sizeof fields / sizeof *fields, err);
	return r < 0 ? r : error_set(err, PLIM_EPOLICY, "%s: no evidence that it passes: %.*s", digest_text(digest, text), SLICE_ARG(why));
}

/* By this policy, as it is now. */
static int
policy_wanted(const struct attesting *a, struct digest *out, struct plim_error *err)
{
	const char *const names[] = { a->options->policy ? a->options->policy : "standard", NULL };
	struct digest *digests;
	size_t n;
	int r = trust_policies_load(a->run, names, a->arena, &digests, &n, err);
	if (r == 0)
		*out = digests[0];
	return r;
}

static int
take_evidence(struct attesting *a, struct trusting *trusting, const struct evidence_order *order, const struct digest *policy, struct approved *out,
              struct plim_error *err)
{
	struct evidence_answer answer = { 0 };
	int r = trusting_ask(trusting, SAY_EVIDENCE, &wire_evidence_order, order, &wire_evidence_answer, a->arena, &answer, err);
	if (r < 0)
		return r;
	if (!answer.found)
		return refuse(a, &order->subject, answer.why.n ? answer.why : SLICE("nothing is attested about it"), err);
	if (!digest_eq(&answer.basis.policy, policy))
		return refuse(a, &order->subject, SLICE("its verdict is by another policy"), err);
	out->basis = answer.basis;
	return 0;
}

static int
evidence_of_all(struct attesting *a, struct analysis *analysis, struct trusting *trusting, struct approved *out, struct plim_error *err)
{
	const struct image_set *set = analysis_set(analysis);
	struct evidence_order order = { .now = time(NULL), .age_most = a->options->evidence_age_most, .repository = trusting->remote.root.repository };
	struct digest policy;
	int r = policy_wanted(a, &policy, err);
	if (r == 0)
		r = trust_keys_load(a->options->evidence_from, a->arena, &order.keys, &order.key_count, err);
	for (size_t i = 0; r == 0 && i < image_set_count(set); i++) {
		const struct image *image = image_set_image(set, i);
		order.subject = image->manifest_digest;
		out[i] = (struct approved){ image->manifest_digest, image->index_digest, { .data_time = 0 }, NULL };
		r = take_evidence(a, trusting, &order, &policy, &out[i], err);
	}
	return r;
}

/* Documents are read for what platforms there are; no layer is. */
static int
attest_by_evidence(struct attesting *a, struct plim_error *err)
{
	AUTO(trusting) struct trusting trusting = TRUSTING_NONE;
	AUTO(analysis) struct analysis *analysis = NULL;
	int r = analysis_open(a->run, a->options->target, NULL, &analysis, err);
	if (r < 0 || (r = trusting_open(a->run, a->options->target, &trusting, err)) < 0)
		return r;
	size_t n = analysis_count(analysis);
	struct approved *all = arena_make_array(a->arena, n, struct approved);
	if (all == NULL)
		return error_nomem(err);
	r = evidence_of_all(a, analysis, &trusting, all, err);
	return r < 0 ? r : approve(a, &trusting, all, n, err);
}

/* Keys first: a wrong passphrase is told before a gigabyte is read. */
static int
open_signers(const struct plim_attest_options *options, struct signer **signer, struct signer **witness, struct plim_error *err)
{
	const struct signer_options key = {
		.key = options->key, .companion = options->companion, .certificate = options->certificate, .passphrase_file = options->passphrase_file,
	};
	const struct signer_options evidence = { .key = options->evidence_key, .passphrase_file = options->passphrase_file };
	int r = signer_open(&key, signer, err);
	return r < 0 || options->evidence_key == NULL ? r : signer_open(&evidence, witness, err);
}

int
plim_attest(const struct plim_attest_options *options, struct plim_verdicts **out, struct plim_error *err)
{
	AUTO(run) struct run *run = NULL;
	AUTO(signer) struct signer *signer = NULL;
	AUTO(signer) struct signer *witness = NULL;
	AUTO(arena) struct arena *arena = arena_new(0);
	struct plim_run_options fresh = options->run ? *options->run : (struct plim_run_options){ 0 };
	/* Others may write in the usual cache: what they put there would be signed. */
	fresh.no_cache = 1;
	*out = NULL;
	int r = arena ? trusting_can(options->target, "attested", err) : error_nomem(err);
	if (r < 0 || (r = run_start(&fresh, &run, err)) < 0 || (r = open_signers(options, &signer, &witness, err)) < 0)
		return r;
	struct attesting a = { options, run, arena, signer, witness };
	r = options->evidence_from ? attest_by_evidence(&a, err) : attest_judged(&a, out, err);
	watching_end(&run->watching);
	if (r == 0 && *out)
		(*out)->run = ptr_take(&run);
	return r;
}
