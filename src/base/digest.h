/* SPDX-License-Identifier: Apache-2.0 */
/* Content digests as the OCI image specification writes them: "sha256:" and 64 lower-case hex digits, or sha512. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/auto.h"
#include "base/slice.h"

#include <plimsoll/error.h>

enum digest_algorithm {
	DIGEST_NONE,    /* no digest is known */
	DIGEST_SHA256,
	DIGEST_SHA512,
	/* As package databases record files; digest_parse takes neither. */
	DIGEST_SHA1,
	DIGEST_MD5,
};

struct digest {
	enum digest_algorithm algorithm;
	uint8_t bytes[64];    /* the first 32 of them for SHA-256, 20 for SHA-1, the others zero */
};

#define DIGEST_TEXT_SIZE 136    /* "sha512:", 128 digits, NUL */

/* Reads "ALGORITHM:HEX"; false for anything else, upper-case digits included. */
bool digest_parse(struct slice text, struct digest *out);
/* Writes the text form; an empty string for DIGEST_NONE.  Returns `text`. */
const char *digest_text(const struct digest *digest, char text[static DIGEST_TEXT_SIZE]);
bool digest_eq(const struct digest *a, const struct digest *b);
/* The hex digits alone, as in a layout's blobs/sha256/HEX. */
const char *digest_hex(const struct digest *digest, char text[static DIGEST_TEXT_SIZE]);
const char *digest_algorithm_name(enum digest_algorithm algorithm);

/* A running hash.  The caller's, released by hasher_free. */
struct hasher;
struct hasher *hasher_new(enum digest_algorithm algorithm);
void hasher_free(struct hasher *hasher);
AUTO_DEFINE(hasher, struct hasher, hasher_free)
void hasher_add(struct hasher *hasher, struct slice bytes);
/* The digest of all that was added; starts anew, so that one hasher serves many files. */
struct digest hasher_end(struct hasher *hasher);

/* Of one slice: SHA-256, and what `algorithm` says (DIGEST_NONE without memory). */
struct digest digest_of(struct slice bytes);
struct digest digest_by(enum digest_algorithm algorithm, struct slice bytes);

#endif
