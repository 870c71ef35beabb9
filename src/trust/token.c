/* SPDX-License-Identifier: Apache-2.0 */
/* PKCS#11 3.0 by way of p11-kit, which knows the machine's modules and reads the URIs. */
#include "trust/token.h"

#include "base/error.h"
#include "trust/key_inside.h"
#include "trust/secret.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>

#define SLOT_MOST      64
#define OBJECT_MOST    16
#define ATTRIBUTE_MOST 8192    /* bytes of one; a certificate is the largest that is asked for */

struct token {
	P11KitUri *uri;
	CK_FUNCTION_LIST **modules;      /* ends with NULL */
	bool is_single;                  /* the module was named by the URI */
	CK_FUNCTION_LIST *module;        /* the token's */
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE object;
	enum key_type type;
};

static void
token_free(void *context)
{
	struct token *token = context;
	if (token->module && token->session)
		token->module->C_CloseSession(token->session);
	if (token->is_single && token->modules) {
		p11_kit_module_finalize(token->modules[0]);
		p11_kit_module_release(token->modules[0]);
		free(token->modules);
	} else if (token->modules) {
		p11_kit_modules_finalize_and_release(token->modules);
	}
	p11_kit_uri_free(token->uri);
	free(token);
}

static int
token_error(CK_RV code, const char *what, struct plim_error *err)
{
	return error_set(err, PLIM_ESYSTEM, "the token: %s: %s", what, p11_kit_strerror(code));
}

static int
parse_uri(const char *text, struct token *token, struct plim_error *err)
{
	token->uri = p11_kit_uri_new();
	if (token->uri == NULL)
		return error_nomem(err);
	int code = p11_kit_uri_parse(text, P11_KIT_URI_FOR_ANY, token->uri);
	if (code != P11_KIT_URI_OK)
		return error_set(err, PLIM_EUSAGE, "no URI of a token's key: %s", p11_kit_uri_message(code));
	return p11_kit_uri_any_unrecognized(token->uri) ? error_set(err, PLIM_EUSAGE, "the URI has attributes that are not known here") : 0;
}

static int
load_single(const char *path, struct token *token, struct plim_error *err)
{
	token->modules = calloc(2, sizeof *token->modules);
	if (token->modules == NULL)
		return error_nomem(err);
	token->is_single = true;
	token->modules[0] = p11_kit_module_load(path, 0);
	if (token->modules[0] == NULL || p11_kit_module_initialize(token->modules[0]) != CKR_OK) {
		const char *why = p11_kit_message();
		free(token->modules);
		token->modules = NULL;
		return error_set(err, PLIM_ESYSTEM, "the token's module %s: %s", path, why ? why : "it does not start");
	}
	return 0;
}

static int
load_modules(struct token *token, struct plim_error *err)
{
	const char *path = p11_kit_uri_get_module_path(token->uri);
	if (path)
		return load_single(path, token, err);
	token->modules = p11_kit_modules_load_and_initialize(0);
	return token->modules ? 0 : error_set(err, PLIM_ESYSTEM, "no module of a token: %s", p11_kit_message() ? p11_kit_message() : "none is configured");
}

/* Slots of one module with a token that the URI means. */
static size_t
count_tokens(struct token *token, CK_FUNCTION_LIST *module, CK_SLOT_ID *slot)
{
	CK_SLOT_ID slots[SLOT_MOST];
	CK_ULONG n = SLOT_MOST;
	size_t found = 0;
	if (module->C_GetSlotList(CK_TRUE, slots, &n) != CKR_OK)
		return 0;
	for (CK_ULONG i = 0; i < n; i++) {
		CK_TOKEN_INFO info;
		if (module->C_GetTokenInfo(slots[i], &info) != CKR_OK || !(info.flags & CKF_TOKEN_INITIALIZED) ||
		    !p11_kit_uri_match_token_info(token->uri, &info))
			continue;
		*slot = slots[i];
		found++;
	}
	return found;
}

static int
find_token(struct token *token, CK_SLOT_ID *slot, struct plim_error *err)
{
	size_t found = 0;
	for (CK_FUNCTION_LIST **module = token->modules; *module; module++) {
		size_t here = count_tokens(token, *module, slot);
		if (here > 0)
			token->module = *module;
		found += here;
	}
	if (found == 1)
		return 0;
	return found == 0 ? error_set(err, PLIM_ENOTFOUND, "no token is there that the URI means")
			  : error_set(err, PLIM_EUSAGE, "the URI means %zu tokens: name one (token=, serial=)", found);
}

static int
login(struct token *token, const char *pin_file, struct plim_error *err)
{
	AUTO(secret) struct secret asked = { 0 };
	const char *said = p11_kit_uri_get_pin_value(token->uri);
	struct passphrase_source source = { .file = pin_file, .of = "the token" };
	int r = said ? 0 : passphrase_ask(&source, &asked, err);
	if (r < 0)
		return r;
	struct slice pin = said ? slice_of(said) : secret_slice(&asked);
	CK_RV code = token->module->C_Login(token->session, CKU_USER, (CK_UTF8CHAR *)pin.p, pin.n);
	if (code == CKR_PIN_INCORRECT || code == CKR_PIN_LEN_RANGE)
		return error_set(err, PLIM_EUSAGE, "it is not this PIN that opens the token");
	return code == CKR_OK || code == CKR_USER_ALREADY_LOGGED_IN ? 0 : token_error(code, "logging in", err);
}

static int
open_session(struct token *token, const char *pin_file, struct plim_error *err)
{
	CK_SLOT_ID slot = 0;
	CK_TOKEN_INFO info;
	int r = find_token(token, &slot, err);
	if (r < 0)
		return r;
	CK_RV code = token->module->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &token->session);
	if (code == CKR_OK)
		code = token->module->C_GetTokenInfo(slot, &info);
	if (code != CKR_OK)
		return token_error(code, "opening it", err);
	return info.flags & CKF_LOGIN_REQUIRED ? login(token, pin_file, err) : 0;
}

/* Objects of a class with these attributes; their number, or SIZE_MAX for more than are told apart. */
static int
find_objects(struct token *token, CK_ATTRIBUTE *wanted, CK_ULONG wanted_count, CK_OBJECT_HANDLE *out, CK_ULONG *out_count, struct plim_error *err)
{
	CK_RV code = token->module->C_FindObjectsInit(token->session, wanted, wanted_count);
	if (code == CKR_OK) {
		code = token->module->C_FindObjects(token->session, out, OBJECT_MOST, out_count);
		token->module->C_FindObjectsFinal(token->session);
	}
	return code == CKR_OK ? 0 : token_error(code, "looking for the key", err);
}

static int
find_private(struct token *token, struct plim_error *err)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE wanted[3] = { { CKA_CLASS, &class, sizeof class } }, *id = p11_kit_uri_get_attribute(token->uri, CKA_ID);
	CK_ATTRIBUTE *label = p11_kit_uri_get_attribute(token->uri, CKA_LABEL);
	CK_OBJECT_HANDLE objects[OBJECT_MOST];
	CK_ULONG n = 1, found = 0;
	if (id)
		wanted[n++] = *id;
	if (label)
		wanted[n++] = *label;
	int r = find_objects(token, wanted, n, objects, &found, err);
	if (r < 0)
		return r;
	if (found != 1)
		return found == 0 ? error_set(err, PLIM_ENOTFOUND, "the token has no private key that the URI means")
				  : error_set(err, PLIM_EUSAGE, "the URI means %lu keys: name one (object=, id=)", found);
	token->object = objects[0];
	return 0;
}

/* One attribute's bytes; absent where the object has none, or too many. */
static bool
attribute(struct token *token, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, char *room, struct slice *out)
{
	CK_ATTRIBUTE asked = { type, room, ATTRIBUTE_MOST };
	if (token->module->C_GetAttributeValue(token->session, object, &asked, 1) != CKR_OK || asked.ulValueLen > ATTRIBUTE_MOST)
		return false;
	*out = (struct slice){ room, asked.ulValueLen };
	return out->n > 0;
}

/* DER of the only curve, of the header of its SubjectPublicKeyInfo, and of an octet string of 65 bytes. */
#define P256_PARAMETERS SLICE("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07")
#define P256_HEADER     SLICE("\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00")
#define POINT_HEADER    SLICE("\x04\x41")
#define POINT_BYTES     65

static EVP_PKEY *
public_of_ec(struct token *token, CK_OBJECT_HANDLE object)
{
	char room[ATTRIBUTE_MOST], der[26 + POINT_BYTES];
	const uint8_t *at = (const uint8_t *)der;
	struct slice value;
	if (!attribute(token, object, CKA_EC_PARAMS, room, &value) || !slice_eq(value, P256_PARAMETERS) || !attribute(token, object, CKA_EC_POINT, room, &value))
		return NULL;
	/* Some modules leave the octet string around the point away. */
	slice_skip(&value, POINT_HEADER);
	if (value.n != POINT_BYTES)
		return NULL;
	memcpy(der, P256_HEADER.p, P256_HEADER.n);
	memcpy(der + P256_HEADER.n, value.p, value.n);
	return d2i_PUBKEY(NULL, &at, sizeof der);
}

static EVP_PKEY *
rsa_of(const BIGNUM *n, const BIGNUM *e)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM *numbers = NULL;
	EVP_PKEY *pkey = NULL;
	if (build && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e))
		numbers = OSSL_PARAM_BLD_to_param(build);
	if (numbers && context && EVP_PKEY_fromdata_init(context) == 1)
		EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, numbers);
	OSSL_PARAM_free(numbers);
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_BLD_free(build);
	return pkey;
}

static EVP_PKEY *
public_of_rsa(struct token *token, CK_OBJECT_HANDLE object)
{
	char first[ATTRIBUTE_MOST], second[ATTRIBUTE_MOST];
	struct slice modulus, exponent;
	if (!attribute(token, object, CKA_MODULUS, first, &modulus) || !attribute(token, object, CKA_PUBLIC_EXPONENT, second, &exponent))
		return NULL;
	BIGNUM *n = BN_bin2bn((const uint8_t *)modulus.p, (int)modulus.n, NULL), *e = BN_bin2bn((const uint8_t *)exponent.p, (int)exponent.n, NULL);
	EVP_PKEY *pkey = n && e ? rsa_of(n, e) : NULL;
	BN_free(n);
	BN_free(e);
	return pkey;
}

static EVP_PKEY *
public_of_certificate(struct token *token, CK_OBJECT_HANDLE object)
{
	char room[ATTRIBUTE_MOST];
	struct slice der;
	if (!attribute(token, object, CKA_VALUE, room, &der))
		return NULL;
	const uint8_t *at = (const uint8_t *)der.p;
	X509 *certificate = d2i_X509(NULL, &at, (long)der.n);
	EVP_PKEY *pkey = certificate ? X509_get_pubkey(certificate) : NULL;
	X509_free(certificate);
	return pkey;
}

static EVP_PKEY *
public_of(struct token *token, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE object)
{
	if (class == CKO_CERTIFICATE)
		return public_of_certificate(token, object);
	EVP_PKEY *pkey = public_of_ec(token, object);
	return pkey ? pkey : public_of_rsa(token, object);
}

/* The public key or the certificate with the private key's id; an RSA private key knows its public numbers itself. */
static EVP_PKEY *
find_public(struct token *token)
{
	char id[ATTRIBUTE_MOST];
	struct slice value;
	EVP_PKEY *pkey = public_of_rsa(token, token->object);
	if (pkey || !attribute(token, token->object, CKA_ID, id, &value))
		return pkey;
	const CK_OBJECT_CLASS classes[] = { CKO_PUBLIC_KEY, CKO_CERTIFICATE };
	for (size_t i = 0; pkey == NULL && i < sizeof classes / sizeof *classes; i++) {
		CK_OBJECT_CLASS class = classes[i];
		CK_ATTRIBUTE wanted[] = { { CKA_CLASS, &class, sizeof class }, { CKA_ID, id, value.n } };
		CK_OBJECT_HANDLE objects[OBJECT_MOST];
		CK_ULONG n = 0;
		struct plim_error ignored;
		if (find_objects(token, wanted, 2, objects, &n, &ignored) == 0 && n > 0)
			pkey = public_of(token, class, objects[0]);
	}
	return pkey;
}

static int
sign_bytes(struct token *token, CK_MECHANISM_TYPE mechanism, struct slice bytes, uint8_t *out, CK_ULONG *n, struct plim_error *err)
{
	CK_MECHANISM how = { mechanism, NULL, 0 };
	CK_RV code = token->module->C_SignInit(token->session, &how, token->object);
	if (code == CKR_OK)
		code = token->module->C_Sign(token->session, (CK_BYTE *)bytes.p, bytes.n, out, n);
	return code == CKR_OK ? 0 : token_error(code, "signing", err);
}

/* ECDSA is asked for the hash and answers two numbers; every module has it. */
static int
token_sign(void *context, struct slice message, struct strbuf *into, struct plim_error *err)
{
	struct token *token = context;
	uint8_t bytes[1024];
	CK_ULONG n = sizeof bytes;
	struct digest hash = digest_of(message);
	if (token->type == KEY_RSA) {
		int r = sign_bytes(token, CKM_SHA256_RSA_PKCS, message, bytes, &n, err);
		if (r == 0)
			strbuf_put(into, (struct slice){ (char *)bytes, n });
		return r;
	}
	int r = sign_bytes(token, CKM_ECDSA, (struct slice){ (char *)hash.bytes, 32 }, bytes, &n, err);
	if (r == 0 && (n != 64 || !ecdsa_to_der((struct slice){ (char *)bytes, n }, into)))
		r = error_set(err, PLIM_EFORMAT, "the token's signature has not the form of one");
	return r;
}

static const struct key_backend backend = { token_sign, token_free };

static int
open_key(struct token *token, const char *uri, const char *pin_file, struct key **out, struct plim_error *err)
{
	int r = parse_uri(uri, token, err);
	if (r == 0)
		r = load_modules(token, err);
	if (r == 0)
		r = open_session(token, pin_file, err);
	if (r == 0)
		r = find_private(token, err);
	if (r < 0)
		return r;
	EVP_PKEY *pkey = find_public(token);
	crypto_errors_drop();
	if (pkey == NULL)
		return error_set(err, PLIM_EUNSUPPORTED, "the key is neither P-256 nor RSA, or the token has neither its public half nor a certificate of it");
	return key_of(pkey, false, out, err);
}

int
token_key_open(const char *uri, const char *pin_file, struct key **out, struct plim_error *err)
{
	struct token *token = calloc(1, sizeof *token);
	struct key *key = NULL;
	int r = token ? open_key(token, uri, pin_file, &key, err) : error_nomem(err);
	if (r == 0 && key->type != KEY_P256 && key->type != KEY_RSA) {
		r = error_set(err, PLIM_EUNSUPPORTED, "keys of type %s are not asked of tokens: p256 and rsa are", key_type_name(key->type));
		key_free(key);
	}
	if (r < 0) {
		if (token)
			token_free(token);
		return r;
	}
	token->type = key->type;
	key->backend = &backend;
	key->context = token;
	*out = key;
	return 0;
}
