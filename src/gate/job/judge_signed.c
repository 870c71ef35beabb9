/* SPDX-License-Identifier: Apache-2.0 */
/* What others signed: the advisory data, approvals and VEX of an image; and whose signatures a judge asks for. */
#include "gate/job/judge_inside.h"
#include "gate/job/trust.h"

#include "base/error.h"
#include "gate/trust/held_keys.h"

static struct trust_key_order
key_order(const struct origin_signer *signer)
{
	return (struct trust_key_order){ .pem = signer->text, .name = signer->name, .from = signer->from, .until = signer->until };
}

static int
key_orders(const struct origin_signer *signers, size_t n, struct arena *arena, struct data_keys *out, struct plim_error *err)
{
	AUTO(held_keys) struct held_keys keys = { 0 };
	if ((out->keys = arena_make_array(arena, n, struct trust_key_order)) == NULL)
		return error_nomem(err);
	for (; out->key_count < n; out->key_count++)
		out->keys[out->key_count] = key_order(&signers[out->key_count]);
	/* A key that is none is no doubt about the data, but a policy that is wrong. */
	int r = held_keys_take(out->keys, n, arena, &keys, err);
	return r < 0 ? error_wrap(err, r, "data.signed_by") : 0;
}

/* Whom the policy asks for: what is not signed by them is judged, and leaves open what it decides. */
int
judge_find_data_signer(struct judge *judge, struct plim_error *err)
{
	const struct origin_signer *signers;
	size_t n = judge->policy ? policy_data_keys(judge->policy, &signers) : 0;
	struct data_keys wanted = { .now = judge->order.data_keys.now };
	struct data_signer found;
	struct plim_error why = { 0 };
	int r = n ? key_orders(signers, n, judge->arena, &wanted, err) : 0;
	if (r < 0 || n == 0 || judge->database == NULL)
		return r;
	r = data_signer_check(judge->database, "advisory data", &wanted, judge->arena, &found, &why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	struct slice reason = slice_of(why.text);
	slice_skip(&reason, SLICE("advisory data: "));
	judge->data_signed = (struct signed_by){ r < 0 ? SIGNED_BY_NONE : SIGNED_BY_ONE, r < 0 ? arena_dup(judge->arena, reason) : found.text };
	return judge->data_signed.text.p ? 0 : error_nomem(err);
}

int
judge_check_signed(struct judge *judge, struct plim_error *err)
{
	struct data_signer signer;
	if (judge->database == NULL)
		return 0;
	const char *path = arena_strz(judge->arena, judge->order.database);
	return path ? data_signer_check(judge->database, path, &judge->order.data_keys, judge->arena, &signer, err) : error_nomem(err);
}

int
judge_take_approval(struct judge *judge, struct slice body, struct plim_error *err)
{
	struct signed_by *out = &judge->signed_by[judge->side];
	uint32_t state = number_of(&body);
	if (state > SIGNED_UNKNOWN)
		return error_set(err, PLIM_EFORMAT, "an approval that there is not");
	*out = (struct signed_by){ (enum signed_state)state, arena_dup(judge->arena, body) };
	return out->text.p ? 0 : error_nomem(err);
}

void
judge_let_go_vex(struct vex_attested *vex)
{
	for (size_t i = 0; i < vex->n; i++)
		vex_document_done(&((struct vex_source *)&vex->at[i])->document);
	*vex = (struct vex_attested){ 0 };
}

/* One that whoever is trusted signed, and that cannot be read, is said; the others count all the same. */
static int
open_attestation(struct judge *judge, const struct vex_attestation *from, struct vex_source *to, struct vex_attested *vex, struct plim_error *err)
{
	struct plim_error why = { 0 };
	*to = (struct vex_source){ .name = from->name, .key = from->key, .subject = from->subject };
	int r = vex_read(from->bytes, judge->arena, &to->document, &why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r < 0) {
		vex_document_done(&to->document);
		to->document = (struct vex_document){ 0 };
		vex->trouble = arena_printf(judge->arena, "%.*s, signed by %.*s: %s", SLICE_ARG(from->name), SLICE_ARG(from->key), why.text);
	}
	return 0;
}

int
judge_take_vex(struct judge *judge, struct slice body, struct plim_error *err)
{
	struct vex_attested *vex = &judge->vex[judge->side];
	struct vex_answer answer = { 0 };
	struct slice kept = arena_dup(judge->arena, body);
	struct cursor from = cursor_of(kept);
	judge_let_go_vex(vex);
	int r = kept.p ? wire_read(&wire_vex_answer, &from, judge->arena, &answer, err) : error_nomem(err);
	struct vex_source *at = r == 0 ? arena_make_array(judge->arena, answer.n + 1, struct vex_source) : NULL;
	if (r < 0 || at == NULL)
		return r < 0 ? r : error_nomem(err);
	*vex = (struct vex_attested){ .at = at, .trouble = answer.trouble };
	for (; r == 0 && vex->n < answer.n; vex->n++)
		r = open_attestation(judge, &answer.at[vex->n], &at[vex->n], vex, err);
	return r;
}

/* Whose signatures are to be looked for: as the process that reads them is asked. */
static void
put_signers(const struct policy *policy, int64_t at, struct strbuf *into)
{
	const struct origin_signer *signers;
	size_t n = policy_signers(policy, &signers);
	AUTO(free) struct trust_key_order *keys = calloc(n + 1, sizeof *keys);
	AUTO(free) struct trust_certificate_order *certificates = calloc(n + 1, sizeof *certificates);
	struct verify_order order = { .keys = keys, .certificates = certificates, .now = at };
	into->failed |= keys == NULL || certificates == NULL;
	for (size_t i = 0; !into->failed && i < n; i++) {
		if (signers[i].is_certificate)
			certificates[order.certificate_count++] = (struct trust_certificate_order){ signers[i].text, signers[i].name };
		else
			keys[order.key_count++] = key_order(&signers[i]);
	}
	if (!into->failed)
		wire_write(&wire_verify_order, &order, into);
}

static void
put_vex_keys(const struct policy *policy, int64_t at, struct strbuf *into)
{
	const struct origin_signer *signers;
	size_t n = policy_vex_keys(policy, &signers);
	AUTO(free) struct trust_key_order *keys = calloc(n + 1, sizeof *keys);
	const struct vex_order order = { .keys = keys, .key_count = n, .now = at };
	into->failed |= keys == NULL;
	for (size_t i = 0; !into->failed && i < n; i++)
		keys[i] = key_order(&signers[i]);
	if (!into->failed)
		wire_write(&wire_vex_order, &order, into);
}

void
judge_put_wanted(const struct judge *judge, struct strbuf *into)
{
	put_signers(judge->policy, judge->order.at, into);
	put_vex_keys(judge->policy, judge->order.at, into);
}
