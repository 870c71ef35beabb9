/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who vouches for a database of advisories.  Signed is a statement of
 * in-toto: its subject is the root of the database's hash tree, its predicate
 * tells when it was signed, and which feeds are in it.  The envelopes lie
 * behind the database, one a line.
 */
#ifndef TRUST_DATA_H
#define TRUST_DATA_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/strbuf.h"

#include <plimsoll/error.h>

#define PREDICATE_DATA "application/vnd.plimsoll.database.v1+json"

struct data_claim_feed {
	struct slice name;
	struct digest digest;
	int64_t snapshot;             /* seconds; DATE_NONE: none was told */
};

struct data_claim {
	struct digest root;
	int64_t time;                 /* of signing, seconds */
	uint64_t serial;              /* from 1; only grows from one database to the next, so that an older one is known by it */
	const struct data_claim_feed *feeds;
	size_t feed_count;
};

/* The statement alone. */
int data_claim_write(const struct data_claim *claim, struct strbuf *into, struct plim_error *err);
int data_claim_parse(struct slice payload, struct arena *arena, struct data_claim *out, struct plim_error *err);

/* One envelope of `signatures`; false at their end.  What cannot be read is PLIM_EFORMAT with its line. */
struct dsse;
struct data_signature {
	struct dsse *envelope;
	struct data_claim claim;
	struct slice text;
};
int data_signature_next(struct slice *signatures, struct arena *arena, struct data_signature *out, bool *there, struct plim_error *err);

struct trusted_key;
/*
 * One of the keys, whose role is data or not told, must have signed this root, and may at `now` and on the day of signing.  PLIM_EPOLICY says why
 * none did; `signatures` may be absent.
 */
int data_verify(struct slice signatures, const struct digest *root, const struct trusted_key *keys, size_t key_count, int64_t now, struct arena *arena,
                struct data_signature *out, const struct trusted_key **by, struct plim_error *err);

/* The claim of this root with the largest serial above 0, by whomever; false: there is none.  Its texts are in the arena. */
bool data_newest(struct slice signatures, const struct digest *root, struct arena *arena, struct data_claim *out);
/* Its serial; 0: none. */
uint64_t data_serial(struct slice signatures, const struct digest *root, struct arena *arena);

#endif
