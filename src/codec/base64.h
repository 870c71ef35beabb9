/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 (RFC 4648) in its two alphabets.  Strict: a text that decodes is the
 * only one for its bytes: no white space, padding as the alphabet wants it,
 * no bits behind the end.
 */
#ifndef CODEC_BASE64_H
#define CODEC_BASE64_H

#include "base/arena.h"
#include "base/strbuf.h"

enum base64 {
	BASE64_STANDARD,    /* "+/", padded: envelopes, annotations */
	BASE64_URL,         /* "-_", not padded: JSON web signatures */
};

void base64_put(enum base64 alphabet, struct slice bytes, struct strbuf *into);
/* The bytes, in the arena; absent for what is not base64, without memory, and for an absent text. */
struct slice base64_decode(enum base64 alphabet, struct slice text, struct arena *arena);

#endif
