/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Simple signing's payload as cosign writes it and as containers/image
 * verifies it (containers-signature(5)): which digest, under which name.  The
 * exact bytes are signed and are the blob.
 */
#ifndef TRUST_SIMPLE_SIGNING_H
#define TRUST_SIMPLE_SIGNING_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/strbuf.h"

#include <plimsoll/error.h>

#define SIMPLE_SIGNING_MEDIA_TYPE "application/vnd.dev.cosign.simplesigning.v1+json"

struct simple_signing {
	struct slice repository;    /* "HOST/PATH", in the arena */
	struct slice tag;           /* absent where it names none */
	struct digest image;        /* of a manifest or an index */
};

/* Appends the payload; `tag` may be absent. PLIM_EUSAGE for what is no name of a repository or tag. */
int simple_signing_write(const struct simple_signing *what, struct strbuf *into, struct plim_error *err);

/* Strict where it matters: "critical" has exactly its three members, the type is cosign's; what "optional" says is passed over. */
int simple_signing_parse(struct slice payload, struct arena *arena, struct simple_signing **out, struct plim_error *err);

/* "HOST/PATH[:TAG]" in two; PLIM_EUSAGE for what is neither. */
int signed_reference_parse(struct slice text, struct slice *repository, struct slice *tag, struct plim_error *err);

#endif
