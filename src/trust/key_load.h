/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A private key with what lies beside it, as the signer's program reads them:
 * from a file, or through a token.  Only that program links this.
 */
#ifndef TRUST_KEY_LOAD_H
#define TRUST_KEY_LOAD_H

#include "trust/order.h"

struct loaded {
	struct key *key;
	struct companion *may;               /* NULL: none; in the arena */
	struct slice companion;              /* its text; in the arena */
	struct certificate *certificate;     /* NULL: none */
	bool is_token;
};

void loaded_done(struct loaded *loaded);

/*
 * A key file that others may read must be locked, one that others may write is refused, and so is a companion that others may write or
 * that speaks of another key.
 */
int key_load(const struct order_start *from, struct arena *arena, struct loaded *out, struct plim_error *err);

#endif
