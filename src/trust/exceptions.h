/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who approves exceptions.  Signed is a statement of in-toto: its subject is
 * the file of exceptions, by name and digest, its predicate tells when it was
 * approved.  The envelopes lie in a file of their own beside it, one a line.
 */
#ifndef TRUST_EXCEPTIONS_H
#define TRUST_EXCEPTIONS_H

#include "trust/dsse.h"

#define PREDICATE_EXCEPTIONS "application/vnd.plimsoll.exceptions.v1+json"

struct exceptions_claim {
	struct slice name;        /* the file's, without its directory: for readers; the digest alone decides */
	struct digest digest;     /* SHA-256 of its bytes */
	int64_t time;             /* of approval, seconds */
};

/* The statement alone. */
int exceptions_claim_write(const struct exceptions_claim *claim, struct strbuf *into, struct plim_error *err);
int exceptions_claim_parse(struct slice payload, struct arena *arena, struct exceptions_claim *out, struct plim_error *err);

struct exceptions_approval {
	struct dsse *envelope;
	struct exceptions_claim claim;
	struct slice text;        /* its line */
};
/* One envelope of `approvals`, the bytes of such a file; false at their end.  What cannot be read is PLIM_EFORMAT. */
int exceptions_approval_next(struct slice *approvals, struct arena *arena, struct exceptions_approval *out, bool *there, struct plim_error *err);

#endif
