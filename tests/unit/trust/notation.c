/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of the Notary Project: what openssl signed holds, what is signed here holds, nothing that was changed does. */
#include "helpers.h"

#include "base/date.h"
#include "trust/notation.h"

#include "certificates.h"

#define NOW INT64_C(1893456000)    /* 2030-01-01 */

static struct certificate *
certificate(const char *pem)
{
	struct certificate *made = NULL;
	struct plim_error err = { 0 };
	if (certificate_parse(slice_of(pem), &made, &err) < 0)
		fail_msg("%s", err.text);
	return made;
}

static int
verify(struct slice text, struct certificate *trusted, int64_t now, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct notation *notation;
	int r = notation_parse(text, arena, &notation, err);
	return r < 0 ? r : notation_verify(notation, &trusted, 1, now, err);
}

static void
openssl_signed_them(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(certificate) struct certificate *authority = certificate(authority_certificate), *leaf = certificate(p256_certificate), *rsa = certificate(rsa_certificate);
	struct plim_error err = { 0 };
	struct notation *notation;
	assert_int_equal(verify(slice_of(p256_jws), authority, NOW, &err), 0);
	assert_int_equal(verify(slice_of(rsa_jws), authority, NOW, &err), 0);
	assert_int_equal(verify(slice_of(p256_jws), leaf, NOW, &err), 0);
	assert_int_equal(verify(slice_of(p256_jws), rsa, NOW, &err), PLIM_EUSAGE);
	assert_int_equal(notation_parse(slice_of(p256_jws), arena, &notation, &err), 0);
	struct digest a = digest_from(DIGEST_A);
	assert_true(digest_eq(&notation->target.digest, &a) && notation->target.size == 943);
	assert_slice(notation->target.media_type, "application/vnd.oci.image.manifest.v1+json");
	assert_int_equal(notation->signing_time, 1767323045);
}

static void
outside_its_time(void **state)
{
	(void)state;
	AUTO(certificate) struct certificate *leaf = certificate(p256_certificate);
	struct plim_error err = { 0 };
	assert_int_equal(verify(slice_of(p256_jws), leaf, 1767323046, &err), PLIM_EUSAGE);
	assert_string_equal(err.text, "the certificate is not valid yet");
	assert_int_equal(verify(slice_of(p256_jws), leaf, INT64_C(5000000000), &err), PLIM_EUSAGE);
	assert_string_equal(err.text, "the certificate has expired");
}

static void
not_for_code(void **state)
{
	(void)state;
	AUTO(certificate) struct certificate *tls = certificate(tls_certificate), *authority = certificate(authority_certificate);
	struct plim_error err = { 0 };
	assert_int_equal(certificate_check(tls, NULL, 0, &authority, 1, NOW, &err), PLIM_EUSAGE);
	assert_string_equal(err.text, "the certificate's key may not sign code");
	assert_int_equal(certificate_check(authority, NULL, 0, &authority, 1, NOW, &err), PLIM_EUSAGE);
	assert_string_equal(err.text, "the certificate is an authority's, not a signer's");
}

static void
made_and_signed_here(void **state)
{
	(void)state;
	AUTO(key) struct key *key = private_key(p256_private), *other = private_key(ed25519_private);
	AUTO(strbuf) struct strbuf pem = { 0 }, subject = { 0 }, text = { 0 };
	struct plim_error err = { 0 };
	struct certificate_wish wish = { SLICE("C=DE, ST=Hessen,O=Example,CN=approve"), NOW, NOW + 1000 };
	assert_int_equal(certificate_make(key, &wish, &pem, &err), 0);
	AUTO(certificate) struct certificate *made = certificate(pem.p);
	certificate_put_subject(made, &subject);
	assert_slice(strbuf_slice(&subject), "CN=approve,O=Example,ST=Hessen,C=DE");
	struct notation_order order = { { SLICE("m/t"), digest_from(DIGEST_A), 12 }, NOW + 1, NOW + 100, SLICE("plimsoll/0") };
	assert_int_equal(notation_sign(&order, key, made, &text, &err), 0);
	assert_int_equal(verify(strbuf_slice(&text), made, NOW + 2, &err), 0);
	assert_int_equal(verify(strbuf_slice(&text), made, NOW + 101, &err), PLIM_EUSAGE);
	assert_string_equal(err.text, "the signature has expired");
	assert_int_equal(verify(strbuf_slice(&text), made, NOW - 1, &err), PLIM_EUSAGE);
	assert_int_equal(notation_sign(&order, other, made, &text, &err), PLIM_EUSAGE);
	assert_string_equal(err.text, "the certificate is another key's");
}

static void
subjects_are_whole(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "C=DE", "C=DE,ST=x", "C=DE,ST=x,O", "C=DE,ST=x,O=", "C=DE,C=FR,ST=x,O=y", "C=Germany,ST=x,O=y", "C=DE,ST=x,O=y,NONE=z" };
	AUTO(key) struct key *key = private_key(p256_private), *edwards = private_key(ed25519_private);
	struct plim_error err = { 0 };
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(strbuf) struct strbuf pem = { 0 };
		struct certificate_wish wish = { slice_of(bad[i]), NOW, NOW + 1 };
		if (certificate_make(key, &wish, &pem, &err) != PLIM_EUSAGE || pem.n > 0)
			fail_msg("taken: %s", bad[i]);
	}
	AUTO(strbuf) struct strbuf pem = { 0 };
	struct certificate_wish wish = { SLICE("C=DE,ST=x,O=y"), NOW, NOW + 1 };
	assert_int_equal(certificate_make(edwards, &wish, &pem, &err), PLIM_EUSAGE);
}

/* Any byte of what is signed, or of the signature, changed: never taken. */
static void
nothing_changed_is_taken(void **state)
{
	(void)state;
	AUTO(certificate) struct certificate *authority = certificate(authority_certificate);
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_puts(&text, p256_jws);
	size_t agent = slice_find_text(strbuf_slice(&text), SLICE("io.cncf.notary.signingAgent")), behind = slice_find_text(strbuf_slice(&text), SLICE("\"signature\""));
	for (size_t i = 0; i < text.n; i += 3) {
		struct plim_error err = { 0 };
		if (i >= agent && i < behind)
			continue;    /* the agent is not signed */
		text.p[i] ^= 1;
		if (verify(strbuf_slice(&text), authority, NOW, &err) >= 0)
			fail_msg("taken with another byte at %zu: %.*s", i, 40, text.p + i - 20);
		text.p[i] ^= 1;
	}
}

static int
with_header(const char *header, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf text = { 0 };
	struct notation *notation;
	strbuf_puts(&text, "{\"header\":{\"x5c\":[\"AAAA\"]},\"payload\":\"");
	base64_put(BASE64_URL, SLICE("{\"targetArtifact\":{\"digest\":\"" DIGEST_A "\",\"mediaType\":\"m\",\"size\":1}}"), &text);
	strbuf_puts(&text, "\",\"protected\":\"");
	base64_put(BASE64_URL, slice_of(header), &text);
	strbuf_puts(&text, "\",\"signature\":\"AAAA\"}");
	return notation_parse(strbuf_slice(&text), arena, &notation, err);
}

#define REST "\"cty\":\"application/vnd.cncf.notary.payload.v1+json\",\"io.cncf.notary.signingScheme\":\"notary.x509\",\"io.cncf.notary.signingTime\":\"2026-01-02T03:04:05Z\""
#define CRIT "\"crit\":[\"io.cncf.notary.signingScheme\"]"

static void
headers_are_strict(void **state)
{
	(void)state;
	static const struct {
		const char *header;
		int code;
	} headers[] = {
		{ "{\"alg\":\"ES256\"," CRIT "," REST "}", 0 },
		{ "{\"alg\":\"none\"," CRIT "," REST "}", PLIM_EUNSUPPORTED },
		{ "{\"alg\":\"RS256\"," CRIT "," REST "}", PLIM_EUNSUPPORTED },
		{ "{\"alg\":\"ES256\",\"Alg\":\"none\"," CRIT "," REST "}", PLIM_EFORMAT },
		{ "{\"alg\":\"ES256\"," REST "}", PLIM_EFORMAT },
		{ "{\"alg\":\"ES256\",\"crit\":[]," REST "}", PLIM_EFORMAT },
		{ "{\"alg\":\"ES256\",\"crit\":[\"io.cncf.notary.signingScheme\",\"x\"]," REST "}", PLIM_EUNSUPPORTED },
		{ "{\"alg\":\"ES256\",\"crit\":[\"io.cncf.notary.signingScheme\",\"io.cncf.notary.expiry\"]," REST "}", PLIM_EFORMAT },
		{ "{\"alg\":\"ES256\",\"io.cncf.notary.expiry\":\"2026-01-02T03:04:05Z\"," CRIT "," REST "}", PLIM_EFORMAT },
		{ "{\"alg\":\"ES256\",\"more\":1," CRIT "," REST "}", PLIM_EFORMAT },
	};
	for (size_t i = 0; i < COUNT(headers); i++) {
		struct plim_error err = { 0 };
		int r = with_header(headers[i].header, &err);
		if (r != headers[i].code)
			fail_msg("%s: %d %s", headers[i].header, r, err.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssl_signed_them), cmocka_unit_test(outside_its_time),   cmocka_unit_test(not_for_code),
		cmocka_unit_test(made_and_signed_here), cmocka_unit_test(subjects_are_whole), cmocka_unit_test(nothing_changed_is_taken),
		cmocka_unit_test(headers_are_strict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
