/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates through OpenSSL. */
#include "trust/certificate.h"

#include "base/error.h"
#include "trust/certificate_inside.h"
#include "trust/key_inside.h"

#include <openssl/rand.h>
#include <openssl/x509v3.h>

static int
certificate_of(X509 *x509, struct certificate **out, struct plim_error *err)
{
	struct certificate *made = x509 ? calloc(1, sizeof *made) : NULL;
	crypto_errors_drop();
	if (x509 == NULL)
		return error_set(err, PLIM_EFORMAT, "no certificate");
	if (made == NULL) {
		X509_free(x509);
		return error_nomem(err);
	}
	made->x509 = x509;
	*out = made;
	return 0;
}

int
certificate_parse_der(struct slice der, struct certificate **out, struct plim_error *err)
{
	const uint8_t *at = (const uint8_t *)der.p;
	X509 *x509 = der.n > 0 && der.n < INT32_MAX ? d2i_X509(NULL, &at, (long)der.n) : NULL;
	if (x509 && at != (const uint8_t *)der.p + der.n) {
		X509_free(x509);
		x509 = NULL;
	}
	return certificate_of(x509, out, err);
}

int
certificate_parse(struct slice pem, struct certificate **out, struct plim_error *err)
{
	AUTO(secret) struct secret der = { 0 };
	char *label = NULL;
	int r = pem_take(pem, &label, &der, err);
	if (r == 0 && strcmp(label, "CERTIFICATE") != 0)
		r = error_set(err, PLIM_EFORMAT, "'%.60s': no certificate", label);
	OPENSSL_free(label);
	return r < 0 ? r : certificate_parse_der(secret_slice(&der), out, err);
}

void
certificate_free(struct certificate *certificate)
{
	if (certificate)
		X509_free(certificate->x509);
	free(certificate);
}

int
certificate_key(const struct certificate *certificate, struct key **out, struct plim_error *err)
{
	EVP_PKEY *pkey = X509_get_pubkey(certificate->x509);
	crypto_errors_drop();
	return pkey ? key_of(pkey, false, out, err) : error_set(err, PLIM_EFORMAT, "the certificate has no key that is read here");
}

void
certificate_put_der(const struct certificate *certificate, struct strbuf *into)
{
	uint8_t *der = NULL;
	int n = i2d_X509(certificate->x509, &der);
	if (n > 0)
		strbuf_put(into, (struct slice){ (char *)der, (size_t)n });
	into->failed |= n <= 0;
	OPENSSL_free(der);
}

struct digest
certificate_thumbprint(const struct certificate *certificate)
{
	AUTO(strbuf) struct strbuf der = { 0 };
	certificate_put_der(certificate, &der);
	return der.failed ? (struct digest){ 0 } : digest_of(strbuf_slice(&der));
}

void
certificate_put_subject(const struct certificate *certificate, struct strbuf *into)
{
	BIO *memory = BIO_new(BIO_s_mem());
	char *text;
	long n = 0;
	if (memory && X509_NAME_print_ex(memory, X509_get_subject_name(certificate->x509), 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0)
		n = BIO_get_mem_data(memory, &text);
	if (n > 0)
		strbuf_put(into, (struct slice){ text, (size_t)n });
	BIO_free(memory);
	crypto_errors_drop();
}

/* "C=DE, O=Example" into a name; each part once. */
static int
name_fill(X509_NAME *name, struct slice subject, struct plim_error *err)
{
	static const char *const needed[] = { "C", "ST", "O" };
	struct slice part, key, value;
	while (slice_next(&subject, ',', &part)) {
		char field[16] = "";
		if (!slice_cut(slice_trim(part), '=', &key, &value) || key.n >= sizeof field || value.n == 0)
			return error_set(err, PLIM_EUSAGE, "'%.*s': NAME=VALUE is needed", SLICE_ARG(slice_first(part, 100)));
		memcpy(field, key.p, key.n);
		int nid = OBJ_sn2nid(field);
		if (nid == NID_undef || X509_NAME_get_index_by_NID(name, nid, -1) >= 0 ||
		    !X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, (const uint8_t *)value.p, (int)value.n, -1, 0))
			return error_set(err, PLIM_EUSAGE, "'%.*s': no such part of a name, or twice, or too long", SLICE_ARG(slice_first(part, 100)));
	}
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (X509_NAME_get_index_by_NID(name, OBJ_sn2nid(needed[i]), -1) < 0)
			return error_set(err, PLIM_EUSAGE, "a certificate's subject needs C, ST and O: the Notary Project's verifiers ask for them");
	return 0;
}

static bool
extension_add(X509 *x509, int nid, const char *value)
{
	X509V3_CTX context;
	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, x509, x509, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	bool added = extension && X509_add_ext(x509, extension, -1);
	X509_EXTENSION_free(extension);
	return added;
}

static bool
serial_set(X509 *x509)
{
	uint8_t bytes[16];
	if (RAND_bytes(bytes, sizeof bytes) != 1)
		return false;
	bytes[0] &= 0x7f;
	BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
	bool set = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509));
	BN_free(number);
	return set;
}

/* A leaf for code signing that signs itself, as the Notary Project's specification wants leaves. */
static bool
certificate_fill(X509 *x509, const struct key *key, const struct certificate_wish *wish)
{
	return X509_set_version(x509, X509_VERSION_3) && serial_set(x509) && ASN1_TIME_set(X509_getm_notBefore(x509), wish->from) &&
	       ASN1_TIME_set(X509_getm_notAfter(x509), wish->until) && X509_set_pubkey(x509, key->pkey) &&
	       X509_set_issuer_name(x509, X509_get_subject_name(x509)) && extension_add(x509, NID_basic_constraints, "critical,CA:FALSE") &&
	       extension_add(x509, NID_key_usage, "critical,digitalSignature") && extension_add(x509, NID_ext_key_usage, "codeSigning") &&
	       extension_add(x509, NID_subject_key_identifier, "hash") && X509_sign(x509, key->pkey, EVP_sha256());
}

static int
certificate_build(X509 *x509, const struct key *key, const struct certificate_wish *wish, struct strbuf *into, struct plim_error *err)
{
	int r = x509 ? name_fill(X509_get_subject_name(x509), wish->subject, err) : error_nomem(err);
	if (r < 0)
		return r;
	struct certificate made = { x509 };
	AUTO(strbuf) struct strbuf der = { 0 };
	if (!certificate_fill(x509, key, wish))
		return error_set(err, PLIM_ESYSTEM, "libcrypto made no certificate");
	certificate_put_der(&made, &der);
	if (der.failed)
		return error_nomem(err);
	pem_put("CERTIFICATE", strbuf_slice(&der), into);
	return into->failed ? error_nomem(err) : 0;
}

int
certificate_make(const struct key *key, const struct certificate_wish *wish, struct strbuf *into, struct plim_error *err)
{
	if (key->type == KEY_ED25519)
		return error_set(err, PLIM_EUSAGE, "the Notary Project knows no Ed25519: a certificate needs a key of type p256");
	if (!key->has_private)
		return error_set(err, PLIM_EUSAGE, "a certificate that signs itself needs the private key");
	if (wish->from >= wish->until)
		return error_set(err, PLIM_EUSAGE, "a certificate that ends before it begins");
	X509 *x509 = X509_new();
	int r = certificate_build(x509, key, wish, into, err);
	X509_free(x509);
	crypto_errors_drop();
	return r;
}

static int
check_leaf(X509 *leaf, int64_t at, struct plim_error *err)
{
	uint32_t flags = X509_get_extension_flags(leaf);
	time_t when = at;
	if (flags & (EXFLAG_INVALID | EXFLAG_CRITICAL))
		return error_set(err, PLIM_EUSAGE, "the certificate has extensions that are not understood here");
	if (flags & EXFLAG_CA)
		return error_set(err, PLIM_EUSAGE, "the certificate is an authority's, not a signer's");
	if (!(flags & EXFLAG_KUSAGE) || !(X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE))
		return error_set(err, PLIM_EUSAGE, "the certificate's key may not sign");
	if ((flags & EXFLAG_XKUSAGE) && !(X509_get_extended_key_usage(leaf) & XKU_CODE_SIGN))
		return error_set(err, PLIM_EUSAGE, "the certificate's key may not sign code");
	if (X509_cmp_time(X509_get0_notBefore(leaf), &when) >= 0)
		return error_set(err, PLIM_EUSAGE, "the certificate is not valid yet");
	if (X509_cmp_time(X509_get0_notAfter(leaf), &when) <= 0)
		return error_set(err, PLIM_EUSAGE, "the certificate has expired");
	return 0;
}

static bool
is_trusted_itself(X509 *leaf, struct certificate *const *trusted, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (X509_cmp(leaf, trusted[i]->x509) == 0)
			return true;
	return false;
}

static void
store_fill(X509_STORE *store, struct certificate *const *trusted, size_t n)
{
	for (size_t i = 0; i < n; i++)
		X509_STORE_add_cert(store, trusted[i]->x509);
}

static int
check_chain(X509 *leaf, X509_STORE *store, STACK_OF(X509) *others, int64_t at, struct plim_error *err)
{
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	int r = 0;
	if (context == NULL || !X509_STORE_CTX_init(context, store, leaf, others)) {
		r = error_nomem(err);
	} else {
		X509_VERIFY_PARAM *rules = X509_STORE_CTX_get0_param(context);
		X509_VERIFY_PARAM_set_time(rules, at);
		X509_VERIFY_PARAM_set_depth(rules, 8);
		X509_VERIFY_PARAM_set_auth_level(rules, 2);    /* 112 bits: RSA 2048, SHA-256 */
		X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT);
		if (X509_verify_cert(context) != 1)
			r = error_set(err, PLIM_EUSAGE, "the certificate leads to none that is trusted: %s",
			              X509_verify_cert_error_string(X509_STORE_CTX_get_error(context)));
	}
	X509_STORE_CTX_free(context);
	return r;
}

int
certificate_check(const struct certificate *leaf, struct certificate *const *chain, size_t chain_count,
                  struct certificate *const *trusted, size_t trusted_count, int64_t at, struct plim_error *err)
{
	int r = check_leaf(leaf->x509, at, err);
	if (r < 0 || is_trusted_itself(leaf->x509, trusted, trusted_count))
		return r;
	X509_STORE *store = X509_STORE_new();
	STACK_OF(X509) *others = sk_X509_new_null();
	if (store && others) {
		store_fill(store, trusted, trusted_count);
		for (size_t i = 0; i < chain_count; i++)
			sk_X509_push(others, chain[i]->x509);
		r = check_chain(leaf->x509, store, others, at, err);
	} else {
		r = error_nomem(err);
	}
	sk_X509_free(others);
	X509_STORE_free(store);
	crypto_errors_drop();
	return r;
}
