/* SPDX-License-Identifier: Apache-2.0 */
/* Keys as they travel, and as they are held against what was signed. */
#ifndef GATE_TRUST_HELD_KEYS_H
#define GATE_TRUST_HELD_KEYS_H

#include "gate/job/trust.h"

extern const struct wire_struct wire_trust_key;

struct held_keys {
	struct trusted_key *at;    /* in the arena; the keys are released by held_keys_done */
	size_t n;
};
void held_keys_done(struct held_keys *keys);
static inline void
auto_held_keys(struct held_keys *keys)
{
	held_keys_done(keys);
}

/* Zeroed before; a companion that is of another key is an error. */
int held_keys_take(const struct trust_key_order *orders, size_t n, struct arena *arena, struct held_keys *out, struct plim_error *err);

#endif
