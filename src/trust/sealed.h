/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that one role of keys alone may sign: deny lists, assign files.  A DSSE envelope with a type of its own. */
#ifndef TRUST_SEALED_H
#define TRUST_SEALED_H

#include "trust/verify.h"

/* Whose approvals count where, for guards: JSON that enforce/assign.h reads. */
#define ASSIGN_PAYLOAD_TYPE "application/vnd.plimsoll.assign.v1+json"

struct sealing {
	const char *what;             /* "deny list", for messages */
	const char *payload_type;
	enum key_role role;
};

/*
 * The payload, in the arena, once one of the keys signed it that has this role, its own or by its companion, and may on the day of `now`.
 * PLIM_EUSAGE where none did: a signature of a key that may not is one too many for nobody.
 */
int sealed_open(const struct sealing *sealing, struct slice envelope, const struct trusted_key *keys, size_t key_count, int64_t now, struct arena *arena,
                struct slice *payload, struct plim_error *err);

#endif
