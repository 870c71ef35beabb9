/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys that sign and verify: ECDSA P-256 (what every verifier knows) and
 * Ed25519 are made here, P-384 and RSA are read too.  Private ones are PKCS#8
 * (RFC 5958; locked: PBES2, RFC 8018) or cosign's own file; public ones are
 * SubjectPublicKeyInfo (RFC 5280), all as PEM.
 */
#ifndef TRUST_KEY_H
#define TRUST_KEY_H

#include "base/auto.h"
#include "base/digest.h"
#include "base/strbuf.h"

#include <plimsoll/error.h>

enum key_type { KEY_P256, KEY_P384, KEY_ED25519, KEY_RSA, KEY_TYPE_COUNT };
const char *key_type_name(enum key_type type);    /* "p256", "p384", "ed25519", "rsa" */
bool key_type_parse(struct slice name, enum key_type *out);

enum key_format { KEY_PKCS8, KEY_COSIGN, KEY_FORMAT_COUNT };
const char *key_format_name(enum key_format format);    /* "pkcs8", "cosign" */

/* A public key, or both halves.  The caller's, released (and wiped) by key_free. */
struct key;
void key_free(struct key *key);
AUTO_DEFINE(key, struct key, key_free)

/* P-256 or Ed25519; others are PLIM_EUNSUPPORTED. */
int key_generate(enum key_type type, struct key **out, struct plim_error *err);

/* One "PUBLIC KEY", or the key of one "CERTIFICATE", whose dates are not asked. */
int key_parse_public(struct slice pem, struct key **out, struct plim_error *err);

/* What kind of private key the text holds, before anybody is asked for a passphrase; PLIM_EFORMAT for none, and for two. */
int key_sniff_private(struct slice pem, enum key_format *format, bool *locked, struct plim_error *err);
/*
 * "PRIVATE KEY", "ENCRYPTED PRIVATE KEY" (PBES2), "ENCRYPTED SIGSTORE PRIVATE KEY" or "ENCRYPTED COSIGN PRIVATE KEY".  The passphrase may be
 * absent for one that is not locked.  A wrong one is PLIM_EUSAGE.
 */
int key_parse_private(struct slice pem, struct slice passphrase, struct key **out, struct plim_error *err);

int key_write_public(const struct key *key, struct strbuf *into, struct plim_error *err);
/*
 * Locked by the passphrase (scrypt and AES-256-CBC; cosign's: scrypt and secretbox); absent, for KEY_PKCS8 only: not locked.  `into` gets room
 * before it is written, so that nothing of it is left behind by growing; the caller wipes it (strbuf_wipe).
 */
int key_write_private(const struct key *key, enum key_format format, struct slice passphrase, struct strbuf *into, struct plim_error *err);
/* Overwrites and releases. */
void strbuf_wipe(struct strbuf *text);
static inline void
auto_strbuf_secret(struct strbuf *text)
{
	strbuf_wipe(text);
}

enum key_type key_type(const struct key *key);
/* SHA-256 of the public half's DER: its id. */
struct digest key_id(const struct key *key);
bool key_is_private(const struct key *key);
/* The same public half. */
bool key_eq(const struct key *a, const struct key *b);

/*
 * Appends the signature's bytes: ECDSA as DER over SHA-256, Ed25519 over the message itself, RSA PKCS#1 v1.5 over SHA-256: what cosign and
 * containers/image verify.  PLIM_EUSAGE without the private half.
 */
int key_sign(const struct key *key, struct slice message, struct strbuf *into, struct plim_error *err);
/* The rules of key_sign; false for everything else. */
bool key_verify(const struct key *key, struct slice message, struct slice signature);

#endif
