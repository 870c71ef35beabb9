/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of each kind into claims. */
#include "trust/claim.h"

#include "base/date.h"
#include "base/error.h"
#include "trust/simple_signing.h"
#include "trust/statement.h"

static int
one_subject(struct claim *claim, const struct digest *subject, struct arena *arena, struct plim_error *err)
{
	struct digest *copy = arena_make(arena, struct digest);
	if (copy == NULL)
		return error_nomem(err);
	*copy = *subject;
	claim->subjects = copy;
	claim->subject_count = 1;
	return 0;
}

static int
read_simple(struct claim *claim, struct arena *arena, struct plim_error *err)
{
	struct simple_signing *payload;
	int r = simple_signing_parse(claim->document->bytes, arena, &payload, err);
	if (r < 0)
		return r;
	claim->form = SLICE("a simple signature");
	claim->approves = true;
	claim->repository = payload->repository;
	claim->tag = payload->tag;
	return one_subject(claim, &payload->image, arena, err);
}

static int
take_subjects(struct claim *claim, const struct statement *statement, struct arena *arena, struct plim_error *err)
{
	struct digest *subjects = arena_make_array(arena, statement->subject_count, struct digest);
	if (subjects == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < statement->subject_count; i++)
		subjects[i] = statement->subjects[i].digest;
	claim->subjects = subjects;
	claim->subject_count = statement->subject_count;
	return 0;
}

static int
read_summary(struct claim *claim, const struct statement *statement, struct arena *arena, struct plim_error *err)
{
	struct vsa *vsa;
	int r = vsa_parse(statement, arena, &vsa, err);
	if (r < 0)
		return r;
	claim->form = SLICE("a verification summary");
	claim->approves = vsa->result == VSA_PASSED;
	claim->why_not = SLICE("it says FAILED");
	claim->repository = vsa->repository;
	claim->tag = vsa->tag;
	claim->policy = vsa->policy;
	claim->time = vsa->time;
	claim->data_time = vsa->data_time;
	return 0;
}

static int
read_envelope(struct claim *claim, const struct dsse *envelope, struct arena *arena, struct plim_error *err)
{
	struct statement *statement;
	claim->envelope = envelope;
	claim->form = SLICE("an envelope");
	claim->why_not = SLICE("it holds no in-toto statement");
	if (!slice_is(envelope->payload_type, STATEMENT_PAYLOAD_TYPE))
		return 0;
	int r = statement_parse(envelope->payload, arena, &statement, err);
	if (r == 0)
		r = take_subjects(claim, statement, arena, err);
	if (r < 0)
		return r;
	claim->form = SLICE("a statement");
	claim->why_not = arena_printf(arena, "it is a statement of %.*s, which approves nothing", SLICE_ARG(slice_first(statement->predicate_type, 200)));
	if (slice_is(statement->predicate_type, PREDICATE_VSA))
		return read_summary(claim, statement, arena, err);
	claim->approves = slice_is(statement->predicate_type, PREDICATE_COSIGN_SIGN);
	return 0;
}

static int
read_dsse(struct claim *claim, struct arena *arena, struct plim_error *err)
{
	struct dsse *envelope;
	int r = dsse_parse(claim->document->bytes, arena, &envelope, err);
	return r < 0 ? r : read_envelope(claim, envelope, arena, err);
}

static int
read_bundle(struct claim *claim, struct arena *arena, struct plim_error *err)
{
	struct bundle *bundle;
	int r = bundle_parse(claim->document->bytes, arena, &bundle, err);
	return r < 0 ? r : read_envelope(claim, bundle->envelope, arena, err);
}

static int
read_notation(struct claim *claim, struct arena *arena, struct plim_error *err)
{
	struct notation *notation;
	int r = notation_parse(claim->document->bytes, arena, &notation, err);
	if (r < 0)
		return r;
	claim->notation = notation;
	claim->form = SLICE("a signature of the Notary Project");
	claim->approves = true;
	return one_subject(claim, &notation->target.digest, arena, err);
}

int
claim_read(const struct trust_document *document, struct arena *arena, struct claim **out, struct plim_error *err)
{
	static int (*const readers[])(struct claim *claim, struct arena *arena, struct plim_error *err) = {
		[DOCUMENT_SIMPLE_SIGNING] = read_simple, [DOCUMENT_DSSE] = read_dsse, [DOCUMENT_BUNDLE] = read_bundle, [DOCUMENT_NOTATION] = read_notation,
	};
	struct claim *claim = arena_make(arena, struct claim);
	if (claim == NULL)
		return error_nomem(err);
	*claim = (struct claim){ .document = document, .time = DATE_NONE, .data_time = DATE_NONE };
	int r = readers[document->kind](claim, arena, err);
	if (r == 0)
		*out = claim;
	return r;
}

bool
claim_is_signed_by(const struct claim *claim, const struct key *key)
{
	if (claim->envelope)
		return dsse_verify(claim->envelope, key);
	return claim->document->kind == DOCUMENT_SIMPLE_SIGNING && key_verify(key, claim->document->bytes, claim->document->signature);
}
