/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sigstore's bundle v0.3 with a DSSE envelope and a public key's hint: what
 * cosign 3 stores as a referrer.  Certificates and transparency logs in it
 * are passed over: a key that is trusted here needs neither.
 */
#ifndef TRUST_BUNDLE_H
#define TRUST_BUNDLE_H

#include "trust/dsse.h"

#define BUNDLE_MEDIA_TYPE "application/vnd.dev.sigstore.bundle.v0.3+json"

struct bundle {
	struct slice hint;       /* base64 of the key's id as cosign writes it; advisory, may be absent */
	struct dsse *envelope;
};

/* All of it lives in the arena.  A bundle with another content than an envelope is PLIM_EUNSUPPORTED. */
int bundle_parse(struct slice text, struct arena *arena, struct bundle **out, struct plim_error *err);
/* `key` is the id of who signed. */
void bundle_write(const struct digest *key, const struct dsse *envelope, struct strbuf *into);

#endif
