/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XSalsa20 after Bernstein, "Extending the Salsa20 nonce" and "Salsa20
 * specification"; Poly1305 is OpenSSL's.
 */
#include "trust/secretbox.h"

#include "base/error.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#define BLOCK_BYTES 64

static uint32_t
load(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void
store(uint8_t *p, uint32_t word)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(word >> (8 * i));
}

static uint32_t
rotate(uint32_t word, int by)
{
	return word << by | word >> (32 - by);
}

static void
quarter_round(uint32_t x[static 16], int a, int b, int c, int d)
{
	x[b] ^= rotate(x[a] + x[d], 7);
	x[c] ^= rotate(x[b] + x[a], 9);
	x[d] ^= rotate(x[c] + x[b], 13);
	x[a] ^= rotate(x[d] + x[c], 18);
}

/* The columns, then the rows, ten times. */
static void
rounds(uint32_t x[static 16])
{
	for (int i = 0; i < 10; i++) {
		quarter_round(x, 0, 4, 8, 12);
		quarter_round(x, 5, 9, 13, 1);
		quarter_round(x, 10, 14, 2, 6);
		quarter_round(x, 15, 3, 7, 11);
		quarter_round(x, 0, 1, 2, 3);
		quarter_round(x, 5, 6, 7, 4);
		quarter_round(x, 10, 11, 8, 9);
		quarter_round(x, 15, 12, 13, 14);
	}
}

/* "expand 32-byte k" on the diagonal, the key around it, 16 bytes of nonce and counter in the middle. */
static void
state_init(uint32_t x[static 16], const uint8_t key[static 32], const uint8_t middle[static 16])
{
	static const uint32_t diagonal[4] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };
	for (size_t i = 0; i < 4; i++) {
		x[5 * i] = diagonal[i];
		x[1 + i] = load(key + 4 * i);
		x[6 + i] = load(middle + 4 * i);
		x[11 + i] = load(key + 16 + 4 * i);
	}
}

/* A key of its own for each first 16 bytes of nonce: the words of the diagonal and the middle, without the last addition. */
static void
hsalsa20(uint8_t derived[static 32], const uint8_t key[static 32], const uint8_t nonce[static 16])
{
	static const uint8_t taken[8] = { 0, 5, 10, 15, 6, 7, 8, 9 };
	uint32_t x[16];
	state_init(x, key, nonce);
	rounds(x);
	for (size_t i = 0; i < 8; i++)
		store(derived + 4 * i, x[taken[i]]);
	OPENSSL_cleanse(x, sizeof x);
}

static void
salsa20_block(uint8_t block[static BLOCK_BYTES], const uint8_t key[static 32], const uint8_t nonce[static 8], uint64_t counter)
{
	uint32_t before[16], x[16];
	uint8_t middle[16];
	memcpy(middle, nonce, 8);
	store(middle + 8, (uint32_t)counter);
	store(middle + 12, (uint32_t)(counter >> 32));
	state_init(before, key, middle);
	memcpy(x, before, sizeof x);
	rounds(x);
	for (size_t i = 0; i < 16; i++)
		store(block + 4 * i, x[i] + before[i]);
	OPENSSL_cleanse(before, sizeof before);
	OPENSSL_cleanse(x, sizeof x);
}

/* The stream's first 32 bytes are the authenticator's key, the text begins behind them. */
static void
apply_stream(const uint8_t key[static 32], const uint8_t nonce[static 24], uint8_t authenticator[static 32], struct slice in, uint8_t *out)
{
	uint8_t derived[32], block[BLOCK_BYTES];
	hsalsa20(derived, key, nonce);
	salsa20_block(block, derived, nonce + 16, 0);
	memcpy(authenticator, block, 32);
	for (size_t i = 0; i < in.n; i++) {
		size_t at = i + 32;
		if (at % BLOCK_BYTES == 0)
			salsa20_block(block, derived, nonce + 16, at / BLOCK_BYTES);
		out[i] = (uint8_t)in.p[i] ^ block[at % BLOCK_BYTES];
	}
	OPENSSL_cleanse(derived, sizeof derived);
	OPENSSL_cleanse(block, sizeof block);
}

static int
poly1305(const uint8_t key[static 32], struct slice text, uint8_t tag[static SECRETBOX_TAG_BYTES], struct plim_error *err)
{
	EVP_MAC *method = EVP_MAC_fetch(NULL, "POLY1305", NULL);
	EVP_MAC_CTX *context = method ? EVP_MAC_CTX_new(method) : NULL;
	size_t n = 0;
	bool done = context && EVP_MAC_init(context, key, 32, NULL) && EVP_MAC_update(context, (const uint8_t *)text.p, text.n) &&
	            EVP_MAC_final(context, tag, &n, SECRETBOX_TAG_BYTES) && n == SECRETBOX_TAG_BYTES;
	EVP_MAC_CTX_free(context);
	EVP_MAC_free(method);
	return done ? 0 : error_set(err, PLIM_EUNSUPPORTED, "this libcrypto has no Poly1305");
}

int
secretbox_seal(const uint8_t key[static SECRETBOX_KEY_BYTES], const uint8_t nonce[static SECRETBOX_NONCE_BYTES], struct slice plain,
               uint8_t *sealed, struct plim_error *err)
{
	uint8_t authenticator[32], *text = sealed + SECRETBOX_TAG_BYTES;
	apply_stream(key, nonce, authenticator, plain, text);
	int r = poly1305(authenticator, (struct slice){ (char *)text, plain.n }, sealed, err);
	OPENSSL_cleanse(authenticator, sizeof authenticator);
	return r;
}

/* The tag is asked before a byte of the text is believed. */
static int
check_tag(const uint8_t *key, const uint8_t *nonce, struct slice sealed, struct plim_error *err)
{
	uint8_t authenticator[32], tag[SECRETBOX_TAG_BYTES];
	apply_stream(key, nonce, authenticator, SLICE_NONE, NULL);
	int r = poly1305(authenticator, slice_from(sealed, SECRETBOX_TAG_BYTES), tag, err);
	OPENSSL_cleanse(authenticator, sizeof authenticator);
	if (r == 0 && CRYPTO_memcmp(tag, sealed.p, sizeof tag) != 0)
		r = error_set(err, PLIM_EDIGEST, "the box was locked with another key, or its bytes were changed");
	return r;
}

int
secretbox_open(const uint8_t key[static SECRETBOX_KEY_BYTES], const uint8_t nonce[static SECRETBOX_NONCE_BYTES], struct slice sealed,
               struct secret *plain, struct plim_error *err)
{
	uint8_t authenticator[32];
	if (sealed.n < SECRETBOX_TAG_BYTES)
		return error_set(err, PLIM_EFORMAT, "a box shorter than its tag");
	int r = check_tag(key, nonce, sealed, err);
	if (r < 0)
		return r;
	if (!secret_new(plain, sealed.n - SECRETBOX_TAG_BYTES))
		return error_nomem(err);
	apply_stream(key, nonce, authenticator, slice_from(sealed, SECRETBOX_TAG_BYTES), (uint8_t *)plain->p);
	OPENSSL_cleanse(authenticator, sizeof authenticator);
	return 0;
}
