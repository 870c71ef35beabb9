/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in memory: kinds, ids, signatures. */
#include "trust/key_inside.h"

#include "base/error.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define RSA_BITS_LEAST 2048
#define RSA_BITS_MOST  8192

static const struct kind {
	const char *name;
	const char *algorithm;    /* as libcrypto calls it */
	const char *group;        /* of an elliptic curve; NULL: none */
	bool hashes;              /* SHA-256 first: what verifiers expect whatever the curve */
} kinds[KEY_TYPE_COUNT] = {
	[KEY_P256] = { "p256", "EC", "prime256v1", true },
	[KEY_P384] = { "p384", "EC", "secp384r1", true },
	[KEY_ED25519] = { "ed25519", "ED25519", NULL, false },
	[KEY_RSA] = { "rsa", "RSA", NULL, true },
};

const char *
key_type_name(enum key_type type)
{
	return kinds[type].name;
}

bool
key_type_parse(struct slice name, enum key_type *out)
{
	for (enum key_type type = 0; type < KEY_TYPE_COUNT; type++)
		if (slice_is(name, kinds[type].name))
			return *out = type, true;
	return false;
}

const char *
key_format_name(enum key_format format)
{
	static const char *const names[KEY_FORMAT_COUNT] = { [KEY_PKCS8] = "pkcs8", [KEY_COSIGN] = "cosign" };
	return names[format];
}

void
crypto_errors_drop(void)
{
	ERR_clear_error();
}

static bool
is_of_kind(const EVP_PKEY *pkey, const struct kind *kind)
{
	char group[32] = "";
	size_t n;
	if (!EVP_PKEY_is_a(pkey, kind->algorithm))
		return false;
	return kind->group == NULL || (EVP_PKEY_get_group_name(pkey, group, sizeof group, &n) && strcmp(group, kind->group) == 0);
}

static bool
kind_of(const EVP_PKEY *pkey, enum key_type *out)
{
	for (enum key_type type = 0; type < KEY_TYPE_COUNT; type++)
		if (is_of_kind(pkey, &kinds[type]))
			return *out = type, true;
	return false;
}

int
key_of(EVP_PKEY *pkey, bool has_private, struct key **out, struct plim_error *err)
{
	enum key_type type;
	int r = 0, bits = EVP_PKEY_get_bits(pkey);
	if (!kind_of(pkey, &type))
		r = error_set(err, PLIM_EUNSUPPORTED, "a kind of key that is not read here: P-256, P-384, Ed25519 and RSA are");
	else if (type == KEY_RSA && (bits < RSA_BITS_LEAST || bits > RSA_BITS_MOST))
		r = error_set(err, PLIM_EUNSUPPORTED, "an RSA key of %d bits: %d to %d are read", bits, RSA_BITS_LEAST, RSA_BITS_MOST);
	struct key *key = r == 0 ? calloc(1, sizeof *key) : NULL;
	if (key == NULL) {
		EVP_PKEY_free(pkey);
		crypto_errors_drop();
		return r < 0 ? r : error_nomem(err);
	}
	*key = (struct key){ .type = type, .pkey = pkey, .has_private = has_private };
	*out = key;
	return 0;
}

void
key_free(struct key *key)
{
	if (key == NULL)
		return;
	if (key->backend)
		key->backend->free(key->context);
	/* Private numbers are wiped by libcrypto. */
	EVP_PKEY_free(key->pkey);
	free(key);
}

int
key_generate(enum key_type type, struct key **out, struct plim_error *err)
{
	EVP_PKEY *pkey = NULL;
	if (type == KEY_P256)
		pkey = EVP_EC_gen("P-256");
	else if (type == KEY_ED25519)
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	else
		return error_set(err, PLIM_EUNSUPPORTED, "keys of type %s are read, not made: p256 and ed25519 are", key_type_name(type));
	if (pkey == NULL) {
		crypto_errors_drop();
		return error_set(err, PLIM_ESYSTEM, "libcrypto made no key");
	}
	return key_of(pkey, true, out, err);
}

enum key_type
key_type(const struct key *key)
{
	return key->type;
}

struct digest
key_id(const struct key *key)
{
	uint8_t *der = NULL;
	int n = i2d_PUBKEY(key->pkey, &der);
	struct digest id = { 0 };
	if (n > 0)
		id = digest_of((struct slice){ (char *)der, (size_t)n });
	OPENSSL_free(der);
	return id;
}

bool
key_is_private(const struct key *key)
{
	return key->has_private || key->backend;
}

bool
key_eq(const struct key *a, const struct key *b)
{
	return EVP_PKEY_eq(a->pkey, b->pkey) == 1;
}

/* RSA's padding is PKCS#1 v1.5 where nothing else is asked. */
int
key_sign_with(const struct key *key, const EVP_MD *method, struct slice message, struct strbuf *into, struct plim_error *err)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const uint8_t *text = (const uint8_t *)message.p;
	size_t n = (size_t)EVP_PKEY_get_size(key->pkey);
	char *room = strbuf_reserve(into, n);
	bool done = context && room && EVP_DigestSignInit(context, NULL, method, NULL, key->pkey) == 1 &&
	            EVP_DigestSign(context, (uint8_t *)room, &n, text, message.n) == 1;
	EVP_MD_CTX_free(context);
	crypto_errors_drop();
	if (!done)
		return error_set(err, PLIM_ESYSTEM, "libcrypto did not sign");
	strbuf_added(into, n);
	return 0;
}

static const EVP_MD *
method_of(const struct key *key)
{
	return kinds[key->type].hashes ? EVP_sha256() : NULL;
}

int
key_sign(const struct key *key, struct slice message, struct strbuf *into, struct plim_error *err)
{
	if (key->backend)
		return key->backend->sign(key->context, message, into, err);
	if (!key->has_private)
		return error_set(err, PLIM_EUSAGE, "a public key signs nothing");
	return key_sign_with(key, method_of(key), message, into, err);
}

bool
key_verify(const struct key *key, struct slice message, struct slice signature)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool holds = context && signature.n > 0 && EVP_DigestVerifyInit(context, NULL, method_of(key), NULL, key->pkey) == 1 &&
	             EVP_DigestVerify(context, (const uint8_t *)signature.p, signature.n, (const uint8_t *)message.p, message.n) == 1;
	EVP_MD_CTX_free(context);
	crypto_errors_drop();
	return holds;
}

bool
ecdsa_to_raw(struct slice der, size_t width, struct strbuf *into)
{
	const uint8_t *at = (const uint8_t *)der.p;
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)der.n);
	char *room = strbuf_reserve(into, 2 * width);
	bool whole = pair && room && at == (const uint8_t *)der.p + der.n &&
	             BN_bn2binpad(ECDSA_SIG_get0_r(pair), (uint8_t *)room, (int)width) == (int)width &&
	             BN_bn2binpad(ECDSA_SIG_get0_s(pair), (uint8_t *)room + width, (int)width) == (int)width;
	ECDSA_SIG_free(pair);
	crypto_errors_drop();
	if (whole)
		strbuf_added(into, 2 * width);
	return whole;
}

bool
ecdsa_to_der(struct slice raw, struct strbuf *into)
{
	int width = (int)(raw.n / 2);
	BIGNUM *r = BN_bin2bn((const uint8_t *)raw.p, width, NULL), *s = BN_bin2bn((const uint8_t *)raw.p + width, width, NULL);
	ECDSA_SIG *pair = ECDSA_SIG_new();
	uint8_t *der = NULL;
	int n = -1;
	if (raw.n % 2 == 0 && r && s && pair && ECDSA_SIG_set0(pair, r, s)) {
		r = s = NULL;
		n = i2d_ECDSA_SIG(pair, &der);
	}
	if (n > 0)
		strbuf_put(into, (struct slice){ (char *)der, (size_t)n });
	OPENSSL_free(der);
	ECDSA_SIG_free(pair);
	BN_free(r);
	BN_free(s);
	return n > 0;
}
