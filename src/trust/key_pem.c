/* SPDX-License-Identifier: Apache-2.0 */
/* PEM (RFC 7468): one block in, one block out; public keys. */
#include "trust/key_inside.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/base64.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#define PEM_COLUMNS_BYTES 48    /* 64 letters a line */

void
pem_put(const char *label, struct slice der, struct strbuf *into)
{
	strbuf_reserve(into, der.n / 3 * 4 + der.n / PEM_COLUMNS_BYTES + 2 * strlen(label) + 64);
	strbuf_printf(into, "-----BEGIN %s-----\n", label);
	for (size_t i = 0; i < der.n; i += PEM_COLUMNS_BYTES) {
		base64_put(BASE64_STANDARD, slice_first(slice_from(der, i), PEM_COLUMNS_BYTES), into);
		strbuf_putc(into, '\n');
	}
	strbuf_printf(into, "-----END %s-----\n", label);
}

struct pem_block {
	char *label, *header;
	uint8_t *bytes;
	long n;
};

static bool
block_next(BIO *from, struct pem_block *block)
{
	*block = (struct pem_block){ 0 };
	return PEM_read_bio(from, &block->label, &block->header, &block->bytes, &block->n) == 1;
}

static void
block_done(struct pem_block *block)
{
	OPENSSL_free(block->label);
	OPENSSL_free(block->header);
	OPENSSL_clear_free(block->bytes, (size_t)block->n);
}

static int
block_copy(struct pem_block *block, char **label, struct secret *der, struct plim_error *err)
{
	if (block->header[0])
		return error_set(err, PLIM_EFORMAT, "PEM with headers: openssl pkcs8 -topk8 makes a key of it that is read here");
	if (!secret_new(der, (size_t)block->n))
		return error_nomem(err);
	memcpy(der->p, block->bytes, (size_t)block->n);
	*label = ptr_take(&block->label);
	return 0;
}

static int
take_only(BIO *from, char **label, struct secret *der, struct plim_error *err)
{
	struct pem_block block, second;
	if (!block_next(from, &block))
		return error_set(err, PLIM_EFORMAT, "no PEM");
	bool more = block_next(from, &second);
	if (more)
		block_done(&second);
	/* Which of two is meant nobody can tell. */
	int r = more ? error_set(err, PLIM_EFORMAT, "more than one block of PEM") : block_copy(&block, label, der, err);
	block_done(&block);
	return r;
}

int
pem_take(struct slice text, char **label, struct secret *der, struct plim_error *err)
{
	if (text.n > LIMIT_KEY_FILE_BYTES)
		return error_set(err, PLIM_ELIMIT, "PEM of %zu bytes, limit KEY_FILE_BYTES", text.n);
	BIO *from = BIO_new_mem_buf(text.n ? text.p : "", (int)text.n);
	if (from == NULL)
		return error_nomem(err);
	int r = take_only(from, label, der, err);
	BIO_free(from);
	crypto_errors_drop();
	return r;
}

static EVP_PKEY *
public_of(const char *label, struct slice der)
{
	const uint8_t *at = (const uint8_t *)der.p, *end = at + der.n;
	EVP_PKEY *pkey = NULL;
	if (strcmp(label, "PUBLIC KEY") == 0)
		pkey = d2i_PUBKEY(NULL, &at, (long)der.n);
	if (strcmp(label, "CERTIFICATE") == 0) {
		X509 *certificate = d2i_X509(NULL, &at, (long)der.n);
		pkey = certificate ? X509_get_pubkey(certificate) : NULL;
		X509_free(certificate);
	}
	if (pkey && at != end) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	return pkey;
}

int
key_parse_public(struct slice pem, struct key **out, struct plim_error *err)
{
	AUTO(secret) struct secret der = { 0 };
	char *label = NULL;
	int r = pem_take(pem, &label, &der, err);
	if (r < 0)
		return r;
	EVP_PKEY *pkey = public_of(label, secret_slice(&der));
	crypto_errors_drop();
	if (pkey == NULL)
		r = error_set(err, PLIM_EFORMAT, "'%.60s': no public key that is read here", label);
	OPENSSL_free(label);
	return r < 0 ? r : key_of(pkey, false, out, err);
}

int
key_write_public(const struct key *key, struct strbuf *into, struct plim_error *err)
{
	uint8_t *der = NULL;
	int n = i2d_PUBKEY(key->pkey, &der);
	if (n <= 0)
		return error_set(err, PLIM_ESYSTEM, "libcrypto wrote no public key");
	pem_put("PUBLIC KEY", (struct slice){ (char *)der, (size_t)n }, into);
	OPENSSL_free(der);
	return into->failed ? error_nomem(err) : 0;
}
