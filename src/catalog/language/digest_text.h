/* SPDX-License-Identifier: Apache-2.0 */
/* Digests as ecosystems write them, made ALGORITHM:HEX. */
#ifndef CATALOG_LANGUAGE_DIGEST_TEXT_H
#define CATALOG_LANGUAGE_DIGEST_TEXT_H

#include "base/strbuf.h"

/* Appends "sha256:HEX" for a digest in base64 of either alphabet, padded or not; false for what is none of that algorithm. */
bool digest_put_base64(struct strbuf *into, struct slice algorithm, struct slice text);

/* The same of one in hexadecimal, in either case. */
bool digest_put_hex(struct strbuf *into, struct slice algorithm, struct slice text);

#endif
