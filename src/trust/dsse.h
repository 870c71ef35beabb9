/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DSSE (Dead Simple Signing Envelope, v1.0.2): a payload, its type, and
 * signatures over both.  What is verified are the bytes that were carried.
 */
#ifndef TRUST_DSSE_H
#define TRUST_DSSE_H

#include "codec/json.h"
#include "trust/key.h"

#define DSSE_MEDIA_TYPE "application/vnd.dsse.envelope.v1+json"

struct dsse_signature {
	struct slice keyid;    /* a hint; may be empty */
	struct slice bytes;    /* decoded */
};

struct dsse {
	struct slice payload_type;
	struct slice payload;        /* decoded */
	const struct dsse_signature *signatures;
	size_t signature_count;      /* at least one */
};

/* Appends "DSSEv1 ...": what is signed. */
void dsse_pae(struct slice payload_type, struct slice payload, struct strbuf *into);

/* All of it lives in the arena. */
int dsse_parse(struct slice text, struct arena *arena, struct dsse **out, struct plim_error *err);
int dsse_read(const struct json *envelope, struct arena *arena, struct dsse **out, struct plim_error *err);
void dsse_write(const struct dsse *envelope, struct strbuf *into);

/* The envelope in the next line of `lines`, whose payload must be of that type, and the line itself; false at their end. */
int dsse_next(struct slice *lines, struct slice payload_type, struct arena *arena, struct dsse **out, struct slice *text, bool *there, struct plim_error *err);

/* One of the signatures is this key's. */
bool dsse_verify(const struct dsse *envelope, const struct key *key);

#endif
