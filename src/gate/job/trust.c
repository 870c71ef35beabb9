/* SPDX-License-Identifier: Apache-2.0 */
/* The process that reads signatures and attestations: whatever hangs on an image in its registry was put there by anybody. */
#include "gate/job/trust.h"

#include "base/date.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/vec.h"
#include "gate/job/jobs.h"
#include "gate/job/merge.h"
#include "gate/job/referrers.h"
#include "gate/policy/vex_documents.h"
#include "gate/trust/documents.h"
#include "gate/trust/edit.h"
#include "gate/trust/held_keys.h"
#include "image/target.h"
#include "process/sandbox.h"
#include "trust/claim.h"
#include "trust/companion.h"
#include "trust/referrer.h"

#define END { WIRE_END, 0, 0, 0, NULL }
#define TABLE(type, ...) { sizeof(type), (const struct wire_field[]){ __VA_ARGS__, END } }

static const struct wire_struct wire_digest = TABLE(struct digest, { WIRE_DIGEST, 0, 0, 0, NULL });

static const struct wire_struct wire_certificate = TABLE(struct trust_certificate_order,
	WIRE_PLAIN(WIRE_SLICE, struct trust_certificate_order, pem), WIRE_PLAIN(WIRE_SLICE, struct trust_certificate_order, name));

const struct wire_struct wire_verify_order = TABLE(struct verify_order,
	WIRE_MANY(struct verify_order, keys, key_count, &wire_trust_key), WIRE_MANY(struct verify_order, certificates, certificate_count, &wire_certificate),
	WIRE_PLAIN(WIRE_SLICE, struct verify_order, repository), WIRE_PLAIN(WIRE_SLICE, struct verify_order, tag),
	WIRE_MANY(struct verify_order, policies, policy_count, &wire_digest), WIRE_PLAIN(WIRE_U64, struct verify_order, now),
	WIRE_PLAIN(WIRE_U64, struct verify_order, verdict_age_most), WIRE_PLAIN(WIRE_U64, struct verify_order, data_age_most),
	WIRE_PLAIN(WIRE_SLICE, struct verify_order, denied), WIRE_PLAIN(WIRE_U64, struct verify_order, deny_age_most),
	WIRE_PLAIN(WIRE_U64, struct verify_order, deny_serial_least), WIRE_PLAIN(WIRE_SLICE, struct verify_order, located));

static const struct wire_struct wire_line = TABLE(struct verify_line,
	WIRE_CHOICE(struct verify_line, requirement, REQUIREMENT_COUNT - 1), WIRE_CHOICE(struct verify_line, outcome, OUTCOME_UNKNOWN),
	WIRE_PLAIN(WIRE_SLICE, struct verify_line, text));

const struct wire_struct wire_verify_answer = TABLE(struct verify_answer,
	WIRE_PLAIN(WIRE_DIGEST, struct verify_answer, subject), WIRE_CHOICE(struct verify_answer, outcome, OUTCOME_UNKNOWN),
	WIRE_MANY(struct verify_answer, lines, line_count, &wire_line), WIRE_PLAIN(WIRE_SLICE, struct verify_answer, document),
	WIRE_PLAIN(WIRE_U64, struct verify_answer, document_count), WIRE_PLAIN(WIRE_U64, struct verify_answer, until));

const struct wire_struct wire_add_order = TABLE(struct add_order,
	WIRE_PLAIN(WIRE_SLICE, struct add_order, old), WIRE_PLAIN(WIRE_BOOL, struct add_order, to_index),
	WIRE_CHOICE(struct add_order, kind, COSIGN_ATTESTATIONS), WIRE_PLAIN(WIRE_SLICE, struct add_order, blob),
	WIRE_PLAIN(WIRE_SLICE, struct add_order, signature), WIRE_PLAIN(WIRE_SLICE, struct add_order, predicate_type),
	WIRE_PLAIN(WIRE_SLICE, struct add_order, key));

const struct wire_struct wire_add_answer = TABLE(struct add_answer,
	WIRE_PLAIN(WIRE_SLICE, struct add_answer, manifest), WIRE_PLAIN(WIRE_SLICE, struct add_answer, config));

const struct wire_struct wire_remove_order = TABLE(struct remove_order,
	WIRE_PLAIN(WIRE_DIGEST, struct remove_order, subject), WIRE_PLAIN(WIRE_BOOL, struct remove_order, referrers), WIRE_CHOICE(struct remove_order, kind, COSIGN_ATTESTATIONS),
	WIRE_MANY(struct remove_order, keys, key_count, &wire_trust_key),
	WIRE_MANY(struct remove_order, certificates, certificate_count, &wire_certificate));

const struct wire_struct wire_remove_answer = TABLE(struct remove_answer,
	WIRE_PLAIN(WIRE_DIGEST, struct remove_answer, old), WIRE_PLAIN(WIRE_U64, struct remove_answer, removed), WIRE_PLAIN(WIRE_U64, struct remove_answer, left),
	WIRE_PLAIN(WIRE_SLICE, struct remove_answer, manifest), WIRE_PLAIN(WIRE_SLICE, struct remove_answer, config),
	WIRE_MANY(struct remove_answer, gone, gone_count, &wire_digest));

const struct wire_struct wire_evidence_order = TABLE(struct evidence_order,
	WIRE_MANY(struct evidence_order, keys, key_count, &wire_trust_key), WIRE_PLAIN(WIRE_DIGEST, struct evidence_order, subject),
	WIRE_PLAIN(WIRE_SLICE, struct evidence_order, repository), WIRE_PLAIN(WIRE_U64, struct evidence_order, now),
	WIRE_PLAIN(WIRE_U64, struct evidence_order, age_most));

const struct wire_struct wire_evidence_answer = TABLE(struct evidence_answer,
	WIRE_PLAIN(WIRE_BOOL, struct evidence_answer, found), WIRE_PLAIN(WIRE_SLICE, struct evidence_answer, why),
	WIRE_PLAIN(WIRE_SLICE, struct evidence_answer, basis.policy_name), WIRE_PLAIN(WIRE_DIGEST, struct evidence_answer, basis.policy),
	WIRE_PLAIN(WIRE_DIGEST, struct evidence_answer, basis.data), WIRE_PLAIN(WIRE_U64, struct evidence_answer, basis.evaluated_at),
	WIRE_PLAIN(WIRE_U64, struct evidence_answer, basis.data_time));

const struct wire_struct wire_vex_order = TABLE(struct vex_order,
	WIRE_MANY(struct vex_order, keys, key_count, &wire_trust_key), WIRE_MANY(struct vex_order, subjects, subject_count, &wire_digest),
	WIRE_PLAIN(WIRE_U64, struct vex_order, now));

static const struct wire_struct wire_vex_attestation = TABLE(struct vex_attestation,
	WIRE_PLAIN(WIRE_DIGEST, struct vex_attestation, subject), WIRE_PLAIN(WIRE_SLICE, struct vex_attestation, name),
	WIRE_PLAIN(WIRE_SLICE, struct vex_attestation, key), WIRE_PLAIN(WIRE_SLICE, struct vex_attestation, bytes));

const struct wire_struct wire_vex_answer = TABLE(struct vex_answer,
	WIRE_MANY(struct vex_answer, at, n, &wire_vex_attestation), WIRE_PLAIN(WIRE_SLICE, struct vex_answer, trouble));

static const struct wire_struct wire_item = TABLE(struct closure_item,
	WIRE_PLAIN(WIRE_BOOL, struct closure_item, is_manifest), WIRE_PLAIN(WIRE_DIGEST, struct closure_item, digest),
	WIRE_PLAIN(WIRE_U64, struct closure_item, size), WIRE_PLAIN(WIRE_SLICE, struct closure_item, media_type));

const struct wire_struct wire_closure_answer = TABLE(struct closure_answer, WIRE_MANY(struct closure_answer, items, n, &wire_item));

/* What a question is answered with. */
struct answering {
	struct trust_source source;
	struct arena *arena;       /* of one question */
	struct slice body;
	struct strbuf into;
};

struct certificates {
	struct trusted_certificate *at;
	size_t n;
};

static void
auto_certificates(struct certificates *certificates)
{
	for (size_t i = 0; i < certificates->n; i++)
		certificate_free(certificates->at[i].certificate);
}

static int
certificates_take(const struct trust_certificate_order *orders, size_t n, struct arena *arena, struct certificates *out, struct plim_error *err)
{
	out->at = arena_make_array(arena, n, struct trusted_certificate);
	if (out->at == NULL)
		return error_nomem(err);
	for (; out->n < n; out->n++) {
		const struct trust_certificate_order *one = &orders[out->n];
		out->at[out->n].name = one->name;
		int r = certificate_parse(one->pem, &out->at[out->n].certificate, err);
		if (r < 0)
			return error_wrap(err, r, "%.*s", SLICE_ARG(one->name));
	}
	return 0;
}

/* Whoever denies any part of an image denies it. */
static int
parts_of(struct answering *a, const struct descriptor *root, struct trust_wanted *wanted, struct plim_error *err)
{
	struct closure closure;
	int r = closure_collect(a->source.source, root, a->arena, &closure, err);
	struct digest *also = r == 0 ? arena_make_array(a->arena, closure.n, struct digest) : NULL;
	if (r < 0 || also == NULL)
		return r < 0 ? r : error_nomem(err);
	for (size_t i = 0; i < closure.n; i++)
		also[i] = closure.items[i].digest;
	wanted->also = also;
	wanted->also_count = closure.n;
	return 0;
}

static int
open_denied(struct answering *a, const struct verify_order *order, const struct descriptor *root, struct trust_wanted *wanted, struct plim_error *err)
{
	struct deny_list *denied;
	if (order->denied.p == NULL)
		return 0;
	int r = deny_open(order->denied, wanted->keys, wanted->key_count, order->now, a->arena, &denied, err);
	if (r == 0 && denied->serial < order->deny_serial_least)
		r = error_set(err, PLIM_EUSAGE, "its serial is %ju, at least %ju is wanted: it is an older one", (uintmax_t)denied->serial, (uintmax_t)order->deny_serial_least);
	if (r < 0)
		return error_wrap(err, r, "deny list");
	wanted->located = order->located;
	wanted->denied = denied;
	wanted->deny_age_most = order->deny_age_most;
	return parts_of(a, root, wanted, err);
}

static int
put_verified(struct answering *a, const struct trust_answer *answer, const struct trust_documents *documents, const struct digest *subject,
             struct plim_error *err)
{
	struct verify_line *lines = arena_make_array(a->arena, answer->n, struct verify_line);
	if (lines == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < answer->n; i++)
		lines[i] = (struct verify_line){ answer->lines[i].requirement, answer->lines[i].outcome, answer->lines[i].text };
	struct verify_answer told = { .subject = *subject, .outcome = answer->outcome, .lines = lines, .line_count = answer->n, .document_count = documents->n, .until = answer->until };
	if (answer->document < documents->n)
		told.document = documents->at[answer->document].name;
	wire_write(&wire_verify_answer, &told, &a->into);
	return 0;
}

static int
answer_verify(struct answering *a, struct plim_error *err)
{
	AUTO(held_keys) struct held_keys keys = { 0 };
	AUTO(certificates) struct certificates certificates = { 0 };
	struct verify_order order = { 0 };
	struct trust_documents documents = { 0 };
	struct trust_answer *answer;
	struct descriptor root;
	struct cursor from = cursor_of(a->body);
	int r = wire_read(&wire_verify_order, &from, a->arena, &order, err);
	if (r < 0 || (r = held_keys_take(order.keys, order.key_count, a->arena, &keys, err)) < 0 ||
	    (r = certificates_take(order.certificates, order.certificate_count, a->arena, &certificates, err)) < 0 || (r = trust_source_root(&a->source, a->arena, &root, err)) < 0)
		return r;
	struct trust_wanted wanted = {
		.keys = keys.at, .key_count = keys.n, .certificates = certificates.at, .certificate_count = certificates.n, .subject = root.digest,
		.repository = order.repository, .tag = order.tag, .policies = order.policies, .policy_count = order.policy_count, .now = order.now,
		.verdict_age_most = order.verdict_age_most, .data_age_most = order.data_age_most,
	};
	if ((r = open_denied(a, &order, &root, &wanted, err)) < 0 ||
	    (r = trust_documents_load(&a->source, &root.digest, a->arena, &documents, err)) < 0 ||
	    (r = trust_verify(&wanted, documents.at, documents.n, a->arena, &answer, err)) < 0)
		return r;
	return put_verified(a, answer, &documents, &root.digest, err);
}

static int
answer_add(struct answering *a, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf manifest = { 0 };
	AUTO(strbuf) struct strbuf config = { 0 };
	struct add_order order = { 0 };
	struct cursor from = cursor_of(a->body);
	int r = wire_read(&wire_add_order, &from, a->arena, &order, err);
	if (r < 0 || (r = trust_edit_add(&a->source, &order, a->arena, &manifest, &config, err)) < 0)
		return r;
	struct add_answer answer = { strbuf_slice(&manifest), config.n ? strbuf_slice(&config) : SLICE_NONE };
	wire_write(&wire_add_answer, &answer, &a->into);
	return manifest.failed || config.failed ? error_nomem(err) : 0;
}

/* Whose signatures go. */
struct signers_of {
	struct held_keys keys;
	struct certificates certificates;
};

static void
auto_signers_of(struct signers_of *signers)
{
	held_keys_done(&signers->keys);
	auto_certificates(&signers->certificates);
}

/* This certificate, or one of a key that goes. */
static bool
is_theirs(const struct certificate *certificate, const struct signers_of *signers)
{
	AUTO(key) struct key *key = NULL;
	const struct digest print = certificate_thumbprint(certificate);
	for (size_t i = 0; i < signers->certificates.n; i++) {
		const struct digest theirs = certificate_thumbprint(signers->certificates.at[i].certificate);
		if (digest_eq(&print, &theirs))
			return true;
	}
	if (certificate_key(certificate, &key, NULL) < 0)
		return false;
	for (size_t i = 0; i < signers->keys.n; i++)
		if (key_eq(key, signers->keys.at[i].key))
			return true;
	return false;
}

/* A JWS brings its certificates. */
static bool
is_certified(const struct notation *notation, const struct signers_of *signers)
{
	for (size_t i = 0; i < notation->certificate_count; i++) {
		AUTO(certificate) struct certificate *certificate = NULL;
		if (certificate_parse_der(notation->certificates[i], &certificate, NULL) == 0 && is_theirs(certificate, signers))
			return true;
	}
	return false;
}

static bool
is_signed_by(const struct trust_document *document, const struct signers_of *signers, struct arena *arena)
{
	struct claim *claim;
	if (claim_read(document, arena, &claim, NULL) < 0)
		return false;
	if (claim->notation)
		return is_certified(claim->notation, signers);
	for (size_t i = 0; i < signers->keys.n; i++)
		if (claim_is_signed_by(claim, signers->keys.at[i].key))
			return true;
	return false;
}

static int
remove_signed(struct answering *a, const struct remove_order *order, const struct signers_of *signers, struct plim_error *err)
{
	struct trust_documents documents = { 0 };
	struct remove_answer answer = { 0 };
	AUTO(strbuf) struct strbuf manifest = { 0 };
	AUTO(strbuf) struct strbuf config = { 0 };
	struct slice old;
	int r = trust_documents_of_tag(&a->source, order->kind, &order->subject, a->arena, &documents, &old, err);
	bool *gone = r == 0 ? arena_make_array(a->arena, documents.n, bool) : NULL;
	if (r < 0 || gone == NULL)
		return r < 0 ? r : error_nomem(err);
	for (size_t i = 0; i < documents.n; i++)
		answer.removed += gone[i] = is_signed_by(&documents.at[i], signers, a->arena);
	answer.left = documents.n;
	if (answer.removed && (r = cosign_manifest_remove(old, gone, documents.n, &answer.left, &manifest, &config, err)) < 0)
		return r;
	answer.old = digest_of(old);
	answer.manifest = manifest.n ? strbuf_slice(&manifest) : SLICE_NONE;
	answer.config = config.n ? strbuf_slice(&config) : SLICE_NONE;
	wire_write(&wire_remove_answer, &answer, &a->into);
	return manifest.failed || config.failed ? error_nomem(err) : 0;
}

/* The list without those that go, one after the other. */
static int
shorten(struct slice *list, const struct digest *gone, size_t n, struct arena *arena, size_t *left, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		AUTO(strbuf) struct strbuf shorter = { 0 };
		if ((r = referrer_index_remove(*list, &gone[i], left, &shorter, err)) == 0)
			*list = arena_dup(arena, strbuf_slice(&shorter));
		if (r == 0 && list->p == NULL)
			r = error_nomem(err);
	}
	return r;
}

static int
remove_referrers(struct answering *a, const struct remove_order *order, const struct signers_of *signers, struct plim_error *err)
{
	struct trust_documents documents = { 0 };
	struct remove_answer answer = { 0 };
	struct slice list;
	int r = trust_documents_of_referrers(&a->source, &order->subject, a->arena, &documents, &list, err);
	if (r == 0 && (answer.gone = arena_make_array(a->arena, documents.n, struct digest)) == NULL)
		r = error_nomem(err);
	for (size_t i = 0; r == 0 && i < documents.n; i++)
		if (is_signed_by(&documents.at[i], signers, a->arena))
			answer.gone[answer.gone_count++] = documents.manifests[i];
	answer.removed = answer.gone_count;
	answer.left = documents.n - answer.gone_count;
	if (r == 0 && list.p && answer.gone_count && (r = shorten(&list, answer.gone, answer.gone_count, a->arena, &answer.left, err)) == 0)
		answer.manifest = list;
	if (r == 0)
		wire_write(&wire_remove_answer, &answer, &a->into);
	return r;
}

static int
answer_remove(struct answering *a, struct plim_error *err)
{
	AUTO(signers_of) struct signers_of signers = { .keys = { 0 } };
	struct remove_order order = { 0 };
	struct cursor from = cursor_of(a->body);
	int r = wire_read(&wire_remove_order, &from, a->arena, &order, err);
	if (r < 0 || (r = held_keys_take(order.keys, order.key_count, a->arena, &signers.keys, err)) < 0 ||
	    (r = certificates_take(order.certificates, order.certificate_count, a->arena, &signers.certificates, err)) < 0)
		return r;
	return order.referrers ? remove_referrers(a, &order, &signers, err) : remove_signed(a, &order, &signers, err);
}

static int
newest_evidence(struct answering *a, const struct evidence_wanted *wanted, const struct trust_documents *documents, struct evidence_answer *out,
                struct plim_error *err)
{
	for (size_t i = 0; i < documents->n; i++) {
		struct basis basis;
		struct plim_error why = { 0 };
		int r = evidence_read(wanted, &documents->at[i], a->arena, &basis, &why);
		if (r == PLIM_ENOMEM)
			return error_nomem(err);
		if (r == 0 && (!out->found || basis.evaluated_at > out->basis.evaluated_at)) {
			out->basis = basis;
			out->found = true;
		}
		if (r < 0)
			out->why = arena_dup(a->arena, slice_of(why.text));
	}
	return 0;
}

static int
answer_evidence(struct answering *a, struct plim_error *err)
{
	AUTO(held_keys) struct held_keys keys = { 0 };
	struct evidence_order order = { 0 };
	struct trust_documents documents = { 0 };
	struct evidence_answer answer = { 0 };
	struct slice manifest;
	struct cursor from = cursor_of(a->body);
	int r = wire_read(&wire_evidence_order, &from, a->arena, &order, err);
	if (r < 0 || (r = held_keys_take(order.keys, order.key_count, a->arena, &keys, err)) < 0 ||
	    (r = trust_documents_of_tag(&a->source, COSIGN_ATTESTATIONS, &order.subject, a->arena, &documents, &manifest, err)) < 0)
		return r;
	const struct evidence_wanted wanted = { keys.at, keys.n, order.subject, order.repository, order.now, order.age_most };
	if ((r = newest_evidence(a, &wanted, &documents, &answer, err)) == 0)
		wire_write(&wire_evidence_answer, &answer, &a->into);
	return r;
}

static int
answer_vex(struct answering *a, struct plim_error *err)
{
	AUTO(held_keys) struct held_keys keys = { 0 };
	struct vex_order order = { 0 };
	struct vex_answer answer = { 0 };
	struct cursor from = cursor_of(a->body);
	int r = wire_read(&wire_vex_order, &from, a->arena, &order, err);
	if (r < 0 || (r = held_keys_take(order.keys, order.key_count, a->arena, &keys, err)) < 0)
		return r;
	const struct vex_wanted wanted = { keys.at, keys.n, order.now };
	if ((r = vex_find(&a->source, &wanted, order.subjects, order.subject_count, a->arena, &answer, err)) == 0)
		wire_write(&wire_vex_answer, &answer, &a->into);
	return r;
}

static int
answer_closure(struct answering *a, struct plim_error *err)
{
	struct descriptor root;
	struct closure closure;
	int r = trust_source_root(&a->source, a->arena, &root, err);
	if (r < 0 || (r = closure_collect(a->source.source, &root, a->arena, &closure, err)) < 0)
		return r;
	struct closure_answer answer = { (struct closure_item *)closure.items, closure.n };
	wire_write(&wire_closure_answer, &answer, &a->into);
	return 0;
}

static int
answer_merge(struct answering *a, struct plim_error *err)
{
	return merge_answer(a->body, a->arena, &a->into, err);
}

static int
answer_referrers(struct answering *a, struct plim_error *err)
{
	return referrers_answer(&a->source, a->body, a->arena, &a->into, err);
}

static const struct {
	uint32_t kind;
	int (*answer)(struct answering *a, struct plim_error *err);
} questions[] = {
	{ SAY_VERIFY, answer_verify }, { SAY_ADD, answer_add }, { SAY_REMOVE, answer_remove },
	{ SAY_EVIDENCE, answer_evidence }, { SAY_CLOSURE, answer_closure },
	{ SAY_MERGE, answer_merge }, { SAY_REFERRERS, answer_referrers }, { SAY_VEX, answer_vex },
};

static int
answer_one(struct answering *a, uint32_t kind, struct plim_error *err)
{
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
		if (questions[i].kind == kind) {
			int r = questions[i].answer(a, err);
			return r == 0 && a->into.failed ? error_nomem(err) : r;
		}
	return error_set(err, PLIM_EFORMAT, "a question that there is not");
}

/* A question that fails leaves the next one as it is. */
static int
serve(int channel, struct trust_source source, struct plim_error *err)
{
	for (;;) {
		AUTO(message) struct message message = { .fd = { -1, -1 } };
		AUTO(arena) struct arena *arena = arena_new(LIMIT_IMAGE_SET_BYTES);
		struct answering a = { .source = source, .arena = arena };
		struct plim_error why = { 0 };
		int r = channel_receive(channel, &message, err);
		if (r < 0)
			return r == PLIM_ENOTFOUND ? 0 : r;
		a.body = message.body;
		r = arena ? answer_one(&a, message.kind, &why) : error_nomem(&why);
		r = r < 0 ? say_failed(channel, r, &why) : channel_send(channel, message.kind, strbuf_slice(&a.into), err);
		strbuf_done(&a.into);
		if (r < 0)
			return r;
	}
}

static int
run(int channel, struct message *start, struct plim_error *err)
{
	AUTO(source) struct source *source = NULL;
	struct slice reference = start->body;
	uint32_t kind = number_of(&reference);
	int r = sandbox_enter(CONFINED_WORKER, -1, err);
	if (r == 0)
		r = source_open_remote(channel, kind == TARGET_REGISTRY, &source, err);
	if (r < 0)
		return r;
	return serve(channel, (struct trust_source){ .source = source, .registry = kind == TARGET_REGISTRY, .reference = reference }, err);
}

int
job_trust(int channel)
{
	return job_answer(channel, run);
}
