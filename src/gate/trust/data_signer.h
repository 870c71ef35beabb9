/* SPDX-License-Identifier: Apache-2.0 */
/* Who signed a database, for whoever uses only one that was. */
#ifndef GATE_TRUST_DATA_SIGNER_H
#define GATE_TRUST_DATA_SIGNER_H

#include "advisory/database.h"
#include "gate/job/trust.h"

/* Keys one of which must have signed; none: nobody need have. */
struct data_keys {
	struct trust_key_order *keys;
	size_t key_count;
	int64_t now;               /* seconds, of this machine's clock: --at brings back no key whose time is over */
};
extern const struct wire_struct wire_data_keys;
/* `paths` may be NULL, and so no file is read. */
int data_keys_load(const char *const *paths, struct arena *arena, struct data_keys *out, struct plim_error *err);

struct data_signer {
	struct slice text;         /* "data.pub (sha256:...)"; absent without keys */
	int64_t time;              /* DATE_NONE without keys */
	uint64_t serial;           /* without keys what is told and nobody checked; 0: nothing is */
};

/* Texts are in the arena.  PLIM_EPOLICY with the database's path and why it may not be used. */
int data_signer_check(const struct database *database, const char *path, const struct data_keys *keys, struct arena *arena, struct data_signer *out,
                      struct plim_error *err);

/* PLIM_EUSAGE where the serial of another one is smaller than the one of what is installed; 0 is none and decides nothing. */
int data_serial_check(uint64_t serial, uint64_t installed, struct plim_error *err);

#endif
