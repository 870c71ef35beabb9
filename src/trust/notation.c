/* SPDX-License-Identifier: Apache-2.0 */
/* The Notary Project's JWS: written for ECDSA, read for all that its specification lists. */
#include "trust/notation.h"

#include "base/date.h"
#include "base/error.h"
#include "base/limits.h"
#include "codec/json_write.h"
#include "codec/base64.h"
#include "trust/document.h"
#include "trust/key_inside.h"
#include "trust/verify.h"

#include <openssl/rsa.h>

#define SCHEME        "io.cncf.notary.signingScheme"
#define SCHEME_X509   "notary.x509"
#define SIGNING_TIME  "io.cncf.notary.signingTime"
#define EXPIRY        "io.cncf.notary.expiry"
#define AGENT         "io.cncf.notary.signingAgent"
#define CHAIN_MOST    8

static const struct algorithm {
	const char *name;
	enum key_type type;
	int bits_least, bits_most;    /* RSA: which size goes with it */
	size_t width;                 /* ECDSA: of one number */
	const EVP_MD *(*method)(void);
} algorithms[] = {
	{ "ES256", KEY_P256, 0, 0, 32, EVP_sha256 },
	{ "ES384", KEY_P384, 0, 0, 48, EVP_sha384 },
	{ "PS256", KEY_RSA, 2048, 3071, 0, EVP_sha256 },
	{ "PS384", KEY_RSA, 3072, 4095, 0, EVP_sha384 },
	{ "PS512", KEY_RSA, 4096, 8192, 0, EVP_sha512 },
};

static const struct algorithm *
algorithm_find(struct slice name)
{
	for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
		if (slice_is(name, algorithms[i].name))
			return &algorithms[i];
	return NULL;
}

/* One of our own keys' that can be written: the sizes of ECDSA. */
static const struct algorithm *
algorithm_of(const struct key *key)
{
	for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
		if (algorithms[i].type == key->type && algorithms[i].width > 0)
			return &algorithms[i];
	return NULL;
}

static int
decode_member(const struct json *object, const char *key, struct arena *arena, struct slice *out, struct plim_error *err)
{
	struct slice text;
	int r = document_text(object, key, &text, err);
	if (r < 0)
		return r;
	*out = base64_decode(BASE64_URL, text, arena);
	return out->p ? 0 : error_set(err, PLIM_EFORMAT, "%s: no base64url", key);
}

/* What is critical and not known here may change what the signature means. */
static int
read_critical(const struct json *header, bool *has_expiry, struct plim_error *err)
{
	const struct json *list = json_get(header, "crit");
	bool has_scheme = false;
	if (!json_is(list, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "crit: no list");
	for (size_t i = 0; i < list->n; i++) {
		struct slice name = json_string(json_item(list, i));
		has_scheme |= slice_is(name, SCHEME);
		*has_expiry |= slice_is(name, EXPIRY);
		if (!slice_is(name, SCHEME) && !slice_is(name, EXPIRY))
			return error_set(err, PLIM_EUNSUPPORTED, "crit: '%.*s' is not known here", SLICE_ARG(slice_first(name, 80)));
	}
	return has_scheme ? 0 : error_set(err, PLIM_EFORMAT, "crit: without " SCHEME);
}

static int
read_expiry(const struct json *header, bool critical, struct notation *out, struct plim_error *err)
{
	out->expiry = DATE_NONE;
	if (critical != (json_get(header, EXPIRY) != NULL))
		return error_set(err, PLIM_EFORMAT, EXPIRY ": there, or critical, and not both");
	return critical ? document_time(header, EXPIRY, &out->expiry, err) : 0;
}

static int
read_header(struct slice text, struct arena *arena, struct notation *out, struct plim_error *err)
{
	static const char *const known[] = { "alg", "cty", "crit", SCHEME, SIGNING_TIME, EXPIRY, NULL };
	const struct json *header;
	struct slice scheme, type;
	bool has_expiry = false;
	int r = document_parse(text, arena, &header, err);
	if (r == 0)
		r = document_keys(header, known, "the protected header", err);
	if (r == 0)
		r = read_critical(header, &has_expiry, err);
	if (r == 0)
		r = document_text(header, "alg", &out->algorithm, err);
	if (r == 0)
		r = document_text(header, "cty", &type, err);
	if (r == 0)
		r = document_text(header, SCHEME, &scheme, err);
	if (r == 0)
		r = document_time(header, SIGNING_TIME, &out->signing_time, err);
	if (r < 0)
		return r;
	if (algorithm_find(out->algorithm) == NULL || !slice_is(type, NOTATION_PAYLOAD_TYPE) || !slice_is(scheme, SCHEME_X509))
		return error_set(err, PLIM_EUNSUPPORTED, "an algorithm, content type or scheme that is not read here");
	return read_expiry(header, has_expiry, out, err);
}

static int
read_payload(struct slice text, struct arena *arena, struct notation *out, struct plim_error *err)
{
	const struct json *root, *target;
	int r = document_parse(text, arena, &root, err);
	if (r == 0)
		r = document_keys(root, (const char *const[]){ "targetArtifact", NULL }, "the payload", err);
	if (r < 0)
		return r;
	target = json_get(root, "targetArtifact");
	r = document_text(target, "mediaType", &out->target.media_type, err);
	if (r == 0)
		r = document_digest(target, "digest", &out->target.digest, err);
	return r < 0 ? r : document_u64(target, "size", &out->target.size, err);
}

static int
read_chain(const struct json *header, struct arena *arena, struct notation *out, struct plim_error *err)
{
	const struct json *list = json_get(header, "x5c");
	if (!json_is(list, JSON_ARRAY) || list->n == 0 || list->n > CHAIN_MOST)
		return error_set(err, PLIM_EFORMAT, "x5c: no list of 1 to %d certificates", CHAIN_MOST);
	struct slice *certificates = arena_make_array(arena, list->n, struct slice);
	if (certificates == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < list->n; i++) {
		certificates[i] = base64_decode(BASE64_STANDARD, json_string(json_item(list, i)), arena);
		if (certificates[i].p == NULL)
			return error_set(err, PLIM_EFORMAT, "x5c[%zu]: no base64", i);
	}
	out->certificates = certificates;
	out->certificate_count = list->n;
	return 0;
}

static int
read_envelope(const struct json *root, struct arena *arena, struct notation *out, struct plim_error *err)
{
	struct slice header, payload;
	int r = document_keys(root, (const char *const[]){ "payload", "protected", "header", "signature", NULL }, "the envelope", err);
	if (r == 0)
		r = decode_member(root, "protected", arena, &header, err);
	if (r == 0)
		r = decode_member(root, "payload", arena, &payload, err);
	if (r == 0)
		r = decode_member(root, "signature", arena, &out->signature, err);
	if (r == 0)
		r = read_header(header, arena, out, err);
	if (r == 0)
		r = read_payload(payload, arena, out, err);
	if (r == 0)
		r = read_chain(json_get(root, "header"), arena, out, err);
	if (r < 0)
		return r;
	struct slice head = json_get_string(root, "protected"), body = json_get_string(root, "payload");
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_put(&text, head);
	strbuf_putc(&text, '.');
	strbuf_put(&text, body);
	out->signed_text = text.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&text));
	return out->signed_text.p ? 0 : error_nomem(err);
}

int
notation_parse(struct slice text, struct arena *arena, struct notation **out, struct plim_error *err)
{
	const struct json *root;
	struct notation *found = arena_make(arena, struct notation);
	int r = found ? document_parse(text, arena, &root, err) : error_nomem(err);
	if (r == 0)
		r = read_envelope(root, arena, found, err);
	if (r < 0)
		return error_wrap(err, r, "notation's envelope");
	*out = found;
	return 0;
}

static void
put_header(const struct notation_order *order, const struct algorithm *algorithm, struct strbuf *into)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct json_writer w = { .into = &text };
	json_write_object(&w);
	json_write_member(&w, "alg", slice_of(algorithm->name));
	json_write_key(&w, SLICE("crit"));
	json_write_array(&w);
	json_write_string(&w, SLICE(SCHEME));
	if (order->expiry != DATE_NONE)
		json_write_string(&w, SLICE(EXPIRY));
	json_write_array_end(&w);
	json_write_member(&w, "cty", SLICE(NOTATION_PAYLOAD_TYPE));
	json_write_member_time(&w, EXPIRY, order->expiry);
	json_write_member(&w, SCHEME, SLICE(SCHEME_X509));
	json_write_member_time(&w, SIGNING_TIME, order->signing_time);
	json_write_object_end(&w);
	into->failed |= text.failed;
	base64_put(BASE64_URL, strbuf_slice(&text), into);
}

static void
put_payload(const struct notation_order *order, struct strbuf *into)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct json_writer w = { .into = &text };
	json_write_object(&w);
	json_write_key(&w, SLICE("targetArtifact"));
	json_write_object(&w);
	json_write_member_digest(&w, "digest", &order->target.digest);
	json_write_member(&w, "mediaType", order->target.media_type);
	json_write_member_u64(&w, "size", order->target.size);
	json_write_object_end(&w);
	json_write_object_end(&w);
	into->failed |= text.failed;
	base64_put(BASE64_URL, strbuf_slice(&text), into);
}

/* A backend signs by the key's own rule, which is ES256 for the only curve that tokens are asked for. */
static int
sign_raw(const struct key *key, const struct algorithm *algorithm, struct slice text, struct strbuf *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf der = { 0 };
	int r = key->has_private ? key_sign_with(key, algorithm->method(), text, &der, err) : key_sign(key, text, &der, err);
	if (r == 0 && !ecdsa_to_raw(strbuf_slice(&der), algorithm->width, into))
		r = error_set(err, PLIM_EFORMAT, "a signature that is none");
	return r;
}

static void
member_base64(struct json_writer *w, const char *key, enum base64 alphabet, struct slice bytes)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	base64_put(alphabet, bytes, &text);
	w->into->failed |= text.failed;
	json_write_member(w, key, strbuf_slice(&text));
}

static void
put_unprotected(struct json_writer *w, const struct notation_order *order, const struct certificate *certificate)
{
	AUTO(strbuf) struct strbuf der = { 0 }, text = { 0 };
	certificate_put_der(certificate, &der);
	base64_put(BASE64_STANDARD, strbuf_slice(&der), &text);
	w->into->failed |= der.failed || text.failed;
	json_write_key(w, SLICE("header"));
	json_write_object(w);
	json_write_member(w, AGENT, order->agent);
	json_write_key(w, SLICE("x5c"));
	json_write_array(w);
	json_write_string(w, strbuf_slice(&text));
	json_write_array_end(w);
	json_write_object_end(w);
}

static int
check_pair(const struct key *key, const struct certificate *certificate, struct plim_error *err)
{
	AUTO(key) struct key *half = NULL;
	int r = certificate_key(certificate, &half, err);
	if (r == 0 && !key_eq(key, half))
		r = error_set(err, PLIM_EUSAGE, "the certificate is another key's");
	if (r == 0 && algorithm_of(key) == NULL)
		r = error_set(err, PLIM_EUSAGE, "keys of type %s sign nothing for the Notary Project here: p256 and p384 do", key_type_name(key->type));
	return r;
}

int
notation_sign(const struct notation_order *order, const struct key *key, const struct certificate *certificate, struct strbuf *into,
              struct plim_error *err)
{
	AUTO(strbuf) struct strbuf header = { 0 }, payload = { 0 }, text = { 0 }, raw = { 0 };
	int r = check_pair(key, certificate, err);
	if (r < 0)
		return r;
	put_header(order, algorithm_of(key), &header);
	put_payload(order, &payload);
	strbuf_put(&text, strbuf_slice(&header));
	strbuf_putc(&text, '.');
	strbuf_put(&text, strbuf_slice(&payload));
	if (header.failed || payload.failed || text.failed)
		return error_nomem(err);
	r = sign_raw(key, algorithm_of(key), strbuf_slice(&text), &raw, err);
	if (r < 0)
		return r;
	struct json_writer w = { .into = into };
	json_write_object(&w);
	put_unprotected(&w, order, certificate);
	json_write_member(&w, "payload", strbuf_slice(&payload));
	json_write_member(&w, "protected", strbuf_slice(&header));
	member_base64(&w, "signature", BASE64_URL, strbuf_slice(&raw));
	json_write_object_end(&w);
	return into->failed ? error_nomem(err) : 0;
}

static bool
verify_with(const struct key *key, const struct algorithm *algorithm, struct slice text, struct slice signature)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *rules = NULL;
	bool ready = context && EVP_DigestVerifyInit(context, &rules, algorithm->method(), NULL, key->pkey) == 1;
	if (ready && algorithm->type == KEY_RSA)
		ready = EVP_PKEY_CTX_set_rsa_padding(rules, RSA_PKCS1_PSS_PADDING) > 0 && EVP_PKEY_CTX_set_rsa_pss_saltlen(rules, RSA_PSS_SALTLEN_DIGEST) > 0;
	bool holds = ready && EVP_DigestVerify(context, (const uint8_t *)signature.p, signature.n, (const uint8_t *)text.p, text.n) == 1;
	EVP_MD_CTX_free(context);
	crypto_errors_drop();
	return holds;
}

static bool
fits(const struct key *key, const struct algorithm *algorithm)
{
	int bits = EVP_PKEY_get_bits(key->pkey);
	return key->type == algorithm->type && (algorithm->bits_most == 0 || (bits >= algorithm->bits_least && bits <= algorithm->bits_most));
}

static int
check_signature(const struct notation *notation, const struct certificate *leaf, struct plim_error *err)
{
	AUTO(key) struct key *key = NULL;
	AUTO(strbuf) struct strbuf der = { 0 };
	const struct algorithm *algorithm = algorithm_find(notation->algorithm);
	struct slice signature = notation->signature;
	int r = certificate_key(leaf, &key, err);
	if (r < 0)
		return r;
	if (algorithm == NULL || !fits(key, algorithm))
		return error_set(err, PLIM_EUSAGE, "the algorithm is not the one of the certificate's key");
	if (algorithm->width > 0) {
		if (signature.n != 2 * algorithm->width || !ecdsa_to_der(signature, &der))
			return error_set(err, PLIM_EUSAGE, "the signature has not the length of its algorithm");
		signature = strbuf_slice(&der);
	}
	return verify_with(key, algorithm, notation->signed_text, signature) ? 0 : error_set(err, PLIM_EUSAGE, "the signature is not the certificate's");
}

static int
check_times(const struct notation *notation, int64_t now, struct plim_error *err)
{
	if (notation->expiry != DATE_NONE && notation->expiry <= now)
		return error_set(err, PLIM_EUSAGE, "the signature has expired");
	return notation->signing_time > now + TRUST_SKEW_S ? error_set(err, PLIM_EUSAGE, "the signature is from the future") : 0;
}

int
notation_verify(const struct notation *notation, struct certificate *const *trusted, size_t trusted_count, int64_t now,
                struct plim_error *err)
{
	struct certificate *chain[CHAIN_MOST] = { NULL };
	size_t n = 0;
	int r = 0;
	while (r == 0 && n < notation->certificate_count && n < CHAIN_MOST) {
		r = certificate_parse_der(notation->certificates[n], &chain[n], err);
		n += r == 0;
	}
	if (r == 0)
		r = check_signature(notation, chain[0], err);
	if (r == 0)
		r = certificate_check(chain[0], chain + 1, n - 1, trusted, trusted_count, now, err);
	if (r == 0)
		r = check_times(notation, now, err);
	while (n > 0)
		certificate_free(chain[--n]);
	return r;
}
