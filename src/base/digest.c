/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-2, and SHA-1 where somebody else names files by it, through OpenSSL, which picks the processor's own instructions. */
#include "base/digest.h"

#include <openssl/evp.h>

struct hasher {
	EVP_MD_CTX *context;
	enum digest_algorithm algorithm;
};

static const struct {
	const char *name;
	size_t size;
	const EVP_MD *(*method)(void);
} algorithms[] = {
	[DIGEST_SHA256] = { "sha256", 32, EVP_sha256 },
	[DIGEST_SHA512] = { "sha512", 64, EVP_sha512 },
	[DIGEST_SHA1] = { "sha1", 20, EVP_sha1 },
	[DIGEST_MD5] = { "md5", 16, EVP_md5 },
};

const char *
digest_algorithm_name(enum digest_algorithm algorithm)
{
	return algorithm == DIGEST_NONE ? "none" : algorithms[algorithm].name;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
hex_decode(struct slice hex, uint8_t *out)
{
	for (size_t i = 0; i < hex.n; i += 2) {
		int high = hex_value(hex.p[i]), low = hex_value(hex.p[i + 1]);
		if (high < 0 || low < 0)
			return false;
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	return true;
}

bool
digest_parse(struct slice text, struct digest *out)
{
	struct slice name, hex;
	if (!slice_cut(text, ':', &name, &hex))
		return false;
	for (enum digest_algorithm a = DIGEST_SHA256; a <= DIGEST_SHA512; a++) {
		struct digest digest = { .algorithm = a };
		if (!slice_is(name, algorithms[a].name))
			continue;
		if (hex.n != algorithms[a].size * 2 || !hex_decode(hex, digest.bytes))
			return false;
		*out = digest;
		return true;
	}
	return false;
}

const char *
digest_hex(const struct digest *digest, char text[static DIGEST_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	size_t n = digest->algorithm == DIGEST_NONE ? 0 : algorithms[digest->algorithm].size;
	for (size_t i = 0; i < n; i++) {
		text[i * 2] = digits[digest->bytes[i] >> 4];
		text[i * 2 + 1] = digits[digest->bytes[i] & 15];
	}
	text[n * 2] = '\0';
	return text;
}

const char *
digest_text(const struct digest *digest, char text[static DIGEST_TEXT_SIZE])
{
	text[0] = '\0';
	if (digest->algorithm == DIGEST_NONE)
		return text;
	char hex[DIGEST_TEXT_SIZE];
	struct slice name = slice_of(algorithms[digest->algorithm].name);
	memcpy(text, name.p, name.n);
	text[name.n] = ':';
	memcpy(text + name.n + 1, digest_hex(digest, hex), algorithms[digest->algorithm].size * 2 + 1);
	return text;
}

bool
digest_eq(const struct digest *a, const struct digest *b)
{
	return a->algorithm == b->algorithm && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/*
 * The library would read its configuration file first, which a confined process may not and nobody here needs, and make lists of the names of
 * all algorithms, which takes a tenth of the program's start.
 */
static void
begin_crypto(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS,
	                    NULL);
}

struct hasher *
hasher_new(enum digest_algorithm algorithm)
{
	struct hasher *hasher = calloc(1, sizeof *hasher);
	if (hasher == NULL)
		return NULL;
	hasher->algorithm = algorithm;
	begin_crypto();
	hasher->context = EVP_MD_CTX_new();
	if (hasher->context && EVP_DigestInit_ex(hasher->context, algorithms[algorithm].method(), NULL) == 1)
		return hasher;
	hasher_free(hasher);
	return NULL;
}

void
hasher_free(struct hasher *hasher)
{
	if (hasher == NULL)
		return;
	EVP_MD_CTX_free(hasher->context);
	free(hasher);
}

void
hasher_add(struct hasher *hasher, struct slice bytes)
{
	EVP_DigestUpdate(hasher->context, bytes.p, bytes.n);
}

struct digest
hasher_end(struct hasher *hasher)
{
	struct digest digest = { .algorithm = hasher->algorithm };
	EVP_DigestFinal_ex(hasher->context, digest.bytes, NULL);
	/* The same algorithm again: naming it would have the library look it up. */
	EVP_DigestInit_ex(hasher->context, NULL, NULL);
	return digest;
}

struct digest
digest_of(struct slice bytes)
{
	struct digest digest = { .algorithm = DIGEST_SHA256 };
	begin_crypto();
	EVP_Digest(bytes.p, bytes.n, digest.bytes, NULL, EVP_sha256(), NULL);
	return digest;
}

struct digest
digest_by(enum digest_algorithm algorithm, struct slice bytes)
{
	struct digest digest = { .algorithm = algorithm };
	begin_crypto();
	if (EVP_Digest(bytes.p, bytes.n, digest.bytes, NULL, algorithms[algorithm].method(), NULL) != 1)
		digest = (struct digest){ 0 };
	return digest;
}
