/* SPDX-License-Identifier: Apache-2.0 */
/* What a signer makes of an order. */
#include "trust/order.h"

#include "base/date.h"
#include "base/error.h"
#include "trust/dsse.h"
#include "trust/notation.h"
#include "trust/sealed.h"
#include "trust/simple_signing.h"
#include "trust/verify.h"

#include <plimsoll/build.h>

/* What is signed, with a check of the key itself: a broken token, or one whose halves do not belong together, is found here. */
static int
sign(const struct order_means *means, struct slice message, struct strbuf *into, struct plim_error *err)
{
	size_t before = into->n;
	int r = key_sign(means->key, message, into, err);
	if (r == 0 && !key_verify(means->key, message, slice_from(strbuf_slice(into), before)))
		r = error_set(err, PLIM_ESYSTEM, "the key signed, and its own public half does not say so");
	return r;
}

static int
seal_as(const struct order_means *means, struct slice hint, struct slice type, struct slice payload, struct strbuf *document, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf pae = { 0 }, bytes = { 0 };
	dsse_pae(type, payload, &pae);
	int r = pae.failed ? error_nomem(err) : sign(means, strbuf_slice(&pae), &bytes, err);
	if (r < 0)
		return r;
	struct dsse_signature signature = { hint, strbuf_slice(&bytes) };
	dsse_write(&(struct dsse){ type, payload, &signature, 1 }, document);
	return document->failed ? error_nomem(err) : 0;
}

static int
seal(const struct order_means *means, struct slice type, struct slice payload, struct strbuf *document, struct plim_error *err)
{
	return seal_as(means, SLICE(""), type, payload, document, err);
}

/* A verdict from tomorrow would live a day longer than it may. */
static int
check_time(const struct order_means *means, int64_t time, struct plim_error *err)
{
	if (time > means->now + TRUST_SKEW_S)
		return error_set(err, PLIM_EUSAGE, "what is to be signed is from the future by this machine's clock");
	return companion_allows_day(means->may, date_day(time), err);
}

static int
check_approval(const struct order_means *means, struct slice repository, const struct digest *policy, struct plim_error *err)
{
	int r = companion_allows_repository(means->may, repository, err);
	return r < 0 ? r : companion_allows_policy(means->may, policy, err);
}

static int
carry_simple(const struct order_means *means, const struct order *order, struct strbuf *document, struct strbuf *signature, struct plim_error *err)
{
	struct simple_signing what = { order->repository, order->tag, order->image };
	int r = check_approval(means, order->repository, &order->policy, err);
	if (r == 0)
		r = simple_signing_write(&what, document, err);
	return r < 0 ? r : sign(means, strbuf_slice(document), signature, err);
}

static int
carry_approve(const struct order_means *means, const struct order *order, struct strbuf *document, struct strbuf *signature, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf payload = { 0 };
	const struct vsa *vsa = &order->vsa;
	(void)signature;
	int r = check_approval(means, vsa->repository, &vsa->policy, err);
	if (r == 0 && vsa->time == DATE_NONE)
		r = error_set(err, PLIM_EUSAGE, "a summary needs a time");
	if (r == 0)
		r = check_time(means, vsa->time, err);
	if (r == 0 && vsa->data_time != DATE_NONE && vsa->data_time > means->now + TRUST_SKEW_S)
		r = error_set(err, PLIM_EUSAGE, "the data that it rests on are from the future by this machine's clock");
	if (r == 0)
		r = vsa_write(vsa, &payload, err);
	return r < 0 ? r : seal(means, SLICE(STATEMENT_PAYLOAD_TYPE), strbuf_slice(&payload), document, err);
}

static int
carry_cosign_sign(const struct order_means *means, const struct order *order, struct strbuf *document, struct strbuf *signature, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf payload = { 0 };
	struct statement_subject subject = { order->repository, order->image };
	(void)signature;
	int r = check_approval(means, order->repository, &order->policy, err);
	if (r == 0)
		r = statement_write(&subject, SLICE(PREDICATE_COSIGN_SIGN), SLICE("{}"), &payload, err);
	return r < 0 ? r : seal(means, SLICE(STATEMENT_PAYLOAD_TYPE), strbuf_slice(&payload), document, err);
}

static int
carry_evidence(const struct order_means *means, const struct order *order, struct strbuf *document, struct strbuf *signature, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf payload = { 0 };
	struct statement_subject subject = { order->repository, order->image };
	(void)signature;
	int r = companion_allows_repository(means->may, order->repository, err);
	if (r == 0 && (slice_is(order->predicate_type, PREDICATE_VSA) || slice_is(order->predicate_type, PREDICATE_COSIGN_SIGN)))
		r = error_set(err, PLIM_EUSAGE, "%.*s is an approval, not evidence", SLICE_ARG(order->predicate_type));
	if (r == 0 && (slice_is(order->predicate_type, PREDICATE_DATA) || slice_is(order->predicate_type, PREDICATE_EXCEPTIONS)))
		r = error_set(err, PLIM_EUSAGE, "%.*s is of %s, not evidence", SLICE_ARG(order->predicate_type), slice_is(order->predicate_type, PREDICATE_DATA) ? "databases" : "exceptions");
	if (r == 0)
		r = statement_write(&subject, order->predicate_type, order->predicate, &payload, err);
	return r < 0 ? r : seal(means, SLICE(STATEMENT_PAYLOAD_TYPE), strbuf_slice(&payload), document, err);
}

static int
carry_notation(const struct order_means *means, const struct order *order, struct strbuf *document, struct strbuf *signature, struct plim_error *err)
{
	struct notation_order what = { order->target, means->now, DATE_NONE, SLICE("plimsoll/" PLIM_VERSION) };
	(void)signature;
	int r = check_approval(means, order->repository, &order->policy, err);
	if (r == 0 && means->certificate == NULL)
		r = error_set(err, PLIM_EUSAGE, "the Notary Project's signatures need a certificate of the key");
	if (r == 0 && (order->target.digest.algorithm == DIGEST_NONE || order->target.media_type.n == 0))
		r = error_set(err, PLIM_EUSAGE, "there is no digest to sign");
	return r < 0 ? r : notation_sign(&what, means->key, means->certificate, document, err);
}

static int
carry_deny(const struct order_means *means, const struct order *order, struct strbuf *document, struct strbuf *signature, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf payload = { 0 };
	(void)signature;
	int r = deny_write(&order->list, &payload, err);
	if (r == 0)
		r = check_time(means, order->list.time, err);
	return r < 0 ? r : seal(means, SLICE(DENY_PAYLOAD_TYPE), strbuf_slice(&payload), document, err);
}

/* Whose an envelope is, is asked without any key at hand, too. */
static int
seal_named(const struct order_means *means, struct slice payload, struct strbuf *document, struct plim_error *err)
{
	const struct digest id = key_id(means->key);
	char hint[DIGEST_TEXT_SIZE];
	return seal_as(means, slice_of(digest_text(&id, hint)), SLICE(STATEMENT_PAYLOAD_TYPE), payload, document, err);
}

static int
carry_exceptions(const struct order_means *means, const struct order *order, struct strbuf *document, struct strbuf *signature, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf payload = { 0 };
	(void)signature;
	int r = exceptions_claim_write(&order->exceptions, &payload, err);
	if (r == 0)
		r = check_time(means, order->exceptions.time, err);
	return r < 0 ? r : seal_named(means, strbuf_slice(&payload), document, err);
}

static int
carry_data(const struct order_means *means, const struct order *order, struct strbuf *document, struct strbuf *signature, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf payload = { 0 };
	(void)signature;
	int r = data_claim_write(&order->data, &payload, err);
	if (r == 0)
		r = check_time(means, order->data.time, err);
	return r < 0 ? r : seal_named(means, strbuf_slice(&payload), document, err);
}

static int
carry_assign(const struct order_means *means, const struct order *order, struct strbuf *document, struct strbuf *signature, struct plim_error *err)
{
	(void)signature;
	int r = order->assign.n ? check_time(means, order->time, err) : error_set(err, PLIM_EUSAGE, "there is nothing to assign");
	return r < 0 ? r : seal(means, SLICE(ASSIGN_PAYLOAD_TYPE), order->assign, document, err);
}

static const struct {
	enum key_role role;
	int (*carry)(const struct order_means *means, const struct order *order, struct strbuf *document, struct strbuf *signature, struct plim_error *err);
} kinds[ORDER_KIND_COUNT] = {
	[ORDER_SIMPLE] = { KEY_APPROVES, carry_simple },
	[ORDER_APPROVE] = { KEY_APPROVES, carry_approve },
	[ORDER_COSIGN_SIGN] = { KEY_APPROVES, carry_cosign_sign },
	[ORDER_EVIDENCE] = { KEY_EVIDENCES, carry_evidence },
	[ORDER_NOTATION] = { KEY_APPROVES, carry_notation },
	[ORDER_DENY] = { KEY_DENIES, carry_deny },
	[ORDER_DATA] = { KEY_DATA, carry_data },
	[ORDER_EXCEPTIONS] = { KEY_EXCEPTS, carry_exceptions },
	[ORDER_ASSIGN] = { KEY_ASSIGNS, carry_assign },
};

int
order_carry_out(const struct order_means *means, const struct order *order, struct strbuf *document, struct strbuf *signature,
                struct plim_error *err)
{
	if (means->may == NULL)
		return error_set(err, PLIM_EUSAGE, "nothing says what the key may sign");
	int r = companion_allows_role(means->may, kinds[order->kind].role, err);
	if (r == 0)
		r = companion_allows_day(means->may, date_day(means->now), err);
	return r < 0 ? r : kinds[order->kind].carry(means, order, document, signature, err);
}
