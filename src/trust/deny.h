/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deny lists: what may no longer run, whoever approved it.  A JSON statement
 * in a DSSE envelope of a type of its own, so that nobody takes it for an
 * approval; signed by a key whose role is to deny.  The serial number only
 * grows: an older list replayed is known by it.
 */
#ifndef TRUST_DENY_H
#define TRUST_DENY_H

#include "trust/dsse.h"

#define DENY_PAYLOAD_TYPE "application/vnd.plimsoll.deny.v1+json"

struct deny_entry {
	struct digest digest;         /* of a manifest, an index, a configuration or a layer's policy; DIGEST_NONE: all of the repository */
	struct slice repository;      /* a glob as in a companion; "*": everywhere */
	struct slice reason;
	int64_t day;
};

struct deny_list {
	uint64_t serial;              /* from 1 */
	int64_t time;                 /* when it was written, seconds */
	const struct deny_entry *entries;
	size_t n;
};

/* The payload alone.  More than LIMIT_DENY_COUNT entries are PLIM_ELIMIT. */
int deny_parse(struct slice payload, struct arena *arena, struct deny_list **out, struct plim_error *err);
int deny_write(const struct deny_list *list, struct strbuf *into, struct plim_error *err);

/* The list behind `old` (NULL: the first one), one entry longer; lives in the arena. */
int deny_append(const struct deny_list *old, const struct deny_entry *entry, int64_t time, struct arena *arena, struct deny_list **out,
                struct plim_error *err);

struct trusted_key;
/*
 * Reads the envelope and holds it against the keys: one that denies, and may at `now`, must have signed it; it may not be from the future.
 * PLIM_EUSAGE where none did.
 */
int deny_open(struct slice envelope, const struct trusted_key *keys, size_t key_count, int64_t now, struct arena *arena,
              struct deny_list **out, struct plim_error *err);

/* The entry that forbids this digest in this repository (absent: wherever), NULL when there is none. */
const struct deny_entry *deny_find(const struct deny_list *list, const struct digest *digest, struct slice repository);

#endif
