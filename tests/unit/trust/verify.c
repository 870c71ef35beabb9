/* SPDX-License-Identifier: Apache-2.0 */
/* Whether an image was approved: each requirement alone undoes it, one whole approval suffices, order counts for nothing. */
#include "helpers.h"

#include "base/date.h"
#include "trust/bundle.h"
#include "trust/simple_signing.h"
#include "trust/statement.h"
#include "trust/verify.h"

#include "certificates.h"

#define NAME "registry.example.com/team/web"
#define NOW  INT64_C(1893456000)    /* 2030-01-01 */
#define DAY  86400

struct scene {
	struct arena *arena;
	struct key *approve, *other;
	struct companion may;
	struct trusted_key trusted[2];
	struct digest policy;
	struct trust_wanted wanted;
	struct vsa vsa;
};

static struct scene
scene_open(void)
{
	struct scene scene = { .arena = arena_new(0), .approve = private_key(p256_private), .other = private_key(ed25519_private), .policy = digest_from(DIGEST_B) };
	scene.trusted[0] = (struct trusted_key){ scene.approve, SLICE("approve.pub"), KEY_APPROVES, DATE_NONE, DATE_NONE, NULL };
	scene.wanted = (struct trust_wanted){ .key_count = 1, .subject = digest_from(DIGEST_A), .repository = SLICE(NAME), .tag = SLICE("1.0"), .policy_count = 1,
		.now = NOW, .verdict_age_most = 7 * DAY, .data_age_most = 3 * DAY };
	scene.vsa = (struct vsa){ .verifier = SLICE("https://example.com/gate"), .version = SLICE("0"), .time = NOW - DAY, .repository = SLICE(NAME), .tag = SLICE("1.0"),
		.image = digest_from(DIGEST_A), .policy = digest_from(DIGEST_B), .data_time = NOW - 2 * DAY };
	return scene;
}

static void
scene_close(struct scene *scene)
{
	key_free(scene->approve);
	key_free(scene->other);
	arena_free(scene->arena);
}

static struct slice
sealed(struct scene *scene, const struct key *key, struct slice payload)
{
	AUTO(strbuf) struct strbuf pae = { 0 }, bytes = { 0 }, text = { 0 };
	struct plim_error err = { 0 };
	dsse_pae(SLICE(STATEMENT_PAYLOAD_TYPE), payload, &pae);
	assert_int_equal(key_sign(key, strbuf_slice(&pae), &bytes, &err), 0);
	struct dsse_signature signature = { SLICE_NONE, strbuf_slice(&bytes) };
	dsse_write(&(struct dsse){ SLICE(STATEMENT_PAYLOAD_TYPE), payload, &signature, 1 }, &text);
	return arena_dup(scene->arena, strbuf_slice(&text));
}

static struct trust_document
summary(struct scene *scene, const struct key *key)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct plim_error err = { 0 };
	assert_int_equal(vsa_write(&scene->vsa, &text, &err), 0);
	return (struct trust_document){ DOCUMENT_DSSE, sealed(scene, key, strbuf_slice(&text)), SLICE_NONE, SLICE("att") };
}

/* The same with some words exchanged: what this writer refuses to write. */
static struct trust_document
forged(struct scene *scene, const struct key *key, const char *from, const char *to)
{
	AUTO(strbuf) struct strbuf text = { 0 }, other = { 0 };
	struct plim_error err = { 0 };
	assert_int_equal(vsa_write(&scene->vsa, &text, &err), 0);
	size_t at = slice_find_text(strbuf_slice(&text), slice_of(from));
	assert_true(at != SIZE_MAX);
	strbuf_put(&other, slice_first(strbuf_slice(&text), at));
	strbuf_puts(&other, to);
	strbuf_put(&other, slice_from(strbuf_slice(&text), at + strlen(from)));
	return (struct trust_document){ DOCUMENT_DSSE, sealed(scene, key, strbuf_slice(&other)), SLICE_NONE, SLICE("att") };
}

static struct trust_document
simple(struct scene *scene, const struct key *key, struct slice tag)
{
	AUTO(strbuf) struct strbuf text = { 0 }, bytes = { 0 };
	struct plim_error err = { 0 };
	struct simple_signing what = { SLICE(NAME), tag, digest_from(DIGEST_A) };
	assert_int_equal(simple_signing_write(&what, &text, &err), 0);
	assert_int_equal(key_sign(key, strbuf_slice(&text), &bytes, &err), 0);
	return (struct trust_document){ DOCUMENT_SIMPLE_SIGNING, arena_dup(scene->arena, strbuf_slice(&text)), arena_dup(scene->arena, strbuf_slice(&bytes)), SLICE("sig") };
}

/* "held" or "failed signature, tag", "cannot tell policy": the outcome and the lines that did not hold. */
static void
assert_answer(struct scene *scene, const struct trust_document *documents, size_t n, const char *wanted)
{
	AUTO(strbuf) struct strbuf got = { 0 };
	struct trust_answer *answer;
	struct plim_error err = { 0 };
	scene->wanted.keys = scene->trusted;
	scene->wanted.policies = &scene->policy;
	assert_int_equal(trust_verify(&scene->wanted, documents, n, scene->arena, &answer, &err), 0);
	strbuf_puts(&got, outcome_name(answer->outcome));
	for (size_t i = 0, k = 0; i < answer->n; i++)
		if (answer->lines[i].outcome != OUTCOME_HELD)
			strbuf_printf(&got, "%s %s", k++ ? "," : "", requirement_name(answer->lines[i].requirement));
	if (!slice_is(strbuf_slice(&got), wanted))
		for (size_t i = 0; i < answer->n; i++)
			print_message("%s: %s: %.*s\n", requirement_name(answer->lines[i].requirement), outcome_name(answer->lines[i].outcome), SLICE_ARG(answer->lines[i].text));
	assert_slice(strbuf_slice(&got), wanted);
}

static void
assert_one(struct scene *scene, struct trust_document document, const char *wanted)
{
	assert_answer(scene, &document, 1, wanted);
}

static void
a_summary_that_meets_all(void **state)
{
	(void)state;
	struct scene scene = scene_open();
	struct trust_answer *answer;
	struct plim_error err = { 0 };
	struct trust_document document = summary(&scene, scene.approve);
	assert_one(&scene, document, "held");
	assert_int_equal(trust_verify(&scene.wanted, &document, 1, scene.arena, &answer, &err), 0);
	static const char *const lines[] = {
		"signature: signed by approve.pub (" P256_ID ")", "key: it may approve this", "result: a verification summary that approves",
		"subject: it speaks of " DIGEST_A, "repository: it was made for " NAME, "tag: it was made for the tag 1.0", "policy: it was judged by the policy " DIGEST_B,
		"verdict age: 2029-12-31T00:00:00Z, 24 hours ago; at most 168", "data age: 2029-12-30T00:00:00Z, 48 hours ago; at most 72",
	};
	assert_int_equal(answer->n, COUNT(lines));
	for (size_t i = 0; i < COUNT(lines); i++) {
		AUTO(strbuf) struct strbuf line = { 0 };
		strbuf_printf(&line, "%s: %.*s", requirement_name(answer->lines[i].requirement), SLICE_ARG(answer->lines[i].text));
		assert_slice(strbuf_slice(&line), lines[i]);
	}
	assert_ptr_equal(answer->key, &scene.trusted[0]);
	scene_close(&scene);
}

static void
each_requirement_alone(void **state)
{
	(void)state;
	struct scene scene = scene_open();
	struct vsa sound = scene.vsa;
	struct trust_wanted asked = scene.wanted;
	assert_answer(&scene, NULL, 0, "failed signature");
	assert_one(&scene, summary(&scene, scene.other), "failed signature");
	scene.vsa.image = digest_from(DIGEST_C);
	assert_one(&scene, summary(&scene, scene.approve), "failed subject");
	scene.vsa = sound;
	scene.vsa.repository = SLICE("registry.example.com/team/other");
	assert_one(&scene, summary(&scene, scene.approve), "failed repository");
	scene.vsa = sound;
	scene.vsa.tag = SLICE("1.1");
	assert_one(&scene, summary(&scene, scene.approve), "failed tag");
	scene.vsa.tag = SLICE_NONE;
	assert_one(&scene, summary(&scene, scene.approve), "held");
	scene.vsa = sound;
	scene.vsa.policy = digest_from(DIGEST_C);
	assert_one(&scene, summary(&scene, scene.approve), "failed policy");
	scene.vsa = sound;
	scene.vsa.time = NOW - 7 * DAY - 1;
	assert_one(&scene, summary(&scene, scene.approve), "failed verdict age");
	scene.vsa.time = NOW - 7 * DAY;
	assert_one(&scene, summary(&scene, scene.approve), "held");
	scene.vsa.time = NOW + 301;
	assert_one(&scene, summary(&scene, scene.approve), "failed verdict age");
	scene.vsa = sound;
	scene.vsa.data_time = NOW - 3 * DAY - 1;
	assert_one(&scene, summary(&scene, scene.approve), "failed data age");
	scene.vsa.data_time = DATE_NONE;
	assert_one(&scene, summary(&scene, scene.approve), "cannot tell data age");
	scene.wanted.data_age_most = 0;
	assert_one(&scene, summary(&scene, scene.approve), "held");
	scene.wanted = asked;
	scene.vsa = sound;
	assert_one(&scene, forged(&scene, scene.approve, "\"PASSED\"", "\"FAILED\""), "failed result");
	assert_one(&scene, forged(&scene, scene.approve, "oci://", "docker://"), "cannot tell repository");
	scene_close(&scene);
}

static void
unreadable_is_no_approval(void **state)
{
	(void)state;
	struct scene scene = scene_open();
	struct trust_document whole = summary(&scene, scene.approve), cut = whole;
	for (size_t n = 0; n < whole.bytes.n; n += 17) {
		cut.bytes = slice_first(whole.bytes, n);
		assert_one(&scene, cut, "failed readable");
	}
	/* Signed by whom it should be, and twice what it should be once. */
	assert_one(&scene, forged(&scene, scene.approve, "\"verificationResult\":\"PASSED\"", "\"verificationResult\":\"FAILED\",\"verificationResult\":\"PASSED\""), "failed readable");
	assert_one(&scene, forged(&scene, scene.approve, "\"verificationResult\":\"PASSED\"", "\"VerificationResult\":\"FAILED\",\"verificationResult\":\"PASSED\""), "failed readable");
	scene_close(&scene);
}

static void
no_byte_may_be_another(void **state)
{
	(void)state;
	struct scene scene = scene_open();
	struct trust_document documents[] = { summary(&scene, scene.approve), simple(&scene, scene.approve, SLICE("1.0")) };
	scene.wanted = (struct trust_wanted){ .key_count = 1, .subject = digest_from(DIGEST_A), .now = NOW };
	scene.wanted.keys = scene.trusted;
	for (size_t i = 0; i < COUNT(documents); i++) {
		char *bytes = (char *)documents[i].bytes.p;
		for (size_t at = 0; at < documents[i].bytes.n; at++) {
			struct trust_answer *answer;
			struct plim_error err = { 0 };
			bytes[at] ^= 1;
			assert_int_equal(trust_verify(&scene.wanted, &documents[i], 1, scene.arena, &answer, &err), 0);
			assert_int_equal(answer->outcome, OUTCOME_FAILED);
			bytes[at] ^= 1;
		}
		assert_one(&scene, documents[i], "held");
	}
	scene_close(&scene);
}

static void
simple_signatures_know_less(void **state)
{
	(void)state;
	struct scene scene = scene_open();
	assert_one(&scene, simple(&scene, scene.approve, SLICE("1.0")), "cannot tell policy, verdict age, data age");
	assert_one(&scene, simple(&scene, scene.approve, SLICE("2.0")), "failed tag, policy, verdict age, data age");
	assert_one(&scene, simple(&scene, scene.other, SLICE("1.0")), "failed signature, policy, verdict age, data age");
	scene.wanted.policy_count = scene.wanted.verdict_age_most = scene.wanted.data_age_most = 0;
	assert_one(&scene, simple(&scene, scene.approve, SLICE("1.0")), "held");
	assert_one(&scene, simple(&scene, scene.approve, SLICE_NONE), "held");
	scene.wanted.tag = SLICE_NONE;
	assert_one(&scene, simple(&scene, scene.approve, SLICE("2.0")), "held");
	scene_close(&scene);
}

static void
keys_have_roles_and_days(void **state)
{
	(void)state;
	struct scene scene = scene_open();
	struct trusted_key *key = &scene.trusted[0];
	struct trust_document document = summary(&scene, scene.approve);
	int64_t today = NOW / DAY;
	key->role = KEY_EVIDENCES;
	assert_one(&scene, document, "failed key");
	key->role = KEY_DENIES;
	assert_one(&scene, document, "failed key");
	key->role = KEY_ROLE_NONE;
	assert_one(&scene, document, "held");
	key->until = today - 1;
	assert_one(&scene, document, "failed key");
	key->until = today;
	assert_one(&scene, document, "held");
	key->from = today + 1;
	assert_one(&scene, document, "failed key");
	key->from = today;    /* but the verdict is of yesterday, when it could not sign */
	assert_one(&scene, document, "failed key");
	key->from = today - 1;
	assert_one(&scene, document, "held");
	scene_close(&scene);
}

static void
companions_bind_verifiers_too(void **state)
{
	(void)state;
	struct scene scene = scene_open();
	struct trust_document document = summary(&scene, scene.approve), signature = simple(&scene, scene.approve, SLICE("1.0"));
	struct slice globs[] = { { "registry.example.com/*", 22 } };
	struct digest other = digest_from(DIGEST_C);
	struct companion may = { .role = KEY_APPROVES, .any_policy = true, .repositories = globs, .repository_count = 1, .from = DATE_NONE, .until = DATE_NONE };
	scene.trusted[0].may = &may;
	assert_one(&scene, document, "held");
	globs[0] = SLICE("registry.example.com/other/*");
	assert_one(&scene, document, "failed key");
	globs[0] = SLICE("*");
	may.role = KEY_EVIDENCES;
	assert_one(&scene, document, "failed key");
	may.role = KEY_APPROVES;
	may.any_policy = false;
	may.policies = &other;
	may.policy_count = 1;
	assert_one(&scene, document, "failed key");
	may.policies = &scene.policy;
	assert_one(&scene, document, "held");
	scene.wanted.policy_count = scene.wanted.verdict_age_most = scene.wanted.data_age_most = 0;
	assert_one(&scene, signature, "cannot tell key");
	scene_close(&scene);
}

static void
rotation_and_order(void **state)
{
	(void)state;
	struct scene scene = scene_open();
	scene.trusted[1] = (struct trusted_key){ scene.other, SLICE("next.pub"), KEY_APPROVES, NOW / DAY - 1, DATE_NONE, NULL };
	scene.trusted[0].until = NOW / DAY - 1;
	scene.wanted.key_count = 2;
	struct trust_document good = summary(&scene, scene.other), old = summary(&scene, scene.approve), junk = { DOCUMENT_DSSE, SLICE("{"), SLICE_NONE, SLICE("junk") };
	struct trust_document negative = forged(&scene, scene.other, "\"PASSED\"", "\"FAILED\"");
	scene.vsa.image = digest_from(DIGEST_C);
	struct trust_document all[] = { junk, old, negative, summary(&scene, scene.other), good };
	for (size_t i = 0; i < COUNT(all); i++) {
		struct trust_document first = all[0];
		assert_answer(&scene, all, COUNT(all), "held");
		memmove(all, all + 1, sizeof all - sizeof *all);
		all[COUNT(all) - 1] = first;
	}
	/* Without the good one the answer is one and the same, too. */
	struct trust_document bad[] = { junk, summary(&scene, scene.approve), negative };
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct trust_document first = bad[0];
		assert_answer(&scene, bad, COUNT(bad), "failed result");
		memmove(bad, bad + 1, sizeof bad - sizeof *bad);
		bad[COUNT(bad) - 1] = first;
	}
	scene_close(&scene);
}

static void
one_of_several_signatures(void **state)
{
	(void)state;
	struct scene scene = scene_open();
	AUTO(strbuf) struct strbuf text = { 0 }, pae = { 0 }, a = { 0 }, b = { 0 }, out = { 0 };
	struct plim_error err = { 0 };
	assert_int_equal(vsa_write(&scene.vsa, &text, &err), 0);
	dsse_pae(SLICE(STATEMENT_PAYLOAD_TYPE), strbuf_slice(&text), &pae);
	assert_int_equal(key_sign(scene.other, strbuf_slice(&pae), &a, &err), 0);
	assert_int_equal(key_sign(scene.approve, strbuf_slice(&pae), &b, &err), 0);
	struct dsse_signature both[] = { { SLICE_NONE, strbuf_slice(&a) }, { SLICE_NONE, strbuf_slice(&b) } };
	struct dsse envelope = { SLICE(STATEMENT_PAYLOAD_TYPE), strbuf_slice(&text), both, 2 };
	struct digest id = key_id(scene.approve);
	bundle_write(&id, &envelope, &out);
	struct trust_document document = { DOCUMENT_BUNDLE, strbuf_slice(&out), SLICE_NONE, SLICE("bundle") };
	assert_one(&scene, document, "held");
	scene_close(&scene);
}

static void
evidence_approves_nothing(void **state)
{
	(void)state;
	struct scene scene = scene_open();
	AUTO(strbuf) struct strbuf text = { 0 }, sign = { 0 };
	struct plim_error err = { 0 };
	struct statement_subject subject = { SLICE(NAME), digest_from(DIGEST_A) };
	assert_int_equal(statement_write(&subject, SLICE(PREDICATE_SPDX), SLICE("{}"), &text, &err), 0);
	scene.wanted.repository = scene.wanted.tag = SLICE_NONE;
	scene.wanted.policy_count = scene.wanted.verdict_age_most = scene.wanted.data_age_most = 0;
	assert_one(&scene, (struct trust_document){ DOCUMENT_DSSE, sealed(&scene, scene.approve, strbuf_slice(&text)), SLICE_NONE, SLICE("s") }, "failed result");
	/* cosign 3's own signature does. */
	assert_int_equal(statement_write(&subject, SLICE(PREDICATE_COSIGN_SIGN), SLICE("{}"), &sign, &err), 0);
	assert_one(&scene, (struct trust_document){ DOCUMENT_DSSE, sealed(&scene, scene.approve, strbuf_slice(&sign)), SLICE_NONE, SLICE("s") }, "held");
	scene_close(&scene);
}

static void
denied(void **state)
{
	(void)state;
	struct scene scene = scene_open();
	struct deny_entry entry = { digest_from(DIGEST_C), SLICE("*"), SLICE("leaked"), NOW / DAY - 1 };
	struct deny_list list = { 3, NOW - DAY, &entry, 1 };
	struct digest also = digest_from(DIGEST_C);
	struct trust_document document = summary(&scene, scene.approve);
	scene.wanted.denied = &list;
	scene.wanted.deny_age_most = DAY;
	assert_one(&scene, document, "held");
	scene.wanted.deny_age_most = DAY - 1;
	assert_one(&scene, document, "cannot tell deny list");
	scene.wanted.also = &also;
	scene.wanted.also_count = 1;
	assert_one(&scene, document, "failed deny list");
	scene.wanted.also_count = 0;
	entry.digest = digest_from(DIGEST_A);
	assert_one(&scene, document, "failed deny list");
	entry.repository = SLICE("registry.example.com/other/*");
	scene.wanted.deny_age_most = 0;
	assert_one(&scene, document, "held");
	assert_answer(&scene, NULL, 0, "failed signature");
	scene_close(&scene);
}

static void
under_certificates(void **state)
{
	(void)state;
	struct scene scene = scene_open();
	AUTO(certificate) struct certificate *authority = NULL, *foreign = NULL;
	struct plim_error err = { 0 };
	assert_int_equal(certificate_parse(slice_of(authority_certificate), &authority, &err), 0);
	assert_int_equal(certificate_parse(slice_of(tls_certificate), &foreign, &err), 0);
	struct trusted_certificate certificates[] = { { foreign, SLICE("foreign.crt") }, { authority, SLICE("authority.crt") } };
	struct trust_document document = { DOCUMENT_NOTATION, slice_of(p256_jws), SLICE_NONE, SLICE("jws") };
	scene.wanted = (struct trust_wanted){ .subject = digest_from(DIGEST_A), .now = NOW };
	assert_one(&scene, document, "failed signature");
	scene.wanted.certificates = certificates;
	scene.wanted.certificate_count = 1;
	assert_one(&scene, document, "failed signature");
	scene.wanted.certificate_count = 2;
	assert_one(&scene, document, "held");
	scene.wanted.repository = SLICE(NAME);
	assert_one(&scene, document, "cannot tell repository");
	scene.wanted.subject = digest_from(DIGEST_B);
	assert_one(&scene, document, "failed subject, repository");
	scene_close(&scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_summary_that_meets_all),  cmocka_unit_test(each_requirement_alone),       cmocka_unit_test(unreadable_is_no_approval),
		cmocka_unit_test(no_byte_may_be_another),    cmocka_unit_test(simple_signatures_know_less),  cmocka_unit_test(keys_have_roles_and_days),
		cmocka_unit_test(companions_bind_verifiers_too), cmocka_unit_test(rotation_and_order),       cmocka_unit_test(one_of_several_signatures),
		cmocka_unit_test(evidence_approves_nothing), cmocka_unit_test(denied),                       cmocka_unit_test(under_certificates),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
