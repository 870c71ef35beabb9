/* SPDX-License-Identifier: Apache-2.0 */
/* X.509 certificates for code signing as the Notary Project wants them. */
#ifndef TRUST_CERTIFICATE_H
#define TRUST_CERTIFICATE_H

#include "trust/key.h"

struct certificate;
void certificate_free(struct certificate *certificate);
AUTO_DEFINE(certificate, struct certificate, certificate_free)

int certificate_parse(struct slice pem, struct certificate **out, struct plim_error *err);
int certificate_parse_der(struct slice der, struct certificate **out, struct plim_error *err);

struct certificate_wish {
	struct slice subject;       /* "C=DE, ST=Hessen, O=Example, CN=approve": the first three are needed */
	int64_t from, until;        /* seconds */
};

/* Self-signed, for code signing only, not for signing certificates; appends PEM.  P-256 and RSA keys: the Notary Project knows no Ed25519. */
int certificate_make(const struct key *key, const struct certificate_wish *wish, struct strbuf *into, struct plim_error *err);

/* The public half. */
int certificate_key(const struct certificate *certificate, struct key **out, struct plim_error *err);
void certificate_put_der(const struct certificate *certificate, struct strbuf *into);
struct digest certificate_thumbprint(const struct certificate *certificate);
/* "CN=approve,O=Example,ST=Hessen,C=DE" (RFC 2253). */
void certificate_put_subject(const struct certificate *certificate, struct strbuf *into);

/*
 * `leaf` may sign code at `at` (seconds), and is one of `trusted` or leads to one over `chain`.  PLIM_EUSAGE says why not.
 */
int certificate_check(const struct certificate *leaf, struct certificate *const *chain, size_t chain_count,
                      struct certificate *const *trusted, size_t trusted_count, int64_t at, struct plim_error *err);

#endif
