/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys as files: PKCS#8, plain and locked, and cosign's. */
#include "trust/key_inside.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/json_write.h"
#include "codec/base64.h"
#include "trust/document.h"
#include "trust/secretbox.h"

#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

static const struct label {
	const char *text;
	enum key_format format;
	bool locked;
} labels[] = {
	{ "PRIVATE KEY", KEY_PKCS8, false },
	{ "ENCRYPTED PRIVATE KEY", KEY_PKCS8, true },
	{ "ENCRYPTED SIGSTORE PRIVATE KEY", KEY_COSIGN, true },
	{ "ENCRYPTED COSIGN PRIVATE KEY", KEY_COSIGN, true },
};

/* What OpenSSL's own tool asks of scrypt, so that it reads what is written here; and what cosign asks. */
#define PKCS8_N  16384
#define COSIGN_N 65536
#define SCRYPT_R 8
#define SCRYPT_P 1
#define SALT_BYTES 32

/* Private keys are small: nothing outgrows it, so nothing is left behind by growing. */
#define PEM_ROOM 16384

void
strbuf_wipe(struct strbuf *text)
{
	if (text->p)
		OPENSSL_cleanse(text->p, text->room);
	strbuf_done(text);
}

static int
label_find(const char *text, const struct label **out, struct plim_error *err)
{
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (strcmp(labels[i].text, text) == 0)
			return *out = &labels[i], 0;
	return error_set(err, PLIM_EFORMAT, "'%.60s': no private key that is read here; openssl pkcs8 -topk8 makes one of it", text);
}

static int
take_private(struct slice pem, const struct label **label, struct secret *der, struct plim_error *err)
{
	char *text = NULL;
	int r = pem_take(pem, &text, der, err);
	if (r == 0)
		r = label_find(text, label, err);
	OPENSSL_free(text);
	return r;
}

int
key_sniff_private(struct slice pem, enum key_format *format, bool *locked, struct plim_error *err)
{
	AUTO(secret) struct secret der = { 0 };
	const struct label *label;
	int r = take_private(pem, &label, &der, err);
	if (r < 0)
		return r;
	*format = label->format;
	*locked = label->locked;
	return 0;
}

static int
key_of_info(PKCS8_PRIV_KEY_INFO *info, struct key **out, struct plim_error *err)
{
	EVP_PKEY *pkey = info ? EVP_PKCS82PKEY(info) : NULL;
	crypto_errors_drop();
	return pkey ? key_of(pkey, true, out, err) : error_set(err, PLIM_EFORMAT, "no private key in PKCS#8");
}

static int
parse_plain(struct slice der, struct key **out, struct plim_error *err)
{
	const uint8_t *at = (const uint8_t *)der.p;
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.n);
	int r = key_of_info(info, out, err);
	PKCS8_PRIV_KEY_INFO_free(info);
	return r;
}

static int
parse_locked(struct slice der, struct slice passphrase, struct key **out, struct plim_error *err)
{
	const uint8_t *at = (const uint8_t *)der.p;
	X509_SIG *locked = d2i_X509_SIG(NULL, &at, (long)der.n);
	PKCS8_PRIV_KEY_INFO *info = NULL;
	int r;
	if (locked)
		info = PKCS8_decrypt(locked, passphrase.p, (int)passphrase.n);
	if (locked == NULL)
		r = error_set(err, PLIM_EFORMAT, "no locked PKCS#8");
	else if (info == NULL)
		r = error_set(err, PLIM_EUSAGE, "it is not this passphrase that unlocks it");
	else
		r = key_of_info(info, out, err);
	crypto_errors_drop();
	PKCS8_PRIV_KEY_INFO_free(info);
	X509_SIG_free(locked);
	return r;
}

struct cosign_file {
	uint64_t n, r, p;
	struct slice salt, nonce, sealed;
};

static int
read_base64(const struct json *object, const char *key, struct arena *arena, struct slice *out, struct plim_error *err)
{
	struct slice text;
	int r = document_text(object, key, &text, err);
	if (r < 0)
		return r;
	*out = base64_decode(BASE64_STANDARD, text, arena);
	return out->p ? 0 : error_set(err, PLIM_EFORMAT, "%s: no base64", key);
}

static int
read_parameters(const struct json *kdf, const struct json *cipher, struct cosign_file *out, struct plim_error *err)
{
	const struct json *numbers = json_get(kdf, "params");
	if (!slice_is(json_get_string(kdf, "name"), "scrypt") || !slice_is(json_get_string(cipher, "name"), "nacl/secretbox"))
		return error_set(err, PLIM_EUNSUPPORTED, "another lock than scrypt and nacl/secretbox");
	int r = document_u64(numbers, "N", &out->n, err);
	if (r == 0)
		r = document_u64(numbers, "r", &out->r, err);
	if (r == 0)
		r = document_u64(numbers, "p", &out->p, err);
	if (r < 0)
		return r;
	/* Each first, so that their product cannot overflow. */
	if (out->n > LIMIT_KEY_DERIVE_BYTES || out->r > 1024 || out->p > 16 || 128 * out->n * out->r > LIMIT_KEY_DERIVE_BYTES)
		return error_set(err, PLIM_ELIMIT, "it asks for too much of scrypt, limit KEY_DERIVE_BYTES");
	return 0;
}

static int
read_cosign(struct slice text, struct arena *arena, struct cosign_file *out, struct plim_error *err)
{
	const struct json *root;
	int r = document_parse(text, arena, &root, err);
	if (r < 0)
		return r;
	const struct json *kdf = json_get(root, "kdf"), *cipher = json_get(root, "cipher");
	r = read_parameters(kdf, cipher, out, err);
	if (r == 0)
		r = read_base64(kdf, "salt", arena, &out->salt, err);
	if (r == 0)
		r = read_base64(cipher, "nonce", arena, &out->nonce, err);
	if (r == 0)
		r = read_base64(root, "ciphertext", arena, &out->sealed, err);
	if (r == 0 && out->nonce.n != SECRETBOX_NONCE_BYTES)
		r = error_set(err, PLIM_EFORMAT, "nonce: %zu bytes, 24 are needed", out->nonce.n);
	return r;
}

static int
derive(struct slice passphrase, const struct cosign_file *file, uint8_t key[static SECRETBOX_KEY_BYTES], struct plim_error *err)
{
	int done = EVP_PBE_scrypt(passphrase.p ? passphrase.p : "", passphrase.n, (const uint8_t *)file->salt.p, file->salt.n, file->n, file->r,
	                          file->p, LIMIT_KEY_DERIVE_BYTES + (1 << 20), key, SECRETBOX_KEY_BYTES);
	crypto_errors_drop();
	return done == 1 ? 0 : error_set(err, PLIM_EFORMAT, "numbers that scrypt does not take");
}

static int
parse_cosign(struct slice text, struct slice passphrase, struct key **out, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(secret) struct secret der = { 0 };
	struct cosign_file file;
	uint8_t derived[SECRETBOX_KEY_BYTES];
	int r = arena ? read_cosign(text, arena, &file, err) : error_nomem(err);
	if (r == 0)
		r = derive(passphrase, &file, derived, err);
	if (r < 0)
		return r;
	r = secretbox_open(derived, (const uint8_t *)file.nonce.p, file.sealed, &der, err);
	OPENSSL_cleanse(derived, sizeof derived);
	if (r == PLIM_EDIGEST)
		return error_set(err, PLIM_EUSAGE, "it is not this passphrase that unlocks it");
	return r < 0 ? r : parse_plain(secret_slice(&der), out, err);
}

int
key_parse_private(struct slice pem, struct slice passphrase, struct key **out, struct plim_error *err)
{
	AUTO(secret) struct secret der = { 0 };
	const struct label *label;
	int r = take_private(pem, &label, &der, err);
	if (r < 0)
		return r;
	if (label->format == KEY_COSIGN)
		return parse_cosign(secret_slice(&der), passphrase, out, err);
	return label->locked ? parse_locked(secret_slice(&der), passphrase, out, err) : parse_plain(secret_slice(&der), out, err);
}

static int
private_der(const struct key *key, struct secret *out, struct plim_error *err)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key->pkey);
	uint8_t *der = NULL;
	int n = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;
	int r = n > 0 ? 0 : error_set(err, PLIM_ESYSTEM, "libcrypto wrote no private key");
	if (r == 0 && !secret_new(out, (size_t)n))
		r = error_nomem(err);
	if (r == 0)
		memcpy(out->p, der, (size_t)n);
	OPENSSL_clear_free(der, n > 0 ? (size_t)n : 0);
	PKCS8_PRIV_KEY_INFO_free(info);
	crypto_errors_drop();
	return r;
}

/* PBES2 with scrypt and AES-256-CBC. */
static X509_SIG *
lock(const struct key *key, struct slice passphrase)
{
	uint8_t salt[SALT_BYTES];
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key->pkey);
	X509_ALGOR *scheme = NULL;
	X509_SIG *locked = NULL;
	if (info && RAND_bytes(salt, sizeof salt) == 1)
		scheme = PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), salt, sizeof salt, NULL, PKCS8_N, SCRYPT_R, SCRYPT_P);
	if (scheme)
		locked = PKCS8_set0_pbe(passphrase.p, (int)passphrase.n, info, scheme);
	if (locked == NULL)
		X509_ALGOR_free(scheme);
	PKCS8_PRIV_KEY_INFO_free(info);
	return locked;
}

static int
write_locked(const struct key *key, struct slice passphrase, struct strbuf *into, struct plim_error *err)
{
	X509_SIG *locked = lock(key, passphrase);
	uint8_t *der = NULL;
	int n = locked ? i2d_X509_SIG(locked, &der) : -1;
	if (n > 0)
		pem_put("ENCRYPTED PRIVATE KEY", (struct slice){ (char *)der, (size_t)n }, into);
	OPENSSL_free(der);
	X509_SIG_free(locked);
	crypto_errors_drop();
	return n > 0 ? 0 : error_set(err, PLIM_ESYSTEM, "libcrypto locked no private key");
}

static void
member_base64(struct json_writer *w, const char *key, struct slice bytes)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	base64_put(BASE64_STANDARD, bytes, &text);
	json_write_member(w, key, strbuf_slice(&text));
}

static void
put_cosign(const struct cosign_file *file, struct strbuf *into)
{
	struct json_writer w = { .into = into };
	json_write_object(&w);
	json_write_key(&w, SLICE("cipher"));
	json_write_object(&w);
	json_write_member(&w, "name", SLICE("nacl/secretbox"));
	member_base64(&w, "nonce", file->nonce);
	json_write_object_end(&w);
	member_base64(&w, "ciphertext", file->sealed);
	json_write_key(&w, SLICE("kdf"));
	json_write_object(&w);
	json_write_member(&w, "name", SLICE("scrypt"));
	json_write_key(&w, SLICE("params"));
	json_write_object(&w);
	json_write_member_u64(&w, "N", file->n);
	json_write_member_u64(&w, "p", file->p);
	json_write_member_u64(&w, "r", file->r);
	json_write_object_end(&w);
	member_base64(&w, "salt", file->salt);
	json_write_object_end(&w);
	json_write_object_end(&w);
}

static int
write_cosign(const struct key *key, struct slice passphrase, struct strbuf *into, struct plim_error *err)
{
	AUTO(secret) struct secret der = { 0 };
	AUTO(strbuf) struct strbuf text = { 0 }, sealed = { 0 };
	uint8_t salt[SALT_BYTES], nonce[SECRETBOX_NONCE_BYTES], derived[SECRETBOX_KEY_BYTES];
	struct cosign_file file = { COSIGN_N, SCRYPT_R, SCRYPT_P, { (char *)salt, sizeof salt }, { (char *)nonce, sizeof nonce }, SLICE_NONE };
	int r = private_der(key, &der, err);
	if (r == 0 && (RAND_bytes(salt, sizeof salt) != 1 || RAND_bytes(nonce, sizeof nonce) != 1))
		r = error_set(err, PLIM_ESYSTEM, "libcrypto has no random numbers");
	if (r == 0)
		r = derive(passphrase, &file, derived, err);
	if (r < 0)
		return r;
	char *room = strbuf_reserve(&sealed, der.n + SECRETBOX_TAG_BYTES);
	r = room ? secretbox_seal(derived, nonce, secret_slice(&der), (uint8_t *)room, err) : error_nomem(err);
	OPENSSL_cleanse(derived, sizeof derived);
	if (r < 0)
		return r;
	file.sealed = (struct slice){ room, der.n + SECRETBOX_TAG_BYTES };
	put_cosign(&file, &text);
	pem_put("ENCRYPTED SIGSTORE PRIVATE KEY", strbuf_slice(&text), into);
	return text.failed ? error_nomem(err) : 0;
}

static int
write_plain(const struct key *key, struct strbuf *into, struct plim_error *err)
{
	AUTO(secret) struct secret der = { 0 };
	int r = private_der(key, &der, err);
	if (r == 0)
		pem_put("PRIVATE KEY", secret_slice(&der), into);
	return r;
}

int
key_write_private(const struct key *key, enum key_format format, struct slice passphrase, struct strbuf *into, struct plim_error *err)
{
	int r;
	if (!key->has_private)
		return error_set(err, PLIM_EUSAGE, "the key has no private half to write");
	if (strbuf_reserve(into, PEM_ROOM) == NULL)
		return error_nomem(err);
	if (format == KEY_COSIGN && passphrase.p == NULL)
		return error_set(err, PLIM_EUSAGE, "cosign's key files are always locked: a passphrase is needed");
	if (format == KEY_COSIGN)
		r = write_cosign(key, passphrase, into, err);
	else
		r = passphrase.p ? write_locked(key, passphrase, into, err) : write_plain(key, into, err);
	return r == 0 && into->failed ? error_nomem(err) : r;
}
