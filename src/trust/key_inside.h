/* SPDX-License-Identifier: Apache-2.0 */
/* What a key is made of, for the files of this folder alone. */
#ifndef TRUST_KEY_INSIDE_H
#define TRUST_KEY_INSIDE_H

#include "trust/key.h"
#include "trust/secret.h"

#include <openssl/evp.h>

/* A private half that lies elsewhere, in a token. */
struct key_backend {
	int (*sign)(void *context, struct slice message, struct strbuf *into, struct plim_error *err);
	void (*free)(void *context);
};

struct key {
	enum key_type type;
	EVP_PKEY *pkey;
	bool has_private;                      /* in `pkey` */
	const struct key_backend *backend;     /* NULL: none */
	void *context;                         /* the backend's */
};

/* Takes `pkey` over, also where it fails: PLIM_EUNSUPPORTED for a kind, curve or size that is not ours. */
int key_of(EVP_PKEY *pkey, bool has_private, struct key **out, struct plim_error *err);

/* "SHA-256" hashed by `method`, signed; RSA as PKCS#1 v1.5.  NULL: the key's own rule. */
int key_sign_with(const struct key *key, const EVP_MD *method, struct slice message, struct strbuf *into, struct plim_error *err);

/* ECDSA signatures as DER and as two numbers of `width` bytes; false for what is none. */
bool ecdsa_to_raw(struct slice der, size_t width, struct strbuf *into);
bool ecdsa_to_der(struct slice raw, struct strbuf *into);

/* The libcrypto errors so far, dropped: what they say is not for people. */
void crypto_errors_drop(void);

/* A PEM block around DER; no copy of it is left behind where `into` has room. */
void pem_put(const char *label, struct slice der, struct strbuf *into);
/* The only block of a text; PLIM_EFORMAT for none, two, or one with headers.  `label` is the caller's to free (OPENSSL_free). */
int pem_take(struct slice text, char **label, struct secret *der, struct plim_error *err);

#endif
