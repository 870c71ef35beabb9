/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Notary Project's signature as a flattened JSON web signature (RFC 7515)
 * with a certificate chain: payload, protected header and signature as the
 * Notary Project's JWS envelope specifies them.
 */
#ifndef TRUST_NOTATION_H
#define TRUST_NOTATION_H

#include "trust/certificate.h"
#include "trust/referrer.h"

#define NOTATION_MEDIA_TYPE    "application/jose+json"
#define NOTATION_ARTIFACT_TYPE "application/vnd.cncf.notary.signature"
#define NOTATION_PAYLOAD_TYPE  "application/vnd.cncf.notary.payload.v1+json"
#define NOTATION_THUMBPRINTS   "io.cncf.notary.x509chain.thumbprint#S256"    /* annotation of its manifest: a JSON list of hex */

struct notation {
	struct referrer_descriptor target;
	int64_t signing_time;         /* seconds */
	int64_t expiry;               /* DATE_NONE: none */
	struct slice algorithm;       /* "ES256", ... */
	const struct slice *certificates;    /* DER, the signer's first */
	size_t certificate_count;
	struct slice signed_text;     /* "PROTECTED.PAYLOAD", as it was carried */
	struct slice signature;
};

/* All of it lives in the arena.  Critical headers that are not known here are PLIM_EUNSUPPORTED. */
int notation_parse(struct slice text, struct arena *arena, struct notation **out, struct plim_error *err);

struct notation_order {
	struct referrer_descriptor target;
	int64_t signing_time;
	int64_t expiry;               /* DATE_NONE: none */
	struct slice agent;           /* "plimsoll/0.1.0" */
};

/* Appends the whole envelope.  The key is P-256 or P-384 and the certificate's own, else PLIM_EUSAGE. */
int notation_sign(const struct notation_order *order, const struct key *key, const struct certificate *certificate, struct strbuf *into,
                  struct plim_error *err);

/*
 * The signature is its first certificate's, which may sign code and is trusted (certificate_check) at `now`, and the signature has not
 * expired.  PLIM_EUSAGE says why not.
 */
int notation_verify(const struct notation *notation, struct certificate *const *trusted, size_t trusted_count, int64_t now,
                    struct plim_error *err);

#endif
