/* SPDX-License-Identifier: Apache-2.0 */
/* plim_attest: judged afresh, and on pass signed. */
#include "gate/attaching.h"
#include "gate/check.h"
#include "gate/events.h"

#include "base/date.h"
#include "base/error.h"
#include "trust/bundle.h"
#include "trust/notation.h"
#include "trust/signer.h"

#include <plimsoll/build.h>
#include <plimsoll/trust.h>

#define VSA_TYPE "https://slsa.dev/verification_summary/v1"
#define SIGN_TYPE "https://sigstore.dev/cosign/sign/v1"
#define VERIFIER "urn:plimsoll"

struct attesting {
	const struct plim_attest_options *options;
	const struct plim_verdicts *verdicts;
	struct signer *signer;
	struct trusting trusting;
	struct arena *arena;
	struct slice repository;
	const struct slice *tags;      /* one absent tag where there is none */
	size_t tag_count;
	struct attached_list attached;
};

/* A manifest or an index that is approved. */
struct subject {
	struct digest digest;
	struct slice media_type;
	uint64_t size;
	const struct verdict *verdict; /* of one of its platforms */
};

static void
tell(const struct attesting *a, const struct digest *digest, const char *what)
{
	char text[DIGEST_TEXT_SIZE];
	if (a->options->told)
		fprintf(a->options->told, "%-12s %.*s@%s\n", what, SLICE_ARG(a->repository), digest_text(digest, text));
}

/* Signing. */

static struct slice
level_name(const struct attesting *a, struct slice policy)
{
	AUTO(strbuf) struct strbuf name = { 0 };
	strbuf_puts(&name, "PLIMSOLL_");
	for (size_t i = 0; i < policy.n; i++) {
		char c = policy.p[i];
		bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
		strbuf_putc(&name, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : word ? c : '_');
	}
	return arena_dup(a->arena, strbuf_slice(&name));
}

/* The oldest counts: an answer is as old as what it knew least recently. */
static int64_t
data_time(const struct verdict *verdict)
{
	int64_t oldest = DATE_NONE;
	for (size_t i = 0; i < verdict->feed_count; i++)
		if (verdict->feeds[i].snapshot != DATE_NONE && (oldest == DATE_NONE || verdict->feeds[i].snapshot < oldest))
			oldest = verdict->feeds[i].snapshot;
	return oldest;
}

static int
sign_summary(struct attesting *a, const struct subject *subject, struct slice tag, struct strbuf *envelope, struct plim_error *err)
{
	const struct verdict *verdict = subject->verdict;
	const struct vsa_input input = { SLICE("plimsoll:advisories"), verdict->data_digest };
	const struct slice level = level_name(a, verdict->policy_name);
	const struct vsa vsa = {
		.verifier = SLICE(VERIFIER), .version = SLICE(PLIM_VERSION), .time = verdict->evaluated_at, .repository = a->repository, .tag = tag,
		.image = subject->digest, .policy = verdict->policy_digest, .inputs = &input, .input_count = verdict->data_digest.algorithm != DIGEST_NONE,
		.levels = &level, .level_count = 1, .result = VSA_PASSED, .data_time = data_time(verdict),
	};
	return level.p ? signer_approve(a->signer, &vsa, envelope, err) : error_nomem(err);
}

static struct attaching
attaching_to(struct attesting *a, const struct subject *subject)
{
	return (struct attaching){ &a->trusting, a->repository, subject->digest, subject->media_type, subject->size, a->arena, &a->attached };
}

static int
attach_simple(struct attesting *a, const struct subject *subject, struct slice tag, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf payload = { 0 };
	AUTO(strbuf) struct strbuf signature = { 0 };
	const struct attaching to = attaching_to(a, subject);
	int r = signer_simple(a->signer, a->repository, tag, &subject->digest, &subject->verdict->policy_digest, &payload, &signature, err);
	if (r < 0)
		return r;
	const struct cosign_addition addition = { COSIGN_SIGNATURES, strbuf_slice(&payload), strbuf_slice(&signature), SLICE_NONE };
	return attach_layer(&to, &addition, err);
}

static int
attach_summary(struct attesting *a, const struct subject *subject, struct slice envelope, struct plim_error *err)
{
	const struct attaching to = attaching_to(a, subject);
	const struct cosign_addition addition = { COSIGN_ATTESTATIONS, envelope, SLICE_NONE, SLICE(VSA_TYPE) };
	return attach_layer(&to, &addition, err);
}

static int
attach_bundle(struct attesting *a, const struct subject *subject, struct slice envelope, const char *predicate_type, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct dsse *parsed;
	const struct digest id = key_id(signer_key(a->signer));
	const struct attaching to = attaching_to(a, subject);
	int r = dsse_parse(envelope, a->arena, &parsed, err);
	if (r < 0)
		return r;
	bundle_write(&id, parsed, &text);
	const struct referrer_annotation annotations[] = {
		{ SLICE("dev.sigstore.bundle.content"), SLICE("dsse-envelope") },
		{ SLICE("dev.sigstore.bundle.predicateType"), slice_of(predicate_type) },
	};
	const struct attached_artifact artifact = {
		.artifact_type = SLICE(BUNDLE_MEDIA_TYPE), .layer_type = SLICE(BUNDLE_MEDIA_TYPE), .layer = strbuf_slice(&text),
		.annotations = annotations, .annotation_count = 2,
	};
	return text.failed ? error_nomem(err) : attach_artifact(&to, &artifact, err);
}

/* cosign 3 takes a statement without any predicate for a signature, and the summary for an attestation. */
static int
attach_bundles(struct attesting *a, const struct subject *subject, struct slice summary, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf signature = { 0 };
	int r = signer_cosign_sign(a->signer, a->repository, &subject->digest, &subject->verdict->policy_digest, &signature, err);
	if (r == 0)
		r = attach_bundle(a, subject, strbuf_slice(&signature), SIGN_TYPE, err);
	return r < 0 ? r : attach_bundle(a, subject, summary, VSA_TYPE, err);
}

static int
attach_notation(struct attesting *a, const struct subject *subject, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf envelope = { 0 };
	char hex[DIGEST_TEXT_SIZE];
	const struct attaching to = attaching_to(a, subject);
	const struct digest thumbprint = signer_thumbprint(a->signer);
	const struct referrer_descriptor target = { subject->media_type, subject->digest, subject->size };
	int r = signer_notation(a->signer, a->repository, &subject->verdict->policy_digest, &target, &envelope, err);
	if (r < 0)
		return r;
	const struct referrer_annotation annotation = { SLICE(NOTATION_THUMBPRINTS), arena_printf(a->arena, "[\"%s\"]", digest_hex(&thumbprint, hex)) };
	const struct attached_artifact artifact = {
		.config_type = SLICE(NOTATION_ARTIFACT_TYPE), .layer_type = SLICE(NOTATION_MEDIA_TYPE), .layer = strbuf_slice(&envelope),
		.annotations = &annotation, .annotation_count = 1,
	};
	return annotation.value.p ? attach_artifact(&to, &artifact, err) : error_nomem(err);
}

static int
log_signature(struct attesting *a, const struct subject *subject, struct slice tag, struct plim_error *err)
{
	const struct digest id = key_id(signer_key(a->signer));
	const struct log_field fields[] = {
		LOG_FIELD_TEXT("digest", event_digest(a->arena, &subject->digest)), LOG_FIELD_TEXT("key", event_digest(a->arena, &id)),
		LOG_FIELD_TEXT("policy", event_digest(a->arena, &subject->verdict->policy_digest)), LOG_FIELD_TEXT("repository", a->repository),
		LOG_FIELD_TEXT("tag", tag),
	};
	return event_record(a->options->log, "signature", fields, sizeof fields / sizeof *fields, err);
}

static int
attest_tag(struct attesting *a, const struct subject *subject, struct slice tag, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf summary = { 0 };
	int r = log_signature(a, subject, tag, err);
	if (r == 0)
		r = attach_simple(a, subject, tag, err);
	if (r < 0)
		return error_wrap(err, r, "signature");
	tell(a, &subject->digest, "signed");
	if ((r = sign_summary(a, subject, tag, &summary, err)) < 0 || (r = attach_summary(a, subject, strbuf_slice(&summary), err)) < 0)
		return error_wrap(err, r, "attestation");
	tell(a, &subject->digest, "attested");
	if (a->options->bundle && (r = attach_bundles(a, subject, strbuf_slice(&summary), err)) < 0)
		return error_wrap(err, r, "bundle");
	return 0;
}

static int
attest_subject(struct attesting *a, const struct subject *subject, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < a->tag_count; i++)
		r = attest_tag(a, subject, a->tags[i], err);
	if (r == 0 && a->options->notation && (r = attach_notation(a, subject, err)) < 0)
		return error_wrap(err, r, "Notary Project's signature");
	return r;
}

/* Subjects. */

static const struct closure_item *
item_of(const struct closure_answer *closure, const struct digest *digest)
{
	for (size_t i = 0; i < closure->n; i++)
		if (digest_eq(&closure->items[i].digest, digest))
			return &closure->items[i];
	return NULL;
}

/* Each once; what was judged and is not part of what the reference names by now was replaced meanwhile. */
static int
add_subject(struct subject *subjects, size_t *n, const struct closure_answer *closure, const struct digest *digest, const struct verdict *verdict,
            struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	for (size_t i = 0; i < *n; i++)
		if (digest_eq(&subjects[i].digest, digest))
			return 0;
	const struct closure_item *item = item_of(closure, digest);
	if (item == NULL)
		return error_set(err, PLIM_EDIGEST, "%s was judged, and is no longer what the reference names", digest_text(digest, text));
	subjects[(*n)++] = (struct subject){ *digest, item->media_type, item->size, verdict };
	return 0;
}

/* Platforms before the index: whoever stops half-way has approved no more than what it says. */
static int
attest_all(struct attesting *a, struct plim_error *err)
{
	struct closure_answer closure = { 0 };
	size_t n = 0, count = a->verdicts->count;
	struct subject *subjects = arena_make_array(a->arena, 2 * count, struct subject);
	int r = subjects ? trusting_ask(&a->trusting, SAY_CLOSURE, NULL, NULL, &wire_closure_answer, a->arena, &closure, err) : error_nomem(err);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = add_subject(subjects, &n, &closure, &a->verdicts->verdicts[i]->image->manifest_digest, a->verdicts->verdicts[i], err);
	for (size_t i = 0; r == 0 && i < count; i++)
		if (a->verdicts->verdicts[i]->image->index_digest.algorithm != DIGEST_NONE)
			r = add_subject(subjects, &n, &closure, &a->verdicts->verdicts[i]->image->index_digest, a->verdicts->verdicts[i], err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = attest_subject(a, &subjects[i], err);
	const struct attaching all = n ? attaching_to(a, &subjects[0]) : (struct attaching){ 0 };
	return r == 0 && n ? attach_settle(&all, err) : r;
}

static int
take_tags(struct attesting *a, struct plim_error *err)
{
	size_t n = 0;
	while (a->options->tags && a->options->tags[n])
		n++;
	struct slice *tags = arena_make_array(a->arena, n + 1, struct slice);
	if (tags == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++)
		tags[i] = slice_of(a->options->tags[i]);
	if (n == 0)
		tags[n++] = a->trusting.remote.root.tag;
	a->tags = tags;
	a->tag_count = n;
	return 0;
}

static int
publish(struct attesting *a, struct run *run, struct plim_error *err)
{
	int r = trusting_open(run, a->options->target, &a->trusting, err);
	if (r < 0)
		return r;
	a->repository = a->trusting.remote.root.repository;
	r = take_tags(a, err);
	return r < 0 ? r : attest_all(a, err);
}

/* Judging. */

static int
refuse_kind(const char *target, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct target opened;
	int r = arena ? target_open(target, arena, &opened, err) : error_nomem(err);
	if (r < 0)
		return r;
	if (opened.fd >= 0)
		close(opened.fd);
	return opened.kind == TARGET_REGISTRY ? 0 : error_set(err, PLIM_EUSAGE, "%s: only what is in a registry can be attested: docker://REF", target);
}

static int
judge(const struct plim_attest_options *options, struct run *run, struct plim_verdicts **out, struct plim_error *err)
{
	const struct judging_choice choice = { .policy = options->policy, .database = options->database, .as = options->as };
	const struct checking checking = { .target = options->target, .choice = &choice, .order = { .target = slice_of(options->target) } };
	return check_run(run, &checking, out, err);
}

static int
attest_passed(const struct plim_attest_options *options, struct run *run, struct signer *signer, const struct plim_verdicts *verdicts, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct attesting a = { .options = options, .verdicts = verdicts, .signer = signer, .arena = arena, .trusting = TRUSTING_NONE };
	int r = arena ? publish(&a, run, err) : error_nomem(err);
	trusting_done(&a.trusting);
	vec_done(&a.attached.all);
	return r;
}

/* The key first: a wrong passphrase is told before a gigabyte is read. */
int
plim_attest(const struct plim_attest_options *options, struct plim_verdicts **out, struct plim_error *err)
{
	AUTO(run) struct run *run = NULL;
	AUTO(signer) struct signer *signer = NULL;
	AUTO(verdicts) struct plim_verdicts *verdicts = NULL;
	struct plim_run_options fresh = options->run ? *options->run : (struct plim_run_options){ 0 };
	const struct signer_options key = {
		.key = options->key, .companion = options->companion, .certificate = options->certificate, .passphrase_file = options->passphrase_file,
	};
	/* Others may write in the usual cache: what they put there would be signed. */
	fresh.no_cache = 1;
	int r = refuse_kind(options->target, err);
	if (r < 0 || (r = run_start(&fresh, &run, err)) < 0 || (r = signer_open(&key, &signer, err)) < 0 || (r = judge(options, run, &verdicts, err)) < 0 ||
	    (r = event_verdicts(options->log, verdicts, "attest", err)) < 0)
		return r;
	if (verdicts_worst(verdicts) == RESULT_PASS && (r = attest_passed(options, run, signer, verdicts, err)) < 0)
		return r;
	watching_end(&run->watching);
	verdicts->run = ptr_take(&run);
	*out = ptr_take(&verdicts);
	return 0;
}
