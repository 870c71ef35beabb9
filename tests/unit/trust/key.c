/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: what openssl made is read, what is made here is read again, and no signature holds but its own. */
#include "helpers.h"

#include "trust/secretbox.h"

#include <openssl/evp.h>

static const struct sample {
	enum key_type type;
	const char *private, *public, *signature;
} samples[] = {
	{ KEY_P256, p256_private, p256_public, p256_signature },
	{ KEY_P384, p384_private, p384_public, p384_signature },
	{ KEY_ED25519, ed25519_private, ed25519_public, ed25519_signature },
	{ KEY_RSA, rsa_private, rsa_public, rsa_signature },
};

static void
openssl_made_them(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(0);
	for (size_t i = 0; i < COUNT(samples); i++) {
		AUTO(key) struct key *both = private_key(samples[i].private), *half = public_key(samples[i].public);
		struct slice signature = base64_decode(BASE64_STANDARD, slice_of(samples[i].signature), arena);
		assert_int_equal(key_type(both), samples[i].type);
		assert_true(key_is_private(both) && !key_is_private(half) && key_eq(both, half));
		assert_true(key_verify(half, SLICE("a message"), signature));
		assert_false(key_verify(half, SLICE("a massage"), signature));
		assert_false(key_verify(half, SLICE("a message"), slice_first(signature, signature.n - 1)));
		assert_false(key_verify(half, SLICE("a message"), SLICE("")));
	}
}

static void
only_its_own_signature_holds(void **state)
{
	(void)state;
	struct plim_error err = { 0 };
	for (size_t i = 0; i < COUNT(samples); i++) {
		AUTO(key) struct key *both = private_key(samples[i].private);
		AUTO(strbuf) struct strbuf signature = { 0 };
		assert_int_equal(key_sign(both, SLICE("text"), &signature, &err), 0);
		for (size_t k = 0; k < COUNT(samples); k++) {
			AUTO(key) struct key *half = public_key(samples[k].public);
			assert_int_equal(key_verify(half, SLICE("text"), strbuf_slice(&signature)), i == k);
		}
		/* No bit of it may be another. */
		AUTO(key) struct key *half = public_key(samples[i].public);
		for (size_t bit = 0; bit < signature.n * 8; bit += 7) {
			signature.p[bit / 8] ^= (char)(1 << bit % 8);
			assert_false(key_verify(half, SLICE("text"), strbuf_slice(&signature)));
			signature.p[bit / 8] ^= (char)(1 << bit % 8);
		}
		strbuf_putc(&signature, '\0');
		assert_false(key_verify(half, SLICE("text"), strbuf_slice(&signature)));
		assert_int_equal(key_sign(half, SLICE("text"), &signature, &err), PLIM_EUSAGE);
	}
}

static void
ids_are_of_the_public_half(void **state)
{
	(void)state;
	char text[DIGEST_TEXT_SIZE];
	AUTO(key) struct key *both = private_key(p256_private), *half = public_key(p256_public);
	struct digest a = key_id(both), b = key_id(half);
	assert_string_equal(digest_text(&a, text), P256_ID);
	assert_string_equal(digest_text(&b, text), P256_ID);
}

static void
locked_by_openssl(void **state)
{
	(void)state;
	const char *const locked[] = { p256_pbkdf2, p256_scrypt };
	AUTO(key) struct key *half = public_key(p256_public);
	struct plim_error err = { 0 };
	for (size_t i = 0; i < COUNT(locked); i++) {
		AUTO(key) struct key *opened = NULL;
		struct key *no = NULL;
		enum key_format format;
		bool is_locked = false;
		assert_int_equal(key_sniff_private(slice_of(locked[i]), &format, &is_locked, &err), 0);
		assert_true(format == KEY_PKCS8 && is_locked);
		assert_int_equal(key_parse_private(slice_of(locked[i]), SLICE("closed"), &no, &err), PLIM_EUSAGE);
		assert_string_equal(err.text, "it is not this passphrase that unlocks it");
		assert_int_equal(key_parse_private(slice_of(locked[i]), SLICE_NONE, &no, &err), PLIM_EUSAGE);
		assert_int_equal(key_parse_private(slice_of(locked[i]), SLICE("open"), &opened, &err), 0);
		assert_true(key_eq(opened, half));
	}
}

static void
made_here_and_read_again(void **state)
{
	(void)state;
	static const struct {
		enum key_format format;
		const char *passphrase, *label;
	} forms[] = {
		{ KEY_PKCS8, NULL, "-----BEGIN PRIVATE KEY-----\n" },
		{ KEY_PKCS8, "a passphrase", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" },
		{ KEY_COSIGN, "a passphrase", "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n" },
	};
	const enum key_type types[] = { KEY_P256, KEY_ED25519 };
	struct plim_error err = { 0 };
	for (size_t i = 0; i < COUNT(forms) * COUNT(types); i++) {
		AUTO(key) struct key *made = NULL, *again = NULL, *half = NULL;
		AUTO(strbuf_secret) struct strbuf pem = { 0 };
		AUTO(strbuf) struct strbuf public = { 0 };
		struct slice passphrase = slice_of(forms[i / 2].passphrase);
		assert_int_equal(key_generate(types[i % 2], &made, &err), 0);
		assert_int_equal(key_write_private(made, forms[i / 2].format, passphrase, &pem, &err), 0);
		assert_true(slice_starts(strbuf_slice(&pem), slice_of(forms[i / 2].label)));
		assert_int_equal(key_parse_private(strbuf_slice(&pem), passphrase, &again, &err), 0);
		assert_int_equal(key_write_public(made, &public, &err), 0);
		assert_int_equal(key_parse_public(strbuf_slice(&public), &half, &err), 0);
		assert_true(key_eq(made, again) && key_eq(made, half));
		struct key *no = NULL;
		if (passphrase.p)
			assert_int_equal(key_parse_private(strbuf_slice(&pem), SLICE("another"), &no, &err), PLIM_EUSAGE);
	}
}

/* The older label of the same file. */
static void
cosigns_older_label(void **state)
{
	(void)state;
	AUTO(key) struct key *made = NULL, *again = NULL;
	AUTO(strbuf_secret) struct strbuf pem = { 0 };
	AUTO(strbuf_secret) struct strbuf old = { 0 };
	struct plim_error err = { 0 };
	struct slice head, rest, body, tail;
	assert_int_equal(key_generate(KEY_P256, &made, &err), 0);
	assert_int_equal(key_write_private(made, KEY_COSIGN, SLICE("x"), &pem, &err), 0);
	assert_true(slice_cut(strbuf_slice(&pem), '\n', &head, &rest));
	assert_true(slice_cut_last(slice_trim(rest), '\n', &body, &tail));
	strbuf_printf(&old, "-----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----\n%.*s\n-----END ENCRYPTED COSIGN PRIVATE KEY-----\n", SLICE_ARG(body));
	assert_int_equal(key_parse_private(strbuf_slice(&old), SLICE("x"), &again, &err), 0);
	assert_true(key_eq(made, again));
}

static void
what_is_no_key(void **state)
{
	(void)state;
	char two[4096];
	snprintf(two, sizeof two, "%s%s", p256_public, ed25519_public);
	const struct {
		const char *pem;
		int code;
		const char *why;
	} bad[] = {
		{ "", PLIM_EFORMAT, "no PEM" },
		{ two, PLIM_EFORMAT, "more than one block of PEM" },
		{ p256_private, PLIM_EFORMAT, "'PRIVATE KEY': no public key that is read here" },
		{ small_rsa_public, PLIM_EUNSUPPORTED, "an RSA key of 1024 bits: 2048 to 8192 are read" },
		{ other_curve_public, PLIM_EUNSUPPORTED, "a kind of key that is not read here: P-256, P-384, Ed25519 and RSA are" },
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct key *no = NULL;
		struct plim_error err = { 0 };
		assert_int_equal(key_parse_public(slice_of(bad[i].pem), &no, &err), bad[i].code);
		assert_string_equal(err.text, bad[i].why);
		assert_null(no);
	}
	struct key *no = NULL;
	struct plim_error err = { 0 };
	AUTO(strbuf) struct strbuf into = { 0 };
	AUTO(key) struct key *half = public_key(p256_public);
	assert_int_equal(key_parse_private(slice_of(p256_public), SLICE_NONE, &no, &err), PLIM_EFORMAT);
	assert_int_equal(key_generate(KEY_RSA, &no, &err), PLIM_EUNSUPPORTED);
	assert_int_equal(key_write_private(half, KEY_PKCS8, SLICE_NONE, &into, &err), PLIM_EUSAGE);
}

static size_t
unhex(const char *hex, uint8_t *out)
{
	size_t n = strlen(hex) / 2;
	for (size_t i = 0; i < n; i++) {
		unsigned byte;
		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		out[i] = (uint8_t)byte;
	}
	return n;
}

/* The vector of NaCl's own tests (tests/secretbox.c). */
static void
secretbox_of_nacl(void **state)
{
	(void)state;
	uint8_t key[32], nonce[24], plain[131], boxed[147], got[147];
	struct plim_error err = { 0 };
	unhex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389", key);
	unhex("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37", nonce);
	assert_int_equal(unhex("be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce"
	                       "314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040"
	                       "e082f937763848645e0705",
	                       plain),
	                 sizeof plain);
	assert_int_equal(unhex("f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011"
	                       "ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de"
	                       "56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5",
	                       boxed),
	                 sizeof boxed);
	assert_int_equal(secretbox_seal(key, nonce, (struct slice){ (char *)plain, sizeof plain }, got, &err), 0);
	assert_memory_equal(got, boxed, sizeof boxed);
	AUTO(secret) struct secret opened = { 0 };
	assert_int_equal(secretbox_open(key, nonce, (struct slice){ (char *)boxed, sizeof boxed }, &opened, &err), 0);
	assert_int_equal(opened.n, sizeof plain);
	assert_memory_equal(opened.p, plain, sizeof plain);
	for (size_t i = 0; i < sizeof boxed; i += 5) {
		AUTO(secret) struct secret no = { 0 };
		boxed[i] ^= 1;
		assert_int_equal(secretbox_open(key, nonce, (struct slice){ (char *)boxed, sizeof boxed }, &no, &err), PLIM_EDIGEST);
		boxed[i] ^= 1;
	}
	AUTO(secret) struct secret no = { 0 };
	assert_int_equal(secretbox_open(key, nonce, (struct slice){ (char *)boxed, 15 }, &no, &err), PLIM_EFORMAT);
}

static void
base64_has_one_spelling(void **state)
{
	(void)state;
	static const struct {
		enum base64 alphabet;
		const char *bytes, *text;
	} pairs[] = {
		/* RFC 4648, 10 */
		{ BASE64_STANDARD, "", "" },           { BASE64_STANDARD, "f", "Zg==" },         { BASE64_STANDARD, "fo", "Zm8=" },
		{ BASE64_STANDARD, "foo", "Zm9v" },    { BASE64_STANDARD, "foob", "Zm9vYg==" },  { BASE64_STANDARD, "foobar", "Zm9vYmFy" },
		{ BASE64_STANDARD, "\xfb\xff", "+/8=" }, { BASE64_URL, "\xfb\xff", "-_8" },       { BASE64_URL, "f", "Zg" },
	};
	static const struct {
		enum base64 alphabet;
		const char *text;
	} bad[] = {
		{ BASE64_STANDARD, "Zg" },    { BASE64_STANDARD, "Zh==" }, { BASE64_STANDARD, "Zm9=" },  { BASE64_STANDARD, "Zg==\n" }, { BASE64_STANDARD, "Z===" },
		{ BASE64_STANDARD, "====" },  { BASE64_STANDARD, "-_8=" }, { BASE64_STANDARD, "Zm 9v" }, { BASE64_URL, "Zg==" },         { BASE64_URL, "Z" },
		{ BASE64_URL, "+/8" },        { BASE64_STANDARD, "Zg==Zg==" },
	};
	AUTO(arena) struct arena *arena = arena_new(0);
	for (size_t i = 0; i < COUNT(pairs); i++) {
		AUTO(strbuf) struct strbuf text = { 0 };
		base64_put(pairs[i].alphabet, slice_of(pairs[i].bytes), &text);
		assert_slice(strbuf_slice(&text), pairs[i].text);
		assert_slice(base64_decode(pairs[i].alphabet, slice_of(pairs[i].text), arena), pairs[i].bytes);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_null(base64_decode(bad[i].alphabet, slice_of(bad[i].text), arena).p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssl_made_them),   cmocka_unit_test(only_its_own_signature_holds), cmocka_unit_test(ids_are_of_the_public_half),
		cmocka_unit_test(locked_by_openssl),   cmocka_unit_test(made_here_and_read_again),     cmocka_unit_test(cosigns_older_label),
		cmocka_unit_test(what_is_no_key),      cmocka_unit_test(secretbox_of_nacl),            cmocka_unit_test(base64_has_one_spelling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
