/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NaCl's secretbox (XSalsa20 and Poly1305), which cosign's key files are
 * locked with.  The tag of 16 bytes stands before the text.
 */
#ifndef TRUST_SECRETBOX_H
#define TRUST_SECRETBOX_H

#include "trust/secret.h"

#include <plimsoll/error.h>

#define SECRETBOX_KEY_BYTES   32
#define SECRETBOX_NONCE_BYTES 24
#define SECRETBOX_TAG_BYTES   16

/* `sealed` has room for `plain.n + SECRETBOX_TAG_BYTES`. */
int secretbox_seal(const uint8_t key[static SECRETBOX_KEY_BYTES], const uint8_t nonce[static SECRETBOX_NONCE_BYTES], struct slice plain,
                   uint8_t *sealed, struct plim_error *err);
/* PLIM_EDIGEST where the tag is another's: a wrong key, or other bytes. */
int secretbox_open(const uint8_t key[static SECRETBOX_KEY_BYTES], const uint8_t nonce[static SECRETBOX_NONCE_BYTES], struct slice sealed,
                   struct secret *plain, struct plim_error *err);

#endif
