/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of a secret besides its pattern: checksums, what it decodes to, and that it is no placeholder. */
#ifndef CATALOG_SECRET_CHECK_H
#define CATALOG_SECRET_CHECK_H

#include "base/slice.h"

/* Random enough, and nothing that stands in for a token: alone this would find nothing. */
bool check_varied(struct slice secret);
/* The same with letters of both cases. */
bool check_mixed_case(struct slice secret);
/* The same, with letters and digits; all in hexadecimal digits only where there are many. */
bool check_random(struct slice secret);
/* ... and never, for that is a digest. */
bool check_no_digest(struct slice secret);
/* A value, not a variable, a placeholder or a word that only says what should stand there. */
bool check_literal(struct slice secret);
bool check_password(struct slice secret);

/* GitHub's and npm's tokens: behind a prefix with _ at its end, the last six digits are the CRC-32 of the others, in base 62. */
bool check_crc_base62(struct slice secret);
/* BIP 173's checksum, as age's keys have it. */
bool check_bech32(struct slice secret);
/* Header and payload are JSON objects, and the header names an algorithm that signs or encrypts. */
bool check_jwt(struct slice secret);
/* base64 of USER:PASSWORD. */
bool check_basic_auth(struct slice secret);
/* base64 of a private key in PEM. */
bool check_base64_key(struct slice secret);

#endif
