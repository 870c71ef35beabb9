/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in PKCS#11 tokens, through p11-kit.  Only the signer's program links this. */
#ifndef TRUST_TOKEN_H
#define TRUST_TOKEN_H

#include "trust/key.h"

/*
 * The one private key that the URI (RFC 7512) names: P-256 or RSA.  Its public half is the public key or the certificate of the same id.  The
 * PIN is the URI's pin-value, else asked for as a passphrase is (`pin_file` may be NULL).
 */
int token_key_open(const char *uri, const char *pin_file, struct key **out, struct plim_error *err);

#endif
