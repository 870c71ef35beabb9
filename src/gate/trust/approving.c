/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/trust/approving.h"

#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "codec/json.h"
#include "gate/events.h"
#include "trust/bundle.h"
#include "trust/notation.h"

#include <plimsoll/build.h>

#include <fcntl.h>

#define VSA_TYPE "https://slsa.dev/verification_summary/v1"
#define SIGN_TYPE "https://sigstore.dev/cosign/sign/v1"
#define VERIFIER "urn:plimsoll"

/* A manifest or an index that is approved. */
struct subject {
	struct digest digest;
	struct slice media_type;
	uint64_t size;
	struct basis basis;            /* of its only, or one of its platforms */
	const struct verdict *verdict; /* NULL for an index, and where evidence was taken */
	bool is_index;
};

static struct slice
repository_of(const struct approving *a)
{
	return a->trusting->remote.root.repository;
}

static void
tell(const struct approving *a, const struct digest *digest, const char *what)
{
	char text[DIGEST_TEXT_SIZE];
	if (a->options->told)
		fprintf(a->options->told, "%-12s %.*s@%s\n", what, SLICE_ARG(repository_of(a)), digest_text(digest, text));
}

/* Signing. */

static struct slice
level_name(const struct approving *a, struct slice policy)
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

static int
sign_summary(struct approving *a, const struct subject *subject, struct slice tag, struct strbuf *envelope, struct plim_error *err)
{
	const struct basis *basis = &subject->basis;
	const struct vsa_input input = { SLICE("plimsoll:advisories"), basis->data };
	const struct slice level = level_name(a, basis->policy_name);
	const struct vsa vsa = {
		.verifier = SLICE(VERIFIER), .version = SLICE(PLIM_VERSION), .time = basis->evaluated_at, .repository = repository_of(a), .tag = tag,
		.image = subject->digest, .policy = basis->policy, .inputs = &input, .input_count = basis->data.algorithm != DIGEST_NONE,
		.levels = &level, .level_count = 1, .result = VSA_PASSED, .data_time = basis->data_time,
	};
	return level.p ? signer_approve(a->signer, &vsa, envelope, err) : error_nomem(err);
}

static struct attaching
attaching_to(struct approving *a, const struct subject *subject)
{
	return (struct attaching){ a->trusting, repository_of(a), subject->digest, subject->media_type, subject->size, a->arena, &a->attached, a->key };
}

static int
attach_simple(struct approving *a, const struct subject *subject, struct slice tag, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf payload = { 0 };
	AUTO(strbuf) struct strbuf signature = { 0 };
	const struct attaching to = attaching_to(a, subject);
	int r = signer_simple(a->signer, repository_of(a), tag, &subject->digest, &subject->basis.policy, &payload, &signature, err);
	if (r < 0)
		return r;
	const struct cosign_addition addition = { COSIGN_SIGNATURES, strbuf_slice(&payload), strbuf_slice(&signature), SLICE_NONE };
	return attach_layer(&to, &addition, err);
}

static int
attach_summary(struct approving *a, const struct subject *subject, struct slice envelope, struct plim_error *err)
{
	const struct attaching to = attaching_to(a, subject);
	const struct cosign_addition addition = { COSIGN_ATTESTATIONS, envelope, SLICE_NONE, SLICE(VSA_TYPE) };
	return attach_layer(&to, &addition, err);
}

static int
attach_bundle(struct approving *a, const struct subject *subject, struct slice envelope, const char *predicate_type, struct plim_error *err)
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
attach_bundles(struct approving *a, const struct subject *subject, struct slice summary, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf signature = { 0 };
	int r = signer_cosign_sign(a->signer, repository_of(a), &subject->digest, &subject->basis.policy, &signature, err);
	if (r == 0)
		r = attach_bundle(a, subject, strbuf_slice(&signature), SIGN_TYPE, err);
	return r < 0 ? r : attach_bundle(a, subject, summary, VSA_TYPE, err);
}

static int
attach_notation(struct approving *a, const struct subject *subject, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf envelope = { 0 };
	char hex[DIGEST_TEXT_SIZE];
	const struct attaching to = attaching_to(a, subject);
	const struct digest thumbprint = signer_thumbprint(a->signer);
	const struct referrer_descriptor target = { subject->media_type, subject->digest, subject->size };
	int r = signer_notation(a->signer, repository_of(a), &subject->basis.policy, &target, &envelope, err);
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
log_signature(struct approving *a, const struct subject *subject, struct slice tag, struct plim_error *err)
{
	const struct digest id = key_id(signer_key(a->signer));
	const struct log_field fields[] = {
		LOG_FIELD_TEXT("digest", event_digest(a->arena, &subject->digest)), LOG_FIELD_TEXT("key", event_digest(a->arena, &id)),
		LOG_FIELD_TEXT("policy", event_digest(a->arena, &subject->basis.policy)), LOG_FIELD_TEXT("repository", repository_of(a)),
		LOG_FIELD_TEXT("tag", tag),
	};
	return event_record(a->options->log, "signature", fields, sizeof fields / sizeof *fields, err);
}

static int
attach_evidence(struct approving *a, const struct subject *subject, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf predicate = { 0 };
	AUTO(strbuf) struct strbuf envelope = { 0 };
	struct attaching to = attaching_to(a, subject);
	to.key = SLICE_NONE;
	if (a->witness == NULL || subject->verdict == NULL)
		return 0;
	int r = evidence_write(subject->verdict, &predicate, err);
	if (r < 0 || (r = signer_evidence(a->witness, repository_of(a), &subject->digest, SLICE(EVIDENCE_TYPE), strbuf_slice(&predicate), &envelope, err)) < 0)
		return r;
	const struct cosign_addition addition = { COSIGN_ATTESTATIONS, strbuf_slice(&envelope), SLICE_NONE, SLICE(EVIDENCE_TYPE) };
	r = attach_layer(&to, &addition, err);
	if (r == 0)
		tell(a, &subject->digest, "evidence");
	return r;
}

static const struct {
	const char *member;
	const char *predicate_type;
} sbom_kinds[] = {
	{ "bomFormat", "https://cyclonedx.org/bom" },
	{ "spdxVersion", "https://spdx.dev/Document" },
};

static int
read_sbom(struct approving *a, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	const struct json *root;
	size_t n;
	int r = file_read(AT_FDCWD, a->options->sbom, LIMIT_ATTESTATION_BYTES / 2, &bytes, &n, err);
	if (r < 0)
		return r;
	a->sbom = arena_dup(a->arena, (struct slice){ bytes, n });
	r = a->sbom.p ? json_parse(a->sbom, a->arena, &root, err) : error_nomem(err);
	if (r < 0)
		return error_wrap(err, r, "%s", a->options->sbom);
	for (size_t i = 0; i < sizeof sbom_kinds / sizeof *sbom_kinds; i++)
		if (json_get_string(root, sbom_kinds[i].member).n) {
			a->sbom_type = sbom_kinds[i].predicate_type;
			return 0;
		}
	return error_set(err, PLIM_EFORMAT, "%s: neither CycloneDX nor SPDX, as JSON", a->options->sbom);
}

/* It speaks of one image: an index has none of its own. */
static int
attach_sbom(struct approving *a, const struct subject *subject, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf envelope = { 0 };
	struct attaching to = attaching_to(a, subject);
	to.key = SLICE_NONE;
	if (a->sbom.p == NULL || a->witness == NULL || subject->is_index)
		return 0;
	int r = signer_evidence(a->witness, repository_of(a), &subject->digest, slice_of(a->sbom_type), a->sbom, &envelope, err);
	if (r < 0)
		return r;
	const struct cosign_addition addition = { COSIGN_ATTESTATIONS, strbuf_slice(&envelope), SLICE_NONE, slice_of(a->sbom_type) };
	r = attach_layer(&to, &addition, err);
	if (r == 0)
		tell(a, &subject->digest, "sbom");
	return r;
}

static int
attest_tag(struct approving *a, const struct subject *subject, struct slice tag, struct plim_error *err)
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
attest_subject(struct approving *a, const struct subject *subject, struct plim_error *err)
{
	int r = attach_evidence(a, subject, err);
	if (r == 0)
		r = attach_sbom(a, subject, err);
	if (r < 0)
		return error_wrap(err, r, "evidence");
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

/* Each once. */
static int
add_subject(struct subject *subjects, size_t *n, const struct closure_answer *closure, const struct digest *digest, const struct approved *from,
            const struct verdict *verdict, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	for (size_t i = 0; i < *n; i++)
		if (digest_eq(&subjects[i].digest, digest))
			return 0;
	const struct closure_item *item = item_of(closure, digest);
	if (item == NULL)
		return error_set(err, PLIM_EDIGEST, "%s was judged, and is no longer what the reference names", digest_text(digest, text));
	subjects[(*n)++] = (struct subject){ *digest, item->media_type, item->size, from->basis, verdict, digest_eq(digest, &from->index) };
	return 0;
}

/* Platforms before the index: whoever stops half-way has approved no more than what it says. */
static int
add_subjects(struct subject *subjects, size_t *n, const struct closure_answer *closure, const struct approved *all, size_t count, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = add_subject(subjects, n, closure, &all[i].manifest, &all[i], all[i].verdict, err);
	for (size_t i = 0; r == 0 && i < count; i++)
		if (all[i].index.algorithm != DIGEST_NONE)
			r = add_subject(subjects, n, closure, &all[i].index, &all[i], NULL, err);
	return r;
}

static int
attest_all(struct approving *a, const struct approved *all, size_t count, struct plim_error *err)
{
	struct closure_answer closure = { 0 };
	size_t n = 0;
	struct subject *subjects = arena_make_array(a->arena, 2 * count, struct subject);
	int r = subjects ? trusting_closure(a->trusting, a->arena, &closure, err) : error_nomem(err);
	if (r == 0)
		r = add_subjects(subjects, &n, &closure, all, count, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = attest_subject(a, &subjects[i], err);
	const struct attaching any = n ? attaching_to(a, &subjects[0]) : (struct attaching){ 0 };
	return r == 0 && n ? attach_settle(&any, err) : r;
}

static int
take_tags(struct approving *a, struct plim_error *err)
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
		tags[n++] = a->trusting->remote.root.tag;
	a->tags = tags;
	a->tag_count = n;
	return 0;
}

static int
take_key(struct approving *a, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf pem = { 0 };
	int r = key_write_public(signer_key(a->signer), &pem, err);
	if (r < 0)
		return r;
	a->key = arena_dup(a->arena, strbuf_slice(&pem));
	return a->key.p ? 0 : error_nomem(err);
}

int
approving_run(struct approving *a, const struct approved *all, size_t n, struct plim_error *err)
{
	if (a->options->sbom && n != 1)
		return error_set(err, PLIM_EUSAGE, "an SBOM speaks of one image, and there are %zu platforms", n);
	int r = take_tags(a, err);
	if (r == 0)
		r = take_key(a, err);
	/* Before anything is published. */
	if (r == 0 && a->options->sbom)
		r = read_sbom(a, err);
	if (r == 0)
		r = attest_all(a, all, n, err);
	vec_done(&a->attached.all);
	return r;
}
