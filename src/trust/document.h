/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON that is signed or carries signatures.  Other readers of it, Go's, take
 * "Critical" for "critical": a document with two keys that differ in case
 * alone could mean one thing here and another there, and is refused.
 */
#ifndef TRUST_DOCUMENT_H
#define TRUST_DOCUMENT_H

#include "base/digest.h"
#include "base/strbuf.h"
#include "codec/json.h"

/* As json_parse; above LIMIT_ATTESTATION_BYTES PLIM_ELIMIT; no object twice, and keys that differ in case alone are PLIM_EFORMAT. */
int document_parse(struct slice text, struct arena *arena, const struct json **out, struct plim_error *err);

/* The object has no other keys than these (NULL-terminated), else PLIM_EFORMAT names one; `what` it is, for the message. */
int document_keys(const struct json *object, const char *const *known, const char *what, struct plim_error *err);

/* A key that other readers take for one of these is spelled like it, else PLIM_EFORMAT: what is added to must mean here what it means there. */
int document_spelling(const struct json *object, const char *const *known, const char *what, struct plim_error *err);

/* What RFC 3339 can say and everybody reads: the years 1970 to 9999. */
bool document_can_say(int64_t seconds);

/* Members that must be there; PLIM_EFORMAT names them. */
int document_text(const struct json *object, const char *key, struct slice *out, struct plim_error *err);
int document_digest(const struct json *object, const char *key, struct digest *out, struct plim_error *err);
int document_u64(const struct json *object, const char *key, uint64_t *out, struct plim_error *err);
/* RFC 3339; `*out` is in seconds. */
int document_time(const struct json *object, const char *key, int64_t *out, struct plim_error *err);
/* "digest": {"sha256": HEX}: the strongest that is known here. */
int document_digest_set(const struct json *object, const char *key, struct digest *out, struct plim_error *err);

/* A tree as text again, in its own order, numbers as they were spelled: what others wrote keeps its meaning. */
void document_put(const struct json *value, struct strbuf *into);

#endif
