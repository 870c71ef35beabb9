/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a certificate says (RFC 5280), taken apart without its key and signature being made ready for use, which
 * costs a hundred times as much: bundles have many, and nobody verifies anything here.  src/trust does.
 */
#ifndef CODEC_X509_H
#define CODEC_X509_H

#include "base/slice.h"

struct x509 {
	struct slice whole;                /* the certificate's own bytes: what a fingerprint is of */
	struct slice serial;               /* bytes of the number, big-endian, without a leading zero */
	struct slice issuer, subject;      /* DER of their names */
	int64_t not_before, not_after;     /* seconds since 1970 */
	const char *signature, *key;       /* "sha256WithRSAEncryption", "rsaEncryption", ...; NULL for what has no name here */
	unsigned key_bits;                 /* 0: not told */
	bool ca;                           /* basicConstraints say so */
	struct slice subject_key, authority_key;    /* key identifiers; absent where there are none */
};

/* Borrows from `der`, behind which more may stand (OpenSSL's trust settings).  False for what is no whole certificate. */
bool x509_parse(struct slice der, struct x509 *out);

/* Issuer and subject are the same, and so are the key identifiers, where both are there: OpenSSL's own rule. */
bool x509_is_self_signed(const struct x509 *certificate);

#endif
